package io.ec2quarantine.core.isolation;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Which group isolates in a VPC. */
public sealed interface GroupChoice {
    String vpcId();

    /** A group of ours without rules. */
    record Use(String vpcId, String groupId) implements GroupChoice {}

    /** A group of ours with rules, used by nobody else: they are taken away before it is used. */
    record Strip(String vpcId, String groupId) implements GroupChoice {}

    /** A new group. */
    record Make(String vpcId, String name) implements GroupChoice {}

    /** The id of the group, when it exists. */
    default Optional<String> existing() {
        return switch (this) {
            case Use use -> Optional.of(use.groupId());
            case Strip strip -> Optional.of(strip.groupId());
            case Make _ -> Optional.empty();
        };
    }

    /**
     * Chooses.
     *
     * @param recorded the ids of groups that this quarantine used before: ours, whatever their tags say now
     * @param quarantined the interfaces that may be in a group of ours; anybody else's forbid stripping it
     */
    static GroupChoice of(
            String vpcId,
            IsolationTarget target,
            List<GroupState> groups,
            Collection<String> recorded,
            Set<String> quarantined) {
        List<GroupState> ours = groups.stream()
                .filter(group -> group.vpcId().equals(vpcId))
                .filter(group -> recorded.contains(group.id())
                        || (group.owner().equals(Optional.of(target.installId())) && named(group, target.groupName())))
                .sorted(Comparator.comparing((GroupState group) -> !recorded.contains(group.id()))
                        .thenComparing(group -> group.ruleCount() > 0)
                        .thenComparing(group -> !group.name().equalsIgnoreCase(target.groupName()))
                        .thenComparing(GroupState::id))
                .toList();
        for (GroupState group : ours) {
            if (group.ruleCount() == 0) {
                return new Use(vpcId, group.id());
            }
            if (quarantined.containsAll(group.members())) {
                return new Strip(vpcId, group.id());
            }
        }
        return new Make(vpcId, target.groupName());
    }

    private static boolean named(GroupState group, String wanted) {
        String name = group.name().toLowerCase(Locale.ROOT);
        String base = wanted.toLowerCase(Locale.ROOT);
        return name.equals(base) || name.startsWith(base + "-");
    }
}
