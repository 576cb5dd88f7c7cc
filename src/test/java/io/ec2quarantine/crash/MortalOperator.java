package io.ec2quarantine.crash;

import io.ec2quarantine.cluster.KubernetesClients;
import io.ec2quarantine.config.OperatorConfig;
import io.ec2quarantine.core.Scheduler;
import io.ec2quarantine.core.WriteHooks;
import io.ec2quarantine.runtime.QuarantineOperator;
import io.ec2quarantine.testing.Eventually;
import io.ec2quarantine.testing.OperatorWorld;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * An operator in the test's own process that can die.
 *
 * <p>Death means: the thread at the kill point is unwound by an error that nobody catches, its lines to the cluster and to
 * AWS are cut, its timers run no more, and any other thread of its that comes to a write dies there too. Nothing of its is
 * stopped or closed before the test is over, so nothing is tidied up.
 */
final class MortalOperator implements AutoCloseable {
    /** Without the preflight, which is none of the writes that an operator dies in. */
    private static final Map<String, String> SETTINGS =
            Map.of("OPERATOR_HTTP_PORT", "0", "OPERATOR_LEADER_ELECTION", "false", "OPERATOR_PREFLIGHT", "Off");

    private final OperatorWorld world;
    private final Lifeline toCluster;
    private final Lifeline toAws;
    private final KubernetesClient client;
    private final List<String> journal = new CopyOnWriteArrayList<>();
    private final AtomicReference<WriteHooks> doom = new AtomicReference<>(WriteHooks.NONE);
    private final AtomicInteger turns = new AtomicInteger();
    private volatile boolean dead;
    private volatile boolean ordered;
    private Optional<QuarantineOperator> operator = Optional.empty();

    /** Thrown where a dead operator would have gone on. */
    private static final class Death extends Error {
        private static final long serialVersionUID = 1L;

        Death() {
            super("killed here", null, false, false);
        }
    }

    private MortalOperator(OperatorWorld world) {
        this.world = world;
        this.toCluster = Lifeline.to(URI.create(world.cluster().url()));
        this.toAws = Lifeline.to(world.simulator().endpoint());
        this.client = KubernetesClients.create(new ConfigBuilder(world.cluster().config())
                .withMasterUrl(toCluster.url())
                .build());
    }

    /** Starts one, to die at this point if there is one. */
    static MortalOperator start(OperatorWorld world, IsolationScene scene, Optional<KillPoint> point) {
        MortalOperator mortal = new MortalOperator(world);
        mortal.keepJournal(scene, point);
        return mortal.live();
    }

    /** Starts one that lives, and keeps no journal, until it is told otherwise. */
    static MortalOperator start(OperatorWorld world) {
        return new MortalOperator(world).live();
    }

    /** From now on it keeps a journal of the writes to a scene, and dies at this point if there is one. */
    void keepJournal(IsolationScene scene, Optional<KillPoint> point) {
        doom.set(new DoomingHooks(scene, point, journal::add, this::die));
    }

    /** From now on what it does beside its passes has turns, each at a moment of its own, for which the clock has to move. */
    void doOneThingAfterAnother() {
        ordered = true;
    }

    private MortalOperator live() {
        System.setProperty("aws.endpointUrl", toAws.url());
        try {
            QuarantineOperator started = new QuarantineOperator(
                    OperatorConfig.from(SETTINGS), client, new Timers(), new Mortality(), () -> {});
            operator = Optional.of(started);
            started.start();
        } catch (Death _) {
            // It did not live to see its start.
        }
        return this;
    }

    /** Waits for its death; from then on AWS is reached by the way of the living. */
    void awaitDeath() {
        // No leap: what is to be cut short has to begin in its time.
        awaitDeath(() -> world.tick(Duration.ofMillis(20)));
    }

    /** The same, while time goes by as told. */
    void awaitDeath(Runnable time) {
        Eventually.holds("the death of the operator", () -> dead, time, () -> String.join("\n", journal));
        System.setProperty("aws.endpointUrl", world.simulator().endpoint().toString());
    }

    /** Every moment of its life that could be a kill point. */
    Journal journal() {
        return new Journal(journal);
    }

    /** Lets threads die here without a word, and tells of every other error that nobody caught, as Java does. */
    static Thread.UncaughtExceptionHandler mourner() {
        return (thread, failure) -> {
            if (!(failure instanceof Death)) {
                System.err.println("Exception in thread \"" + thread.getName() + "\"");
                failure.printStackTrace();
            }
        };
    }

    private void die() {
        dead = true;
        toCluster.cut();
        toAws.cut();
        throw new Death();
    }

    /** Frees what it holds of the test's process; what it was kept from writing stays unwritten. */
    @Override
    public void close() {
        toCluster.cut();
        toAws.cut();
        client.close();
        operator.ifPresent(QuarantineOperator::close);
    }

    private final class Mortality implements WriteHooks {
        @Override
        public void before(Write write) {
            goOnIfAlive();
            doom.get().before(write);
        }

        @Override
        public void after(Write write) {
            goOnIfAlive();
            doom.get().after(write);
        }
    }

    private void goOnIfAlive() {
        if (dead) {
            throw new Death();
        }
    }

    private final class Timers implements Scheduler {
        @Override
        public Instant instant() {
            return world.clock().instant();
        }

        @Override
        public void after(Duration delay, Runnable task) {
            Duration turn = ordered && delay.isZero() ? Duration.ofMillis(turns.incrementAndGet()) : delay;
            world.clock().after(turn, () -> {
                try {
                    if (!dead) {
                        task.run();
                    }
                } catch (Death _) {
                    // This thread ends with the operator.
                }
            });
        }
    }
}
