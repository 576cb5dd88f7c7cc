package io.ec2quarantine.runtime;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Empties the lease on the way out, so that the next leader need not wait until it has run out. */
final class LeaseHandover {
    private static final Logger LOG = LoggerFactory.getLogger(LeaseHandover.class);

    private final KubernetesClient client;
    private final String namespace;
    private final String name;
    private final String identity;

    LeaseHandover(KubernetesClient client, String namespace, String name, String identity) {
        this.client = client;
        this.namespace = namespace;
        this.name = name;
        this.identity = identity;
    }

    /** Gives the lease up if it is ours; a failure costs the next leader some seconds and nothing else. */
    void giveUp() {
        try {
            Lease lease = client.leases().inNamespace(namespace).withName(name).get();
            if (lease != null && identity.equals(lease.getSpec().getHolderIdentity())) {
                client.resource(lease).edit(held -> {
                    held.getSpec().setHolderIdentity("");
                    return held;
                });
            }
        } catch (KubernetesClientException exception) {
            LOG.warn("The lease {}/{} was not given up: {}", namespace, name, exception.getMessage());
        }
    }
}
