package io.ec2quarantine.controller;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;

class VerificationBookTest {
    private static final Instant NINE = Instant.parse("2026-11-24T09:00:00Z");
    private static final Instant TEN = NINE.plusSeconds(3_600);

    private final VerificationBook book = new VerificationBook();

    @Test
    void theYoungestReadCountsWhateverTheOrderInWhichReadsEnd() {
        book.verified("i-1", TEN);
        book.verified("i-1", NINE);

        assertThat(book.lastVerified("i-1")).contains(TEN);
        assertThat(book.lastVerified("i-2")).isEmpty();
    }

    @Test
    void aLookSupersedesWhatWasVerifiedBefore() {
        book.verified("i-1", NINE);

        book.looking("i-1", TEN);

        assertThat(book.lastVerified("i-1")).isEmpty();
    }

    @Test
    void aSweepThatBeganBeforeTheLookAndEndsAfterItSaysNothing() {
        book.looking("i-1", TEN);

        book.verified("i-1", NINE);
        assertThat(book.lastVerified("i-1")).isEmpty();

        book.verified("i-1", TEN);
        assertThat(book.lastVerified("i-1")).contains(TEN);
    }

    @Test
    void aLookThatIsAskedForDuringALookFollowsIt() {
        book.lookAt("i-1");
        book.looking("i-1", NINE);
        assertThat(book.isToBeLookedAt("i-1")).isFalse();

        book.lookAt("i-1");

        assertThat(book.isToBeLookedAt("i-1")).isTrue();
    }

    @Test
    void whatIsNoMoreIsForgotten() {
        book.looking("i-1", TEN);
        book.verified("i-1", TEN);
        book.lookAt("i-1");

        book.retain(Set.of("i-2"));

        assertThat(book.lastVerified("i-1")).isEmpty();
        assertThat(book.isToBeLookedAt("i-1")).isFalse();
        book.verified("i-1", NINE);
        assertThat(book.lastVerified("i-1")).contains(NINE);
    }
}
