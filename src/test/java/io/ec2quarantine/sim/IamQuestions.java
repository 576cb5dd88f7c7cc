package io.ec2quarantine.sim;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What IAM is asked about a call: one question a resource, by the service authorization reference. */
final class IamQuestions {
    private static final Map<String, String> MADE_BY = Map.of(
            "CreateSecurityGroup", "security-group",
            "CreateNetworkInterface", "network-interface",
            "CreateSnapshots", "snapshot",
            "CreateSnapshot", "snapshot",
            "AllocateAddress", "elastic-ip",
            "RunInstances", "instance");
    /** Attributes that a modifying call may name, as the condition key ec2:Attribute spells them. */
    private static final List<String> ATTRIBUTES =
            List.of("DisableApiTermination", "InstanceInitiatedShutdownBehavior", "GroupId", "SourceDestCheck");

    private final World world;
    private final Request request;
    private final Map<String, List<String>> common;

    private IamQuestions(World world, Request request) {
        this.world = world;
        this.request = request;
        this.common = common();
    }

    static List<IamRequest> of(World world, Request request) {
        var questions = new IamQuestions(world, request);
        return switch (request.service()) {
            case "ec2" -> questions.ec2();
            case "sts" -> questions.sts();
            default -> questions.other();
        };
    }

    /** The ARN of the user or the role behind a principal, which is what policies are attached to. */
    static String identity(String principal) {
        if (!principal.contains(":assumed-role/")) {
            return principal;
        }
        var parts = principal.split("[:/]", -1);
        return "arn:aws:iam::" + parts[4] + ":role/" + parts[parts.length - 2];
    }

    private Map<String, List<String>> common() {
        var keys = new HashMap<String, List<String>>();
        var identity = identity(request.principal());
        keys.put("aws:PrincipalArn", List.of(identity));
        keys.put("aws:RequestedRegion", List.of(request.region()));
        accountOf(identity).ifPresent(account -> {
            keys.put("aws:PrincipalAccount", List.of(account.id()));
            keys.put("aws:PrincipalOrgID", List.of(account.organisation()));
        });
        return keys;
    }

    private Optional<AccountWorld> accountOf(String arn) {
        var parts = arn.split(":", -1);
        return Optional.of(parts)
                .filter(each -> each.length > 5 && world.hasAccount(each[4]))
                .map(each -> world.account(each[4]));
    }

    private List<IamRequest> ec2() {
        if (request.action().startsWith("Describe")) {
            return List.of(question("ec2:" + request.action(), "*", Map.of()));
        }
        var tags = tagsToBe();
        var named = named();
        var questions = new ArrayList<IamRequest>();
        named.forEach(id -> questions.add(question("ec2:" + request.action(), arn(id), with(tags, tagsOf(id)))));
        made().forEach(type -> {
            var arn = arn(type, "*");
            questions.add(question("ec2:" + request.action(), arn, tags));
            if (request.params().has("TagSpecification")) {
                var action = Map.of("ec2:CreateAction", List.of(request.action()));
                questions.add(question("ec2:CreateTags", arn, with(tags, action)));
            }
        });
        return questions.isEmpty() ? List.of(question("ec2:" + request.action(), "*", tags)) : questions;
    }

    private Stream<String> made() {
        var specified = request.params().structures("TagSpecification").stream()
                .flatMap(each -> each.optional("ResourceType").stream());
        return Stream.concat(Optional.ofNullable(MADE_BY.get(request.action())).stream(), specified)
                .distinct();
    }

    /** The resources that the call names, and those that IAM looks at besides. */
    private Set<String> named() {
        var ids = new LinkedHashSet<String>();
        request.params().values().forEach((key, value) -> {
            if (namesAResource(key, value)) {
                ids.add(value);
            }
        });
        if (request.action().equals("ModifyNetworkInterfaceAttribute")) {
            List.copyOf(ids).stream()
                    .flatMap(id -> state().interfaces.find(id).stream())
                    .flatMap(one -> one.attachment().stream())
                    .forEach(at -> ids.add(at.instance()));
        }
        request.params()
                .optional("AssociationId")
                .ifPresent(association -> state().addresses
                        .values()
                        .filter(each -> each.association()
                                .filter(at -> at.id().equals(association))
                                .isPresent())
                        .forEach(each -> ids.add(each.allocation())));
        return ids;
    }

