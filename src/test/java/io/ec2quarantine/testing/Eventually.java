package io.ec2quarantine.testing;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Waits for a condition. */
public final class Eventually {
    private static final Duration LONGEST = Duration.ofSeconds(30);
    private static final Duration PAUSE = Duration.ofMillis(5);

    private Eventually() {}

    /** Waits until there is a value; does something, such as moving a clock, between two looks. */
    public static <T> T get(String what, Supplier<Optional<T>> value, Runnable between, Supplier<String> state) {
        long end = System.nanoTime() + LONGEST.toNanos();
        while (System.nanoTime() < end) {
            Optional<T> found = value.get();
            if (found.isPresent()) {
                return found.get();
            }
            between.run();
            LockSupport.parkNanos(PAUSE.toNanos());
        }
        throw new AssertionError("Waited " + LONGEST.toSeconds() + " s in vain for: " + what + "\n" + state.get());
    }

    /** Waits until the condition holds. */
    public static void holds(String what, Supplier<Boolean> condition, Runnable between, Supplier<String> state) {
        get(what, () -> condition.get() ? Optional.of(true) : Optional.empty(), between, state);
    }
}
