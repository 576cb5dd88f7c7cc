package io.ec2quarantine.runtime;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives a cluster that is just coming up, or is just being installed into, half a minute, and says what it waits for. */
final class ClusterWait {
    private static final Duration PAUSE = Duration.ofSeconds(5);
    private static final int ATTEMPTS = 7;
    private static final Logger LOG = LoggerFactory.getLogger(ClusterWait.class);

    private final Supplier<Optional<String>> problem;
    private final Predicate<Duration> stopped;

    /**
     * @param problem what is wrong at the moment, in one sentence
     * @param stopped waits so long, and says whether the operator was told to stop meanwhile
     */
    ClusterWait(Supplier<Optional<String>> problem, Predicate<Duration> stopped) {
        this.problem = problem;
        this.stopped = stopped;
    }

    /** Whether the cluster is there; false when the operator was told to stop while waiting for it. */
    boolean isOver() {
        for (int left = ATTEMPTS - 1; left >= 0; left--) {
            Optional<String> wrong = problem.get();
            if (wrong.isEmpty()) {
                return true;
            }
            if (left == 0) {
                throw new CannotStart(wrong.get());
            }
            LOG.warn(
                    "{} Trying again every {} s, {} left.",
                    wrong.get(),
                    PAUSE.toSeconds(),
                    left == 1 ? "1 attempt" : left + " attempts");
            if (stopped.test(PAUSE)) {
                return false;
            }
        }
        return true;
    }
}
