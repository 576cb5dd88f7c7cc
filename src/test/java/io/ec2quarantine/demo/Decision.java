package io.ec2quarantine.demo;

import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceSpec.DesiredState;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;

/** What a person decides about an instance. */
record Decision(DesiredState state, String by, String reason) {
    /** Patches it into the quarantine of this name, as kubectl does. */
    void patch(KubernetesClient client, String name) {
        client.resources(QuarantinedInstance.class)
                .withName(name)
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"spec\":{\"desiredState\":\"%s\",\"decision\":{\"by\":\"%s\",\"reason\":\"%s\"}}}"
                                .formatted(Telling.word(state), by, reason));
    }
}
