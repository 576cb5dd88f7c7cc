package io.ec2quarantine.core.isolation;

import io.ec2quarantine.core.CallFailure;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** What a look at an instance found. */
public sealed interface Observation {
    /**
     * The instance is there.
     *
     * @param groups the isolation groups, anybody's, of the VPCs in which it has interfaces
     * @param readTime when the reading began: nothing seen is older, unless EC2 itself answered with old data
     */
    record Present(InstanceFacts instance, List<InterfaceState> interfaces, List<GroupState> groups, Instant readTime)
            implements Observation {
        public Present {
            interfaces =
                    interfaces.stream().sorted(InterfaceState.PRIMARY_FIRST).toList();
            groups = List.copyOf(groups);
        }

        /** The groups that operators made, whosever: none of them is what an interface had before. */
        public Set<String> ownedGroupIds() {
            return groups.stream()
                    .filter(group -> group.owner().isPresent())
                    .map(GroupState::id)
                    .collect(Collectors.toSet());
        }

        /** Whether every interface is in isolation groups as they were made, whoever put it there. */
        public boolean isIsolatedByEarlierQuarantine() {
            Set<String> closed = groups.stream()
                    .filter(GroupState::isClosed)
                    .map(GroupState::id)
                    .collect(Collectors.toSet());
            return !interfaces.isEmpty()
                    && interfaces.stream()
                            .allMatch(state -> !state.groups().isEmpty() && closed.containsAll(state.groups()));
        }
    }

    /** The instance is terminated: EC2 says so itself. */
    record Gone(InstanceFacts instance) implements Observation {}

    /** The instance could not be read in full; nothing follows from that. */
    record Unreadable(CallFailure failure) implements Observation {}
}
