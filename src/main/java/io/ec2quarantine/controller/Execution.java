package io.ec2quarantine.controller;

import io.ec2quarantine.core.CallFailure;
import java.util.List;
import java.util.Map;

/**
 * What became of a plan.
 *
 * @param groups the isolation group of each VPC that has one, by VPC id
 * @param failures what could not be done, in the order of the plan
 * @param actions what was done, in plain words; empty when nothing was changed
 */
record Execution(Map<String, String> groups, List<CallFailure> failures, List<String> actions) {
    Execution {
        groups = Map.copyOf(groups);
        failures = List.copyOf(failures);
        actions = List.copyOf(actions);
    }
}
