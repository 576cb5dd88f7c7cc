package io.ec2quarantine.sim;

import io.ec2quarantine.sim.Model.Address;
import io.ec2quarantine.sim.Model.Association;
import io.ec2quarantine.sim.Model.Attachment;
import io.ec2quarantine.sim.Model.Group;
import io.ec2quarantine.sim.Model.Instance;
import io.ec2quarantine.sim.Model.Interface;
import io.ec2quarantine.sim.Model.Peer;
import io.ec2quarantine.sim.Model.PeerKind;
import io.ec2quarantine.sim.Model.Permission;
import io.ec2quarantine.sim.Model.Rule;
import io.ec2quarantine.sim.Model.State;
import io.ec2quarantine.sim.Model.Subnet;
import io.ec2quarantine.sim.Model.Vpc;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** How EC2's resources look in answers. */
final class Ec2Xml {
    private Ec2Xml() {}

    static void instance(Xml xml, Ec2Call call, Instance instance) {
        var state = call.seen();
        var hardware = instance.hardware();
        var primary = state.primaryOf(instance);
        xml.text("instanceId", instance.id());
        xml.text("imageId", hardware.image());
        xml.element("instanceState", () -> state(xml, instance.state()));
        xml.text("privateDnsName", primary.map(one -> privateDns(call, one)).orElse(""));
        xml.text(
                "dnsName",
                primary.flatMap(state::publicIpOf)
                        .map(ip -> publicDns(call, ip))
                        .orElse(""));
        xml.text("amiLaunchIndex", 0);
        xml.text("instanceType", hardware.type());
        xml.text("launchTime", Xml.time(hardware.launched()));
        xml.element(
                "placement",
                () -> xml.text(
                                "availabilityZone",
                                primary.map(one -> zone(call, one))
                                        .orElse(call.region().name() + "a"))
                        .text("groupName", "")
                        .text("tenancy", "default"));
        xml.element("monitoring", () -> xml.text("state", "disabled"));
        primary.ifPresent(one -> xml.text("subnetId", one.subnet())
                .text("vpcId", one.vpc())
                .text("privateIpAddress", one.privateIp())
                .text("ipAddress", state.publicIpOf(one))
                .text("sourceDestCheck", one.sourceDestCheck())
                .text("ipv6Address", one.ipv6()));
        groupSet(xml, state, primary.map(Interface::groups).orElse(List.of()));
        xml.text("architecture", "x86_64");
        xml.text("rootDeviceType", "ebs").text("rootDeviceName", "/dev/xvda");
        xml.text("virtualizationType", "hvm").text("hypervisor", "xen");
        xml.text("instanceLifecycle", hardware.lifecycle());
        state.profileOf(instance.id())
                .ifPresent(profile -> xml.element(
                        "iamInstanceProfile",
                        () -> xml.text("arn", profile.arn()).text("id", "AIPASIMULATEDPROFILE0")));
        volumes(xml, state, instance);
        if (instance.state() == State.TERMINATED) {
            xml.text("reason", "User initiated");
        }
        operator(xml, hardware);
        tagSet(xml, state.tagsOf(instance.id()));
        xml.list("networkInterfaceSet", state.interfacesOf(instance), one -> commonOf(xml, call, one));
    }

    private static void volumes(Xml xml, Ec2State state, Instance instance) {
        var volumes = state.volumes
                .values()
                .filter(volume -> volume.instance().equals(instance.id()))
                .toList();
        xml.list("blockDeviceMapping", volumes, volume -> {
            xml.text("deviceName", volume.device());
            xml.element(
                    "ebs",
                    () -> xml.text("volumeId", volume.id())
                            .text("status", "attached")
                            .text("attachTime", Xml.time(instance.hardware().launched()))
                            .text("deleteOnTermination", true));
        });
    }

    private static void operator(Xml xml, Model.Hardware hardware) {
        xml.element(
                "operator",
                () -> xml.text("managed", hardware.operator().isPresent()).text("principal", hardware.operator()));
    }

    static Xml state(Xml xml, State state) {
        return xml.text("code", state.code).text("name", state.word);
    }

    static void networkInterface(Xml xml, Ec2Call call, Interface one) {
        commonOf(xml, call, one);
        xml.text("availabilityZone", zone(call, one));
        xml.text("requesterId", one.requester());
        xml.text("requesterManaged", one.requester().isPresent());
        tagSet(xml, call.seen().tagsOf(one.id()));
    }

