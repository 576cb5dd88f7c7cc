package io.ec2quarantine.runtime;

import io.ec2quarantine.core.Scheduler;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The scheduler of a running operator: the system's clock, and a virtual thread for each task. */
public final class SystemScheduler implements Scheduler, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SystemScheduler.class);

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("scheduler").factory());
    private final ExecutorService tasks = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("task-", 0).factory());

    @Override
    public Instant instant() {
        return Instant.now();
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // The task reports its own failure.
    public void after(Duration delay, Runnable task) {
        try {
            timer.schedule(() -> tasks.execute(() -> run(task)), delay.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException _) {
            LOG.debug("not scheduled any more: the operator stops");
        }
    }

    /** A task that fails unexpectedly is logged here, or nobody would ever hear of it. */
    private static void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException exception) {
            LOG.error("A scheduled task failed unexpectedly; please report this.", exception);
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
        tasks.shutdown();
    }
}
