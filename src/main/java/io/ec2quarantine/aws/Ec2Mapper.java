package io.ec2quarantine.aws;

import io.ec2quarantine.core.PlainLine;
import io.ec2quarantine.core.isolation.GroupState;
import io.ec2quarantine.core.isolation.InstanceFacts;
import io.ec2quarantine.core.isolation.InterfaceState;
import io.ec2quarantine.core.isolation.Marks;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.services.ec2.model.GroupIdentifier;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceLifecycleType;
import software.amazon.awssdk.services.ec2.model.InstanceNetworkInterface;
import software.amazon.awssdk.services.ec2.model.IpPermission;
import software.amazon.awssdk.services.ec2.model.NetworkInterface;
import software.amazon.awssdk.services.ec2.model.NetworkInterfaceAttachment;
import software.amazon.awssdk.services.ec2.model.SecurityGroup;

/** Turns EC2's answers into the core's values. */
final class Ec2Mapper {
    /** EC2 lets nobody change it afterwards, unlike a tag: it tells a group that an operator made from any other. */
    static final String MADE_TO_ISOLATE = "Isolates quarantined instances: it has no rules and must stay so.";

    private Ec2Mapper() {}

    static InstanceFacts facts(Instance instance, String accountId) {
        Map<String, String> tags = Tags.toMap(instance.tags());
        return new InstanceFacts(
                instance.instanceId(),
                accountId,
                instance.state().nameAsString(),
                Optional.ofNullable(tags.get("Name")).map(PlainLine::of),
                Optional.ofNullable(instance.privateIpAddress()),
                Optional.ofNullable(instance.publicIpAddress()),
                Optional.ofNullable(instance.launchTime()),
                Optional.ofNullable(instance.iamInstanceProfile()).map(profile -> profile.arn()),
                instance.instanceLifecycle() == InstanceLifecycleType.SPOT,
                ids(instance.securityGroups()),
                tags);
    }

    static InterfaceState state(NetworkInterface found) {
        Optional<NetworkInterfaceAttachment> attachment = Optional.ofNullable(found.attachment());
        return new InterfaceState(
                found.networkInterfaceId(),
                found.vpcId(),
                attachment.map(NetworkInterfaceAttachment::networkCardIndex).orElse(0),
                attachment.map(NetworkInterfaceAttachment::deviceIndex).orElse(0),
                ids(found.groups()),
                unchangeable(found),
                Tags.toMap(found.tagSet()));
    }

    /** An interface that the instance names but that the list of interfaces did not hold. */
    static InterfaceState state(InstanceNetworkInterface found) {
        return new InterfaceState(
                found.networkInterfaceId(),
                found.vpcId(),
                Optional.ofNullable(found.attachment())
                        .map(attachment -> attachment.networkCardIndex())
                        .orElse(0),
                Optional.ofNullable(found.attachment())
                        .map(attachment -> attachment.deviceIndex())
                        .orElse(0),
                ids(found.groups()),
                Optional.empty(),
                Map.of());
    }

    static GroupState group(SecurityGroup found) {
        return new GroupState(
                found.groupId(),
                found.vpcId(),
                found.groupName(),
                Optional.ofNullable(Tags.toMap(found.tags()).get(Marks.OWNER))
                        .filter(_ -> MADE_TO_ISOLATE.equals(found.description())),
                rules(found.ipPermissions()) + rules(found.ipPermissionsEgress()),
                Set.of());
    }

    private static Optional<String> unchangeable(NetworkInterface found) {
        if (Boolean.TRUE.equals(found.requesterManaged())) {
            return Optional.of("only AWS can change it (it is managed by " + found.requesterId() + ")");
        }
        if (found.operator() != null && Boolean.TRUE.equals(found.operator().managed())) {
            return Optional.of("only AWS can change it (it is managed by "
                    + found.operator().principal() + ")");
        }
        return found.groups().isEmpty()
                ? Optional.of("it carries no security groups (" + found.interfaceTypeAsString() + ")")
                : Optional.empty();
    }

    private static List<String> ids(Collection<GroupIdentifier> groups) {
        return groups.stream().map(GroupIdentifier::groupId).toList();
    }

    /** A permission bundles what EC2 counts as a rule per range, prefix list or group. */
    private static int rules(Collection<IpPermission> permissions) {
        return permissions.stream()
                .mapToInt(permission -> permission.ipRanges().size()
                        + permission.ipv6Ranges().size()
                        + permission.prefixListIds().size()
                        + permission.userIdGroupPairs().size())
                .sum();
    }
}
