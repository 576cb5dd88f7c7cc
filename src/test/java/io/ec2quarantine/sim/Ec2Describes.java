package io.ec2quarantine.sim;

import io.ec2quarantine.sim.Model.Address;
import io.ec2quarantine.sim.Model.Attachment;
import io.ec2quarantine.sim.Model.Group;
import io.ec2quarantine.sim.Model.Instance;
import io.ec2quarantine.sim.Model.Interface;
import io.ec2quarantine.sim.Model.PeerKind;
import io.ec2quarantine.sim.Model.Rule;
import io.ec2quarantine.sim.Model.Subnet;
import io.ec2quarantine.sim.Model.Vpc;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The reading half of EC2: which resources a describe call answers with. */
final class Ec2Describes {
    private Ec2Describes() {}

    private record OwnedRule(Group group, Rule rule) {}

    private record Tag(String resource, String key, String value) {}

    static void instances(Ec2Call call, Xml xml) {
        var params = call.params();
        var ids = params.list("InstanceId");
        refuseIdsWithMaxResults(params, ids, "instancesSet");
        var filters = Filters.of(params);
        var state = call.seen();
        ids.forEach(call::instance);
        var named = ids.isEmpty() ? filters.exactly("instance-id") : Optional.of(ids);
        var candidates = named.map(list -> find(list, state.instances))
                .orElseGet(() -> state.instances.values().toList());
        Predicate<Instance> wanted = filters.<Instance>over(
                        instanceAttributes(call), instance -> state.tagsOf(instance.id()))
                .and(instance -> Ec2State.visible(instance, call.now()))
                .and(instance -> !ids.isEmpty()
                        || !instance.hardware().hiddenByDefault()
                        || params.flag("IncludeManagedResources"));
        var page = call.page(candidates, wanted, instance -> state.instances.sequenceOf(instance.id()));
        xml.list("reservationSet", page.things(), instance -> {
            xml.text("reservationId", instance.hardware().reservation());
            xml.text("ownerId", call.request().account());
            xml.list("groupSet", List.of(), ignored -> {});
            xml.list("instancesSet", List.of(instance), one -> Ec2Xml.instance(xml, call, one));
        });
        page.writeToken(xml);
    }

    private static Map<String, Function<Instance, Stream<String>>> instanceAttributes(Ec2Call call) {
        var state = call.seen();
        Function<Instance, Stream<Interface>> interfaces = instance -> state.interfacesOf(instance).stream();
        Function<Instance, Stream<Interface>> primary = instance -> state.primaryOf(instance).stream();
        return Map.ofEntries(
                Map.entry("instance-id", instance -> Stream.of(instance.id())),
                Map.entry("instance-state-name", instance -> Stream.of(instance.state().word)),
                Map.entry("instance-state-code", instance -> Stream.of(Integer.toString(instance.state().code))),
                Map.entry(
                        "instance-type",
                        instance -> Stream.of(instance.hardware().type())),
                Map.entry("instance-lifecycle", instance -> instance.hardware().lifecycle().stream()),
                Map.entry("image-id", instance -> Stream.of(instance.hardware().image())),
                Map.entry(
                        "reservation-id",
                        instance -> Stream.of(instance.hardware().reservation())),
                Map.entry(
                        "launch-time",
                        instance -> Stream.of(Xml.time(instance.hardware().launched()))),
                Map.entry(
                        "iam-instance-profile.arn",
                        instance -> state.profileOf(instance.id()).map(Model.ProfileAssociation::arn).stream()),
                Map.entry("owner-id", instance -> Stream.of(call.request().account())),
                Map.entry("architecture", instance -> Stream.of("x86_64")),
                Map.entry("availability-zone", primary.andThen(all -> all.map(one -> Ec2Xml.zone(call, one)))),
                Map.entry("vpc-id", primary.andThen(all -> all.map(Interface::vpc))),
                Map.entry("subnet-id", primary.andThen(all -> all.map(Interface::subnet))),
                Map.entry("private-ip-address", primary.andThen(all -> all.map(Interface::privateIp))),
                Map.entry("private-dns-name", primary.andThen(all -> all.map(one -> Ec2Xml.privateDns(call, one)))),
                Map.entry("ip-address", primary.andThen(all -> all.flatMap(one -> state.publicIpOf(one).stream()))),
                Map.entry("instance.group-id", primary.andThen(all -> all.flatMap(one -> one.groups().stream()))),
                Map.entry("instance.group-name", primary.andThen(all -> all.flatMap(one -> groupNames(state, one)))),
                Map.entry("network-interface.network-interface-id", interfaces.andThen(all -> all.map(Interface::id))),
                Map.entry("network-interface.vpc-id", interfaces.andThen(all -> all.map(Interface::vpc))),
                Map.entry("network-interface.subnet-id", interfaces.andThen(all -> all.map(Interface::subnet))),
                Map.entry(
                        "network-interface.group-id",
                        interfaces.andThen(all -> all.flatMap(one -> one.groups().stream()))),
                Map.entry(
                        "network-interface.group-name",
                        interfaces.andThen(all -> all.flatMap(one -> groupNames(state, one)))),
                Map.entry(
                        "network-interface.addresses.private-ip-address",
                        interfaces.andThen(all -> all.map(Interface::privateIp))),
                Map.entry(
                        "network-interface.association.public-ip",
                        interfaces.andThen(all -> all.flatMap(one -> state.publicIpOf(one).stream()))));
    }

