package io.ec2quarantine.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.ec2quarantine.testing.Eventually;
import io.ec2quarantine.testing.ManualScheduler;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LookLimiterTest {
    private final ManualScheduler scheduler = new ManualScheduler(Instant.parse("2026-11-24T09:00:00Z"));
    private final List<String> called = new CopyOnWriteArrayList<>();
    private final LookLimiter limiter = new LookLimiter(scheduler, called::add);

    @Test
    void whoLooksIsNotCalledAgain() {
        assertThat(limiter.look("i-1", () -> Optional.of("seen"))).contains("seen");

        scheduler.advance(LookLimiter.PAUSE);

        assertThat(called).isEmpty();
    }

    @Test
    void oneMoreThanThereArePlacesIsTurnedAwayAndAPlaceIsFreeAgainWhenALookEnds() {
        assertThat(nested(LookLimiter.MOST_AT_ONCE)).contains("seen");
        assertThat(nested(LookLimiter.MOST_AT_ONCE + 1)).isEmpty();
        assertThat(nested(LookLimiter.MOST_AT_ONCE)).contains("seen");
    }

    @Test
    void aLookThatFailsUnexpectedlyGivesItsPlaceBack() {
        for (int time = 0; time <= LookLimiter.MOST_AT_ONCE; time++) {
            try {
                limiter.look("i-1", () -> {
                    throw new IllegalStateException("unexpected");
                });
            } catch (IllegalStateException expected) {
                assertThat(expected).hasMessage("unexpected");
            }
        }

        assertThat(limiter.look("i-1", () -> Optional.of("seen"))).contains("seen");
    }

    @Test
    void everyoneWhoCouldNotAffordToLookIsCalledAgainFewAtATime() {
        List<String> names =
                IntStream.range(0, 10).mapToObj(each -> "i-" + each).toList();
        names.forEach(this::turnAway);
        names.forEach(this::turnAway);

        for (int most = LookLimiter.MOST_AT_ONCE; called.size() < names.size(); most += LookLimiter.MOST_AT_ONCE) {
            int expected = Math.min(most, names.size());
            scheduler.advance(LookLimiter.PAUSE);
            Eventually.holds(expected + " called", () -> called.size() >= expected, () -> {}, called::toString);
            assertThat(called).hasSize(expected);
        }

        assertThat(called).containsExactlyInAnyOrderElementsOf(names);
    }

    @Test
    void whoIsTurnedAwayAgainIsCalledAgain() {
        turnAway("i-1");
        awaitCalls(1);
        turnAway("i-1");
        awaitCalls(2);

        assertThat(called).containsExactly("i-1", "i-1");
    }

    private void awaitCalls(int count) {
        Eventually.holds(
                count + " calls",
                () -> called.size() == count,
                () -> scheduler.advance(LookLimiter.PAUSE),
                called::toString);
    }

    /** So many looks under way at once: what the last of them sees. */
    private Optional<String> nested(int depth) {
        return limiter.look("i-" + depth, () -> depth == 1 ? Optional.of("seen") : nested(depth - 1));
    }

    private void turnAway(String name) {
        assertThat(limiter.look(name, Optional::empty)).isEmpty();
    }
}
