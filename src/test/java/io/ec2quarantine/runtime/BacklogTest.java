package io.ec2quarantine.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.ec2quarantine.api.v1alpha1.Condition;
import io.ec2quarantine.api.v1alpha1.Condition.Status;
import io.ec2quarantine.api.v1alpha1.ConditionType;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.sim.Faults.Fault;
import io.ec2quarantine.sim.FindingTemplate;
import io.ec2quarantine.sim.WorkshopScene;
import io.ec2quarantine.testing.Eventually;
import io.ec2quarantine.testing.OperatorWorld;
import io.ec2quarantine.testing.Policies;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Many quarantines that only observe, and an isolation that must not wait for them. */
class BacklogTest {
    /** What the operator reconciles with, by the framework's own standard. */
    private static final int THREADS = 50;

    private static final int MANY = THREADS + 10;
    private static final String MINING = "CryptoCurrency:EC2/BitcoinTool.B!DNS";

    private final OperatorWorld world = new OperatorWorld();
    private final WorkshopScene scene = WorkshopScene.build(world.world());

    @AfterEach
    void end() {
        world.close();
    }

    @Test
    void observationsThatDoNotGetOnHoldUpNoIsolationAndAreMadeInTheEnd() {
        world.cluster().create(Policies.workshop());
        world.cluster().create(Policies.policy("watch", "DryRun", MINING, ""));
        List<String> watched = watchedInstances(MANY);
        Fault slow = world.simulator()
                .faults()
                .on("DescribeInstances", request -> watched.contains(request.param("InstanceId.1")))
                .hold();
        world.startOperator();
        Eventually.holds(
                MANY + " quarantines",
                () -> quarantines().size() == MANY,
                () -> world.clock().advance(Duration.ofMillis(100)),
                () -> quarantines().toString());

        scene.compromise(world.world());
        world.awaitVerified(scene.compromisedInstance());

        assertThat(slow.hits()).isLessThan(THREADS / 2);
        slow.remove();
        watched.forEach(each -> world.await(each, ConditionType.READY, Status.TRUE, "DryRun"));
    }

    @Test
    void anObservationThatIsThrottledIsNoFailureAndIsMadeLater() {
        world.cluster().create(Policies.policy("watch", "DryRun", MINING, ""));
        String watched = watchedInstances(1).getFirst();
        Fault throttle =
                world.simulator().faults().on("DescribeInstances").times(2).throttle();
        Set<String> reasons = ConcurrentHashMap.newKeySet();

        try (Watch _ = world.client().resources(QuarantinedInstance.class).watch(new Reasons(reasons))) {
            world.startOperator();
            world.await(watched, ConditionType.READY, Status.TRUE, "DryRun");
            Eventually.holds("the watch to catch up", () -> reasons.contains("DryRun"), () -> {}, reasons::toString);
        }

        assertThat(throttle.hits()).isEqualTo(2);
        assertThat(reasons).doesNotContain("Throttled");
    }

    private List<QuarantinedInstance> quarantines() {
        return world.client().resources(QuarantinedInstance.class).list().getItems();
    }

    private List<String> watchedInstances(int count) {
        List<String> instances = IntStream.range(0, count)
                .mapToObj(number -> world.region()
                        .instance("web-" + number)
                        .in(world.region().vpc())
                        .launch()
                        .id())
                .toList();
        instances.forEach(id -> world.region().finding(FindingTemplate.bitcoinDns(id, "pool.example")));
        return instances;
    }

    /** Every reason that any condition ever had. */
    private record Reasons(Set<String> seen) implements Watcher<QuarantinedInstance> {
        @Override
        public void eventReceived(Action action, QuarantinedInstance object) {
            Optional.ofNullable(object.getStatus()).stream()
                    .flatMap(status -> status.conditions().stream())
                    .map(Condition::reason)
                    .forEach(seen::add);
        }

        @Override
        public void onClose(WatcherException cause) {
            throw new AssertionError("the watch was cut", cause);
        }
    }
}
