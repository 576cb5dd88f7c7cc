package io.ec2quarantine.cluster;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The instance on which this very process runs, and whether another replica could go on without it. */
public final class OwnNode {
    private static final Set<Integer> REFUSED =
            Set.of(HttpURLConnection.HTTP_FORBIDDEN, HttpURLConnection.HTTP_UNAUTHORIZED);
    private static final Logger LOG = LoggerFactory.getLogger(OwnNode.class);

    private final KubernetesClient client;
    private final String namespace;
    private final Optional<String> nodeName;
    private final String replicas;
    /** A process never changes its node. */
    private final AtomicReference<Optional<String>> instanceId = new AtomicReference<>(Optional.empty());

    /**
     * Knows the node by its name.
     *
     * @param nodeName the node that this process runs on; empty outside a cluster
     * @param replicas the labels of the operator's pods, as a selector
     */
    public OwnNode(KubernetesClient client, String namespace, Optional<String> nodeName, String replicas) {
        this.client = client;
        this.namespace = namespace;
        this.nodeName = nodeName;
        this.replicas = replicas;
    }

    /**
     * Whether this process runs on an instance. Where it may not be known it is taken for another: a compromised instance
     * that is left alone is worse than an operator that has to be started again elsewhere.
     *
     * @throws KubernetesClientException when the node cannot be read for the moment
     */
    public boolean is(String id) {
        try {
            return own().filter(id::equals).isPresent();
        } catch (KubernetesClientException exception) {
            if (REFUSED.contains(exception.getCode())) {
                LOG.warn(
                        "Whether the operator runs on {} is not known: {}; let it get nodes.",
                        id,
                        ClusterFailures.detail(exception));
                return false;
            }
            throw exception;
        }
    }

    private Optional<String> own() {
        if (instanceId.get().isEmpty()) {
            instanceId.set(nodeName.flatMap(name ->
                            Optional.ofNullable(client.nodes().withName(name).get()))
                    .flatMap(ClusterNodes::instanceId));
        }
        return instanceId.get();
    }

    /**
     * Whether a replica is ready on another node.
     *
     * @throws KubernetesClientException when the pods cannot be read
     */
    public boolean hasReplicaElsewhere() {
        return client.pods().inNamespace(namespace).withLabelSelector(replicas).list().getItems().stream()
                .anyMatch(pod -> pod.getMetadata().getDeletionTimestamp() == null
                        && isReady(pod)
                        && Optional.ofNullable(pod.getSpec().getNodeName())
                                .filter(name -> !nodeName.equals(Optional.of(name)))
                                .isPresent());
    }

    private static boolean isReady(Pod pod) {
        return pod.getStatus() != null
                && pod.getStatus().getConditions().stream()
                        .anyMatch(condition ->
                                "Ready".equals(condition.getType()) && "True".equals(condition.getStatus()));
    }
}
