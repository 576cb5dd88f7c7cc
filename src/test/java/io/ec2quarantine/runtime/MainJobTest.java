package io.ec2quarantine.runtime;

import static io.ec2quarantine.testing.OperatorWorld.isTrue;
import static org.assertj.core.api.Assertions.assertThat;

import io.ec2quarantine.api.v1alpha1.ConditionType;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.sim.WorkshopScene;
import io.ec2quarantine.testing.OperatorWorld;
import io.ec2quarantine.testing.Policies;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A finding becomes a verified isolation. */
class MainJobTest {
    private final OperatorWorld world = new OperatorWorld();

    @AfterEach
    void end() {
        world.close();
    }

    @Test
    void theWorkshopsFindingBecomesAVerifiedIsolation() {
        WorkshopScene scene = WorkshopScene.build(world.world());
        world.cluster().create(Policies.workshop());
        world.startOperator();

        scene.compromise(world.world());

        QuarantinedInstance object = world.awaitVerified(scene.compromisedInstance());
        assertThat(isTrue(object, ConditionType.READY)).isTrue();
    }
}
