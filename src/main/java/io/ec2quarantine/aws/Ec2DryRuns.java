package io.ec2quarantine.aws;

import io.ec2quarantine.core.Result;
import io.ec2quarantine.core.isolation.Marks;
import io.ec2quarantine.core.isolation.RuleSet;
import io.ec2quarantine.core.preflight.DryRun;
import io.ec2quarantine.core.preflight.Sample;
import io.ec2quarantine.core.preflight.Samples;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.AuthorizeSecurityGroupEgressRequest;
import software.amazon.awssdk.services.ec2.model.AuthorizeSecurityGroupIngressRequest;
import software.amazon.awssdk.services.ec2.model.CreateSecurityGroupRequest;
import software.amazon.awssdk.services.ec2.model.CreateSnapshotsRequest;
import software.amazon.awssdk.services.ec2.model.CreateTagsRequest;
import software.amazon.awssdk.services.ec2.model.DeleteSecurityGroupRequest;
import software.amazon.awssdk.services.ec2.model.DeleteTagsRequest;
import software.amazon.awssdk.services.ec2.model.DescribeInstanceAttributeRequest;
import software.amazon.awssdk.services.ec2.model.DescribeInstancesRequest;
import software.amazon.awssdk.services.ec2.model.DescribeNetworkInterfacesRequest;
import software.amazon.awssdk.services.ec2.model.DescribeSecurityGroupRulesRequest;
import software.amazon.awssdk.services.ec2.model.DescribeSecurityGroupsRequest;
import software.amazon.awssdk.services.ec2.model.Ec2Request;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.InstanceAttributeName;
import software.amazon.awssdk.services.ec2.model.IpPermission;
import software.amazon.awssdk.services.ec2.model.IpRange;
import software.amazon.awssdk.services.ec2.model.ModifyInstanceAttributeRequest;
import software.amazon.awssdk.services.ec2.model.ModifyNetworkInterfaceAttributeRequest;
import software.amazon.awssdk.services.ec2.model.NetworkInterface;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.RevokeSecurityGroupEgressRequest;
import software.amazon.awssdk.services.ec2.model.RevokeSecurityGroupIngressRequest;
import software.amazon.awssdk.services.ec2.model.SecurityGroup;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.TagSpecification;

/** Asks EC2 in one account and Region what would be allowed. Nothing here changes anything, whatever the answer. */
public final class Ec2DryRuns {
    /** One page: a few things to try on are enough. */
    private static final int PAGE = 50;

    private static final IpPermission EVERYTHING = IpPermission.builder()
            .ipProtocol("-1")
            .ipRanges(IpRange.builder().cidrIp("0.0.0.0/0").build())
            .build();

    private final Ec2Client client;
    private final AwsCalls calls;
    private final AccountRegion where;
    private final String installId;

    Ec2DryRuns(Ec2Client client, AwsCalls calls, AccountRegion where, String installId) {
        this.client = client;
        this.calls = calls;
        this.where = where;
        this.installId = installId;
    }

    /** What there is to try on: a page of each at most. */
    public Result<Samples> samples() {
        return interfaces(List.of(filter("tag:" + Marks.STATE, Marks.ISOLATED)))
                .then(isolated -> interfaces(List.of())
                        .map(any -> Stream.concat(isolated.stream(), any.stream())
                                .distinct()
                                .toList()))
                .then(interfaces -> groups(List.of(filter("tag-key", Marks.OWNER)))
                        .then(owned -> anyVpc(interfaces, owned)
                                .map(vpc -> new Samples(
                                        interfaces.stream()
                                                .flatMap(Ec2DryRuns::sample)
                                                .toList(),
                                        owned.stream()
                                                .filter(group -> GroupDescription.madeWith(group.description())
                                                        .filter(rules -> !rules.equals(RuleSet.OPEN))
                                                        .isPresent())
                                                .collect(Collectors.toMap(
                                                        SecurityGroup::groupId,
                                                        SecurityGroup::vpcId,
                                                        (first, _) -> first,
                                                        LinkedHashMap::new)),
                                        Map.of(),
                                        vpc))));
    }

