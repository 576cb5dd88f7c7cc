package io.ec2quarantine.demo;

import io.ec2quarantine.core.isolation.Marks;
import io.ec2quarantine.demo.Screen.Style;
import io.ec2quarantine.demo.Timeline.Actor;
import io.ec2quarantine.sim.Call;
import io.ec2quarantine.sim.Model.Rule;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Listens to the simulator's call log, and tells what the operator asked of AWS and what came of it there. */
final class CallWatch {
    private static final List<String> SUBJECTS = List.of(
            "NetworkInterfaceId",
            "GroupId",
            "InstanceId",
            "InstanceSpecification.InstanceId",
            "ResourceId.1",
            "GroupName",
            "SubnetId");

    private static final String MARK = "ec2quarantine.io/";

    private final Ec2View ec2;
    private final Timeline timeline;
    private final ClusterWatch cluster;
    private final InstantSource clock;
    private final Map<String, Instant> findingsRead = new HashMap<>();
    private final Map<String, Set<Set<String>>> groupsHad = new HashMap<>();
    private final Map<String, String> groupNames = new HashMap<>();
    private boolean polling;
    private boolean tryingRights;
    private Instant lastChange = Instant.EPOCH;

    CallWatch(Ec2View ec2, Timeline timeline, ClusterWatch cluster, InstantSource clock) {
        this.ec2 = ec2;
        this.timeline = timeline;
        this.cluster = cluster;
        this.clock = clock;
        ec2.groups().values().forEach(interfaces -> interfaces.forEach(this::isNew));
    }

    /** When the operator was seen to read a finding. */
    synchronized Optional<Instant> findingRead(String findingId) {
        return Optional.ofNullable(findingsRead.get(findingId));
    }

    /** Takes a call, before the caller has its answer. */
    void heard(Call call) {
        boolean operators = StageSet.isOperators(call);
        if (operators && call.param("DryRun").equals("true")) {
            triesItsRights();
        } else if (call.isWrite() && call.service().equals("ec2")) {
            write(operators ? Actor.EC2 : Actor.VISITOR, call);
        } else if (operators && call.service().equals("ec2")) {
            timeline.read(readBack() ? "reads back" : "looks at", call.action().replaceFirst("^Describe", ""));
        } else if (operators && call.service().equals("guardduty")) {
            guardDuty(call);
        } else if (operators && call.service().equals("sns")) {
            cluster.look();
            timeline.tell(
                    Actor.OPERATOR,
                    Style.PLAIN,
                    call.action() + " " + call.param("Subject")
                            + (call.outcome().equals(Call.OK) ? "" : " refused: " + call.outcome()));
        }
    }

    private synchronized void triesItsRights() {
        if (!tryingRights) {
            tryingRights = true;
            timeline.tell(Actor.OPERATOR, Style.PLAIN, "tries by dry runs what it may do");
        }
    }

    private synchronized void guardDuty(Call call) {
        if (!polling && call.action().equals("ListFindings")) {
            polling = true;
            timeline.tell(Actor.OPERATOR, Style.PLAIN, "polls GuardDuty: " + call.action() + " " + call.outcome());
        }
        if (call.action().equals("GetFindings") && call.outcome().equals(Call.OK)) {
            List<String> fresh = call.params().entrySet().stream()
                    .filter(param -> param.getKey().startsWith("findingIds"))
                    .map(Map.Entry::getValue)
                    .filter(id -> !findingsRead.containsKey(id))
                    .toList();
            fresh.forEach(id -> findingsRead.put(id, clock.instant()));
            if (!fresh.isEmpty()) {
                timeline.tell(Actor.OPERATOR, Style.PLAIN, "reads the finding: GetFindings");
            }
        }
    }

    private void write(Actor actor, Call call) {
        if (call.changedTheWorld()) {
            // Before anything else is looked at, for whatever is changed may be undone at once.
            String result = result(call);
            cluster.look();
            changed(actor, call);
            timeline.tell(actor, isSwap(call) ? Style.BOLD : Style.PLAIN, call.action() + " " + subject(call) + result);
        } else {
            cluster.look();
            timeline.tell(actor, Style.RED, call.action() + " " + subject(call) + " refused: " + call.outcome());
        }
    }

