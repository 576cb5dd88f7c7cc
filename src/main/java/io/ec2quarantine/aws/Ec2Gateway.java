package io.ec2quarantine.aws;

import io.ec2quarantine.core.CallFailure;
import io.ec2quarantine.core.Result;
import io.ec2quarantine.core.isolation.GroupRule;
import io.ec2quarantine.core.isolation.GroupState;
import io.ec2quarantine.core.isolation.InstanceFacts;
import io.ec2quarantine.core.isolation.InterfaceState;
import io.ec2quarantine.core.isolation.Marks;
import io.ec2quarantine.core.isolation.RuleSet;
import io.ec2quarantine.core.recovery.MarkedInterface;
import io.ec2quarantine.core.safeguard.ScalingGroup;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.AttributeBooleanValue;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceAttributeName;
import software.amazon.awssdk.services.ec2.model.IpPermission;
import software.amazon.awssdk.services.ec2.model.NetworkInterface;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.TagSpecification;

/** EC2 in one account and Region, as far as a quarantine needs it; every list is read to its last page. */
public final class Ec2Gateway {
    /** The most values that one filter takes (EC2 API reference, "Filter"). */
    public static final int MOST_FILTER_VALUES = 200;

    private static final int PAGE = 1000;

    private static final List<String> NOT_TERMINATED = List.of("pending", "running", "stopping", "stopped");

    private final Ec2Client client;
    private final AwsCalls calls;
    private final AccountRegion where;

    Ec2Gateway(Ec2Client client, AwsCalls calls, AccountRegion where) {
        this.client = client;
        this.calls = calls;
        this.where = where;
    }

    /** Whether so many reads are left that what can wait for another time need not. */
    public boolean hasReadsToSpare() {
        return calls.hasToSpare(RateBucket.EC2_DESCRIBE);
    }

    /** What can be done about connections, with the same identity. */
    public ConnectionGateway connections() {
        return new ConnectionGateway(client, calls, where);
    }

    /** The Regions that are enabled in the account, in their order. */
    public Result<List<String>> enabledRegions() {
        return calls.read(
                new Call("ec2:DescribeRegions", "the account's Regions in " + where, RateBucket.EC2_DESCRIBE),
                () -> client.describeRegions(request -> request.allRegions(false)).regions().stream()
                        .map(region -> region.regionName())
                        .sorted()
                        .toList());
    }

    /** One instance; a missing one is a failure, for what is not seen may still be there. */
    public Result<InstanceLook> instance(String instanceId) {
        Call call = new Call("ec2:DescribeInstances", instanceId + " in " + where, RateBucket.EC2_DESCRIBE);
        return calls.read(call, () -> client.describeInstances(request -> request.instanceIds(instanceId)))
                .then(answer -> answer.reservations().stream()
                        .flatMap(reservation -> reservation.instances().stream())
                        .findFirst()
                        .map(found -> Result.ok(new InstanceLook(
                                Ec2Mapper.facts(found, where.accountId()),
                                found.networkInterfaces().stream()
                                        .map(Ec2Mapper::state)
                                        .toList())))
                        .orElseGet(() -> Result.failed(
                                new CallFailure.NotFound(call.action(), call.target(), "no such instance"))));
    }

    /** Those of the instances that are visible, by id; the missing ones are missing. */
    public Result<Map<String, InstanceFacts>> instances(Collection<String> instanceIds) {
        Result<Map<String, InstanceFacts>> found = Result.ok(new HashMap<>());
        for (List<String> batch : batches(instanceIds)) {
            found = found.then(sofar -> calls.read(
                            describe("ec2:DescribeInstances", batch),
                            () -> client
                                    .describeInstancesPaginator(request -> request.filters(filter("instance-id", batch))
                                            .maxResults(PAGE))
                                    .reservations()
                                    .stream()
                                    .flatMap(reservation -> reservation.instances().stream())
                                    .map(instance -> Ec2Mapper.facts(instance, where.accountId()))
                                    .toList())
                    .map(facts -> {
                        facts.forEach(fact -> sofar.put(fact.id(), fact));
                        return sofar;
                    }));
        }
        return found;
    }

