package io.ec2quarantine.cluster;

import io.ec2quarantine.api.v1alpha1.IsolationPolicy;
import io.ec2quarantine.api.v1alpha1.Response;
import io.ec2quarantine.api.v1alpha1.Response.AutoScaling;
import io.ec2quarantine.api.v1alpha1.Response.Direction;
import io.ec2quarantine.api.v1alpha1.Response.ExistingGroup;
import io.ec2quarantine.api.v1alpha1.Response.ForensicRule;
import io.ec2quarantine.api.v1alpha1.Response.IdleTimeouts;
import io.ec2quarantine.api.v1alpha1.Response.InstanceProfile;
import io.ec2quarantine.api.v1alpha1.Response.Isolation;
import io.ec2quarantine.api.v1alpha1.Response.LoadBalancers;
import io.ec2quarantine.api.v1alpha1.Response.Notification;
import io.ec2quarantine.api.v1alpha1.Response.NotificationEvent;
import io.ec2quarantine.api.v1alpha1.Response.OnDelete;
import io.ec2quarantine.api.v1alpha1.Response.Preserve;
import io.ec2quarantine.api.v1alpha1.Response.Protocol;
import io.ec2quarantine.api.v1alpha1.Response.PublicAddress;
import io.ec2quarantine.api.v1alpha1.Response.Release;
import io.ec2quarantine.api.v1alpha1.Response.TerminationProtection;
import io.ec2quarantine.api.v1alpha1.Response.TrackedConnections;
import io.ec2quarantine.api.v1alpha1.Response.VolumeSnapshots;
import io.ec2quarantine.core.access.Access;
import io.ec2quarantine.core.isolation.ConnectionWish;
import io.ec2quarantine.core.isolation.GroupRule;
import io.ec2quarantine.core.isolation.IsolationTarget;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Spells responses out in full, so that later defaults of the schema never change an open episode. */
public final class Responses {
    private static final String DEFAULT_GROUP_NAME = "ec2quarantine-isolation";

    private Responses() {}

    /**
     * The response of a policy, or the defaults where there is no policy. Who isolates by hand with a policy that is not
     * understood gets the default of each value that is not: {@link #notUnderstood} says which.
     */
    public static Response of(Optional<IsolationPolicy> policy) {
        Optional<Response> written =
                policy.map(IsolationPolicy::getSpec).flatMap(spec -> Optional.ofNullable(spec.response()));
        return new Response(
                access(written.orElse(null)).equals(Access.OWN)
                        ? null
                        : written.map(Response::access).orElse(null),
                new Isolation(
                        groupName(written.orElse(null)),
                        existingGroups(written.orElse(null)),
                        forensicAccess(written.orElse(null)).stream()
                                .filter(Responses::isUnderstood)
                                .toList(),
                        trackedConnections(written.orElse(null)),
                        idleTimeouts(written.orElse(null)),
                        publicAddress(written.orElse(null))),
                new Preserve(
                        terminationProtection(written.orElse(null)),
                        autoScaling(written.orElse(null)),
                        loadBalancers(written.orElse(null)),
                        volumeSnapshots(written.orElse(null)),
                        instanceProfile(written.orElse(null))),
                new Release(onDelete(written.orElse(null))),
                notifications(written.orElse(null)).stream()
                        .map(Responses::spelledOut)
                        .toList());
    }

    /**
     * The first field of a response, as its path, that has a value which this version does not know. The schema fills in
     * every field of a part that is there: what is empty all the same is such a value, and no default stands for it.
     */
    public static Optional<String> notUnderstood(@Nullable Response response) {
        Map<String, Boolean> known = new LinkedHashMap<>();
        preserve(response).ifPresent(part -> {
            known.put("preserve.terminationProtection", part.terminationProtection() != null);
            known.put("preserve.autoScaling", part.autoScaling() != null);
            known.put("preserve.loadBalancers", part.loadBalancers() != null);
            known.put("preserve.volumeSnapshots", part.volumeSnapshots() != null);
            known.put("preserve.instanceProfile", part.instanceProfile() != null);
        });
        isolation(response).ifPresent(part -> {
            known.put("isolation.trackedConnections", part.trackedConnections() != null);
            known.put("isolation.idleTimeouts", part.idleTimeouts() != null);
            known.put("isolation.publicAddress", part.publicAddress() != null);
            known.put(
                    "isolation.forensicAccess[].direction",
                    part.forensicAccess().stream().allMatch(rule -> rule.direction() != null));
            known.put(
                    "isolation.forensicAccess[].protocol",
                    part.forensicAccess().stream().allMatch(rule -> rule.protocol() != null));
        });
        known.put(
                "notifications[].events",
                notifications(response).stream()
                        .flatMap(each -> each.events().stream())
                        .allMatch(Objects::nonNull));
        release(response).ifPresent(part -> known.put("release.onDelete", part.onDelete() != null));
        return known.entrySet().stream()
                .filter(each -> !each.getValue())
                .map(Map.Entry::getKey)
                .findFirst();
    }

    /** How to act in the account of an instance with this response. */
    public static Access access(@Nullable Response response) {
        return Optional.ofNullable(response)
                .map(Response::access)
                .map(written -> new Access(
                        Optional.ofNullable(written.responderRoleName()),
                        Optional.ofNullable(written.releaseRoleName()),
                        Optional.ofNullable(written.rulesRoleName()),
                        Optional.ofNullable(written.externalID())))
                .orElse(Access.OWN);
    }