    private synchronized void changed(Actor actor, Call call) {
        if (actor == Actor.VISITOR) {
            timeline.forgetReads();
            cluster.meddled(call.action() + " on " + subject(call), call.at());
        } else if (isSwap(call) || call.action().startsWith("Revoke")) {
            lastChange = clock.instant();
        }
    }

    /** Between a change and the status that tells of it. */
    private synchronized boolean readBack() {
        return lastChange.isAfter(cluster.lastStatus());
    }

    private synchronized boolean isNew(String interfaceId, List<String> groups) {
        return groupsHad.computeIfAbsent(interfaceId, _ -> new HashSet<>()).add(Set.copyOf(groups));
    }

    private static boolean isSwap(Call call) {
        return call.action().equals("ModifyNetworkInterfaceAttribute");
    }

    private static String subject(Call call) {
        return SUBJECTS.stream()
                .map(call::param)
                .filter(value -> !value.isEmpty())
                .findFirst()
                .orElse("");
    }

    /** What the world shows after the call. */
    private String result(Call call) {
        String subject = subject(call);
        return switch (call.action()) {
            case "CreateSecurityGroup" -> created(call);
            case "DeleteSecurityGroup" -> deleted(subject);
            case "AuthorizeSecurityGroupEgress", "AuthorizeSecurityGroupIngress" -> opened(subject);
            case "RevokeSecurityGroupEgress", "RevokeSecurityGroupIngress" -> ": rules left " + ec2.ruleCount(subject);
            case "ModifyNetworkInterfaceAttribute" -> swapped(subject, groupsAskedFor(call));
            case "AttachNetworkInterface" -> attached(call, subject);
            case "ModifyInstanceAttribute" -> ":\n" + ec2.termination(subject);
            case "CreateTags" ->
                Stream.ofNullable(ec2.region().tagsOf(subject).get(Marks.STATE))
                        .map(state -> ": " + Marks.STATE + "=" + state)
                        .collect(Collectors.joining());
            case "CreateSnapshots" -> ":\na snapshot of every volume is begun";
            case "DeleteTags" -> marksLeft(subject);
            default -> "";
        };
    }

    /** What the call asked for: the world may show what undid it already. */
    private String swapped(String interfaceId, List<String> groups) {
        return (isNew(interfaceId, groups) ? ":\nnow in " : ":\nback in ") + ec2.namesOf(Map.of(interfaceId, groups));
    }

    private static List<String> groupsAskedFor(Call call) {
        return call.params().entrySet().stream()
                .filter(param -> param.getKey().startsWith("SecurityGroupId."))
                .map(Map.Entry::getValue)
                .toList();
    }

    private synchronized String created(Call call) {
        return ec2.region().groups().stream()
                .filter(group ->
                        group.vpc().equals(call.param("VpcId")) && group.name().equals(call.param("GroupName")))
                .peek(group -> groupNames.put(group.id(), group.name()))
                .map(group -> ": " + group.id())
                .collect(Collectors.joining());
    }

    private synchronized String deleted(String groupId) {
        return ec2.groupIds().contains(groupId)
                ? ""
                : ":\n" + groupNames.getOrDefault(groupId, "the group") + " is gone";
    }

    private String opened(String groupId) {
        return ":\n"
                + ec2.region().groupOf(groupId).rules().stream()
                        .map(Rule::permission)
                        .map(rule -> rule.protocol() + " " + rule.fromPort() + (rule.egress() ? " to " : " from ")
                                + rule.peer().value())
                        .collect(Collectors.joining(", ", ec2.groupName(groupId) + " lets through ", ""));
    }

    private String attached(Call call, String interfaceId) {
        isNew(interfaceId, groupsOf(interfaceId));
        return " to " + call.param("InstanceId") + ":\nin " + groupNamesOf(interfaceId);
    }

    private List<String> groupsOf(String interfaceId) {
        return ec2.region().interfaceOf(interfaceId).groups();
    }

    private String groupNamesOf(String interfaceId) {
        return ec2.namesOf(Map.of(interfaceId, groupsOf(interfaceId)));
    }

    private String marksLeft(String resourceId) {
        String left = ec2.region().tagsOf(resourceId).keySet().stream()
                .filter(key -> key.startsWith(MARK))
                .map(key -> key.substring(MARK.length()))
                .sorted()
                .collect(Collectors.joining(", "));
        return left.isEmpty() ? ": no mark left" : ":\nmarks left: " + left;
    }
}
