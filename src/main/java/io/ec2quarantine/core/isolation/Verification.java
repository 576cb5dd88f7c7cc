package io.ec2quarantine.core.isolation;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a read says about an isolation. */
public sealed interface Verification {
    /** Every interface carries exactly its isolation group, and the groups have the wanted rules and no others. */
    record Verified(Instant readTime) implements Verification {}

    /** The read found differences. */
    record Drifted(Instant readTime, List<Difference> differences) implements Verification {
        public Drifted {
            differences = List.copyOf(differences);
        }

        /** Whether nothing differs but interfaces that only AWS can change. */
        public boolean isForAwsAlone() {
            return differences.stream().allMatch(Difference.Unchangeable.class::isInstance);
        }

        /** Whether everything is isolated that can be, and only those who investigate are kept out. */
        public boolean isForAccessAlone() {
            return !isForAwsAlone()
                    && differences.stream()
                            .allMatch(difference -> difference instanceof Difference.GroupLacksRules
                                    || difference instanceof Difference.Unchangeable);
        }
    }

    /** There is no read to rest on. */
    record Unknown(String reason, String sentence) implements Verification {}

    /** Judges a look at the instance; anything but a full look is unknown. */
    static Verification of(Observation seen, Expectation expected) {
        return switch (seen) {
            case Observation.Present present ->
                of(present.interfaces(), present.groups(), expected, present.readTime());
            case Observation.Gone _ -> new Unknown("InstanceTerminated", "The instance is terminated.");
            case Observation.Unreadable(var failure) -> new Unknown(failure.reason(), failure.sentence());
        };
    }

    /** Judges the interfaces of one instance against the groups as they were read with them. */
    static Verification of(
            List<InterfaceState> interfaces, List<GroupState> groups, Expectation expected, Instant readTime) {
        if (interfaces.isEmpty()) {
            return new Unknown(
                    "NoInterfaces", "EC2 showed no network interface of the instance; it is read again by itself.");
        }
        Map<String, GroupState> seenGroups =
                groups.stream().collect(Collectors.toMap(GroupState::id, Function.identity(), (first, _) -> first));
        Stream<Difference> ofInterfaces =
                interfaces.stream().flatMap(state -> difference(state, expected.groupIn(state.vpcId())).stream());
        Stream<Difference> ofGroups = interfaces.stream()
                .map(InterfaceState::vpcId)
                .distinct()
                .flatMap(vpcId ->
                        expected.groupIn(vpcId).stream().flatMap(id -> differences(vpcId, id, seenGroups, expected)));
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

    private static Stream<Difference> differences(
            String vpcId, String groupId, Map<String, GroupState> seen, Expectation expected) {
        GroupState group = seen.get(groupId);
        if (group == null) {
            return Stream.of(new Difference.NoGroup(vpcId, groupId));
        }
        List<Difference> differences = new ArrayList<>();
        int beyond = group.beyond(expected.target().rules()).size();
        if (beyond > 0) {
            differences.add(new Difference.GroupHasRules(groupId, beyond));
        }
        Set<GroupRule> lacking = group.lacking(expected.target().rules());
        if (!lacking.isEmpty()) {
            differences.add(new Difference.GroupLacksRules(groupId, lacking));
        }
        if (!expected.isExisting(group)) {
            if (!group.owner().equals(Optional.of(expected.target().installId()))) {
                differences.add(new Difference.NotOurs(groupId));
            }
            List<String> strangers = group.members().stream()
                    .filter(member -> !expected.quarantined().contains(member))
                    .sorted()
                    .toList();
            if (!strangers.isEmpty()) {
                differences.add(new Difference.Joined(groupId, strangers));
            }
        }
        return differences.stream();
    }
}