    static void networkInterfaces(Ec2Call call, Xml xml) {
        var params = call.params();
        var ids = params.list("NetworkInterfaceId");
        refuseIdsWithMaxResults(params, ids, "network interface IDs");
        ids.forEach(call::networkInterface);
        var filters = Filters.of(params);
        var state = call.seen();
        var candidates = Optional.of(ids)
                .filter(list -> !list.isEmpty())
                .or(() -> filters.exactly("network-interface-id"))
                .or(() -> filters.exactly("attachment.instance-id")
                        .map(instances -> instances.stream()
                                .distinct()
                                .flatMap(id -> state.instances.find(id).stream())
                                .flatMap(instance -> instance.interfaces().stream())
                                .toList()))
                .map(list -> find(list, state.interfaces))
                .orElseGet(() -> state.interfaces.values().toList());
        Predicate<Interface> wanted = filters.over(interfaceAttributes(call), one -> state.tagsOf(one.id()))
                .and(one -> !ids.isEmpty() || !hidden(state, one) || params.flag("IncludeManagedResources"));
        var page = call.page(
                inOrder(candidates, state.interfaces, Interface::id),
                wanted,
                one -> state.interfaces.sequenceOf(one.id()));
        xml.list("networkInterfaceSet", page.things(), one -> Ec2Xml.networkInterface(xml, call, one));
        page.writeToken(xml);
    }

    private static boolean hidden(Ec2State state, Interface one) {
        return one.attachment()
                .flatMap(at -> state.instances.find(at.instance()))
                .filter(instance -> instance.hardware().hiddenByDefault())
                .isPresent();
    }

    private static Map<String, Function<Interface, Stream<String>>> interfaceAttributes(Ec2Call call) {
        var state = call.seen();
        Function<Interface, Stream<Attachment>> attachment =
                one -> one.attachment().filter(ignored -> one.showsAttachment()).stream();
        // AWS finds an interface by its instance even where the answer does not show the attachment.
        Function<Interface, Stream<Attachment>> truly = one -> one.attachment().stream();
        return Map.ofEntries(
                Map.entry("network-interface-id", one -> Stream.of(one.id())),
                Map.entry("attachment.instance-id", truly.andThen(all -> all.map(Attachment::instance))),
                Map.entry("attachment.attachment-id", attachment.andThen(all -> all.map(Attachment::id))),
                Map.entry(
                        "attachment.instance-owner-id",
                        attachment.andThen(all -> all.map(a -> call.request().account()))),
                Map.entry("attachment.status", attachment.andThen(all -> all.map(a -> "attached"))),
                Map.entry(
                        "attachment.device-index",
                        attachment.andThen(all -> all.map(a -> Integer.toString(a.device())))),
                Map.entry("group-id", one -> one.groups().stream()),
                Map.entry("group-name", one -> groupNames(state, one)),
                Map.entry("vpc-id", one -> Stream.of(one.vpc())),
                Map.entry("subnet-id", one -> Stream.of(one.subnet())),
                Map.entry("availability-zone", one -> Stream.of(Ec2Xml.zone(call, one))),
                Map.entry("private-ip-address", one -> Stream.of(one.privateIp())),
                Map.entry("addresses.private-ip-address", one -> Stream.of(one.privateIp())),
                Map.entry("private-dns-name", one -> Stream.of(Ec2Xml.privateDns(call, one))),
                Map.entry("association.public-ip", one -> state.publicIpOf(one).stream()),
                Map.entry("addresses.association.public-ip", one -> state.publicIpOf(one).stream()),
                Map.entry("ipv6-addresses.ipv6-address", one -> one.ipv6().stream()),
                Map.entry("description", one -> Stream.of(one.description())),
                Map.entry("interface-type", one -> Stream.of(one.type())),
                Map.entry("mac-address", one -> Stream.of(Ec2Xml.mac(one))),
                Map.entry("owner-id", one -> Stream.of(call.request().account())),
                Map.entry("requester-id", one -> one.requester().stream()),
                Map.entry(
                        "requester-managed",
                        one -> Stream.of(Boolean.toString(one.requester().isPresent()))),
                Map.entry("source-dest-check", one -> Stream.of(Boolean.toString(one.sourceDestCheck()))),
                Map.entry("status", one -> Stream.of(Ec2Xml.status(one))));
    }

