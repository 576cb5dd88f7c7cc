package io.ec2quarantine.core;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/** Does something at once and again after every interval, from its start to its stop. */
public final class Rounds {
    private final Scheduler scheduler;
    private final Duration interval;
    private final Runnable round;
    private final AtomicBoolean running = new AtomicBoolean();

    public Rounds(Scheduler scheduler, Duration interval, Runnable round) {
        this.scheduler = scheduler;
        this.interval = interval;
        this.round = round;
    }

    /** Begins, unless it has begun. */
    public void start() {
        if (running.compareAndSet(false, true)) {
            scheduler.after(Duration.ZERO, this::next);
        }
    }

    /** Begins no further round; one that is under way ends by itself. */
    public void stop() {
        running.set(false);
    }

    /** Whether it has begun and was not stopped. */
    public boolean areUnderWay() {
        return running.get();
    }

    private void next() {
        if (running.get()) {
            scheduler.after(interval, this::next);
            round.run();
        }
    }
}