    /** What DescribeInstances and DescribeNetworkInterfaces say alike. */
    private static void commonOf(Xml xml, Ec2Call call, Interface one) {
        var state = call.seen();
        xml.text("networkInterfaceId", one.id());
        xml.text("subnetId", one.subnet()).text("vpcId", one.vpc());
        xml.text("description", one.description());
        xml.text("ownerId", call.request().account());
        xml.text("status", status(one));
        xml.text("macAddress", mac(one));
        xml.text("privateIpAddress", one.privateIp());
        xml.text("privateDnsName", privateDns(call, one));
        xml.text("sourceDestCheck", one.sourceDestCheck());
        xml.text("interfaceType", one.type());
        groupSet(xml, state, one.groups());
        one.attachment()
                .filter(ignored -> one.showsAttachment())
                .ifPresent(at -> xml.element("attachment", () -> attachment(xml, call, at)));
        association(xml, call, one);
        xml.list("privateIpAddressesSet", List.of(one), address -> {
            xml.text("privateIpAddress", address.privateIp()).text("primary", true);
            association(xml, call, address);
        });
        xml.list(
                "ipv6AddressesSet",
                one.ipv6().stream().toList(),
                address -> xml.text("ipv6Address", address).text("isPrimaryIpv6", false));
        if (!one.tracking().equals(Model.Tracking.DEFAULT)) {
            xml.element(
                    "connectionTrackingConfiguration",
                    () -> xml.text("tcpEstablishedTimeout", one.tracking().tcpEstablished())
                            .text("udpStreamTimeout", one.tracking().udpStream())
                            .text("udpTimeout", one.tracking().udp()));
        }
    }

    private static void attachment(Xml xml, Ec2Call call, Attachment at) {
        xml.text("attachmentId", at.id())
                .text("instanceId", at.instance())
                .text("instanceOwnerId", call.request().account())
                .text("deviceIndex", at.device())
                .text("networkCardIndex", at.card())
                .text("status", "attached")
                .text("attachTime", Xml.time(at.since()))
                .text("deleteOnTermination", at.deleteOnTermination());
    }

    private static void association(Xml xml, Ec2Call call, Interface one) {
        var elastic = call.seen().elasticAddressOf(one.id());
        call.seen()
                .publicIpOf(one)
                .ifPresent(ip -> xml.element(
                        "association",
                        () -> xml.text("publicIp", ip)
                                .text("publicDnsName", publicDns(call, ip))
                                .text(
                                        "ipOwnerId",
                                        elastic.isPresent() ? call.request().account() : "amazon")
                                .text("allocationId", elastic.map(Address::allocation))
                                .text(
                                        "associationId",
                                        elastic.flatMap(Address::association).map(Association::id))));
    }

    static String status(Interface one) {
        return one.attachment().isPresent() || one.requester().isPresent() ? "in-use" : "available";
    }

    static String zone(Ec2Call call, Interface one) {
        return call.live()
                .subnets
                .find(one.subnet())
                .map(Subnet::availabilityZone)
                .orElse(call.region().name() + "a");
    }

    static String privateDns(Ec2Call call, Interface one) {
        return "ip-" + one.privateIp().replace('.', '-') + "." + call.region().name() + ".compute.internal";
    }

    static String publicDns(Ec2Call call, String ip) {
        return "ec2-" + ip.replace('.', '-') + "." + call.region().name() + ".compute.amazonaws.com";
    }

    static String mac(Interface one) {
        int hash = one.id().hashCode();
        return String.format(
                Locale.ROOT, "02:%02x:%02x:%02x:%02x:00", hash >>> 24, hash >>> 16 & 255, hash >>> 8 & 255, hash & 255);
    }

    static void groupSet(Xml xml, Ec2State state, List<String> groups) {
        xml.list(
                "groupSet",
                groups,
                id -> xml.text("groupId", id)
                        .text("groupName", state.groups.find(id).map(Group::name)));
    }

    static void tagSet(Xml xml, Map<String, String> tags) {
        var sorted = tags.entrySet().stream().sorted(Map.Entry.comparingByKey()).toList();
        xml.list("tagSet", sorted, tag -> xml.text("key", tag.getKey()).text("value", tag.getValue()));
    }

    static void group(Xml xml, Ec2Call call, Group group) {
        xml.text("ownerId", call.request().account());
        xml.text("groupId", group.id());
        xml.text("groupName", group.name());
        xml.text("groupDescription", group.description());
        xml.text("vpcId", group.vpc());
        xml.text("securityGroupArn", arn(call, "security-group/" + group.id()));
        permissions(xml, call, "ipPermissions", group.rules(false));
        permissions(xml, call, "ipPermissionsEgress", group.rules(true));
        tagSet(xml, call.seen().tagsOf(group.id()));
    }

    static String arn(Ec2Call call, String resource) {
        return "arn:aws:ec2:" + call.region().name() + ":" + call.request().account() + ":" + resource;
    }

    private record Ports(String protocol, int from, int to) {}

