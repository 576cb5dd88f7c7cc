package io.ec2quarantine.demo;

import io.ec2quarantine.api.v1alpha1.Condition;
import io.ec2quarantine.api.v1alpha1.ConditionType;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.IsolationGroupStatus;
import io.ec2quarantine.core.isolation.Marks;
import io.ec2quarantine.sim.Call;
import io.ec2quarantine.sim.Model.Interface;
import io.ec2quarantine.status.Conditions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Compares what there is at the end, in EC2 and in the API server, with what the scene must end in. */
record EndState(Ec2View ec2, Ec2Snapshot before, List<Call> operatorWrites) {
    private static final String ISOLATION_GROUP = "ForensicSecurityGroup";

    /** What is not as it must be while the instance is isolated, a sentence each. */
    List<String> problems(QuarantinedInstance object) {
        List<String> problems = new ArrayList<>(conditions(object));
        problems.addAll(isolationProblems(object));
        problems.addAll(bystanders());
        return problems;
    }

    private List<String> conditions(QuarantinedInstance object) {
        List<String> problems = new ArrayList<>();
        for (ConditionType type : List.of(
                ConditionType.READY,
                ConditionType.ISOLATED,
                ConditionType.VERIFIED,
                ConditionType.EVIDENCE_PRESERVED)) {
            if (!Conditions.isTrue(Telling.conditionsOf(object), type)) {
                problems.add("The condition " + type.text() + " is not True.");
            }
        }
        boolean honest = Conditions.find(Telling.conditionsOf(object), ConditionType.CONNECTIONS_CUT)
                .filter(condition -> condition.status() == Condition.Status.UNKNOWN
                        && condition.reason().equals("TrackedConnectionsMayPersist"))
                .isPresent();
        if (!honest) {
            problems.add("The condition ConnectionsCut does not say that tracked connections may persist.");
        }
        return problems;
    }

    /** What EC2 has otherwise than an isolation must be, a sentence each. */
    List<String> isolationProblems(QuarantinedInstance object) {
        String instance = ec2.scene().compromisedInstance();
        List<String> problems = new ArrayList<>();
        Set<String> named = Stream.ofNullable(object.getStatus())
                .flatMap(status -> status.isolationGroups().stream())
                .map(IsolationGroupStatus::groupID)
                .flatMap(Stream::ofNullable)
                .collect(Collectors.toSet());
        ec2.region().groupsOf(instance).forEach((id, groups) -> {
            if (groups.size() != 1 || !named.containsAll(groups)) {
                problems.add("EC2 has " + id + " of " + instance + " in " + names(groups)
                        + " and not in the isolation group alone.");
            }
        });
        for (String group : named) {
            if (!ec2.groupName(group).equals(ISOLATION_GROUP) || ec2.ruleCount(group) > 0) {
                problems.add("The isolation group " + group + " is called " + ec2.groupName(group)
                        + " in EC2, and its number of rules is " + ec2.ruleCount(group) + ".");
            }
        }
        return problems;
    }

    /** What is not as it was before the isolation, a sentence each. */
    List<String> releaseProblems(QuarantinedInstance object) {
        List<String> problems = new ArrayList<>(releaseConditions(object));
        String instance = ec2.scene().compromisedInstance();
        before.groups().getOrDefault(instance, Map.of()).forEach((id, had) -> {
            List<String> has = ec2.region().groupsOf(instance).getOrDefault(id, List.of());
            if (!has.equals(had)) {
                problems.add(
                        "EC2 has " + id + " of " + instance + " in " + names(has) + " and not in " + names(had) + ".");
            }
        });
        if (!ec2.groupIds().equals(before.allGroups())) {
            problems.add("The security groups in EC2 are not those of before the isolation.");
        }
        if (!ec2.termination(instance).equals(before.termination().get(instance))) {
            problems.add("EC2 has " + instance + " with " + ec2.termination(instance) + ".");
        }
        problems.addAll(marks(instance));
        problems.addAll(bystanders());
        return problems;
    }

    private static List<String> releaseConditions(QuarantinedInstance object) {
        List<Condition> conditions = Telling.conditionsOf(object);
        List<String> problems = new ArrayList<>();
        if (!ClusterWatch.isReleased(conditions)) {
            problems.add("The condition Ready is not True with the reason Released.");
        }
        for (ConditionType type : List.of(ConditionType.ISOLATED, ConditionType.VERIFIED)) {
            if (Conditions.find(conditions, type).isEmpty() || Conditions.isTrue(conditions, type)) {
                problems.add("The condition " + type.text() + " is True or not said.");
            }
        }
        return problems;
    }

    /** An instance that was released says so in its tags; nothing else is left of the quarantine. */
    private List<String> marks(String instance) {
        List<String> problems = new ArrayList<>();
        Map<String, String> has = new HashMap<>(ec2.region().tagsOf(instance));
        Optional<String> state = Optional.ofNullable(has.remove(Marks.STATE));
        Optional<String> time = Optional.ofNullable(has.remove(Marks.RELEASED_TIME));
        boolean saysSo = state.filter("released"::equals).isPresent() && time.isPresent();
        if (!saysSo || !has.equals(before.tags().get(instance))) {
            problems.add("The tags of " + instance + " are not those of before with the marks of a release.");
        }
        for (Interface each : ec2.region().interfacesOf(instance)) {
            if (!ec2.region().tagsOf(each.id()).equals(before.tags().get(each.id()))) {
                problems.add("The tags of " + each.id() + " are not those of before.");
            }
        }
        return problems;
    }

    private List<String> bystanders() {
        List<String> problems = new ArrayList<>();
        for (String instance : ec2.bystanders()) {
            if (!sameGroups(instance)) {
                problems.add("The groups of " + ec2.nameOf(instance) + " have changed.");
            }
            writesOn(instance)
                    .forEach(call ->
                            problems.add("The operator called " + call.action() + " on " + ec2.nameOf(instance) + "."));
        }
        return problems;
    }

    /** Whether nobody changed the groups of an instance, and the operator changed nothing of it. */
    boolean isUntouched(String instance) {
        return sameGroups(instance) && writesOn(instance).isEmpty();
    }

    private boolean sameGroups(String instance) {
        return ec2.region().groupsOf(instance).equals(before.groups().get(instance));
    }

    private List<Call> writesOn(String instance) {
        return new Writes(operatorWrites).on(ec2.region(), instance).calls();
    }

    private String names(List<String> groups) {
        return groups.stream().map(ec2::groupName).collect(Collectors.joining(", "));
    }
}
