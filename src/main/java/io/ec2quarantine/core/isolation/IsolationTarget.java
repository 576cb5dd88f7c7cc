package io.ec2quarantine.core.isolation;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a quarantine aims at.
 *
 * @param installId marks the groups that this installation made
 * @param groupName the name of its isolation groups, before what tells their rules apart
 * @param existingGroups groups of somebody's own that are used instead of made ones, by VPC id
 * @param rules the only rules that an isolation group has
 */
public record IsolationTarget(
        String installId, String groupName, Map<String, String> existingGroups, Set<GroupRule> rules) {
    private static final int TELLING = 8;
    private static final String OPENS = "-untrack-";

    public IsolationTarget {
        existingGroups = Map.copyOf(existingGroups);
        rules = Set.copyOf(rules);
    }

    /** One whose isolation groups have no rules. */
    public IsolationTarget(String installId, String groupName, Map<String, String> existingGroups) {
        this(installId, groupName, existingGroups, Set.of());
    }

    /** What tells its isolation groups from those with other rules. */
    public RuleSet ruleSet() {
        return RuleSet.of(rules);
    }

    /** The name of a group that is made: quarantines with other rules have a group of another name. */
    public String nameToMake() {
        return rules.isEmpty() ? groupName : groupName + "-" + ruleSet().id();
    }

    /** The name to take when a stranger has the first one: always the same, so that a repetition makes no other group. */
    public String nameBesideAStranger() {
        return nameWith(installId.substring(0, Math.min(TELLING, installId.length())));
    }

    /** The name of the group that opens the interfaces of an instance for a moment. */
    public String nameToOpen(String instanceId) {
        return groupName + OPENS + instanceId;
    }

    /** Whether a group was made here to open the interfaces of an instance for a moment. */
    public static boolean opens(GroupState group, String installId, String instanceId) {
        return group.isMadeToOpen()
                && group.owner().equals(Optional.of(installId))
                && group.name().endsWith(OPENS + instanceId);
    }

    /** The name with an ending; its group is found by it like that of the plain name. */
    public String nameWith(String ending) {
        return nameToMake() + "-" + ending;
    }
}
