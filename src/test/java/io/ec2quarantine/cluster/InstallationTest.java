package io.ec2quarantine.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A release is remembered on the instance itself, where many may write and only this installation can sign. */
class InstallationTest {
    private static final String INSTANCE = "i-0123456789abcdef0";
    private static final Instant RELEASED = Instant.parse("2026-11-24T08:00:00.25Z");

    private final Installation installation = installation("one");

    @Test
    void aMarkIsReadBackAsTheTimeItRemembersAndNeverAsAnEarlierOne() {
        assertThat(installation.releasedTime(INSTANCE, installation.mark(INSTANCE, RELEASED)))
                .contains(Instant.parse("2026-11-24T08:00:01Z"));
    }

    @Test
    void aMarkFitsIntoATag() {
        assertThat(installation.mark(INSTANCE, RELEASED)).hasSizeLessThan(256);
    }

    @Test
    void aMarkOfAnotherInstallationOrInstanceIsNone() {
        String mark = installation.mark(INSTANCE, RELEASED);

        assertThat(installation("other").releasedTime(INSTANCE, mark)).isEmpty();
        assertThat(installation.releasedTime("i-0fedcba9876543210", mark)).isEmpty();
    }

    @Test
    void aMarkWithAnotherTimeIsNone() {
        String signature = installation.mark(INSTANCE, RELEASED).split(" ", -1)[1];

        assertThat(installation.releasedTime(INSTANCE, "2036-11-24T08:00:01Z " + signature))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "2026-11-24T08:00:01Z",
                "2026-11-24T08:00:01Z ",
                "yesterday AAAA",
                "2026-11-24T08:00:01Z !!",
                "a b c"
            })
    void whatIsNoMarkIsNone(String text) {
        assertThat(installation.releasedTime(INSTANCE, text)).isEmpty();
    }

    @Test
    void theKeyIsNeverShown() {
        assertThat(installation).hasToString("id");
    }

    private static Installation installation(String key) {
        return new Installation("id", key.getBytes(StandardCharsets.UTF_8));
    }
}
