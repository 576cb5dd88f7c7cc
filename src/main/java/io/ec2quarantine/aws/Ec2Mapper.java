package io.ec2quarantine.aws;

import io.ec2quarantine.core.PlainLine;
import io.ec2quarantine.core.isolation.GroupRule;
import io.ec2quarantine.core.isolation.GroupState;
import io.ec2quarantine.core.isolation.InstanceFacts;
import io.ec2quarantine.core.isolation.InstanceFacts.Belongings;
import io.ec2quarantine.core.isolation.InterfaceState;
import io.ec2quarantine.core.isolation.Marks;
import io.ec2quarantine.core.isolation.PublicIp;
import io.ec2quarantine.core.isolation.RuleSet;
import io.ec2quarantine.core.isolation.TrackingTimeouts;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.ec2.model.ConnectionTrackingConfiguration;
import software.amazon.awssdk.services.ec2.model.EbsInstanceBlockDevice;
import software.amazon.awssdk.services.ec2.model.GroupIdentifier;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceBlockDeviceMapping;
import software.amazon.awssdk.services.ec2.model.InstanceIpv6Address;
import software.amazon.awssdk.services.ec2.model.InstanceLifecycleType;
import software.amazon.awssdk.services.ec2.model.InstanceNetworkInterface;
import software.amazon.awssdk.services.ec2.model.InstanceNetworkInterfaceAssociation;
import software.amazon.awssdk.services.ec2.model.InstancePrivateIpAddress;
import software.amazon.awssdk.services.ec2.model.IpPermission;
import software.amazon.awssdk.services.ec2.model.IpRange;
import software.amazon.awssdk.services.ec2.model.Ipv6Range;
import software.amazon.awssdk.services.ec2.model.NetworkInterface;
import software.amazon.awssdk.services.ec2.model.NetworkInterfaceAssociation;
import software.amazon.awssdk.services.ec2.model.NetworkInterfaceAttachment;
import software.amazon.awssdk.services.ec2.model.PrefixListId;
import software.amazon.awssdk.services.ec2.model.ReferencedSecurityGroup;
import software.amazon.awssdk.services.ec2.model.SecurityGroup;
import software.amazon.awssdk.services.ec2.model.SecurityGroupRule;
import software.amazon.awssdk.services.ec2.model.UserIdGroupPair;

