package io.ec2quarantine.core.isolation;

import java.util.Optional;
import java.util.Set;

/**
 * A security group that is, or claims to be, an isolation group.
 *
 * @param owner the install id in its ownership tag; empty where an operator cannot have made the group: a tag alone makes
 *     nobody's application group an isolation group
 * @param ruleCount rules in either direction
 * @param members the interfaces in it that no quarantine of its owner has marked; read only where they matter, empty
 *     otherwise
 */
public record GroupState(
        String id, String vpcId, String name, Optional<String> owner, int ruleCount, Set<String> members) {
    public GroupState {
        members = Set.copyOf(members);
    }

    /** The same group with the interfaces that are in it. */
    public GroupState withMembers(Set<String> found) {
        return new GroupState(id, vpcId, name, owner, ruleCount, found);
    }
}