    /**
     * The ids of the instances of an Auto Scaling group that are not terminated. What a filter's wildcards find besides is
     * left out.
     */
    public Result<Set<String>> scalingGroupMembers(String groupName) {
        return calls.read(
                new Call("ec2:DescribeInstances", "Auto Scaling group " + groupName, RateBucket.EC2_DESCRIBE),
                () -> client
                        .describeInstancesPaginator(request -> request.filters(
                                        filter("tag:" + ScalingGroup.TAG, List.of(groupName.replace("\\", "\\\\"))),
                                        filter("instance-state-name", NOT_TERMINATED))
                                .maxResults(PAGE))
                        .reservations()
                        .stream()
                        .flatMap(reservation -> reservation.instances().stream())
                        .filter(instance ->
                                groupName.equals(Tags.toMap(instance.tags()).get(ScalingGroup.TAG)))
                        .map(Instance::instanceId)
                        .collect(Collectors.toSet()));
    }

    /** The interfaces attached to each instance, by instance id; a failure of any page or batch fails the whole. */
    public Result<Map<String, List<InterfaceState>>> interfacesOf(Collection<String> instanceIds) {
        return interfaces("attachment.instance-id", instanceIds)
                .map(found -> found.stream()
                        .filter(each ->
                                each.attachment() != null && each.attachment().instanceId() != null)
                        .collect(Collectors.groupingBy(
                                each -> each.attachment().instanceId(),
                                Collectors.mapping(Ec2Mapper::state, Collectors.toList()))));
    }

    /** The interfaces that are in each of the groups, by group id; a group without any is missing. */
    public Result<Map<String, List<InterfaceState>>> membersOf(Collection<String> groupIds) {
        Set<String> asked = Set.copyOf(groupIds);
        return interfaces("group-id", asked).map(found -> {
            Map<String, List<InterfaceState>> members = new HashMap<>();
            found.stream()
                    .map(Ec2Mapper::state)
                    .forEach(each -> each.groups().stream()
                            .filter(asked::contains)
                            .forEach(groupId -> members.computeIfAbsent(groupId, _ -> new ArrayList<>())
                                    .add(each)));
            return members;
        });
    }

    /** The groups of the VPCs that carry an ownership tag, whosever. */
    public Result<List<GroupState>> ownedGroups(Collection<String> vpcIds) {
        return groups(vpcIds, List.of(filter("tag-key", List.of(Marks.OWNER))), "vpc-id");
    }

    /** The groups with these ids; the missing ones are missing. */
    public Result<List<GroupState>> groups(Collection<String> groupIds) {
        return groups(groupIds, List.of(), "group-id");
    }

    /** The groups of a VPC with this name, which EC2 compares without regard to case. */
    public Result<List<GroupState>> groupsNamed(String vpcId, String name) {
        return groups(List.of(vpcId), List.of(), "vpc-id")
                .map(found -> found.stream()
                        .filter(group -> group.name().equalsIgnoreCase(name))
                        .toList());
    }

    /** The rules of a group in both directions. */
    public Result<List<RuleRef>> rules(String groupId) {
        return calls.read(
                new Call("ec2:DescribeSecurityGroupRules", groupId + " in " + where, RateBucket.EC2_DESCRIBE),
                () -> client
                        .describeSecurityGroupRulesPaginator(
                                request -> request.filters(filter("group-id", List.of(groupId)))
                                        .maxResults(PAGE))
                        .securityGroupRules()
                        .stream()
                        .map(Ec2Mapper::rule)
                        .toList());
    }

    /** Makes a group that carries its ownership tag from the first moment, and says for which rules; answers its id. */
    public Result<String> createGroup(String vpcId, String name, String installId, RuleSet rules) {
        return calls.write(
                new Call("ec2:CreateSecurityGroup", name + " in " + vpcId, RateBucket.EC2_CHANGE_GROUP),
                () -> client.createSecurityGroup(request -> request.vpcId(vpcId)
                                .groupName(name)
                                .description(GroupDescription.of(rules))
                                .tagSpecifications(TagSpecification.builder()
                                        .resourceType(ResourceType.SECURITY_GROUP)
                                        .tags(Tags.toSdk(Map.of(Marks.OWNER, installId)))
                                        .build()))
                        .groupId());
    }

