package io.ec2quarantine.real;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Waits for what another process does. */
public final class Waiting {
    /** Long, for a machine that does other things beside: who waits in vain is in no hurry. */
    static final Duration PATIENCE = Duration.ofSeconds(90);

    private static final Duration PAUSE = Duration.ofMillis(100);

    private Waiting() {}

    /** Waits until there is a value; the state is what a person would want to see when there never is. */
    static <T> T forValue(String what, Supplier<Optional<T>> look, Supplier<String> state) {
        return forValue(what, PATIENCE, look, state);
    }

    private static <T> T forValue(String what, Duration patience, Supplier<Optional<T>> look, Supplier<String> state) {
        long end = System.nanoTime() + patience.toNanos();
        while (System.nanoTime() < end) {
            Optional<T> found = look.get();
            if (found.isPresent()) {
                return found.get();
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
        throw new AssertionError("Waited " + patience.toSeconds() + " s in vain for: " + what + "\n" + state.get());
    }

    /** Waits until the condition holds. */
    public static void until(String what, Supplier<Boolean> condition, Supplier<String> state) {
        until(what, PATIENCE, condition, state);
    }

    /** Waits for what takes longer than most. */
    static void until(String what, Duration patience, Supplier<Boolean> condition, Supplier<String> state) {
        forValue(what, patience, () -> condition.get() ? Optional.of(true) : Optional.empty(), state);
    }
}
