package io.ec2quarantine.cluster;

import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeSpec;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;

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

    private record Reading(Set<String> instanceIds, Instant time) {}

    /**
     * Whether an instance is one of them.
     *
     * @throws io.fabric8.kubernetes.client.KubernetesClientException when the nodes cannot be read
     */
    public boolean contains(String instanceId) {
        Instant now = time.instant();
        Reading reading =
                last.get().filter(each -> each.time().plus(FRESH).isAfter(now)).orElseGet(() -> read(now));
        last.set(Optional.of(reading));
        return reading.instanceIds().contains(instanceId);
    }

    private Reading read(Instant now) {
        Set<String> ids =
                client
                        .nodes()
                        .list(new ListOptionsBuilder()
                                .withResourceVersion(AT_HAND)
                                .build())
                        .getItems()
                        .stream()
                        .map(Node::getSpec)
                        .filter(Objects::nonNull)
                        .map(NodeSpec::getProviderID)
                        .filter(Objects::nonNull)
                        .map(ClusterNodes::instanceId)
                        .collect(Collectors.toSet());
        return new Reading(ids, now);
    }

    /** Of {@code aws:///us-west-2a/i-0123456789abcdef0} the last part. */
    private static String instanceId(String providerId) {
        return providerId.substring(providerId.lastIndexOf('/') + 1);
    }
}
