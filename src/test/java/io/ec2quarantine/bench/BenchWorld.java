package io.ec2quarantine.bench;

import io.ec2quarantine.api.v1alpha1.ConditionType;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.config.OperatorConfig;
import io.ec2quarantine.core.WriteHooks;
import io.ec2quarantine.runtime.QuarantineOperator;
import io.ec2quarantine.runtime.SystemScheduler;
import io.ec2quarantine.sim.AwsSimulator;
import io.ec2quarantine.sim.Call;
import io.ec2quarantine.sim.RegionWorld;
import io.ec2quarantine.testing.EmbeddedCluster;
import io.ec2quarantine.testing.OperatorWorld;
import io.ec2quarantine.testing.Policies;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** The whole operator on the system's clock, against the embedded Kubernetes API and the simulator with EC2's request limits. */
final class BenchWorld implements AutoCloseable {
    static final int POLL_SECONDS = 1;
    static final int SWEEP_SECONDS = 10;

    private static final Duration LONGEST = Duration.ofMinutes(2);
    private static final Duration PAUSE = Duration.ofMillis(2);
    private static final Duration QUIET = Duration.ofSeconds(3);

    private final EmbeddedCluster cluster = EmbeddedCluster.start();
    private final AwsSimulator simulator =
            AwsSimulator.start(InstantSource.system()).requestLimits(true);
    private final SystemScheduler scheduler = new SystemScheduler();
    private final Map<String, Instant> verified = new ConcurrentHashMap<>();
    private final Map<String, QuarantinedInstance> settled = new ConcurrentHashMap<>();
    private final QuarantineOperator operator;

    BenchWorld() {
        System.setProperty("aws.endpointUrl", simulator.endpoint().toString());
        System.setProperty(
                "aws.accessKeyId",
                simulator.world().account(OperatorWorld.ACCOUNT).accessKeyId());
        System.setProperty("aws.secretAccessKey", "secret");
        System.setProperty("aws.region", OperatorWorld.REGION);
        cluster.client().resources(QuarantinedInstance.class).inform(new Seen());
        operator = new QuarantineOperator(
                OperatorConfig.from(Map.of(
                        "OPERATOR_HTTP_PORT", "0",
                        "OPERATOR_LEADER_ELECTION", "false",
                        "OPERATOR_PREFLIGHT", "Off",
                        "OPERATOR_POLL_INTERVAL_SECONDS", Integer.toString(POLL_SECONDS),
                        "OPERATOR_SWEEP_INTERVAL_SECONDS", Integer.toString(SWEEP_SECONDS))),
                cluster.client(),
                scheduler,
                WriteHooks.NONE,
                () -> {});
    }

    /** Starts the operator with the workshop's policy, and returns once it polls. */
    BenchWorld start() {
        cluster.create(Policies.workshop());
        operator.start();
        await("the first poll", () -> !simulator.calls().of("ListFindings").isEmpty());
        return this;
    }

    EmbeddedCluster cluster() {
        return cluster;
    }

    AwsSimulator simulator() {
        return simulator;
    }

    RegionWorld region() {
        return simulator.world().account(OperatorWorld.ACCOUNT).region(OperatorWorld.REGION);
    }

    /** When each instance was first seen to be isolated and verified. */
    Map<String, Instant> verified() {
        return verified;
    }

    /** The quarantines with which everything is done, evidence as well. */
    Map<String, QuarantinedInstance> settled() {
        return settled;
    }

    /** What was asked of AWS about instances, since a mark: polling goes on whatever happens. */
    List<Call> calls(long mark) {
        return simulator.calls().since(mark).stream()
                .filter(call -> !call.service().equals("guardduty"))
                .toList();
    }

    /** Waits until nothing but polling has been asked of AWS for a while. */
    void awaitQuiet(long mark) {
        await(
                "quiet",
                () -> calls(mark).stream()
                        .allMatch(call -> call.at().plus(QUIET).isBefore(Instant.now())));
    }

    /** Waits, but not for ever. */
    void await(String what, BooleanSupplier fact) {
        long end = System.nanoTime() + LONGEST.toNanos();
        while (!fact.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("Waited " + LONGEST.toSeconds() + " s in vain for " + what + ".");
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }

    @Override
    public void close() {
        operator.close();
        scheduler.close();
        simulator.close();
        cluster.close();
    }

    private final class Seen implements ResourceEventHandler<QuarantinedInstance> {
        @Override
        public void onAdd(QuarantinedInstance object) {
            String name = object.getMetadata().getName();
            if (OperatorWorld.isTrue(object, ConditionType.VERIFIED)) {
                verified.putIfAbsent(name, Instant.now());
                if (OperatorWorld.isTrue(object, ConditionType.EVIDENCE_PRESERVED)) {
                    settled.put(name, object);
                }
            }
        }

        @Override
        public void onUpdate(QuarantinedInstance before, QuarantinedInstance object) {
            onAdd(object);
        }

        @Override
        public void onDelete(QuarantinedInstance object, boolean unknown) {
            // Nothing is deleted here.
        }
    }
}
