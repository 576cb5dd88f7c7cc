package io.ec2quarantine.sim;

import io.ec2quarantine.sim.Model.Group;
import io.ec2quarantine.sim.Model.Interface;
import io.ec2quarantine.sim.Model.Peer;
import io.ec2quarantine.sim.Model.PeerKind;
import io.ec2quarantine.sim.Model.Permission;
import io.ec2quarantine.sim.Model.Rule;
import io.ec2quarantine.sim.Model.Vpc;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** The writes on security groups and their rules. */
final class Ec2Groups {
    private static final Pattern RANGE = Pattern.compile("[0-9.]+/[0-9]+|[0-9a-fA-F:.]+/[0-9]+");

    private Ec2Groups() {}

    private record Asked(Permission permission, Optional<String> description) {}

    static void create(Ec2Call call, Xml xml) {
        var name = call.params().required("GroupName");
        var description = call.params().required("GroupDescription");
        var vpc = call.params()
                .optional("VpcId")
                .map(call::vpc)
                .or(() -> call.live().vpcs.values().filter(Vpc::isDefault).findFirst())
                .orElseThrow(() -> AwsError.invalid("VPCIdNotSpecified", "No default VPC for this user"));
        refuseBadName(name);
        var taken = call.live()
                .groups
                .values()
                .anyMatch(group -> group.vpc().equals(vpc.id()) && group.name().equalsIgnoreCase(name));
        if (taken) {
            throw AwsError.invalid(
                    "InvalidGroup.Duplicate",
                    "The security group '" + name + "' already exists for VPC '" + vpc.id() + "'");
        }
        var tags = call.tagsFor("security-group");
        var group = newGroup(call.region(), call.newId("sg"), name, description, vpc);
        call.live().setTags(group.id(), tags);
        xml.text("return", true).text("groupId", group.id());
        xml.text("securityGroupArn", Ec2Xml.arn(call, "security-group/" + group.id()));
        Ec2Xml.tagSet(xml, tags);
    }

    private static void refuseBadName(String name) {
        if (name.length() > 255 || name.startsWith("sg-")) {
            throw AwsError.badValue("Invalid security group name. Group names may not be in the format sg-*.");
        }
        if (name.equalsIgnoreCase("default")) {
            throw AwsError.badValue("Cannot use reserved security group name: default");
        }
    }

    /** A group as AWS makes it: all egress allowed, over IPv6 too where the VPC has it. */
    static Group newGroup(RegionWorld region, String id, String name, String description, Vpc vpc) {
        var rules = new ArrayList<Rule>();
        rules.add(rule(region, Permission.all(true, "0.0.0.0/0"), Optional.empty()));
        if (vpc.ipv6()) {
            rules.add(rule(region, Permission.all(true, "::/0"), Optional.empty()));
        }
        var group = new Group(id, name, description, vpc.id(), List.copyOf(rules));
        region.ec2().groups.put(id, group);
        return group;
    }

    static Rule rule(RegionWorld region, Permission permission, Optional<String> description) {
        var id = region.world().ids().next("sgr");
        return new Rule(id, region.world().ids().count(), permission, description);
    }

    static void delete(Ec2Call call, Xml xml) {
        var group = named(call);
        if (group.name().equals("default")) {
            throw AwsError.invalid(
                    "CannotDelete",
                    "the specified group: \"" + group.id() + "\" name: \"default\" cannot be deleted by a user");
        }
        if (used(call.live(), group)) {
            throw AwsError.invalid("DependencyViolation", "resource " + group.id() + " has a dependent object");
        }
        call.live().groups.remove(group.id());
        call.live().setTags(group.id(), Map.of());
        xml.text("return", true).text("groupId", group.id());
    }

    private static boolean used(Ec2State state, Group group) {
        var onInterface = state.interfaces.values().map(Interface::groups).anyMatch(ids -> ids.contains(group.id()));
        return onInterface
                || state.groups
                        .values()
                        .filter(other -> !other.id().equals(group.id()))
                        .flatMap(other -> other.rules().stream())
                        .anyMatch(rule -> rule.permission().peer().equals(new Peer(PeerKind.GROUP, group.id())));
    }

    private static Group named(Ec2Call call) {
        var id = call.params().optional("GroupId").filter(text -> !text.isEmpty());
        if (id.isPresent()) {
            return call.group(id.get());
        }
        var name = call.params()
                .optional("GroupName")
                .orElseThrow(() -> AwsError.invalid(
                        "MissingParameter", "The request must contain the parameter groupName or groupId"));
        return call.live()
                .groups
                .values()
                .filter(group -> group.name().equals(name))
                .filter(group -> inDefaultVpc(call, group))
                .findFirst()
                .orElseThrow(() -> AwsError.invalid(
                        "InvalidGroup.NotFound", "The security group '" + name + "' does not exist in default VPC"));
    }

    static boolean inDefaultVpc(Ec2Call call, Group group) {
        return call.live().vpcs.find(group.vpc()).filter(Vpc::isDefault).isPresent();
    }

