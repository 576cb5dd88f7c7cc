package io.ec2quarantine.runtime;

import static io.ec2quarantine.testing.OperatorWorld.isTrue;
import static org.assertj.core.api.Assertions.assertThat;

import io.ec2quarantine.api.v1alpha1.Condition;
import io.ec2quarantine.api.v1alpha1.ConditionType;
import io.ec2quarantine.sim.WorkshopScene;
import io.ec2quarantine.status.Conditions;
import io.ec2quarantine.testing.OperatorWorld;
import io.ec2quarantine.testing.Policies;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What only a later version knows is not overwritten. */
class FutureObjectsTest {
    private final OperatorWorld world = new OperatorWorld();
    private final WorkshopScene scene = WorkshopScene.build(world.world());

    @AfterEach
    void end() {
        world.close();
    }

    @Test
    void aFindingWaitsForAQuarantineWithAnUnknownStateUntilThatIsCorrected() {
        String instance = scene.compromisedInstance();
        world.cluster().create(Policies.workshop());
        world.cluster().create("""
                apiVersion: ec2quarantine.io/v1alpha1
                kind: QuarantinedInstance
                metadata: {name: %s}
                spec: {instanceID: %s, region: us-west-2, desiredState: Released2}
                """.formatted(instance, instance));
        world.startOperator();
        String finding = scene.compromise(world.world());

        world.awaitPolicy(
                "malicious-ip-callers",
                "says that the finding waits",
                object -> Conditions.find(object.getStatus().conditions(), ConditionType.SOURCES_REACHABLE)
                        .filter(reachable -> reachable.reason().equals("NotStored")
                                && reachable.message().contains(finding))
                        .isPresent());
        GenericKubernetesResource untouched = generic(instance);
        assertThat(untouched.<Object>get("spec", "desiredState")).isEqualTo("Released2");
        assertThat(untouched.<Object>get("spec", "findings")).isNull();
        world.await(instance, ConditionType.READY, Condition.Status.FALSE, "Unsupported");

        world.client()
                .genericKubernetesResources("ec2quarantine.io/v1alpha1", "QuarantinedInstance")
                .withName(instance)
                .edit(object -> {
                    object.<Map<String, Object>>get("spec").put("desiredState", "Observed");
                    return object;
                });

        assertThat(isTrue(world.awaitVerified(instance), ConditionType.READY)).isTrue();
    }

    private GenericKubernetesResource generic(String name) {
        return world.client()
                .genericKubernetesResources("ec2quarantine.io/v1alpha1", "QuarantinedInstance")
                .withName(name)
                .get();
    }
}
