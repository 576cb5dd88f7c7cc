package io.ec2quarantine.controller;

import io.ec2quarantine.aws.EvidenceGateways;
import io.ec2quarantine.cluster.ClusterNodes;
import io.ec2quarantine.core.CallFailure;
import io.ec2quarantine.core.Result;
import io.ec2quarantine.core.evidence.Surroundings;
import io.ec2quarantine.core.isolation.InstanceFacts;
import io.ec2quarantine.core.isolation.InterfaceState;
import io.ec2quarantine.core.isolation.Observation;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads what hangs on an instance; what of it cannot be read keeps nothing else from being read. */
final class SurroundingsReader {
    private static final String LIST_NODES = "kubernetes:listNodes";

    private final ClusterNodes nodes;

    SurroundingsReader(ClusterNodes nodes) {
        this.nodes = nodes;
    }

    /** Looks for somebody who has to decide; nothing waits for that: empty where it would take from the isolations. */
    Optional<Surroundings> lookIfAffordable(Pass pass, Observation.Present seen) {
        return pass.evidenceSession()
                .answer()
                .filter(EvidenceGateways::hasReadsToSpare)
                .map(gateways -> read(gateways, seen, Instant.MIN));
    }

    /**
     * Reads all of it.
     *
     * @param since what others have asked for before is read anew
     */
    Surroundings read(EvidenceGateways gateways, Observation.Present seen, Instant since) {
        InstanceFacts instance = seen.instance();
        Set<String> vpcIds =
                seen.interfaces().stream().map(InterfaceState::vpcId).collect(Collectors.toSet());
        return new Surroundings(
                gateways.autoScaling().membership(instance.id()),
                gateways.loadBalancers()
                        .registrations(instance.id(), instance.belongings().addresses(), vpcIds, since),
                instance.belongings().publicIps(),
                node(instance.id()));
    }

    private Result<Optional<String>> node(String instanceId) {
        try {
            return Result.ok(nodes.nameOf(instanceId));
        } catch (KubernetesClientException exception) {
            String what = "whether " + instanceId + " is a node";
            String why = String.valueOf(exception.getMessage());
            return Result.failed(
                    exception.getCode() == HttpURLConnection.HTTP_FORBIDDEN
                            ? new CallFailure.Denied(LIST_NODES, what, why, "let the operator list nodes")
                            : new CallFailure.Transient(LIST_NODES, what, why));
        }
    }
}
