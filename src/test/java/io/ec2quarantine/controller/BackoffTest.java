package io.ec2quarantine.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.ec2quarantine.controller.Backoff.Attempt;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BackoffTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final Backoff backoff = new Backoff();

    @Test
    void theDelayDoublesUpToItsBound() {
        List<Duration> delays =
                Stream.generate(this::failure).limit(9).map(Attempt::delay).toList();

        assertThat(delays)
                .extracting(Duration::toMillis)
                .containsExactly(500L, 1000L, 2000L, 4000L, 8000L, 16000L, 32000L, 60000L, 60000L);
    }

    @Test
    void oneAttemptOfANameIsAwaitedAtATime() {
        Attempt awaited = backoff.next("i-1", MINUTE).orElseThrow();

        assertThat(backoff.next("i-1", MINUTE)).isEmpty();
        assertThat(backoff.next("i-2", MINUTE)).isPresent();
        assertThat(backoff.begins("i-1", awaited)).isTrue();
        assertThat(backoff.begins("i-1", awaited)).isFalse();
        assertThat(backoff.next("i-1", MINUTE)).isPresent();
    }

    @Test
    void whatWentWellMeanwhileIsNotTriedAgainAndTheNextFailureStartsFromTheBeginning() {
        Attempt before = failure();
        failure();
        Attempt awaited = backoff.next("i-1", MINUTE).orElseThrow();
        backoff.reset("i-1");

        Attempt next = backoff.next("i-1", MINUTE).orElseThrow();

        assertThat(backoff.begins("i-1", awaited)).isFalse();
        assertThat(next.delay()).isEqualTo(before.delay());
        assertThat(backoff.begins("i-1", next)).isTrue();
    }

    @Test
    void whatIsUrgentDoesNotWaitForAnAttemptThatWaitsLonger() {
        IntStream.range(0, 9).forEach(_ -> failure());
        Attempt aside = backoff.next("i-1", MINUTE.multipliedBy(10)).orElseThrow();
        assertThat(aside.delay()).isGreaterThan(MINUTE);

        Attempt urgent = backoff.next("i-1", MINUTE).orElseThrow();

        assertThat(urgent.delay()).isEqualTo(MINUTE);
        assertThat(backoff.begins("i-1", aside)).isFalse();
        assertThat(backoff.begins("i-1", urgent)).isTrue();
    }

    private Attempt failure() {
        Attempt attempt = backoff.next("i-1", MINUTE).orElseThrow();
        assertThat(backoff.begins("i-1", attempt)).isTrue();
        return attempt;
    }
}
