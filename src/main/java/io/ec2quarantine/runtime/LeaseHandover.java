package io.ec2quarantine.runtime;

import io.ec2quarantine.cluster.ClusterFailures;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Empties the lease on the way out, so that the next leader need not wait until it has run out. */
final class LeaseHandover {
    /** The client retries for two minutes when the API server hangs; a pod is given 30 s to stop. */
    private static final Duration PATIENCE = Duration.ofSeconds(3);

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
        Thread attempt = Thread.ofVirtual().start(this::attempt);
        try {
            if (!attempt.join(PATIENCE)) {
                LOG.warn("The lease {}/{} was not given up: the API server did not answer.", namespace, name);
            }
        } catch (InterruptedException exception) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether the API server says that the lease is ours. */
    boolean isOurs() {
        return read().filter(this::isOurs).isPresent();
    }

    private void attempt() {
        try {
            read().filter(this::isOurs)
                    .ifPresent(lease -> client.resource(lease).edit(held -> {
                        held.getSpec().setHolderIdentity("");
                        return held;
                    }));
        } catch (KubernetesClientException exception) {
            LOG.warn("The lease {}/{} was not given up: {}", namespace, name, ClusterFailures.detail(exception));
        }
    }

    private Optional<Lease> read() {
        return Optional.ofNullable(
                client.leases().inNamespace(namespace).withName(name).get());
    }

    private boolean isOurs(Lease lease) {
        return identity.equals(lease.getSpec().getHolderIdentity());
    }
}
