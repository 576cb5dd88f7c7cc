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

    @Test
    void theEndGivesUpEverything() {
        cache.get("a", () -> "a");

        cache.close();

        assertThat(ended).containsExactly("a");
        assertThat(cache.size()).isZero();
    }
}