    static void securityGroups(Ec2Call call, Xml xml) {
        var params = call.params();
        var state = call.seen();
        var filters = Filters.of(params);
        var ids = params.list("GroupId");
        ids.forEach(call::group);
        var names = params.list("GroupName");
        var candidates = Optional.of(ids)
                .filter(list -> !list.isEmpty())
                .or(() -> filters.exactly("group-id"))
                .map(list -> find(list, state.groups))
                .orElseGet(() -> state.groups.values().toList());
        for (var name : names) {
            if (candidates.stream()
                    .noneMatch(group -> group.name().equals(name) && Ec2Groups.inDefaultVpc(call, group))) {
                throw AwsError.invalid(
                        "InvalidGroup.NotFound", "The security group '" + name + "' does not exist in default VPC");
            }
        }
        Predicate<Group> wanted = filters.<Group>over(groupAttributes(call), group -> state.tagsOf(group.id()))
                .and(group -> names.isEmpty() || (names.contains(group.name()) && Ec2Groups.inDefaultVpc(call, group)));
        var page = call.page(
                inOrder(candidates, state.groups, Group::id), wanted, group -> state.groups.sequenceOf(group.id()));
        xml.list("securityGroupInfo", page.things(), group -> Ec2Xml.group(xml, call, group));
        page.writeToken(xml);
    }

    private static Map<String, Function<Group, Stream<String>>> groupAttributes(Ec2Call call) {
        return Map.ofEntries(
                Map.entry("group-id", group -> Stream.of(group.id())),
                Map.entry("group-name", group -> Stream.of(group.name())),
                Map.entry("vpc-id", group -> Stream.of(group.vpc())),
                Map.entry("owner-id", group -> Stream.of(call.request().account())),
                Map.entry("description", group -> Stream.of(group.description())),
                Map.entry("ip-permission.cidr", group -> peers(group, false, PeerKind.IPV4)),
                Map.entry("ip-permission.ipv6-cidr", group -> peers(group, false, PeerKind.IPV6)),
                Map.entry("ip-permission.group-id", group -> peers(group, false, PeerKind.GROUP)),
                Map.entry("ip-permission.prefix-list-id", group -> peers(group, false, PeerKind.PREFIX_LIST)),
                Map.entry("ip-permission.protocol", group -> protocols(group, false)),
                Map.entry("egress.ip-permission.cidr", group -> peers(group, true, PeerKind.IPV4)),
                Map.entry("egress.ip-permission.ipv6-cidr", group -> peers(group, true, PeerKind.IPV6)),
                Map.entry("egress.ip-permission.group-id", group -> peers(group, true, PeerKind.GROUP)),
                Map.entry("egress.ip-permission.prefix-list-id", group -> peers(group, true, PeerKind.PREFIX_LIST)),
                Map.entry("egress.ip-permission.protocol", group -> protocols(group, true)));
    }

    private static Stream<String> peers(Group group, boolean egress, PeerKind kind) {
        return group.rules(egress).stream()
                .map(rule -> rule.permission().peer())
                .filter(peer -> peer.kind() == kind)
                .map(Model.Peer::value);
    }

    private static Stream<String> protocols(Group group, boolean egress) {
        return group.rules(egress).stream().map(rule -> rule.permission().protocol());
    }

