package io.ec2quarantine.cluster;

import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.NodeSpec;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** The EC2 instances that are nodes of the cluster in which the operator runs. */
public final class ClusterNodes {
    /** A storm of findings must not list a large cluster once for each. */
    private static final Duration FRESH = Duration.ofSeconds(10);
    /** The list that the API server has at hand, which costs etcd nothing. */
    private static final String AT_HAND = "0";

    private final KubernetesClient client;
    private final InstantSource time;
    private final AtomicReference<Optional<Reading>> last = new AtomicReference<>(Optional.empty());

    public ClusterNodes(KubernetesClient client, InstantSource time) {
        this.client = client;
        this.time = time;
    }

    /** @param instanceIds by the name of the node */
    private record Reading(Map<String, String> instanceIds, Instant time) {}

    /**
     * Whether an instance is one of them.
     *
     * @throws io.fabric8.kubernetes.client.KubernetesClientException when the nodes cannot be read
     */
    public boolean contains(String instanceId) {
        return nodes().containsValue(instanceId);
    }

    /**
     * The instance that a node is.
     *
     * @throws io.fabric8.kubernetes.client.KubernetesClientException when the nodes cannot be read
     */
    Optional<String> instanceOf(String nodeName) {
        return Optional.ofNullable(nodes().get(nodeName));
    }

    private Map<String, String> nodes() {
        Instant now = time.instant();
        Reading reading =
                last.get().filter(each -> each.time().plus(FRESH).isAfter(now)).orElseGet(() -> read(now));
        last.set(Optional.of(reading));
        return reading.instanceIds();
    }

    private Reading read(Instant now) {
        Map<String, String> ids = new HashMap<>();
        client.nodes()
                .list(new ListOptionsBuilder().withResourceVersion(AT_HAND).build())
                .getItems()
                .forEach(node -> Optional.ofNullable(node.getSpec())
                        .map(NodeSpec::getProviderID)
                        .ifPresent(id -> ids.put(node.getMetadata().getName(), instanceId(id))));
        return new Reading(Map.copyOf(ids), now);
    }

    /** Of {@code aws:///us-west-2a/i-0123456789abcdef0} the last part. */
    private static String instanceId(String providerId) {
        return providerId.substring(providerId.lastIndexOf('/') + 1);
    }
}
