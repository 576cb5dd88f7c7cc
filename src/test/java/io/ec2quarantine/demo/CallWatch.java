package io.ec2quarantine.demo;

import static io.ec2quarantine.api.v1alpha1.ConditionType.VERIFIED;

import io.ec2quarantine.demo.Screen.Style;
import io.ec2quarantine.demo.Timeline.Actor;
import io.ec2quarantine.sim.Call;
import io.ec2quarantine.sim.Model.Instance;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Listens to the simulator's call log, and tells what the operator asked of AWS and what came of it there. */
final class CallWatch {
    private static final List<String> SUBJECTS =
            List.of("NetworkInterfaceId", "GroupId", "InstanceId", "ResourceId.1", "GroupName");

    private final Ec2View ec2;
    private final Timeline timeline;
    private final ClusterWatch cluster;
    private final InstantSource clock;
    private final Map<String, Instant> findingsRead = new HashMap<>();
    private boolean polling;
    private boolean swapped;

    CallWatch(Ec2View ec2, Timeline timeline, ClusterWatch cluster, InstantSource clock) {
        this.ec2 = ec2;
        this.timeline = timeline;
        this.cluster = cluster;
        this.clock = clock;
    }

    /** When the operator was seen to read a finding. */
    synchronized Optional<Instant> findingRead(String findingId) {
        return Optional.ofNullable(findingsRead.get(findingId));
    }

    /** Takes a call, before the caller has its answer. */
    void heard(Call call) {
        boolean operators = StageSet.isOperators(call);
        if (call.isWrite() && call.service().equals("ec2")) {
            write(operators ? Actor.EC2 : Actor.VISITOR, call);
        } else if (operators && call.service().equals("ec2")) {
            timeline.read(readBack() ? "reads back" : "looks at", call.action().replaceFirst("^Describe", ""));
        } else if (operators && call.service().equals("guardduty")) {
            guardDuty(call);
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
        cluster.look();
        if (call.changedTheWorld()) {
            swapped(call);
            timeline.tell(
                    actor, isSwap(call) ? Style.BOLD : Style.PLAIN, call.action() + " " + subject(call) + result(call));
        } else {
            timeline.tell(actor, Style.RED, call.action() + " " + subject(call) + " refused: " + call.outcome());
        }
    }

    private synchronized void swapped(Call call) {
        swapped |= isSwap(call);
    }

    /** Between the last change and the verification. */
    private synchronized boolean readBack() {
        return swapped
                && cluster.seenTrue(ec2.scene().compromisedInstance(), VERIFIED).isEmpty();
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
            case "RevokeSecurityGroupEgress", "RevokeSecurityGroupIngress" -> ": rules left " + ec2.ruleCount(subject);
            case "ModifyNetworkInterfaceAttribute" ->
                ":\nnow in "
                        + ec2.region().interfaceOf(subject).groups().stream()
                                .map(ec2::groupName)
                                .collect(Collectors.joining(", "));
            case "ModifyInstanceAttribute" -> attributes(ec2.region().instanceOf(subject));
            case "CreateTags" ->
                Stream.ofNullable(ec2.region().tagsOf(subject).get("ec2quarantine.io/state"))
                        .map(state -> ": ec2quarantine.io/state=" + state)
                        .collect(Collectors.joining());
            default -> "";
        };
    }

    private String created(Call call) {
        return ec2.region().groups().stream()
                .filter(group ->
                        group.vpc().equals(call.param("VpcId")) && group.name().equals(call.param("GroupName")))
                .map(group -> ": " + group.id())
                .collect(Collectors.joining());
    }

    private static String attributes(Instance instance) {
        return ":\ntermination protection " + (instance.terminationProtection() ? "on" : "off")
                + ", shutdown behaviour " + instance.shutdownBehavior();
    }
}