    static void securityGroupRules(Ec2Call call, Xml xml) {
        var params = call.params();
        var state = call.seen();
        var filters = Filters.of(params);
        var groups = filters.exactly("group-id")
                .map(list -> find(list, state.groups))
                .orElseGet(() -> state.groups.values().toList());
        var rules = groups.stream()
                .flatMap(group -> group.rules().stream().map(rule -> new OwnedRule(group, rule)))
                .sorted((a, b) -> Long.compare(a.rule().number(), b.rule().number()))
                .toList();
        var ids = params.list("SecurityGroupRuleId");
        for (var id : ids) {
            if (!Ids.wellFormed("sgr", id)) {
                throw AwsError.invalid("InvalidSecurityGroupRuleId.Malformed", "Invalid id: \"" + id + "\"");
            }
            if (rules.stream().noneMatch(owned -> owned.rule().id().equals(id))) {
                throw AwsError.invalid(
                        "InvalidSecurityGroupRuleId.NotFound",
                        "The security group rule ID '" + id + "' does not exist");
            }
        }
        Map<String, Function<OwnedRule, Stream<String>>> attributes = Map.of(
                "group-id", owned -> Stream.of(owned.group().id()),
                "security-group-rule-id", owned -> Stream.of(owned.rule().id()));
        Predicate<OwnedRule> wanted = filters.<OwnedRule>over(
                        attributes, owned -> state.tagsOf(owned.rule().id()))
                .and(owned -> ids.isEmpty() || ids.contains(owned.rule().id()));
        var page = call.page(rules, wanted, owned -> owned.rule().number());
        xml.list("securityGroupRuleSet", page.things(), owned -> Ec2Xml.rule(xml, call, owned.group(), owned.rule()));
        page.writeToken(xml);
    }

    static void vpcs(Ec2Call call, Xml xml) {
        var ids = call.params().list("VpcId");
        ids.forEach(call::vpc);
        Map<String, Function<Vpc, Stream<String>>> attributes = Map.of(
                "vpc-id", vpc -> Stream.of(vpc.id()),
                "owner-id", vpc -> Stream.of(vpc.owner()),
                "is-default", vpc -> Stream.of(Boolean.toString(vpc.isDefault())),
                "state", vpc -> Stream.of("available"),
                "cidr", vpc -> Stream.of(vpc.cidr()),
                "ipv6-cidr-block-association.state", vpc -> vpc.ipv6() ? Stream.of("associated") : Stream.empty());
        Predicate<Vpc> wanted = Filters.of(call.params())
                .<Vpc>over(attributes, vpc -> call.seen().tagsOf(vpc.id()))
                .and(vpc -> ids.isEmpty() || ids.contains(vpc.id()));
        var page = call.page(
                call.seen().vpcs.values().toList(),
                wanted,
                vpc -> call.seen().vpcs.sequenceOf(vpc.id()));
        xml.list("vpcSet", page.things(), vpc -> Ec2Xml.vpc(xml, call, vpc));
        page.writeToken(xml);
    }

    static void subnets(Ec2Call call, Xml xml) {
        var ids = call.params().list("SubnetId");
        ids.forEach(call::subnet);
        Map<String, Function<Subnet, Stream<String>>> attributes = Map.of(
                "subnet-id", subnet -> Stream.of(subnet.id()),
                "vpc-id", subnet -> Stream.of(subnet.vpc()),
                "cidr-block", subnet -> Stream.of(subnet.cidr()),
                "state", subnet -> Stream.of("available"),
                "availability-zone", subnet -> Stream.of(subnet.availabilityZone()));
        Predicate<Subnet> wanted = Filters.of(call.params())
                .<Subnet>over(attributes, subnet -> call.seen().tagsOf(subnet.id()))
                .and(subnet -> ids.isEmpty() || ids.contains(subnet.id()));
        var page = call.page(
                call.seen().subnets.values().toList(),
                wanted,
                one -> call.seen().subnets.sequenceOf(one.id()));
        xml.list("subnetSet", page.things(), subnet -> Ec2Xml.subnet(xml, call, subnet));
        page.writeToken(xml);
    }

