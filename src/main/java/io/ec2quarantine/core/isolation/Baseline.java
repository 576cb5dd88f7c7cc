package io.ec2quarantine.core.isolation;

import java.util.List;
import java.util.Set;

/**
 * The groups that an interface had before the first change of an episode.
 *
 * @param known false when it was in an isolation group before any baseline was written, or was seen without any group,
 *     as no interface is that can be isolated: what it had is not known
 */
public record Baseline(String interfaceId, List<String> groups, boolean known) {
    public Baseline {
        groups = List.copyOf(groups);
        known = known && !groups.isEmpty();
    }

    /** The baseline of an interface as it is now; isolation groups never enter it. */
    static Baseline of(InterfaceState state, Set<String> isolationGroups) {
        List<String> groups = state.groups().stream()
                .filter(group -> !isolationGroups.contains(group))
                .toList();
        return new Baseline(state.id(), groups, groups.size() == state.groups().size());
    }
}