/** Turns EC2's answers into the core's values. */
final class Ec2Mapper {
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
                tags,
                belongings(instance));
    }

    private static Belongings belongings(Instance instance) {
        List<InstancePrivateIpAddress> addresses = instance.networkInterfaces().stream()
                .flatMap(each -> each.privateIpAddresses().stream())
                .toList();
        Stream<String> ipv6 = instance.networkInterfaces().stream()
                .flatMap(each -> each.ipv6Addresses().stream())
                .map(InstanceIpv6Address::ipv6Address);
        return new Belongings(
                Stream.concat(addresses.stream().map(InstancePrivateIpAddress::privateIpAddress), ipv6)
                        .filter(Objects::nonNull)
                        .distinct()
                        .toList(),
                Stream.concat(
                                Stream.ofNullable(instance.publicIpAddress()),
                                addresses.stream()
                                        .map(InstancePrivateIpAddress::association)
                                        .filter(Objects::nonNull)
                                        .map(InstanceNetworkInterfaceAssociation::publicIp))
                        .filter(Objects::nonNull)
                        .distinct()
                        .sorted()
                        .toList(),
                instance.blockDeviceMappings().stream()
                        .map(InstanceBlockDeviceMapping::ebs)
                        .filter(Objects::nonNull)
                        .map(EbsInstanceBlockDevice::volumeId)
                        .filter(Objects::nonNull)
                        .toList());
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
                Tags.toMap(found.tagSet()),
                publicIps(found),
                timeouts(found.connectionTrackingConfiguration()));
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
                        .filter(_ ->
                                GroupDescription.madeWith(found.description()).isPresent()),
                GroupDescription.madeWith(found.description()).orElse(RuleSet.NONE),
                rules(found),
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

    /** Each private address may have one; only what is shown of the first one alone is shown of the interface as well. */
    private static List<PublicIp> publicIps(NetworkInterface found) {
        List<PublicIp> all = found.privateIpAddresses().stream()
                .flatMap(each -> publicIp(each.association(), each.privateIpAddress()).stream())
                .toList();
        return all.isEmpty()
                ? publicIp(found.association(), found.privateIpAddress()).stream()
                        .toList()
                : all;
    }

    private static Optional<PublicIp> publicIp(
            @Nullable NetworkInterfaceAssociation association, @Nullable String privateIp) {
        return Optional.ofNullable(association)
                .filter(each -> each.publicIp() != null)
                .map(each -> new PublicIp(
                        each.publicIp(),
                        Optional.ofNullable(privateIp),
                        Optional.ofNullable(each.allocationId()),
                        Optional.ofNullable(each.associationId())));
    }

    private static TrackingTimeouts timeouts(@Nullable ConnectionTrackingConfiguration found) {
        return found == null
                ? TrackingTimeouts.UNSET
                : new TrackingTimeouts(
                        Optional.ofNullable(found.tcpEstablishedTimeout()),
                        Optional.ofNullable(found.udpStreamTimeout()),
                        Optional.ofNullable(found.udpTimeout()));
    }

    private static List<String> ids(Collection<GroupIdentifier> groups) {
        return groups.stream().map(GroupIdentifier::groupId).toList();
    }

    static RuleRef rule(SecurityGroupRule found) {
        return new RuleRef(
                found.securityGroupRuleId(),
                GroupRule.of(
                        Boolean.TRUE.equals(found.isEgress()),
                        found.ipProtocol(),
                        Optional.ofNullable(found.fromPort()),
                        Optional.ofNullable(found.toPort()),
                        Stream.of(found.cidrIpv4(), found.cidrIpv6(), found.prefixListId())
                                .filter(Objects::nonNull)
                                .findFirst()
                                .or(() -> Optional.ofNullable(found.referencedGroupInfo())
                                        .map(ReferencedSecurityGroup::groupId))
                                .orElse("")));
    }

    private static Set<GroupRule> rules(SecurityGroup found) {
        return Stream.concat(
                        found.ipPermissions().stream().flatMap(each -> rules(each, false)),
                        found.ipPermissionsEgress().stream().flatMap(each -> rules(each, true)))
                .collect(Collectors.toSet());
    }

    /** A permission bundles what EC2 counts as a rule per range, prefix list or group. */
    private static Stream<GroupRule> rules(IpPermission permission, boolean egress) {
        return Stream.of(
                        permission.ipRanges().stream().map(IpRange::cidrIp),
                        permission.ipv6Ranges().stream().map(Ipv6Range::cidrIpv6),
                        permission.prefixListIds().stream().map(PrefixListId::prefixListId),
                        permission.userIdGroupPairs().stream().map(UserIdGroupPair::groupId))
                .flatMap(peers -> peers)
                .map(peer -> GroupRule.of(
                        egress,
                        permission.ipProtocol(),
                        Optional.ofNullable(permission.fromPort()),
                        Optional.ofNullable(permission.toPort()),
                        peer == null ? "" : peer));
    }

    /** A rule as it is asked for. */
    static IpPermission permission(GroupRule rule) {
        IpPermission.Builder permission = IpPermission.builder().ipProtocol(rule.protocol());
        if (!rule.protocol().equals(GroupRule.ALL)) {
            permission.fromPort(rule.fromPort()).toPort(rule.toPort());
        }
        if (rule.isOfGroup()) {
            permission.userIdGroupPairs(
                    UserIdGroupPair.builder().groupId(rule.peer()).build());
        } else if (rule.isOfPrefixList()) {
            permission.prefixListIds(
                    PrefixListId.builder().prefixListId(rule.peer()).build());
        } else if (rule.isOfIpv6()) {
            permission.ipv6Ranges(Ipv6Range.builder().cidrIpv6(rule.peer()).build());
        } else {
            permission.ipRanges(IpRange.builder().cidrIp(rule.peer()).build());
        }
        return permission.build();
    }
}