    static void regions(Ec2Call call, Xml xml) {
        var names = call.params().list("RegionName");
        var account = call.region().account();
        var known = account.regionNames();
        boolean all = call.params().flag("AllRegions");
        for (var name : names) {
            if (!known.contains(name)) {
                throw AwsError.badValue("Invalid region provided: " + name);
            }
        }
        xml.list(
                "regionInfo",
                (names.isEmpty() ? known : names)
                        .stream().filter(name -> all || account.isEnabled(name)).toList(),
                name -> xml.text("regionName", name)
                        .text("regionEndpoint", "ec2." + name + ".amazonaws.com")
                        .text("optInStatus", account.isEnabled(name) ? "opt-in-not-required" : "not-opted-in"));
    }

    static void addresses(Ec2Call call, Xml xml) {
        var state = call.seen();
        var ids = call.params().list("AllocationId");
        for (var id : ids) {
            if (!state.addresses.has(id)) {
                throw AwsError.invalid("InvalidAllocationID.NotFound", "The allocation ID '" + id + "' does not exist");
            }
        }
        var ips = call.params().list("PublicIp");
        Function<Address, Stream<Interface>> on = address -> Ec2Xml.interfaceOf(state, address).stream();
        Map<String, Function<Address, Stream<String>>> attributes = Map.of(
                "allocation-id",
                address -> Stream.of(address.allocation()),
                "public-ip",
                address -> Stream.of(address.publicIp()),
                "association-id",
                address -> address.association().map(Model.Association::id).stream(),
                "network-interface-id",
                on.andThen(all -> all.map(Interface::id)),
                "private-ip-address",
                on.andThen(all -> all.map(Interface::privateIp)),
                "instance-id",
                on.andThen(all -> all.flatMap(one -> one.attachment().map(Attachment::instance).stream())));
        Predicate<Address> wanted = Filters.of(call.params())
                .<Address>over(attributes, address -> state.tagsOf(address.allocation()))
                .and(address -> ids.isEmpty() || ids.contains(address.allocation()))
                .and(address -> ips.isEmpty() || ips.contains(address.publicIp()));
        xml.list(
                "addressesSet",
                state.addresses.values().filter(wanted).toList(),
                address -> Ec2Xml.address(xml, call, address));
    }

    static void tags(Ec2Call call, Xml xml) {
        var all = call.seen().allTags().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .flatMap(entry -> entry.getValue().entrySet().stream()
                        .sorted(Map.Entry.comparingByKey())
                        .map(tag -> new Tag(entry.getKey(), tag.getKey(), tag.getValue())))
                .toList();
        Map<String, Function<Tag, Stream<String>>> attributes = Map.of(
                "resource-id", tag -> Stream.of(tag.resource()),
                "resource-type", tag -> Stream.of(Ec2Tags.typeOf(tag.resource())),
                "key", tag -> Stream.of(tag.key()),
                "value", tag -> Stream.of(tag.value()));
        Predicate<Tag> wanted = Filters.of(call.params()).over(attributes, tag -> Map.of(tag.key(), tag.value()));
        var positions = new java.util.HashMap<Tag, Long>();
        all.forEach(tag -> positions.put(tag, positions.size() + 1L));
        var page = call.page(all, wanted, tag -> positions.getOrDefault(tag, 0L));
        xml.list(
                "tagSet",
                page.things(),
                tag -> xml.text("resourceId", tag.resource())
                        .text("resourceType", Ec2Tags.typeOf(tag.resource()))
                        .text("key", tag.key())
                        .text("value", tag.value()));
        page.writeToken(xml);
    }

    private static Stream<String> groupNames(Ec2State state, Interface one) {
        return one.groups().stream().flatMap(id -> state.groups.find(id).map(Group::name).stream());
    }

    private static <T> List<T> find(List<String> ids, Table<T> table) {
        return ids.stream().distinct().flatMap(id -> table.find(id).stream()).toList();
    }

    private static <T> List<T> inOrder(List<T> things, Table<T> table, Function<T, String> id) {
        return things.stream()
                .sorted((a, b) -> Long.compare(table.sequenceOf(id.apply(a)), table.sequenceOf(id.apply(b))))
                .toList();
    }

    private static void refuseIdsWithMaxResults(Params params, List<String> ids, String what) {
        if (!ids.isEmpty() && params.optional("MaxResults").isPresent()) {
            throw AwsError.badCombination("The parameter " + what + " cannot be used with the parameter maxResults");
        }
    }
}
