package io.ec2quarantine.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.ec2quarantine.core.CallFailure;
import io.ec2quarantine.core.isolation.Difference;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What was read when decides what is known. */
class VerificationBookTest {
    private static final Instant EARLIER = Instant.parse("2026-11-24T09:00:00Z");
    private static final Instant LATER = EARLIER.plusSeconds(1);
    private static final List<Difference> OUTSIDE = List.of(new Difference.OtherGroups("eni-0", List.of("sg-a")));
    private static final List<Difference> RULES = List.of(new Difference.GroupHasRules("sg-iso", 1));

    private final VerificationBook book = new VerificationBook();

    @Test
    void aReadSaysNothingOfWhatALaterOneFound() {
        book.foundDifferent("i-1", OUTSIDE, LATER);

        book.foundAsDesired("i-1", EARLIER);
        assertThat(book.isOpen("i-1")).isTrue();
        assertThat(book.isDifferent("i-1")).isTrue();

        book.verified("i-1", LATER);
        assertThat(book.isOpen("i-1")).isFalse();
        assertThat(book.isDifferent("i-1")).isFalse();
    }

    @Test
    void whatConcernsAGroupAloneOpensNoInterface() {
        book.foundDifferent("i-1", RULES, EARLIER);

        assertThat(book.isDifferent("i-1")).isTrue();
        assertThat(book.isOpen("i-1")).isFalse();
    }

    @Test
    void aLookBeginsWithNothingAndALookInVainLeavesWhatCountedBefore() {
        book.verified("i-1", EARLIER);

        Optional<Instant> before = book.looking("i-1", LATER);
        assertThat(book.lastVerified("i-1")).isEmpty();
        book.verified("i-1", EARLIER);
        assertThat(book.lastVerified("i-1")).as("a read from before the look").isEmpty();

        book.lookedInVain("i-1", before);
        assertThat(book.lastVerified("i-1")).contains(EARLIER);
        assertThat(book.isToBeLookedAt("i-1")).isTrue();
    }

    @Test
    void whyTheSweepsDoNotGetThroughIsNewsOnceForEachReason() {
        CallFailure slow = new CallFailure.Throttled("ec2:A", "i-1", "slow down");
        CallFailure denied = new CallFailure.Denied("ec2:A", "i-1", "no, said request 1");
        CallFailure stillDenied = new CallFailure.Denied("ec2:A", "i-1", "no, said request 2");
        CallFailure nextDenied = new CallFailure.Denied("ec2:B", "i-1", "no");

        assertThat(book.sweptInVain("i-1", slow)).isTrue();
        assertThat(book.sweptInVain("i-1", slow)).isFalse();
        assertThat(book.sweptInVain("i-1", denied)).isTrue();
        assertThat(book.sweptInVain("i-1", denied)).isFalse();
        assertThat(book.sweptInVain("i-1", stillDenied)).isFalse();
        assertThat(book.sweptInVain("i-1", slow)).isFalse();
        assertThat(book.inTheWay("i-1")).contains(denied);
        assertThat(book.sweptInVain("i-1", nextDenied)).isTrue();
        assertThat(book.inTheWay("i-1")).contains(nextDenied);

        book.swept("i-1");
        assertThat(book.inTheWay("i-1")).isEmpty();
        assertThat(book.sweptInVain("i-1", slow)).isTrue();
    }
}