    static void authorize(Ec2Call call, Xml xml, boolean egress) {
        var group = named(call);
        var rules = new ArrayList<>(group.rules());
        var added = new ArrayList<Rule>();
        for (var asked : asked(call, egress)) {
            if (rules.stream().anyMatch(rule -> rule.permission().equals(asked.permission()))) {
                throw AwsError.invalid(
                        "InvalidPermission.Duplicate",
                        "the specified rule \"peer: "
                                + asked.permission().peer().value() + ", "
                                + asked.permission().protocol() + ", ALLOW\" already exists");
            }
            var rule = rule(call.region(), asked.permission(), asked.description());
            rules.add(rule);
            added.add(rule);
        }
        var tags = call.tagsFor("security-group-rule");
        added.forEach(rule -> call.live().setTags(rule.id(), tags));
        call.live().groups.put(group.id(), group.withRules(rules));
        xml.text("return", true);
        xml.list("securityGroupRuleSet", added, rule -> Ec2Xml.rule(xml, call, group, rule));
    }

    static void revoke(Ec2Call call, Xml xml, boolean egress) {
        var group = named(call);
        var ids = call.params().list("SecurityGroupRuleId");
        var asked = ids.isEmpty() ? asked(call, egress) : List.<Asked>of();
        var gone = ids.isEmpty() ? byProperty(group, asked) : byId(group, ids, egress);
        var unknown = asked.stream()
                .filter(one -> gone.stream().noneMatch(rule -> rule.permission().equals(one.permission())))
                .map(one -> new Rule("", 0, one.permission(), one.description()))
                .toList();
        if (!unknown.isEmpty() && !inDefaultVpc(call, group)) {
            throw AwsError.invalid(
                    "InvalidPermission.NotFound", "The specified rule does not exist in this security group.");
        }
        var left = new ArrayList<>(group.rules());
        left.removeAll(gone);
        call.live().groups.put(group.id(), group.withRules(left));
        gone.forEach(rule -> call.live().setTags(rule.id(), Map.of()));
        xml.text("return", true);
        // In a default VPC matching nothing is no error: AWS answers true and says what it did not know.
        Ec2Xml.permissions(xml, call, "unknownIpPermissionSet", unknown);
        xml.list("revokedSecurityGroupRuleSet", gone, rule -> revoked(xml, group, rule));
    }

    private static void revoked(Xml xml, Group group, Rule rule) {
        xml.text("securityGroupRuleId", rule.id()).text("groupId", group.id());
        Ec2Xml.permission(xml, rule.permission());
        xml.text("description", rule.description());
        xml.text("referencedGroupId", Ec2Xml.referencedGroup(rule.permission()));
    }

    private static List<Rule> byProperty(Group group, List<Asked> asked) {
        return group.rules().stream()
                .filter(rule -> asked.stream().anyMatch(one -> one.permission().equals(rule.permission())))
                .toList();
    }

    private static List<Rule> byId(Group group, List<String> ids, boolean egress) {
        return ids.stream()
                .map(id -> group.rules(egress).stream()
                        .filter(rule -> rule.id().equals(id))
                        .findFirst()
                        .orElseThrow(() -> AwsError.invalid(
                                "InvalidSecurityGroupRuleId.NotFound",
                                "The security group rule ID '" + id + "' does not exist")))
                .toList();
    }

    private static List<Asked> asked(Ec2Call call, boolean egress) {
        var permissions = new ArrayList<>(call.params().structures("IpPermissions"));
        if (permissions.isEmpty() && call.params().optional("IpProtocol").isPresent()) {
            permissions.add(call.params());
        }
        if (permissions.isEmpty()) {
            throw AwsError.invalid(
                    "MissingParameter", "The request must contain the parameter ipPermissions or securityGroupRuleId");
        }
        var asked = new ArrayList<Asked>();
        permissions.forEach(permission -> expand(call, permission, egress, asked::add));
        return asked;
    }

    private static void expand(Ec2Call call, Params one, boolean egress, Consumer<Asked> add) {
        var protocol = protocol(one.required("IpProtocol"));
        int from = protocol.equals("-1") ? -1 : one.integer("FromPort").orElse(-1);
        int to = protocol.equals("-1") ? -1 : one.integer("ToPort").orElse(-1);
        one.optional("CidrIp")
                .ifPresent(range -> add.accept(new Asked(
                        new Permission(egress, protocol, from, to, range(range, PeerKind.IPV4)), Optional.empty())));
        for (var peer : one.structures("IpRanges")) {
            add.accept(new Asked(
                    new Permission(egress, protocol, from, to, range(peer.required("CidrIp"), PeerKind.IPV4)),
                    peer.optional("Description")));
        }
        for (var peer : one.structures("Ipv6Ranges")) {
            add.accept(new Asked(
                    new Permission(egress, protocol, from, to, range(peer.required("CidrIpv6"), PeerKind.IPV6)),
                    peer.optional("Description")));
        }
        for (var peer : one.structures("PrefixListIds")) {
            var list = new Peer(PeerKind.PREFIX_LIST, peer.required("PrefixListId"));
            add.accept(new Asked(new Permission(egress, protocol, from, to, list), peer.optional("Description")));
        }
        for (var peer : one.structures("Groups")) {
            var other = new Peer(
                    PeerKind.GROUP, call.group(peer.required("GroupId")).id());
            add.accept(new Asked(new Permission(egress, protocol, from, to, other), peer.optional("Description")));
        }
    }

    private static Peer range(String text, PeerKind kind) {
        if (!RANGE.matcher(text).matches() || text.contains(":") != (kind == PeerKind.IPV6)) {
            throw AwsError.badValue("CIDR block " + text + " is malformed");
        }
        return new Peer(kind, text);
    }

    private static String protocol(String given) {
        return switch (given) {
            case "6" -> "tcp";
            case "17" -> "udp";
            case "1" -> "icmp";
            case "58" -> "icmpv6";
            case "all" -> "-1";
            default -> given;
        };
    }
}
