package io.ec2quarantine.cluster;

import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeList;
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
    private static final Duration FRESH = Duration.ofSeconds(15);

    private static final long PAGE = 500;

    private final KubernetesClient client;
    private final InstantSource time;
    private final AtomicReference<Optional<Reading>> last = new AtomicReference<>(Optional.empty());

    public ClusterNodes(KubernetesClient client, InstantSource time) {
        this.client = client;
        this.time = time;
    }

    /** The names of the nodes by the ids of their instances. */
    private record Reading(Map<String, String> names, Instant time) {}

    /**
     * Whether an instance is one of them.
     *
     * @throws io.fabric8.kubernetes.client.KubernetesClientException when the nodes cannot be read
     */
    public boolean contains(String instanceId) {
        return nodes().containsKey(instanceId);
    }

    /**
     * The name of the node that an instance is.
     *
     * @throws io.fabric8.kubernetes.client.KubernetesClientException when the nodes cannot be read
     */
    public Optional<String> nameOf(String instanceId) {
        return Optional.ofNullable(nodes().get(instanceId));
    }

    private Map<String, String> nodes() {
        Instant now = time.instant();
        Reading reading =
                last.get().filter(each -> each.time().plus(FRESH).isAfter(now)).orElseGet(() -> read(now));
        last.set(Optional.of(reading));
        return reading.names();
    }

    /** Page by page, for a node is a large object and a cluster may have thousands. */
    private Reading read(Instant now) {
        Map<String, String> names = new HashMap<>();
        String next = "";
        do {
            NodeList page = client.nodes()
                    .list(new ListOptionsBuilder()
                            .withLimit(PAGE)
                            .withContinue(next.isEmpty() ? null : next)
                            .build());
            page.getItems()
                    .forEach(node -> instanceId(node)
                            .ifPresent(id -> names.put(id, node.getMetadata().getName())));
            next = Optional.ofNullable(page.getMetadata().getContinue()).orElse("");
        } while (!next.isEmpty());
        return new Reading(Map.copyOf(names), now);
    }

    /** Of {@code aws:///us-west-2a/i-0123456789abcdef0} the last part. */
    static Optional<String> instanceId(Node node) {
        return Optional.ofNullable(node.getSpec())
                .map(NodeSpec::getProviderID)
                .map(id -> id.substring(id.lastIndexOf('/') + 1));
    }
}
