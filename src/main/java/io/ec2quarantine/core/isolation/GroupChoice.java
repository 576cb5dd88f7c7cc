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

    /** A group of ours with exactly the wanted rules. */
    record Use(String vpcId, String groupId) implements GroupChoice {}

    /** A group of ours that lacks wanted rules and has no others. */
    record Fill(String vpcId, String groupId) implements GroupChoice {}

    /** A group of ours with rules beyond the wanted ones, used by nobody else: they are taken away before it is used. */
    record Strip(String vpcId, String groupId) implements GroupChoice {}

    /** A group that the response names, and that cannot isolate as it is: the operator does not change it. */
    record Refused(String vpcId, String groupId, String why) implements GroupChoice {}

    /** A new group. */
    record Make(String vpcId, String name) implements GroupChoice {}

    /** The id of the group, when it exists. */
    default Optional<String> existing() {
        return switch (this) {
            case Use use -> Optional.of(use.groupId());
            case Fill fill -> Optional.of(fill.groupId());
            case Strip strip -> Optional.of(strip.groupId());
            case Refused refused -> Optional.of(refused.groupId());
            case Make _ -> Optional.empty();
        };
    }

    /**
     * Chooses.
     *
     * @param recorded the ids of groups that this quarantine used before, whatever their names are now
     * @param quarantined the interfaces that may be in a group of ours; one that somebody else has joined is left to them
     */
    static GroupChoice of(
            String vpcId,
            IsolationTarget target,
            List<GroupState> groups,
            Collection<String> recorded,
            Set<String> quarantined) {
        String existing = target.existingGroups().get(vpcId);
        if (existing != null) {
            return existing(vpcId, existing, target.rules(), groups);
        }
        List<GroupState> ours = groups.stream()
                .filter(group -> group.vpcId().equals(vpcId))
                .filter(group -> group.owner().equals(Optional.of(target.installId())))
                .filter(group -> group.madeWith().equals(target.ruleSet()))
                .filter(group -> recorded.contains(group.id()) || named(group, target.groupName()))
                .filter(group -> quarantined.containsAll(group.members()))
                .sorted(Comparator.comparing((GroupState group) -> !recorded.contains(group.id()))
                        .thenComparing(group -> !group.beyond(target.rules()).isEmpty())
                        .thenComparing(group -> !group.name().equalsIgnoreCase(target.nameToMake()))
                        .thenComparing(GroupState::id))
                .toList();
        return ours.stream()
                .findFirst()
                .map(group -> ours(group, target.rules()))
                .orElseGet(() -> new Make(vpcId, target.nameToMake()));
    }

    private static GroupChoice ours(GroupState group, Set<GroupRule> wanted) {
        if (!group.beyond(wanted).isEmpty()) {
            return new Strip(group.vpcId(), group.id());
        }
        return group.lacking(wanted).isEmpty()
                ? new Use(group.vpcId(), group.id())
                : new Fill(group.vpcId(), group.id());
    }

    private static GroupChoice existing(String vpcId, String groupId, Set<GroupRule> wanted, List<GroupState> groups) {
        return groups.stream()
                .filter(group -> group.id().equals(groupId) && group.vpcId().equals(vpcId))
                .findFirst()
                .<GroupChoice>map(group -> {
                    int beyond = group.beyond(wanted).size();
                    Set<GroupRule> lacking = group.lacking(wanted);
                    if (beyond > 0) {
                        return new Refused(
                                vpcId, groupId, "it has " + beyond + (beyond == 1 ? " rule" : " rules") + " too many");
                    }
                    return lacking.isEmpty()
                            ? new Use(vpcId, groupId)
                            : new Refused(vpcId, groupId, "it lacks " + GroupRule.words(lacking));
                })
                .orElseGet(() -> new Refused(vpcId, groupId, "it does not exist in " + vpcId));
    }

    private static boolean named(GroupState group, String wanted) {
        String name = group.name().toLowerCase(Locale.ROOT);
        String base = wanted.toLowerCase(Locale.ROOT);
        return name.equals(base) || name.startsWith(base + "-");
    }
}