    /** Whether EC2 would do it for this identity. */
    public Result<Boolean> wouldBeAllowed(DryRun dryRun) {
        return switch (dryRun) {
            case DryRun.DescribeInstances _ ->
                ask(
                        "ec2:DescribeInstances",
                        RateBucket.EC2_DESCRIBE,
                        DescribeInstancesRequest.builder().dryRun(true).build(),
                        client::describeInstances);
            case DryRun.DescribeInstanceAttribute(String instanceId) ->
                ask(
                        "ec2:DescribeInstanceAttribute",
                        RateBucket.EC2_DESCRIBE,
                        DescribeInstanceAttributeRequest.builder()
                                .dryRun(true)
                                .instanceId(instanceId)
                                .attribute(InstanceAttributeName.DISABLE_API_TERMINATION)
                                .build(),
                        client::describeInstanceAttribute);
            case DryRun.DescribeNetworkInterfaces _ ->
                ask(
                        "ec2:DescribeNetworkInterfaces",
                        RateBucket.EC2_DESCRIBE,
                        DescribeNetworkInterfacesRequest.builder().dryRun(true).build(),
                        client::describeNetworkInterfaces);
            case DryRun.DescribeSecurityGroups _ ->
                ask(
                        "ec2:DescribeSecurityGroups",
                        RateBucket.EC2_DESCRIBE,
                        DescribeSecurityGroupsRequest.builder().dryRun(true).build(),
                        client::describeSecurityGroups);
            case DryRun.DescribeSecurityGroupRules _ ->
                ask(
                        "ec2:DescribeSecurityGroupRules",
                        RateBucket.EC2_DESCRIBE,
                        DescribeSecurityGroupRulesRequest.builder().dryRun(true).build(),
                        client::describeSecurityGroupRules);
            case DryRun.Swap(String interfaceId, List<String> groups) ->
                ask(
                        "ec2:ModifyNetworkInterfaceAttribute",
                        RateBucket.EC2_MODIFY_INTERFACE,
                        ModifyNetworkInterfaceAttributeRequest.builder()
                                .dryRun(true)
                                .networkInterfaceId(interfaceId)
                                .groups(groups)
                                .build(),
                        client::modifyNetworkInterfaceAttribute);
            case DryRun.MakeGroup(String vpcId) ->
                ask(
                        "ec2:CreateSecurityGroup",
                        RateBucket.EC2_CHANGE_GROUP,
                        makeGroup(vpcId),
                        client::createSecurityGroup);
            case DryRun.EmptyGroup(String groupId, boolean egress) -> emptyGroup(groupId, egress);
            case DryRun.PutRule(String groupId, boolean egress) -> putRule(groupId, egress);
            case DryRun.DeleteGroup(String groupId) ->
                ask(
                        "ec2:DeleteSecurityGroup",
                        RateBucket.EC2_CHANGE_GROUP,
                        DeleteSecurityGroupRequest.builder()
                                .dryRun(true)
                                .groupId(groupId)
                                .build(),
                        client::deleteSecurityGroup);
            case DryRun.Mark(String resourceId) ->
                ask(
                        "ec2:CreateTags",
                        RateBucket.EC2_TAG,
                        CreateTagsRequest.builder()
                                .dryRun(true)
                                .resources(resourceId)
                                .tags(state())
                                .build(),
                        client::createTags);
            case DryRun.Unmark(String resourceId) ->
                ask(
                        "ec2:DeleteTags",
                        RateBucket.EC2_TAG,
                        DeleteTagsRequest.builder()
                                .dryRun(true)
                                .resources(resourceId)
                                .tags(state())
                                .build(),
                        client::deleteTags);
            case DryRun.Protect(String instanceId) ->
                ask(
                        "ec2:ModifyInstanceAttribute",
                        RateBucket.EC2_MODIFY_INSTANCE,
                        ModifyInstanceAttributeRequest.builder()
                                .dryRun(true)
                                .instanceId(instanceId)
                                .disableApiTermination(value -> value.value(true))
                                .build(),
                        client::modifyInstanceAttribute);
            case DryRun.CopyVolumes(String instanceId) ->
                ask("ec2:CreateSnapshots", RateBucket.EC2_SNAPSHOT, copyVolumes(instanceId), client::createSnapshots);
        };
    }

    private Result<Boolean> emptyGroup(String groupId, boolean egress) {
        return egress
                ? ask(
                        "ec2:RevokeSecurityGroupEgress",
                        RateBucket.EC2_CHANGE_GROUP,
                        RevokeSecurityGroupEgressRequest.builder()
                                .dryRun(true)
                                .groupId(groupId)
                                .ipPermissions(EVERYTHING)
                                .build(),
                        client::revokeSecurityGroupEgress)
                : ask(
                        "ec2:RevokeSecurityGroupIngress",
                        RateBucket.EC2_CHANGE_GROUP,
                        RevokeSecurityGroupIngressRequest.builder()
                                .dryRun(true)
                                .groupId(groupId)
                                .ipPermissions(EVERYTHING)
                                .build(),
                        client::revokeSecurityGroupIngress);
    }

