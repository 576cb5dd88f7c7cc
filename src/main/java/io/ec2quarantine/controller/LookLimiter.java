package io.ec2quarantine.controller;

import io.ec2quarantine.cluster.ReconcileTrigger;
import io.ec2quarantine.core.Scheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * Lets only a few of the observed quarantines be looked at at once, so that a backlog of them leaves threads and requests
 * to the isolations. Who is turned away is called again, first come first called, until it was looked at.
 */
final class LookLimiter {
    static final int MOST_AT_ONCE = 4;
    static final Duration PAUSE = Duration.ofMillis(500);

    private final Scheduler scheduler;
    private final ReconcileTrigger trigger;
    private final Semaphore places = new Semaphore(MOST_AT_ONCE);
    private final Set<String> waiting = new LinkedHashSet<>();

    LookLimiter(Scheduler scheduler, ReconcileTrigger trigger) {
        this.scheduler = scheduler;
        this.trigger = trigger;
    }

    /**
     * Looks, or has the quarantine called again later.
     *
     * @param look empty when it could not be afforded, which is the same as not having had a place
     */
    <T> Optional<T> look(String name, Supplier<Optional<T>> look) {
        Optional<T> seen = inAPlace(look);
        if (seen.isEmpty()) {
            callLater(name);
        }
        return seen;
    }

    private <T> Optional<T> inAPlace(Supplier<Optional<T>> look) {
        if (!places.tryAcquire()) {
            return Optional.empty();
        }
        try {
            return look.get();
        } finally {
            places.release();
        }
    }

    private synchronized void callLater(String name) {
        if (waiting.isEmpty()) {
            scheduler.after(PAUSE, this::callTheNext);
        }
        waiting.add(name);
    }

    private void callTheNext() {
        next().forEach(trigger::trigger);
    }

    /** No more at a time than have places, or those in vain would keep the reconciler's threads busy. */
    private synchronized List<String> next() {
        List<String> next = new ArrayList<>(waiting).subList(0, Math.min(MOST_AT_ONCE, waiting.size()));
        next.forEach(waiting::remove);
        if (!waiting.isEmpty()) {
            scheduler.after(PAUSE, this::callTheNext);
        }
        return next;
    }
}
