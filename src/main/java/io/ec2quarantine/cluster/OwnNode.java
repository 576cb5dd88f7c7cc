package io.ec2quarantine.cluster;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The instance on which this very process runs, and whether another replica could go on without it. */
public final class OwnNode {
    private static final Set<Integer> REFUSED =
            Set.of(HttpURLConnection.HTTP_FORBIDDEN, HttpURLConnection.HTTP_UNAUTHORIZED);
    private static final String LABEL = "app.kubernetes.io/name";
    private static final String NAME = "ec2-quarantine-operator";
    private static final Logger LOG = LoggerFactory.getLogger(OwnNode.class);

    private final KubernetesClient client;
    private final String namespace;
    private final Optional<String> nodeName;
    private final ClusterNodes nodes;

    /** @param nodeName the node that this process runs on; empty outside a cluster */
    public OwnNode(KubernetesClient client, String namespace, Optional<String> nodeName, ClusterNodes nodes) {
        this.client = client;
        this.namespace = namespace;
        this.nodeName = nodeName;
        this.nodes = nodes;
    }

    /**
     * Whether this process runs on an instance. Where it may not be known it is taken for another: a compromised instance
     * that is left alone is worse than an operator that has to be started again elsewhere.
     *
     * @throws KubernetesClientException when the nodes cannot be read for the moment
     */
    public boolean is(String instanceId) {
        try {
            return nodeName.flatMap(nodes::instanceOf)
                    .filter(instanceId::equals)
                    .isPresent();
        } catch (KubernetesClientException exception) {
            if (REFUSED.contains(exception.getCode())) {
                LOG.warn(
                        "Whether the operator runs on {} is not known: {}; let it list nodes.",
                        instanceId,
                        exception.getMessage());
                return false;
            }
            throw exception;
        }
    }

    /**
     * Whether a replica is ready on another node.
     *
     * @throws KubernetesClientException when the pods cannot be read
     */
    public boolean hasReplicaElsewhere() {
        return client.pods().inNamespace(namespace).withLabel(LABEL, NAME).list().getItems().stream()
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