    /** Rules with the same ports are one permission with several peers. */
    static void permissions(Xml xml, Ec2Call call, String name, List<Rule> rules) {
        var byPorts = new LinkedHashMap<Ports, List<Rule>>();
        for (var rule : rules) {
            var permission = rule.permission();
            byPorts.computeIfAbsent(
                            new Ports(permission.protocol(), permission.fromPort(), permission.toPort()),
                            ignored -> new java.util.ArrayList<>())
                    .add(rule);
        }
        xml.list(name, byPorts.entrySet(), entry -> {
            var ports = entry.getKey();
            xml.text("ipProtocol", ports.protocol());
            if (!ports.protocol().equals("-1")) {
                xml.text("fromPort", ports.from()).text("toPort", ports.to());
            }
            peers(
                    xml,
                    "groups",
                    entry.getValue(),
                    PeerKind.GROUP,
                    peer -> xml.text("userId", call.request().account()).text("groupId", peer.value()));
            peers(xml, "ipRanges", entry.getValue(), PeerKind.IPV4, peer -> xml.text("cidrIp", peer.value()));
            peers(xml, "ipv6Ranges", entry.getValue(), PeerKind.IPV6, peer -> xml.text("cidrIpv6", peer.value()));
            peers(
                    xml,
                    "prefixListIds",
                    entry.getValue(),
                    PeerKind.PREFIX_LIST,
                    peer -> xml.text("prefixListId", peer.value()));
        });
    }

    private static void peers(
            Xml xml, String name, List<Rule> rules, PeerKind kind, java.util.function.Consumer<Peer> content) {
        var those = rules.stream()
                .filter(rule -> rule.permission().peer().kind() == kind)
                .toList();
        xml.list(name, those, rule -> {
            content.accept(rule.permission().peer());
            xml.text("description", rule.description());
        });
    }

    static void rule(Xml xml, Ec2Call call, Group group, Rule rule) {
        permission(xml, rule.permission());
        xml.text("securityGroupRuleId", rule.id());
        xml.text("groupId", group.id());
        xml.text("groupOwnerId", call.request().account());
        xml.text("securityGroupRuleArn", arn(call, "security-group-rule/" + rule.id()));
        xml.text("description", rule.description());
        referencedGroup(rule.permission())
                .ifPresent(id -> xml.element(
                        "referencedGroupInfo",
                        () -> xml.text("groupId", id)
                                .text("userId", call.request().account())));
        tagSet(xml, call.seen().tagsOf(rule.id()));
    }

    static Optional<String> referencedGroup(Permission permission) {
        return Optional.of(permission.peer())
                .filter(peer -> peer.kind() == PeerKind.GROUP)
                .map(Peer::value);
    }

    static void permission(Xml xml, Permission permission) {
        var peer = permission.peer();
        xml.text("isEgress", permission.egress());
        xml.text("ipProtocol", permission.protocol());
        xml.text("fromPort", permission.fromPort()).text("toPort", permission.toPort());
        switch (peer.kind()) {
            case IPV4 -> xml.text("cidrIpv4", peer.value());
            case IPV6 -> xml.text("cidrIpv6", peer.value());
            case PREFIX_LIST -> xml.text("prefixListId", peer.value());
            case GROUP -> {
                // Shown as a structure of its own, which differs between answers.
            }
        }
    }

    static void vpc(Xml xml, Ec2Call call, Vpc vpc) {
        xml.text("vpcId", vpc.id())
                .text("ownerId", vpc.owner())
                .text("state", "available")
                .text("cidrBlock", vpc.cidr())
                .text("instanceTenancy", "default")
                .text("isDefault", vpc.isDefault());
        if (vpc.ipv6()) {
            xml.list(
                    "ipv6CidrBlockAssociationSet",
                    List.of(vpc),
                    one -> xml.text("associationId", one.id().replace("vpc-", "vpc-cidr-assoc-"))
                            .text("ipv6CidrBlock", RegionWorld.IPV6_RANGE)
                            .element("ipv6CidrBlockState", () -> xml.text("state", "associated")));
        }
        tagSet(xml, call.seen().tagsOf(vpc.id()));
    }

    static void subnet(Xml xml, Ec2Call call, Subnet subnet) {
        xml.text("subnetId", subnet.id())
                .text("vpcId", subnet.vpc())
                .text("state", "available")
                .text("cidrBlock", subnet.cidr())
                .text("availabilityZone", subnet.availabilityZone())
                .text("ownerId", call.request().account());
        tagSet(xml, call.seen().tagsOf(subnet.id()));
    }

    static Optional<Interface> interfaceOf(Ec2State state, Address address) {
        return address.association().flatMap(association -> state.interfaces.find(association.networkInterface()));
    }

    static void address(Xml xml, Ec2Call call, Address address) {
        var one = interfaceOf(call.seen(), address);
        xml.text("publicIp", address.publicIp())
                .text("allocationId", address.allocation())
                .text("domain", "vpc")
                .text("associationId", address.association().map(Association::id))
                .text("networkInterfaceId", one.map(Interface::id))
                .text("privateIpAddress", one.map(Interface::privateIp))
                .text("instanceId", one.flatMap(Interface::attachment).map(Attachment::instance));
        tagSet(xml, call.seen().tagsOf(address.allocation()));
    }
}
