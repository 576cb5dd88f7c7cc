package io.ec2quarantine.ingest;

import io.ec2quarantine.aws.AccountRegion;
import io.ec2quarantine.aws.AwsSessions;
import io.ec2quarantine.aws.Priority;
import io.ec2quarantine.aws.Purpose;
import io.ec2quarantine.cluster.ClusterFailures;
import io.ec2quarantine.cluster.ClusterNodes;
import io.ec2quarantine.cluster.SlotBook;
import io.ec2quarantine.core.CallFailure;
import io.ec2quarantine.core.Result;
import io.ec2quarantine.core.access.Access;
import io.ec2quarantine.core.finding.InstanceRef;
import io.ec2quarantine.core.finding.Severity;
import io.ec2quarantine.core.policy.Hold;
import io.ec2quarantine.core.policy.Policy;
import io.ec2quarantine.core.policy.Safeguards;
import io.ec2quarantine.core.safeguard.Limits;
import io.ec2quarantine.core.safeguard.Limits.Candidate;
import io.ec2quarantine.core.safeguard.Limits.Members;
import io.ec2quarantine.core.safeguard.ScalingGroup;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Holds back the isolations that a policy would carry out beyond its safeguards. What cannot be told for want of a read is
 * held back as well, for a protected instance is never isolated without a person.
 */
public final class SafeguardGate {
    private static final int WHOLE = 100;

    private final AwsSessions sessions;
    private final ClusterNodes nodes;
    private final SlotBook slots;
    private final QuarantineCensus census;
    private final Function<String, Access> accessOf;
    private final InstantSource time;

    /** @param accessOf how a policy, by its name, acts in the account of an instance */
    public SafeguardGate(
            AwsSessions sessions,
            ClusterNodes nodes,
            SlotBook slots,
            QuarantineCensus census,
            Function<String, Access> accessOf,
            InstantSource time) {
        this.sessions = sessions;
        this.nodes = nodes;
        this.slots = slots;
        this.census = census;
        this.accessOf = accessOf;
        this.time = time;
    }

    /** Whether a policy may isolate anything more by itself, as far as is known here. */
    boolean hasRoom(Policy policy) {
        return Limits.hasRoom(policy.name(), policy.safeguards(), slots.usage(), time.instant());
    }

    /**
     * What holds back an isolation that has not waited yet, which also comes after what waits and is no less severe.
     *
     * @param since when the episode before this one was released
     * @throws KubernetesClientException when the room can be neither told nor taken
     */
    Optional<Hold> passNew(
            Policy policy, InstanceRef instance, Result<Map<String, String>> tags, Severity severity, Instant since) {
        return protection(policy.safeguards(), instance, tags)
                .or(() -> isTaken(policy, instance, since)
                        ? Optional.empty()
                        : census.ahead(policy.name(), instance.instanceId(), severity))
                .or(() -> pass(policy, instance, tags, since));
    }

    /** Whether the room for an isolation was taken, which has only to be stored. */
    boolean isTaken(Policy policy, InstanceRef instance, Instant since) {
        return slots.usage().holds(instance.instanceId(), policy.name(), since, time.instant());
    }

    /**
     * What holds an isolation back that has waited; where nothing does, the room for it is taken.
     *
     * @param since when the episode before this one was released
     * @throws KubernetesClientException when the room can be neither told nor taken
     */
    Optional<Hold> pass(Policy policy, InstanceRef instance, Result<Map<String, String>> tags, Instant since) {
        return switch (tags) {
            case Result.Failed<Map<String, String>>(CallFailure failure) ->
                Optional.of(unreadable("whether it is protected", failure));
            case Result.Ok<Map<String, String>>(Map<String, String> read) ->
                protection(policy.safeguards(), instance, tags).or(() -> room(policy, instance, read, since));
        };
    }

    /** Whether only a person may have the instance isolated. */
    Optional<Hold> protection(Safeguards safeguards, InstanceRef instance, Result<Map<String, String>> tags) {
        return switch (tags) {
            case Result.Failed<Map<String, String>>(CallFailure failure) ->
                Optional.of(unreadable("whether it is protected", failure));
            case Result.Ok<Map<String, String>>(Map<String, String> read) ->
                safeguards
                        .protectedBy(read)
                        .map(SafeguardGate::protectedBy)
                        .or(() -> safeguards.nodesNeedApproval() ? node(instance.instanceId()) : Optional.empty());
        };
    }

    private static Hold protectedBy(String key) {
        return new Hold(
                Hold.Reason.PROTECTED_TAG,
                "The instance is protected by its tag " + key
                        + "; set spec.desiredState to Isolated to isolate it all the" + " same.");
    }

    private Optional<Hold> node(String instanceId) {
        try {
            return nodes.contains(instanceId)
                    ? Optional.of(new Hold(
                            Hold.Reason.KUBERNETES_NODE,
                            "The instance is a node of the cluster in which the operator runs; move what runs on it, then"
                                    + " set spec.desiredState to Isolated."))
                    : Optional.empty();
        } catch (KubernetesClientException exception) {
            return Optional.of(new Hold(
                    Hold.Reason.UNREADABLE,
                    "Whether the instance is a node of the cluster is not known (" + ClusterFailures.detail(exception)
                            + "); let the operator list nodes, or set kubernetesNodes of the policy to Enforce: it is"
                            + " tried again by itself."));
        }
    }

    private Optional<Hold> room(Policy policy, InstanceRef instance, Map<String, String> tags, Instant since) {
        return switch (members(policy, instance, tags)) {
            case Result.Failed<Optional<Members>>(CallFailure failure) ->
                Optional.of(unreadable("how much of its Auto Scaling group is isolated", failure));
            case Result.Ok<Optional<Members>>(Optional<Members> members) ->
                slots.take(new Candidate(instance.instanceId(), policy.name(), policy.safeguards(), members, since));
        };
    }

    private Result<Optional<Members>> members(Policy policy, InstanceRef instance, Map<String, String> tags) {
        String name = tags.get(ScalingGroup.TAG);
        if (name == null || policy.safeguards().maxScalingGroupPercent() == WHOLE) {
            return Result.ok(Optional.empty());
        }
        ScalingGroup group = new ScalingGroup(instance.accountId(), instance.region(), name);
        return sessions.ec2(
                        new AccountRegion(instance.accountId(), instance.region()),
                        accessOf.apply(policy.name()),
                        Purpose.RESPOND,
                        Priority.URGENT)
                .then(ec2 -> ec2.scalingGroupMembers(name))
                .map(ids -> Optional.of(new Members(group, ids)));
    }

    static Hold unreadable(String what, CallFailure failure) {
        return new Hold(Hold.Reason.UNREADABLE, "It is not known " + what + ": " + failure.sentence());
    }
}
