package io.ec2quarantine.testing;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How fast time goes by while a test waits: step by step while the operator is at something, and straight to what is due
 * next while it is not.
 */
final class Pace {
    private static final Duration LEAP = Duration.ofMinutes(1);

    private final ManualScheduler clock;
    private final LongSupplier deeds;
    private final Duration step;
    private final int looks;
    private long seen = -1;
    private int still;

    /**
     * A pace.
     *
     * @param deeds counts what the operator did so far that can be seen from outside
     * @param step how far the clock goes while it is at something
     * @param looks how many looks in a row must find nothing new before it counts as still, anew after every leap
     */
    Pace(ManualScheduler clock, LongSupplier deeds, Duration step, int looks) {
        this.clock = clock;
        this.deeds = deeds;
        this.step = step;
        this.looks = looks;
    }

    /** How far the clock may go now. */
    Duration next() {
        long done = deeds.getAsLong();
        still = done == seen && clock.isAtRest() ? still + 1 : 0;
        seen = done;
        if (still < looks || !Workers.areAtRest()) {
            return step;
        }
        still = 0;
        Duration due = clock.untilNextDue().orElse(step);
        return longer(step, due.compareTo(LEAP) < 0 ? due : LEAP);
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? other : one;
    }
}
