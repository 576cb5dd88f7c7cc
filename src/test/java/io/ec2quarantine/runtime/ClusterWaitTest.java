package io.ec2quarantine.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ch.qos.logback.classic.Level;
import io.ec2quarantine.testing.LogCapture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ClusterWaitTest {
    private static final String WRONG = "Nobody answers; look.";

    private final LogCapture log = new LogCapture(ClusterWait.class);
    private final List<Duration> pauses = new ArrayList<>();

    @AfterEach
    void close() {
        log.close();
    }

    @Test
    void aClusterThatIsThereIsNotWaitedFor() {
        assertThat(waitFor(Optional::empty).isOver()).isTrue();

        assertThat(pauses).isEmpty();
        assertThat(log.messages(Level.WARN, "")).isEmpty();
    }

    @Test
    void aClusterThatComesUpIsWaitedForAndEachAttemptIsTold() {
        AtomicInteger asked = new AtomicInteger();

        assertThat(waitFor(() -> asked.incrementAndGet() <= 2 ? Optional.of(WRONG) : Optional.empty())
                        .isOver())
                .isTrue();

        assertThat(log.messages(Level.WARN, ""))
                .containsExactly(
                        WRONG + " Trying again every 5 s, 6 attempts left.",
                        WRONG + " Trying again every 5 s, 5 attempts left.");
    }

    @Test
    void theLastAttemptIsToldInTheSingular() {
        AtomicInteger asked = new AtomicInteger();

        waitFor(() -> asked.incrementAndGet() <= 6 ? Optional.of(WRONG) : Optional.empty())
                .isOver();

        assertThat(log.messages(Level.WARN, ""))
                .last()
                .asString()
                .isEqualTo(WRONG + " Trying again every 5 s, 1 attempt left.");
    }

    @Test
    void afterHalfAMinuteTheStartFailsWithWhatIsWrong() {
        assertThatExceptionOfType(CannotStart.class)
                .isThrownBy(() -> waitFor(() -> Optional.of(WRONG)).isOver())
                .withMessage(WRONG);

        assertThat(pauses.stream().reduce(Duration.ZERO, Duration::plus)).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void beingToldToStopEndsTheWait() {
        assertThat(new ClusterWait(() -> Optional.of(WRONG), _ -> true).isOver())
                .isFalse();
    }

    private ClusterWait waitFor(Supplier<Optional<String>> problem) {
        return new ClusterWait(problem, pause -> {
            pauses.add(pause);
            return false;
        });
    }
}
