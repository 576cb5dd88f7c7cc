package io.ec2quarantine.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.ec2quarantine.core.WriteHooks;
import io.ec2quarantine.core.WriteLedger;
import io.ec2quarantine.core.policy.Hold;
import io.ec2quarantine.core.policy.Safeguards;
import io.ec2quarantine.core.safeguard.Limits.Candidate;
import io.ec2quarantine.testing.EmbeddedCluster;
import io.ec2quarantine.testing.ManualScheduler;
import io.fabric8.kubernetes.api.model.ConfigMap;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The room that was taken within the hour, as two operators and people see and change it. */
class SlotBookTest {
    private static final Instant NOW = Instant.parse("2026-11-24T09:00:00Z");

    private final EmbeddedCluster cluster = EmbeddedCluster.start();
    private final ManualScheduler clock = new ManualScheduler(NOW);
    private final SlotBook book = book();
    private final SlotBook other = book();

    @AfterEach
    void end() {
        cluster.close();
    }

    @Test
    void whatAnotherOperatorHasTakenMeanwhileIsCounted() {
        assertThat(book.take(oneAnHour("i-00000001"))).isEmpty();
        assertThat(other.usage().slots()).hasSize(1);
        clock.advance(Duration.ofMinutes(61));
        assertThat(other.take(oneAnHour("i-00000002"))).isEmpty();

        assertThat(book.take(oneAnHour("i-00000003")).map(Hold::reason)).contains(Hold.Reason.MAX_PER_HOUR);
    }

    @Test
    void roomThatWasTakenAndNotUsedYetIsNotTakenTwice() {
        assertThat(book.take(oneAnHour("i-00000001"))).isEmpty();

        assertThat(book.take(oneAnHour("i-00000001"))).isEmpty();
        assertThat(other.take(oneAnHour("i-00000001"))).isEmpty();
        assertThat(written()).hasSize(1);
    }

    @Test
    void aListThatSomebodyDeletesIsBegunAnew() {
        assertThat(book.take(oneAnHour("i-00000001"))).isEmpty();
        cluster.client().configMaps().withName(SlotBook.CONFIG_MAP).delete();
        clock.advance(Duration.ofMinutes(61));

        assertThat(book.take(oneAnHour("i-00000002"))).isEmpty();
        assertThat(written()).hasSize(1);
    }

    @Test
    void whatIsOlderThanAnHourIsForgotten() {
        assertThat(book.take(oneAnHour("i-00000001"))).isEmpty();
        clock.advance(Duration.ofMinutes(61));

        assertThat(book.take(oneAnHour("i-00000002"))).isEmpty();
        assertThat(written().keySet()).allMatch(key -> key.startsWith("i-00000002."));
    }

    /** Minutes from now. */
    @ParameterizedTest
    @CsvSource(useHeadersInDisplayName = true, textBlock = """
            key                     , minutes , counts
            i-00000009.%d           , 0       , true
            i-00000009.%d           , -59     , true
            i-00000009.%d           , -61     , false
            i-00000009.%d           , 2       , false
            i-00000009              , 0       , false
            whatever                , 0       , false
            i-00000009.99999999999999999999, 0 , false
            """)
    void whatPeopleWriteCountsOnlyWhereItCanBeTrue(String key, int minutes, boolean counts) {
        long taken = NOW.plus(Duration.ofMinutes(minutes)).toEpochMilli();
        assertThat(other.take(oneAnHour("i-00000001"))).isEmpty();
        ConfigMap list =
                cluster.client().configMaps().withName(SlotBook.CONFIG_MAP).get();
        list.setData(Map.of(key.formatted(taken), "p"));
        cluster.client().resource(list).update();

        assertThat(book.take(oneAnHour("i-00000002")).isPresent()).isEqualTo(counts);
    }

    private SlotBook book() {
        return new SlotBook(cluster.client(), "default", new WriteLedger(WriteHooks.NONE), clock, Map::of, Map::of);
    }

    private Map<String, String> written() {
        return cluster.client().configMaps().withName(SlotBook.CONFIG_MAP).get().getData();
    }

    private static Candidate oneAnHour(String instanceId) {
        return new Candidate(
                instanceId, "p", new Safeguards(9, 1, 50, List.of(), true), Optional.empty(), Instant.EPOCH);
    }
}
