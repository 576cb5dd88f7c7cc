package io.ec2quarantine.cluster;

import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;

/** The definition of the quarantines in the cluster. */
public final class QuarantineDefinition {
    private static final String NAME = HasMetadata.getFullResourceName(QuarantinedInstance.class);

    private final KubernetesClient client;

    public QuarantineDefinition(KubernetesClient client) {
        this.client = client;
    }

    /**
     * Whether the definition is being deleted, which deletes every quarantine without anybody having decided on one.
     *
     * @throws io.fabric8.kubernetes.client.KubernetesClientException when that cannot be read
     */
    public boolean isBeingDeleted() {
        var definition = client.apiextensions()
                .v1()
                .customResourceDefinitions()
                .withName(NAME)
                .get();
        return definition == null || definition.isMarkedForDeletion();
    }
}
