package io.ec2quarantine.core.isolation;

import java.util.Map;

/**
 * What a quarantine aims at.
 *
 * @param installId marks the groups that this installation made
 * @param groupName the name of its isolation groups
 * @param existingGroups groups of somebody's own that are used instead of made ones, by VPC id
 */
public record IsolationTarget(String installId, String groupName, Map<String, String> existingGroups) {
    private static final int TELLING = 8;

    public IsolationTarget {
        existingGroups = Map.copyOf(existingGroups);
    }

    /** The name to take when a stranger has the plain one: always the same, so that a repetition makes no other group. */
    public String nameBesideAStranger() {
        return nameWith(installId.substring(0, Math.min(TELLING, installId.length())));
    }

    /** The name with an ending; its group is found by it like that of the plain name. */
    public String nameWith(String ending) {
        return groupName + "-" + ending;
    }
}
