package io.ec2quarantine.runtime;

import io.ec2quarantine.core.Scheduler;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices before the lease runs out that it could not be seen to be ours. Whoever renews it cannot: one renewal is retried
 * inside the client, for two minutes when the API server hangs, while another replica takes over after fifteen seconds.
 */
final class LeaseWatch {
    /** Less than the lease's duration of 15 s, and more than the elector's own deadline of 10 s. */
    private static final Duration PATIENCE = Duration.ofSeconds(12);

    private static final Duration INTERVAL = Duration.ofSeconds(1);
    private static final Logger LOG = LoggerFactory.getLogger(LeaseWatch.class);

    private final Scheduler scheduler;
    private final BooleanSupplier leaseIsOurs;
    private final Runnable lost;
    private final AtomicBoolean watching = new AtomicBoolean();
    private final AtomicBoolean asking = new AtomicBoolean();
    private final AtomicReference<Instant> lastSeen = new AtomicReference<>(Instant.EPOCH);

    /**
     * @param leaseIsOurs asks the API server; throws a {@link KubernetesClientException} where there is no answer
     * @param lost called once, unless stopped before
     */
    LeaseWatch(Scheduler scheduler, BooleanSupplier leaseIsOurs, Runnable lost) {
        this.scheduler = scheduler;
        this.leaseIsOurs = leaseIsOurs;
        this.lost = lost;
    }

    void start() {
        lastSeen.set(scheduler.instant());
        watching.set(true);
        check();
    }

    void stop() {
        watching.set(false);
    }

    private void check() {
        if (!watching.get()) {
            return;
        }
        if (scheduler.instant().isAfter(lastSeen.get().plus(PATIENCE))) {
            stop();
            lost.run();
            return;
        }
        scheduler.after(INTERVAL, this::check);
        if (asking.compareAndSet(false, true)) {
            scheduler.after(Duration.ZERO, this::ask);
        }
    }

    private void ask() {
        Instant asked = scheduler.instant();
        try {
            if (leaseIsOurs.getAsBoolean()) {
                lastSeen.set(asked);
            }
        } catch (KubernetesClientException unanswered) {
            LOG.warn("The lease could not be read: {}", unanswered.getMessage());
        } finally {
            asking.set(false);
        }
    }
}
