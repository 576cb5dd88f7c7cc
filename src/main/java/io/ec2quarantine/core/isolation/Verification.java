package io.ec2quarantine.core.isolation;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a read says about an isolation. */
public sealed interface Verification {
    /** Every interface carries exactly its isolation group, and the groups have no rules. */
    record Verified(Instant readTime) implements Verification {}

    /** The read found differences. */
    record Drifted(Instant readTime, List<Difference> differences) implements Verification {
        public Drifted {
            differences = List.copyOf(differences);
        }
    }

    /** There is no read to rest on. */
    record Unknown(String reason, String sentence) implements Verification {}

    /**
     * Judges a look at the instance; anything but a full look is unknown.
     *
     * @param expected the isolation group of each VPC, by VPC id
     */
    static Verification of(Observation seen, Map<String, String> expected) {
        return switch (seen) {
            case Observation.Present present ->
                of(present.interfaces(), present.groups(), expected, present.readTime());
            case Observation.Gone _ -> new Unknown("InstanceTerminated", "The instance is terminated.");
            case Observation.Unreadable(var failure) -> new Unknown(failure.reason(), failure.sentence());
        };
    }

    /** Judges the interfaces of one instance against the groups as they were read with them. */
    static Verification of(
            List<InterfaceState> interfaces, List<GroupState> groups, Map<String, String> expected, Instant readTime) {
        if (interfaces.isEmpty()) {
            return new Unknown(
                    "NoInterfaces", "EC2 showed no network interface of the instance; it is read again by itself.");
        }
        Map<String, GroupState> seenGroups =
                groups.stream().collect(Collectors.toMap(GroupState::id, Function.identity(), (first, _) -> first));
        Stream<Difference> ofInterfaces = interfaces.stream()
                .flatMap(state -> difference(state, Optional.ofNullable(expected.get(state.vpcId()))).stream());
        Stream<Difference> ofGroups = interfaces.stream()
                .map(InterfaceState::vpcId)
                .distinct()
                .flatMap(vpcId ->
                        Optional.ofNullable(expected.get(vpcId))
                                .flatMap(id -> difference(vpcId, id, seenGroups))
                                .stream());
        List<Difference> all = Stream.concat(ofInterfaces, ofGroups).toList();
        return all.isEmpty() ? new Verified(readTime) : new Drifted(readTime, all);
    }

    private static Optional<Difference> difference(InterfaceState state, Optional<String> expected) {
        if (expected.map(List::of).equals(Optional.of(state.groups()))) {
            return Optional.empty();
        }
        return Optional.of(state.unchangeable()
                .<Difference>map(why -> new Difference.Unchangeable(state.id(), why))
                .orElseGet(() -> new Difference.OtherGroups(state.id(), state.groups())));
    }

    private static Optional<Difference> difference(String vpcId, String groupId, Map<String, GroupState> seen) {
        GroupState group = seen.get(groupId);
        if (group == null) {
            return Optional.of(new Difference.NoGroup(vpcId, groupId));
        }
        return group.ruleCount() == 0
                ? Optional.empty()
                : Optional.of(new Difference.GroupHasRules(groupId, group.ruleCount()));
    }
}
