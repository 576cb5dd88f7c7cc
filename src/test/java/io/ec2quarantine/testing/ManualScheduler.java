package io.ec2quarantine.testing;

import io.ec2quarantine.core.Scheduler;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** A scheduler whose clock stands still until a test moves it; what is due then runs on threads of its own. */
public final class ManualScheduler implements Scheduler {
    private static final Duration LONGEST_TASK = Duration.ofMillis(300);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(1);

    private record Due(Instant at, long order, Runnable task) {}

    private final PriorityQueue<Due> queue =
            new PriorityQueue<>(Comparator.comparing(Due::at).thenComparingLong(Due::order));
    private final AtomicInteger running = new AtomicInteger();
    private Instant now;
    private long order;

    /** Stands at this time. */
    public ManualScheduler(Instant start) {
        this.now = start;
    }

    @Override
    public synchronized Instant instant() {
        return now;
    }

    @Override
    public void after(Duration delay, Runnable task) {
        if (delay.isZero()) {
            start(task);
            return;
        }
        synchronized (this) {
            queue.add(new Due(now.plus(delay), order++, task));
        }
    }

    /** Moves the clock, and starts what is due by then. */
    public void advance(Duration time) {
        List<Runnable> due = new ArrayList<>();
        synchronized (this) {
            now = now.plus(time);
            for (Due next = queue.peek(); next != null && !next.at().isAfter(now); next = queue.peek()) {
                queue.remove();
                due.add(next.task());
            }
        }
        due.forEach(this::start);
    }

    /**
     * Lets what was started come to its end, so that a slow machine does not look like one on which much time went by. Not
     * for long: a test may hold a task up on purpose.
     */
    void letTasksEnd() {
        long end = System.nanoTime() + LONGEST_TASK.toNanos();
        while (running.get() > 0 && System.nanoTime() < end) {
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
        }
    }

    /** How long it is until something is due; nothing may be. */
    synchronized Optional<Duration> untilNextDue() {
        return Optional.ofNullable(queue.peek()).map(next -> Duration.between(now, next.at()));
    }

    /** Whether everything that was started has come to its end. */
    public boolean isAtRest() {
        return running.get() == 0;
    }

    private void start(Runnable task) {
        running.incrementAndGet();
        Thread.startVirtualThread(() -> {
            try {
                task.run();
            } finally {
                running.decrementAndGet();
            }
        });
    }
}