    /** Puts rules of one direction into a group; answers the group's id. All of them, or none. */
    public Result<String> authorize(String groupId, Collection<GroupRule> rules, boolean egress) {
        String action = egress ? "ec2:AuthorizeSecurityGroupEgress" : "ec2:AuthorizeSecurityGroupIngress";
        List<IpPermission> permissions =
                rules.stream().sorted().map(Ec2Mapper::permission).toList();
        return calls.write(new Call(action, groupId + " in " + where, RateBucket.EC2_CHANGE_GROUP), () -> {
            if (egress) {
                client.authorizeSecurityGroupEgress(
                        request -> request.groupId(groupId).ipPermissions(permissions));
            } else {
                client.authorizeSecurityGroupIngress(
                        request -> request.groupId(groupId).ipPermissions(permissions));
            }
            return groupId;
        });
    }

    /** Revokes the rules of one direction by their ids; answers the group's id. */
    public Result<String> revoke(String groupId, List<String> ruleIds, boolean egress) {
        String action = egress ? "ec2:RevokeSecurityGroupEgress" : "ec2:RevokeSecurityGroupIngress";
        return calls.write(new Call(action, groupId + " in " + where, RateBucket.EC2_CHANGE_GROUP), () -> {
            if (egress) {
                client.revokeSecurityGroupEgress(
                        request -> request.groupId(groupId).securityGroupRuleIds(ruleIds));
            } else {
                client.revokeSecurityGroupIngress(
                        request -> request.groupId(groupId).securityGroupRuleIds(ruleIds));
            }
            return groupId;
        });
    }

    /** Those of the interfaces that exist, attached or not; the missing ones are missing. */
    public Result<List<InterfaceState>> interfacesById(Collection<String> interfaceIds) {
        return interfaces("network-interface-id", interfaceIds)
                .map(found -> found.stream().map(Ec2Mapper::state).toList());
    }

    /** The interfaces that are tagged as isolated, attached or not. */
    public Result<List<MarkedInterface>> marked() {
        return interfaces("tag:" + Marks.STATE, List.of(Marks.ISOLATED))
                .map(found -> found.stream()
                        .map(each -> new MarkedInterface(
                                Ec2Mapper.state(each),
                                Optional.ofNullable(each.attachment())
                                        .flatMap(at -> Optional.ofNullable(at.instanceId()))))
                        .toList());
    }

    /** Replaces all groups of an interface; answers the interface's id. */
    public Result<String> replaceGroups(String interfaceId, Collection<String> groupIds) {
        return calls.write(
                new Call(
                        "ec2:ModifyNetworkInterfaceAttribute",
                        interfaceId + " in " + where,
                        RateBucket.EC2_MODIFY_INTERFACE),
                () -> {
                    client.modifyNetworkInterfaceAttribute(
                            request -> request.networkInterfaceId(interfaceId).groups(groupIds));
                    return interfaceId;
                });
    }

    /** Sets tags; answers the id of what was tagged. */
    public Result<String> tag(String resourceId, Map<String, String> tags) {
        return calls.write(new Call("ec2:CreateTags", resourceId + " in " + where, RateBucket.EC2_TAG), () -> {
            client.createTags(request -> request.resources(resourceId).tags(Tags.toSdk(tags)));
            return resourceId;
        });
    }

    /** Takes tags away, whatever their values; answers the id of what was tagged. */
    public Result<String> untag(String resourceId, Collection<String> keys) {
        return calls.write(new Call("ec2:DeleteTags", resourceId + " in " + where, RateBucket.EC2_TAG), () -> {
            client.deleteTags(request -> request.resources(resourceId)
                    .tags(keys.stream()
                            .sorted()
                            .map(key -> Tag.builder().key(key).build())
                            .toList()));
            return resourceId;
        });
    }

    /** Deletes a group; answers its id. One that is in use stays, and EC2 says so. */
    public Result<String> deleteGroup(String groupId) {
        return calls.write(
                new Call("ec2:DeleteSecurityGroup", groupId + " in " + where, RateBucket.EC2_CHANGE_GROUP), () -> {
                    client.deleteSecurityGroup(request -> request.groupId(groupId));
                    return groupId;
                });
    }

