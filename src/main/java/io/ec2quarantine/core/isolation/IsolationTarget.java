package io.ec2quarantine.core.isolation;

import java.util.Map;
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

    /** The name with an ending; its group is found by it like that of the plain name. */
    public String nameWith(String ending) {
        return nameToMake() + "-" + ending;
    }
}
