package io.ec2quarantine.core.isolation;

import java.util.Collection;
import java.util.Map;
import java.util.Set;

/**
 * What a quarantine has written down in this episode.
 *
 * @param interfaceIds the interfaces that have a baseline
 * @param groups the isolation group that it uses in each VPC, by VPC id
 */
public record IsolationRecord(Set<String> interfaceIds, Map<String, String> groups) {
    public IsolationRecord {
        interfaceIds = Set.copyOf(interfaceIds);
        groups = Map.copyOf(groups);
    }

    /** The ids of the groups. */
    public Collection<String> groupIds() {
        return groups.values();
    }
}
