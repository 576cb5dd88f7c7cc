package io.ec2quarantine.demo;

import io.ec2quarantine.api.v1alpha1.Condition;
import io.ec2quarantine.api.v1alpha1.ConditionType;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.IsolationGroupStatus;
import io.ec2quarantine.sim.Call;
import io.ec2quarantine.sim.Model.Interface;
import io.ec2quarantine.status.Conditions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Compares what there is at the end, in EC2 and in the API server, with what the scene must end in. */
record EndState(Ec2View ec2, Map<String, Map<String, List<String>>> before, List<Call> operatorWrites) {
    private static final String ISOLATION_GROUP = "ForensicSecurityGroup";

    /** What is not as it must be, a sentence each. */
    List<String> problems(QuarantinedInstance object) {
        List<String> problems = new ArrayList<>(conditions(object));
        problems.addAll(isolation(object));
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

    private List<String> isolation(QuarantinedInstance object) {
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
        return ec2.region().groupsOf(instance).equals(before.get(instance));
    }

    private List<Call> writesOn(String instance) {
        Set<String> ids = Stream.concat(
                        Stream.of(instance),
                        ec2.region().interfacesOf(instance).stream().map(Interface::id))
                .collect(Collectors.toSet());
        return operatorWrites.stream()
                .filter(call -> call.params().values().stream().anyMatch(ids::contains))
                .toList();
    }

    private String names(List<String> groups) {
        return groups.stream().map(ec2::groupName).collect(Collectors.joining(", "));
    }
}
