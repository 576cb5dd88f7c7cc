package io.ec2quarantine.core;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** The one source of time and of things to be done later; tests move it by hand. */
public interface Scheduler extends InstantSource {
    /** The time by this scheduler. */
    @Override
    Instant instant();

    /** Runs the task once, on a thread of its own, when the delay is over. */
    void after(Duration delay, Runnable task);
}
