package io.ec2quarantine.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.ec2quarantine.core.finding.Finding;
import io.ec2quarantine.core.finding.FindingBuilder;
import io.ec2quarantine.ingest.WaitingFindings.Arrival;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What waits to be stored is kept by its id, within bounds. */
class WaitingFindingsTest {
    private static final Instant NOW = Instant.parse("2026-11-02T08:00:00Z");
    private static final Arrival ARRIVAL = new Arrival(NOW, false);

    private final WaitingFindings waiting = new WaitingFindings();

    @Test
    void noMoreThanFiveHundredAreKept() {
        IntStream.range(0, 500)
                .forEach(
                        i -> assertThat(waiting.keep(finding("f" + i), ARRIVAL)).isTrue());

        assertThat(waiting.keep(finding("one-too-many"), ARRIVAL)).isFalse();
        assertThat(waiting.keepUnshown("another", ARRIVAL, NOW)).isFalse();

        assertThat(waiting.all()).hasSize(500);
        assertThat(waiting.keep(finding("f0"), ARRIVAL))
                .as("a newer version of one that is kept")
                .isTrue();
    }

    @Test
    void theTimeOfTheFirstArrivalStands() {
        waiting.keep(finding("f"), ARRIVAL);

        waiting.keep(finding("f"), new Arrival(NOW.plusSeconds(60), true));

        assertThat(waiting.arrival("f")).contains(ARRIVAL);
    }

    @Test
    void whatIsNeverShownIsLeftToTheNextFullReadAfterADay() {
        waiting.keepUnshown("ghost", ARRIVAL, NOW);
        waiting.keep(finding("f"), ARRIVAL);

        waiting.dropLongUnshown(NOW.plus(Duration.ofDays(1)));
        assertThat(waiting.all()).hasSize(2);

        waiting.dropLongUnshown(NOW.plus(Duration.ofDays(1)).plusSeconds(1));
        assertThat(waiting.all()).extracting(each -> each.id()).containsExactly("f");
    }

    private static Finding finding(String id) {
        return FindingBuilder.finding().id(id).build();
    }
}
