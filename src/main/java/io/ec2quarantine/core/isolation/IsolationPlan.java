package io.ec2quarantine.core.isolation;

import java.util.List;
import java.util.Map;

/**
 * What an isolation takes, in order.
 *
 * @param choices the isolation group of each VPC, by VPC id
 * @param steps in the order of their execution; none when everything is as desired
 */
public record IsolationPlan(Map<String, GroupChoice> choices, List<Step> steps) {
    public IsolationPlan {
        choices = Map.copyOf(choices);
        steps = List.copyOf(steps);
    }
}
