package io.ec2quarantine.core.isolation;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a read is judged by.
 *
 * @param groups the isolation group of each VPC, by VPC id
 * @param quarantined the interfaces that may be in a group of ours
 */
public record Expectation(Map<String, String> groups, IsolationTarget target, Set<String> quarantined) {
    public Expectation {
        groups = Map.copyOf(groups);
        quarantined = Set.copyOf(quarantined);
    }

    Optional<String> groupIn(String vpcId) {
        return Optional.ofNullable(groups.get(vpcId));
    }

    /** Whether a group is somebody's own, which carries no mark of ours and may have other members. */
    boolean isExisting(GroupState group) {
        return target.existingGroups().containsValue(group.id());
    }
}
