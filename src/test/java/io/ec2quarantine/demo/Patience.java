package io.ec2quarantine.demo;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Waits, never for ever, until something that was seen makes a fact true. */
final class Patience {
    private static final long LOOK_AGAIN_MILLIS = 200;

    private final Duration longest;
    private final Semaphore sights = new Semaphore(0);

    Patience(Duration longest) {
        this.longest = longest;
    }

    /** Wakes whoever waits. */
    void somethingWasSeen() {
        sights.release();
    }

    /**
     * Waits for a fact.
     *
     * @param hopeless why waiting on is in vain, where it is
     * @param inVain what did not happen, to fail with
     */
    <T> T await(Supplier<Optional<T>> fact, Supplier<Optional<String>> hopeless, Supplier<String> inVain) {
        long end = System.nanoTime() + longest.toNanos();
        while (true) {
            sights.drainPermits();
            Optional<T> found = fact.get();
            if (found.isPresent()) {
                return found.get();
            }
            hopeless.get().ifPresent(reason -> {
                throw new SceneFailure(inVain.get() + ". " + reason);
            });
            if (System.nanoTime() > end) {
                throw new SceneFailure(inVain.get() + " within " + longest.toSeconds() + " s.");
            }
            awaitSight();
        }
    }

    /** Something that is seen, or the time to look again: the operator may have ended unseen. */
    private void awaitSight() {
        try {
            if (sights.tryAcquire(LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS)) {
                sights.drainPermits();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new SceneFailure("The demo was interrupted.");
        }
    }
}