    /** How the instance is protected against being terminated. */
    public Result<TerminationAttributes> terminationAttributes(String instanceId) {
        Call call = new Call("ec2:DescribeInstanceAttribute", instanceId + " in " + where, RateBucket.EC2_DESCRIBE);
        return calls.read(
                        call,
                        () -> Boolean.TRUE.equals(
                                client.describeInstanceAttribute(request -> request.instanceId(instanceId)
                                                .attribute(InstanceAttributeName.DISABLE_API_TERMINATION))
                                        .disableApiTermination()
                                        .value()))
                .then(disabled -> calls.read(
                        call,
                        () -> new TerminationAttributes(
                                disabled,
                                Optional.ofNullable(client.describeInstanceAttribute(
                                                        request -> request.instanceId(instanceId)
                                                                .attribute(
                                                                        InstanceAttributeName
                                                                                .INSTANCE_INITIATED_SHUTDOWN_BEHAVIOR))
                                                .instanceInitiatedShutdownBehavior()
                                                .value())
                                        .orElse(TerminationAttributes.UNKNOWN))));
    }

    /** Forbids or allows terminating the instance through the API; answers its id. */
    public Result<String> setApiTerminationDisabled(String instanceId, boolean disabled) {
        return calls.write(modifyInstance(instanceId), () -> {
            client.modifyInstanceAttribute(request -> request.instanceId(instanceId)
                    .disableApiTermination(
                            AttributeBooleanValue.builder().value(disabled).build()));
            return instanceId;
        });
    }

    /** Sets what a shutdown from inside does, in EC2's words, stop or terminate; answers the instance's id. */
    public Result<String> setShutdownBehavior(String instanceId, String behavior) {
        return calls.write(modifyInstance(instanceId), () -> {
            client.modifyInstanceAttribute(request ->
                    request.instanceId(instanceId).instanceInitiatedShutdownBehavior(value -> value.value(behavior)));
            return instanceId;
        });
    }

    /** Replaces the groups of the instance itself; answers the id of the instance. */
    public Result<String> replaceInstanceGroups(String instanceId, Collection<String> groupIds) {
        return calls.write(modifyInstance(instanceId), () -> {
            client.modifyInstanceAttribute(
                    request -> request.instanceId(instanceId).groups(groupIds));
            return instanceId;
        });
    }

    private Call modifyInstance(String instanceId) {
        return new Call("ec2:ModifyInstanceAttribute", instanceId + " in " + where, RateBucket.EC2_MODIFY_INSTANCE);
    }

    private Result<List<NetworkInterface>> interfaces(String filterName, Collection<String> values) {
        Result<List<NetworkInterface>> found = Result.ok(new ArrayList<>());
        for (List<String> batch : batches(values)) {
            found = found.then(sofar -> calls.read(
                            describe("ec2:DescribeNetworkInterfaces", batch),
                            () -> client
                                    .describeNetworkInterfacesPaginator(
                                            request -> request.filters(filter(filterName, batch))
                                                    .maxResults(PAGE))
                                    .networkInterfaces()
                                    .stream()
                                    .toList())
                    .map(page -> {
                        sofar.addAll(page);
                        return sofar;
                    }));
        }
        return found;
    }

    private Result<List<GroupState>> groups(Collection<String> values, List<Filter> more, String filterName) {
        Result<List<GroupState>> found = Result.ok(new ArrayList<>());
        for (List<String> batch : batches(values)) {
            List<Filter> filters = new ArrayList<>(more);
            filters.add(filter(filterName, batch));
            found = found.then(sofar -> calls.read(
                            describe("ec2:DescribeSecurityGroups", batch),
                            () -> client
                                    .describeSecurityGroupsPaginator(
                                            request -> request.filters(filters).maxResults(PAGE))
                                    .securityGroups()
                                    .stream()
                                    .map(Ec2Mapper::group)
                                    .toList())
                    .map(page -> {
                        sofar.addAll(page);
                        return sofar;
                    }));
        }
        return found;
    }

    private Call describe(String action, List<String> batch) {
        String target = batch.size() == 1 ? batch.getFirst() : batch.size() + " resources";
        return new Call(action, target + " in " + where, RateBucket.EC2_DESCRIBE);
    }

    private static Filter filter(String name, List<String> values) {
        return Filter.builder().name(name).values(values).build();
    }

    private static List<List<String>> batches(Collection<String> values) {
        List<String> all = values.stream().distinct().sorted().toList();
        List<List<String>> batches = new ArrayList<>();
        for (int start = 0; start < all.size(); start += MOST_FILTER_VALUES) {
            batches.add(all.subList(start, Math.min(start + MOST_FILTER_VALUES, all.size())));
        }
        return batches;
    }
}
