package io.ec2quarantine.core.isolation;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How instances are isolated beside the quarantine in question: what an interface has because of that is not what it had
 * before.
 *
 * @param used the groups that quarantines isolate with
 * @param targets what policies and quarantines aim at: an existing group that they name may still hold an instance whose
 *     quarantine is gone
 */
public record OtherIsolations(Set<String> used, List<IsolationTarget> targets) {
    /** There are no others. */
    public static final OtherIsolations NONE = new OtherIsolations(Set.of(), List.of());

    public OtherIsolations {
        used = Set.copyOf(used);
        targets = List.copyOf(targets);
    }

    /** The existing groups that may isolate, as far as they are as their response wants them. */
    public Set<String> named() {
        return targets.stream()
                .flatMap(target -> target.existingGroups().values().stream())
                .collect(Collectors.toSet());
    }

    /** The groups that isolate: whoever names a group that lets more through has not isolated anything with it. */
    Set<String> isolating(Collection<GroupState> seen) {
        return Stream.concat(
                        used.stream(),
                        seen.stream().filter(this::isClosedAsNamed).map(GroupState::id))
                .collect(Collectors.toSet());
    }

    private boolean isClosedAsNamed(GroupState group) {
        return targets.stream()
                .filter(target -> target.existingGroups().containsValue(group.id()))
                .anyMatch(target -> group.beyond(target.rules()).isEmpty());
    }
}
