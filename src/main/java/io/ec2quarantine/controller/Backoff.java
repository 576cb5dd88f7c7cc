package io.ec2quarantine.controller;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How long to wait before the next attempt: doubling from half a second to a bound, without end. One attempt is awaited at
 * a time, or whatever else calls a name that fails would make it be tried more often for ever.
 */
final class Backoff {
    private static final Duration FIRST = Duration.ofMillis(500);
    private static final int DOUBLINGS = 11;

    private final Map<String, Integer> failures = new HashMap<>();
    private final Map<String, Attempt> awaited = new HashMap<>();
    private long serial;

    /**
     * An attempt that is to come.
     *
     * @param serial tells it from every other
     */
    record Attempt(Duration delay, long serial) {}

    /** The next attempt of this name; empty while one is awaited already that does not wait longer than that. */
    synchronized Optional<Attempt> next(String name, Duration longest) {
        if (awaited.containsKey(name) && awaited.get(name).delay().compareTo(longest) <= 0) {
            return Optional.empty();
        }
        int before = failures.merge(name, 1, Integer::sum) - 1;
        Duration delay = FIRST.multipliedBy(1L << Math.min(before, DOUBLINGS));
        Attempt attempt = new Attempt(delay.compareTo(longest) < 0 ? delay : longest, serial++);
        awaited.put(name, attempt);
        return Optional.of(attempt);
    }

    /** Takes back an attempt that is to come, for it need not wait; whether there was one. */
    synchronized boolean takesBack(String name) {
        failures.remove(name);
        return awaited.remove(name) != null;
    }

    /** Whether an attempt of this name is to come. */
    synchronized boolean isAwaited(String name) {
        return awaited.containsKey(name);
    }

    /** Whether an attempt is awaited still; it no longer is. */
    synchronized boolean begins(String name, Attempt attempt) {
        return awaited.remove(name, attempt);
    }

    /** It went well: the next failure starts from the beginning. */
    synchronized void reset(String name) {
        failures.remove(name);
        awaited.remove(name);
    }
}
