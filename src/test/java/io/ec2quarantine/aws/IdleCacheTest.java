package io.ec2quarantine.aws;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class IdleCacheTest {
    private Instant now = Instant.parse("2026-11-24T00:00:00Z");
    private final List<String> ended = new ArrayList<>();
    private final IdleCache<String, String> cache = new IdleCache<>(() -> now, ended::add);

    @Test
    void whatIsAskedForAgainIsMadeOnce() {
        assertThat(cache.get("a", () -> "first")).isEqualTo("first");
        assertThat(cache.get("a", () -> "second")).isEqualTo("first");
    }

    @Test
    void whatNobodyHasAskedForInAnHourIsGivenUpWhenSomethingNewComes() {
        cache.get("idle", () -> "idle");
        cache.get("used", () -> "used");
        now = now.plus(Duration.ofMinutes(40));
        cache.get("used", () -> "again");
        now = now.plus(Duration.ofMinutes(21));

        cache.get("new", () -> "new");

        assertThat(ended).containsExactly("idle");
        assertThat(cache.get("used", () -> "again")).isEqualTo("used");
        assertThat(cache.get("idle", () -> "anew")).isEqualTo("anew");
    }

    /** 1 and 17 share a bin of a young map: what is given up lies where the new one is being put. */
    @Test
    void whatIsMadeWhileAnIdleNeighbourIsGivenUpIsKept() {
        IdleCache<Integer, String> numbered = new IdleCache<>(() -> now, _ -> {});
        numbered.get(1, () -> "idle");
        now = now.plus(Duration.ofHours(2));

        numbered.get(17, () -> "first");

        assertThat(numbered.get(17, () -> "second")).isEqualTo("first");
    }

    /** A map that is changed while one of its entries is computed holds a bin's lock, and may wait for another's. */
    @Test
    void nothingIsGivenUpWhileSomethingIsMade() {
        List<String> order = new ArrayList<>();
        IdleCache<String, String> telling = new IdleCache<>(() -> now, idle -> order.add("gave up " + idle));
        telling.get("idle", () -> "idle");
        now = now.plus(Duration.ofHours(2));

        telling.get("new", () -> {
            order.add("makes new");
            return "new";
        });

        assertThat(order).containsExactly("gave up idle", "makes new");
    }

    @Test
    void theEndGivesUpEverything() {
        cache.get("a", () -> "a");

        cache.close();

        assertThat(ended).containsExactly("a");
        assertThat(cache.size()).isZero();
    }
}
