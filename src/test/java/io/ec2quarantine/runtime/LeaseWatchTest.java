package io.ec2quarantine.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.ec2quarantine.core.Scheduler;
import io.ec2quarantine.testing.Eventually;
import io.ec2quarantine.testing.ManualScheduler;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class LeaseWatchTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final int LEASE_SECONDS = 15;

    private final ManualScheduler clock = new ManualScheduler(Instant.parse("2026-11-24T09:00:00Z"));
    private final AtomicInteger questions = new AtomicInteger();
    private final AtomicInteger checksPlanned = new AtomicInteger();
    private final AtomicInteger losses = new AtomicInteger();

    @Test
    void aLeaseThatIsSeenToBeOursIsKept() {
        watch(() -> true).start();

        for (int second = 1; second <= 3 * LEASE_SECONDS; second++) {
            int asked = second;
            Eventually.holds("question " + asked, () -> questions.get() >= asked, () -> {}, () -> "");
            second();
        }

        assertThat(losses).hasValue(0);
    }

    private static Stream<Arguments> waysToLoseIt() {
        return Stream.of(
                way("somebody else holds it", () -> false),
                way("the API server refuses", () -> {
                    throw new KubernetesClientException("connection refused");
                }),
                way("the API server hangs", () -> {
                    try {
                        new CountDownLatch(1).await();
                    } catch (InterruptedException interruption) {
                        Thread.currentThread().interrupt();
                    }
                    return true;
                }));
    }

    private static Arguments way(String name, BooleanSupplier answer) {
        return Arguments.argumentSet(name, answer);
    }

    @ParameterizedTest
    @MethodSource("waysToLoseIt")
    void aLeaseThatIsNotSeenToBeOursIsLostOnceAndBeforeItRunsOut(BooleanSupplier answer) {
        watch(answer).start();

        int seconds = 0;
        while (losses.get() == 0 && seconds < 2 * LEASE_SECONDS) {
            second();
            seconds++;
        }

        assertThat(losses).hasValue(1);
        assertThat(seconds).isBetween(11, LEASE_SECONDS - 1);
    }

    @Test
    void nothingIsLostAfterTheStop() {
        LeaseWatch watch = watch(() -> false);
        watch.start();

        watch.stop();
        clock.advance(SECOND.multipliedBy(2 * LEASE_SECONDS));

        assertThat(losses).hasValue(0);
    }

    /** A second goes by, with the check in it. */
    private void second() {
        int planned = checksPlanned.get();
        clock.advance(SECOND);
        Eventually.holds(
                "the check", () -> checksPlanned.get() > planned || losses.get() > 0, () -> {}, questions::toString);
    }

    private LeaseWatch watch(BooleanSupplier answer) {
        return new LeaseWatch(
                counting(),
                () -> {
                    questions.incrementAndGet();
                    return answer.getAsBoolean();
                },
                losses::incrementAndGet);
    }

    private Scheduler counting() {
        return new Scheduler() {
            @Override
            public Instant instant() {
                return clock.instant();
            }

            @Override
            public void after(Duration delay, Runnable task) {
                clock.after(delay, task);
                if (delay.isPositive()) {
                    checksPlanned.incrementAndGet();
                }
            }
        };
    }
}
