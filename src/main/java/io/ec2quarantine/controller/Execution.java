package io.ec2quarantine.controller;

import io.ec2quarantine.core.CallFailure;
import io.ec2quarantine.core.isolation.Difference;
import io.ec2quarantine.core.isolation.Expectation;
import io.ec2quarantine.core.isolation.Observation;
import io.ec2quarantine.core.isolation.Verification;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What became of a plan.
 *
 * @param groups the isolation group of each VPC that has one, by VPC id
 * @param notEmptied those of the groups whose rules could not be taken away
 * @param failures what could not be done, in the order of the plan
 * @param actions what was done, in plain words; empty when nothing was changed
 */
record Execution(Map<String, String> groups, Set<String> notEmptied, List<CallFailure> failures, List<String> actions) {
    Execution {
        groups = Map.copyOf(groups);
        notEmptied = Set.copyOf(notEmptied);
        failures = List.copyOf(failures);
        actions = List.copyOf(actions);
    }

    /** With what became of another plan that was carried out after it. */
    Execution and(Execution later) {
        Map<String, String> allGroups = new HashMap<>(groups);
        allGroups.putAll(later.groups);
        return new Execution(
                allGroups,
                Stream.concat(notEmptied.stream(), later.notEmptied.stream()).collect(Collectors.toSet()),
                Stream.concat(failures.stream(), later.failures.stream()).toList(),
                Stream.concat(actions.stream(), later.actions.stream()).toList());
    }

    /** What a read says, except that it may be too old to show the rules that could not be taken away. */
    Verification verification(Observation readBack, Expectation expected) {
        Verification read = Verification.of(readBack, expected);
        return read instanceof Verification.Verified verified && !notEmptied.isEmpty()
                ? new Verification.Drifted(
                        verified.readTime(),
                        notEmptied.stream()
                                .sorted()
                                .<Difference>map(Difference.GroupNotEmptied::new)
                                .toList())
                : read;
    }
}
