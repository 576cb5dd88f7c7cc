package io.ec2quarantine.sim;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;

/** A clock that stands still until a test moves it. */
public final class MovableClock implements InstantSource {
    private final AtomicReference<Instant> now;

    /** Stands at this instant. */
    public MovableClock(Instant start) {
        now = new AtomicReference<>(start);
    }

    @Override
    public Instant instant() {
        return now.get();
    }

    /** Moves it forward. */
    public void advance(Duration time) {
        now.updateAndGet(instant -> instant.plus(time));
    }
}
