package io.ec2quarantine.core.isolation;

import java.util.List;

/**
 * What a release still takes.
 *
 * @param steps what the operator can do
 * @param shortfalls what only a person can
 */
public record ReleasePlan(List<Step> steps, List<Shortfall> shortfalls) {
    public ReleasePlan {
        steps = List.copyOf(steps);
        shortfalls = List.copyOf(shortfalls);
    }

    /** Whether everything is given back. */
    public boolean isDone() {
        return steps.isEmpty() && shortfalls.isEmpty();
    }
}
