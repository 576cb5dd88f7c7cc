package io.ec2quarantine.controller;

import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** How long to wait before the next attempt: doubling from half a second to a minute, without end. */
final class Backoff {
    private static final Duration FIRST = Duration.ofMillis(500);
    private static final Duration LONGEST = Duration.ofMinutes(1);
    private static final int DOUBLINGS = 7;

    private final ConcurrentMap<String, Integer> attempts = new ConcurrentHashMap<>();

    /** The delay before the next attempt of this name. */
    Duration next(String name) {
        int attempt = attempts.merge(name, 1, Integer::sum) - 1;
        Duration delay = FIRST.multipliedBy(1L << Math.min(attempt, DOUBLINGS));
        return delay.compareTo(LONGEST) < 0 ? delay : LONGEST;
    }

    /** It went well: the next failure starts from the beginning. */
    void reset(String name) {
        attempts.remove(name);
    }
}