    static boolean namesAResource(String key, String value) {
        return !key.startsWith("Filter.")
                && !key.startsWith("Tag")
                && !typeOf(value).isEmpty();
    }

    private static String typeOf(String id) {
        var prefix = id.substring(0, Math.max(id.indexOf('-'), 0));
        if (!Ids.wellFormed(prefix, id)) {
            return "";
        }
        return switch (prefix) {
            case "sgr" -> ""; // A rule is judged by its group.
            default -> {
                var type = Ec2Tags.typeOf(id);
                yield type.equals("unknown") ? "" : type;
            }
        };
    }

    private Ec2State state() {
        return world.account(request.account()).region(request.region()).ec2();
    }

    private Map<String, List<String>> tagsOf(String id) {
        var keys = new HashMap<String, List<String>>();
        state().tagsOf(id).forEach((key, value) -> {
            keys.put("aws:ResourceTag/" + key, List.of(value));
            keys.put("ec2:ResourceTag/" + key, List.of(value));
        });
        return keys;
    }

    private Map<String, List<String>> tagsToBe() {
        var tags = new ArrayList<>(request.params().structures("Tag"));
        request.params().structures("TagSpecification").forEach(each -> tags.addAll(each.structures("Tag")));
        var keys = new HashMap<String, List<String>>();
        var names = tags.stream().flatMap(each -> each.optional("Key").stream()).toList();
        if (!names.isEmpty()) {
            keys.put("aws:TagKeys", names);
        }
        tags.forEach(each -> each.optional("Key")
                .ifPresent(key -> keys.put(
                        "aws:RequestTag/" + key, List.of(each.optional("Value").orElse("")))));
        ATTRIBUTES.stream()
                .filter(each -> request.params().has(each))
                .findFirst()
                .ifPresent(each -> keys.put("ec2:Attribute", List.of(each)));
        return keys;
    }

    private List<IamRequest> sts() {
        var role = request.params().optional("RoleArn");
        if (role.isEmpty()) {
            return List.of();
        }
        var context = new HashMap<String, List<String>>();
        accountOf(role.get()).ifPresent(account -> context.put("aws:ResourceOrgID", List.of(account.organisation())));
        request.params().optional("ExternalId").ifPresent(id -> context.put("sts:ExternalId", List.of(id)));
        var questions = new ArrayList<IamRequest>();
        questions.add(question("sts:" + request.action(), role.get(), context));
        if (request.params().has("Tags")) {
            questions.add(question("sts:TagSession", role.get(), context));
        }
        return questions;
    }

    /** Services without tables here are judged by the ARNs that the call names, or by those that its names make. */
    private List<IamRequest> other() {
        var action = request.service() + ":" + request.action();
        var arns = request.params().values().entrySet().stream()
                .filter(entry -> entry.getKey().toLowerCase(Locale.ROOT).contains("arn"))
                .map(Map.Entry::getValue)
                .filter(value -> value.startsWith("arn:"))
                .distinct();
        var group = request.params().optional("AutoScalingGroupName").stream()
                .map(name -> "arn:aws:autoscaling:" + request.region() + ":" + request.account()
                        + ":autoScalingGroup:*:autoScalingGroupName/" + name);
        var queue = request.params().optional("QueueUrl").stream()
                .map(url -> url.split("/", -1))
                .filter(parts -> parts.length >= 2)
                .map(parts -> "arn:aws:sqs:" + request.region() + ":" + parts[parts.length - 2] + ":"
                        + parts[parts.length - 1]);
        var questions = Stream.of(arns, group, queue)
                .flatMap(each -> each)
                .map(arn -> question(action, arn, Map.of()))
                .toList();
        return questions.isEmpty() ? List.of(question(action, "*", Map.of())) : questions;
    }

    private IamRequest question(String action, String resource, Map<String, List<String>> context) {
        return new IamRequest(action, resource, with(common, context));
    }

    private String arn(String id) {
        return arn(typeOf(id), id);
    }

    /** The ARN of a snapshot names no account. */
    private String arn(String type, String id) {
        String account = type.equals("snapshot") ? "" : request.account();
        return "arn:aws:ec2:" + request.region() + ":" + account + ":" + type + "/" + id;
    }

    private static Map<String, List<String>> with(Map<String, List<String>> some, Map<String, List<String>> more) {
        var all = new TreeMap<>(some);
        all.putAll(more);
        return all;
    }
}