    /** What a quarantine with this response aims at. */
    public static IsolationTarget target(String installId, @Nullable Response response) {
        return new IsolationTarget(
                installId,
                groupName(response),
                existingGroups(response).stream()
                        .collect(Collectors.toMap(ExistingGroup::vpcID, ExistingGroup::groupID, (first, _) -> first)),
                forensicAccess(response).stream()
                        .flatMap(written -> rule(written).stream())
                        .collect(Collectors.toSet()));
    }

    /** What the schema of a status requires, and would refuse the whole of it for. */
    private static boolean isUnderstood(ForensicRule written) {
        return written.direction() != null && written.protocol() != null;
    }

    /** What is not understood lets nothing through. */
    private static Optional<GroupRule> rule(ForensicRule written) {
        return Optional.ofNullable(written.direction())
                .flatMap(direction -> Optional.ofNullable(written.protocol())
                        .map(Responses::protocol)
                        .flatMap(protocol -> Stream.of(written.cidr(), written.prefixListID(), written.groupID())
                                .filter(Objects::nonNull)
                                .findFirst()
                                .map(peer -> GroupRule.of(
                                        direction == Direction.EGRESS,
                                        protocol,
                                        Optional.ofNullable(written.fromPort()),
                                        Optional.ofNullable(written.toPort()),
                                        peer))));
    }

    private static String protocol(Protocol protocol) {
        return switch (protocol) {
            case TCP -> "tcp";
            case UDP -> "udp";
            case ICMP -> "icmp";
            case ICMPV6 -> "icmpv6";
            case ALL -> GroupRule.ALL;
        };
    }

    /** The name of the isolation groups that a response asks for. */
    public static String groupName(@Nullable Response response) {
        return isolation(response).map(Isolation::securityGroupName).orElse(DEFAULT_GROUP_NAME);
    }

    /** The groups that a response names to be used instead of made ones. */
    public static List<ExistingGroup> existingGroups(@Nullable Response response) {
        return isolation(response).map(Isolation::existingGroups).orElseGet(List::of);
    }

    /** What a response says of deleting the quarantine; what is not understood restores nothing. */
    public static OnDelete onDelete(@Nullable Response response) {
        return release(response).map(Release::onDelete).orElse(OnDelete.LEAVE);
    }

    /** Whether a response asks for termination protection. */
    public static TerminationProtection terminationProtection(@Nullable Response response) {
        return preserve(response).map(Preserve::terminationProtection).orElse(TerminationProtection.ENABLE);
    }

    /** How a response takes the instance out of its Auto Scaling group. */
    public static AutoScaling autoScaling(@Nullable Response response) {
        return preserve(response).map(Preserve::autoScaling).orElse(AutoScaling.DETACH);
    }

    /** Whether a response takes the instance out of its target groups. */
    public static LoadBalancers loadBalancers(@Nullable Response response) {
        return preserve(response).map(Preserve::loadBalancers).orElse(LoadBalancers.DEREGISTER);
    }

    /** Whether a response asks for snapshots of the volumes. */
    public static VolumeSnapshots volumeSnapshots(@Nullable Response response) {
        return preserve(response).map(Preserve::volumeSnapshots).orElse(VolumeSnapshots.TAKE);
    }

    /** Whether a response takes the instance profile away. */
    public static InstanceProfile instanceProfile(@Nullable Response response) {
        return preserve(response).map(Preserve::instanceProfile).orElse(InstanceProfile.LEAVE);
    }

    /** The rules that the isolation groups of a response have. */
    public static List<ForensicRule> forensicAccess(@Nullable Response response) {
        return isolation(response).map(Isolation::forensicAccess).orElseGet(List::of);
    }

    /** What a response does about connections that are tracked. */
    public static TrackedConnections trackedConnections(@Nullable Response response) {
        return isolation(response).map(Isolation::trackedConnections).orElse(TrackedConnections.LEAVE);
    }

    /** Whether a response shortens the idle timeouts. */
    public static IdleTimeouts idleTimeouts(@Nullable Response response) {
        return isolation(response).map(Isolation::idleTimeouts).orElse(IdleTimeouts.LEAVE);
    }

    /** What a response does about public addresses. */
    public static PublicAddress publicAddress(@Nullable Response response) {
        return isolation(response).map(Isolation::publicAddress).orElse(PublicAddress.LEAVE);
    }

    /** What a response does about connections that were open before the isolation. */
    public static ConnectionWish connections(@Nullable Response response) {
        return new ConnectionWish(
                trackedConnections(response) == TrackedConnections.UNTRACK,
                publicAddress(response) == PublicAddress.DISASSOCIATE,
                idleTimeouts(response) == IdleTimeouts.SHORTEN);
    }

    /** Whom a response tells. */
    public static List<Notification> notifications(@Nullable Response response) {
        return Optional.ofNullable(response).map(Response::notifications).orElseGet(List::of);
    }

    /** A default inside an entry of a list would be the schema's, and every later {@code kubectl apply} would differ from it. */
    private static Notification spelledOut(Notification written) {
        List<NotificationEvent> known =
                written.events().stream().flatMap(Stream::ofNullable).toList();
        return written.telling(known.isEmpty() ? List.of(NotificationEvent.values()) : List.copyOf(known));
    }

    private static Optional<Isolation> isolation(@Nullable Response response) {
        return Optional.ofNullable(response).map(Response::isolation);
    }

    private static Optional<Preserve> preserve(@Nullable Response response) {
        return Optional.ofNullable(response).map(Response::preserve);
    }

    private static Optional<Release> release(@Nullable Response response) {
        return Optional.ofNullable(response).map(Response::release);
    }
}