    private Result<Boolean> putRule(String groupId, boolean egress) {
        return egress
                ? ask(
                        "ec2:AuthorizeSecurityGroupEgress",
                        RateBucket.EC2_CHANGE_GROUP,
                        AuthorizeSecurityGroupEgressRequest.builder()
                                .dryRun(true)
                                .groupId(groupId)
                                .ipPermissions(EVERYTHING)
                                .build(),
                        client::authorizeSecurityGroupEgress)
                : ask(
                        "ec2:AuthorizeSecurityGroupIngress",
                        RateBucket.EC2_CHANGE_GROUP,
                        AuthorizeSecurityGroupIngressRequest.builder()
                                .dryRun(true)
                                .groupId(groupId)
                                .ipPermissions(EVERYTHING)
                                .build(),
                        client::authorizeSecurityGroupIngress);
    }

    private CreateSnapshotsRequest copyVolumes(String instanceId) {
        return CreateSnapshotsRequest.builder()
                .dryRun(true)
                .instanceSpecification(of -> of.instanceId(instanceId))
                .tagSpecifications(TagSpecification.builder()
                        .resourceType(ResourceType.SNAPSHOT)
                        .tags(Tags.toSdk(Map.of(Marks.QUARANTINE, installId + "/" + instanceId)))
                        .build())
                .build();
    }

    private CreateSecurityGroupRequest makeGroup(String vpcId) {
        return CreateSecurityGroupRequest.builder()
                .dryRun(true)
                .vpcId(vpcId)
                .groupName("ec2quarantine-preflight")
                .description(GroupDescription.of(RuleSet.NONE))
                .tagSpecifications(TagSpecification.builder()
                        .resourceType(ResourceType.SECURITY_GROUP)
                        .tags(Tags.toSdk(Map.of(Marks.OWNER, installId)))
                        .build())
                .build();
    }

    private static Tag state() {
        return Tag.builder().key(Marks.STATE).value(Marks.ISOLATED).build();
    }

    private <R extends Ec2Request> Result<Boolean> ask(
            String action, RateBucket bucket, R request, Function<R, ?> send) {
        // The one thing that keeps a question from being a deed.
        if (!request.getValueForField("DryRun", Boolean.class).orElse(false)) {
            throw new IllegalStateException(action + " was to be tried without DryRun");
        }
        return calls.dryRun(new Call(action, "a dry run in " + where, bucket), () -> send.apply(request));
    }

    private Result<List<NetworkInterface>> interfaces(List<Filter> filters) {
        return calls.read(
                new Call("ec2:DescribeNetworkInterfaces", "some in " + where, RateBucket.EC2_DESCRIBE),
                () -> new ArrayList<>(client.describeNetworkInterfaces(
                                request -> request.filters(filters).maxResults(PAGE))
                        .networkInterfaces()));
    }

    private Result<List<SecurityGroup>> groups(List<Filter> filters) {
        return calls.read(
                new Call("ec2:DescribeSecurityGroups", "some in " + where, RateBucket.EC2_DESCRIBE),
                () -> new ArrayList<>(client.describeSecurityGroups(
                                request -> request.filters(filters).maxResults(PAGE))
                        .securityGroups()));
    }

    /** Every VPC has a group, its default one. */
    private Result<Optional<String>> anyVpc(List<NetworkInterface> interfaces, List<SecurityGroup> owned) {
        Optional<String> known = Stream.concat(
                        interfaces.stream().map(NetworkInterface::vpcId),
                        owned.stream().map(SecurityGroup::vpcId))
                .findFirst();
        return known.isPresent()
                ? Result.ok(known)
                : groups(List.of())
                        .map(any -> any.stream().map(SecurityGroup::vpcId).findFirst());
    }

    /** Those of instances, and that not only AWS can change: AWS's refusal would say nothing of permissions. */
    private static Stream<Sample> sample(NetworkInterface found) {
        boolean usable = found.attachment() != null
                && found.attachment().instanceId() != null
                && Ec2Mapper.state(found).unchangeable().isEmpty();
        return usable
                ? Stream.of(new Sample(
                        found.networkInterfaceId(),
                        found.attachment().instanceId(),
                        found.vpcId(),
                        Ec2Mapper.state(found).groups(),
                        Marks.ISOLATED.equals(Tags.toMap(found.tagSet()).get(Marks.STATE))))
                : Stream.empty();
    }

    private static Filter filter(String name, String value) {
        return Filter.builder().name(name).values(value).build();
    }
}
