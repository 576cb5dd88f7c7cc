package io.ec2quarantine.aws;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
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

    /** Given up within the making, with a part of the map locked, it would wait for ever for what waits for it. */
    @Test
    void whatIsGivenUpMayAskForWhatIsBeingMade() {
        AtomicReference<IdleCache<String, String>> itself = new AtomicReference<>();
        itself.set(new IdleCache<>(() -> now, _ -> itself.get().get("new", () -> "made at the end of the idle")));
        itself.get().get("idle", () -> "idle");
        now = now.plus(Duration.ofHours(2));

        assertThat(itself.get().get("new", () -> "new")).isEqualTo("made at the end of the idle");
        assertThat(itself.get().size()).isOne();
    }

    @Test
    void theEndGivesUpEverything() {
        cache.get("a", () -> "a");

        cache.close();

        assertThat(ended).containsExactly("a");
        assertThat(cache.size()).isZero();
    }
}
