package io.ec2quarantine.core.isolation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The same drift for the fifth time within ten minutes is a fight. */
class DriftHistoryTest {
    private static final Instant START = Instant.parse("2026-11-24T08:00:00Z");

    @ParameterizedTest
    @CsvSource(useHeadersInDisplayName = true, textBlock = """
            times, seconds apart, fight
            4,     60,            false
            5,     60,            true
            5,     149,           true
            5,     150,           false
            50,    150,           false
            50,    100,           true
            """)
    void theFifthTimeWithinTenMinutesIsAFight(int times, int secondsApart, boolean fight) {
        DriftHistory history = DriftHistory.empty();
        Instant last = START;
        for (int time = 0; time < times; time++) {
            last = START.plusSeconds((long) time * secondsApart);
            history = history.with(List.of(back("eni-1", "sg-" + time)), last);
        }

        assertThat(history.fight(last).isPresent()).isEqualTo(fight);
        assertThat(history.fight(last.plus(DriftHistory.WINDOW))).isEmpty();
    }

    @Test
    void fiveDifferentDriftsAreNoFight() {
        DriftHistory history = DriftHistory.empty();
        for (int time = 0; time < 5; time++) {
            history = history.with(List.of(back("eni-" + time, "sg-1")), START);
        }

        assertThat(history.fight(START)).isEmpty();
    }

    @Test
    void aFightIsToldInTheWordsOfItsLastSighting() {
        DriftHistory history = DriftHistory.empty();
        for (int time = 0; time < 5; time++) {
            history = history.with(
                    List.of(new Difference.GroupHasRules("sg-iso", time), back("eni-" + time, "sg-1")),
                    START.plusSeconds(time));
        }

        assertThat(history.fight(START.plusSeconds(4))).contains("the isolation group sg-iso has 4 rules too many");
    }

    @Test
    void whatIsTooOldToCountIsForgotten() {
        DriftHistory history = DriftHistory.empty()
                .with(List.of(back("eni-1", "sg-1")), START)
                .with(List.of(), START.plus(Duration.ofMinutes(10)));

        assertThat(history.sightings()).isEmpty();
    }

    private static Difference back(String interfaceId, String group) {
        return new Difference.OtherGroups(interfaceId, List.of(group));
    }
}
