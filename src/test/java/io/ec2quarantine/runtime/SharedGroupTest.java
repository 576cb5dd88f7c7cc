package io.ec2quarantine.runtime;

import static io.ec2quarantine.testing.OperatorWorld.isTrue;
import static org.assertj.core.api.Assertions.assertThat;

import io.ec2quarantine.api.v1alpha1.Condition.Status;
import io.ec2quarantine.api.v1alpha1.ConditionType;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.VerificationStatus;
import io.ec2quarantine.sim.Model.Permission;
import io.ec2quarantine.sim.WorkshopScene;
import io.ec2quarantine.testing.OperatorWorld;
import io.ec2quarantine.testing.Policies;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What happens to one isolation group costs no more because many instances share it. */
class SharedGroupTest {
    private final OperatorWorld world = new OperatorWorld();
    private final WorkshopScene scene = WorkshopScene.build(world.world());
    private final List<String> instances =
            List.of(scene.compromisedInstance(), scene.compromisedInstance2(), scene.compromisedInstance3());

    @BeforeEach
    void isolateAll() {
        world.cluster().create(Policies.workshop());
        instances.forEach(instance -> world.cluster().create("""
                apiVersion: ec2quarantine.io/v1alpha1
                kind: QuarantinedInstance
                metadata: {name: %1$s}
                spec: {instanceID: %1$s, region: us-west-2, desiredState: Isolated, policyRef: {name: malicious-ip-callers}}
                """.formatted(instance)));
        world.startOperator();
        instances.forEach(world::awaitVerified);
        world.elapse(Duration.ofMinutes(2));
    }

    @AfterEach
    void end() {
        world.close();
    }

    @Test
    void whatADeletedQuarantineLeavesInTheGroupIsNoStranger() {
        String group = world.isolationGroup(instances.getFirst());
        world.client()
                .resources(QuarantinedInstance.class)
                .withName(instances.getLast())
                .delete();
        world.awaitGone(instances.getLast());

        world.elapse(Duration.ofMinutes(12));

        assertThat(instances.subList(0, 2)).allSatisfy(instance -> {
            assertThat(world.region().groupsOf(instance).values()).containsOnly(List.of(group));
            assertThat(drifts(instance)).isZero();
        });
        assertThat(world.region().groupsOf(instances.getLast()).values()).containsOnly(List.of(group));
    }

    @Test
    void aRuleIsTakenAwayByOneLook() {
        String group = world.isolationGroup(instances.getFirst());
        long mark = world.simulator().calls().mark();

        world.region().addRule(group, Permission.all(false, "0.0.0.0/0"));
        world.elapse(Duration.ofMinutes(3));

        assertThat(world.region().groupOf(group).rules()).isEmpty();
        assertThat(world.calls("DescribeInstances", mark))
                .as("a look and its read-back")
                .isEqualTo(2);
        assertThat(instances.stream().mapToInt(this::drifts).sum()).isEqualTo(1);
        assertThat(instances).allMatch(this::isVerified);
    }

    @Test
    void aRuleThatCannotBeTakenAwayIsToldOfEveryInstance() {
        world.simulator().faults().on("RevokeSecurityGroupIngress").deny();

        world.region().addRule(world.isolationGroup(instances.getFirst()), Permission.all(false, "0.0.0.0/0"));

        instances.forEach(
                instance -> world.await(instance, ConditionType.VERIFIED, Status.FALSE, "IsolationGroupHasRules"));
        world.simulator().faults().clear();
        instances.forEach(world::awaitVerified);
    }

    private boolean isVerified(String instance) {
        return isTrue(world.quarantine(instance).orElseThrow(), ConditionType.VERIFIED);
    }

    private int drifts(String instance) {
        return Optional.ofNullable(
                        world.quarantine(instance).orElseThrow().getStatus().verification())
                .map(VerificationStatus::driftCount)
                .orElse(0);
    }
}
