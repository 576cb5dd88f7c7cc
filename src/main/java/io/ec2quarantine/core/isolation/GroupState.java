package io.ec2quarantine.core.isolation;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * A security group that is, or claims to be, an operator's.
 *
 * @param owner the install id in its ownership tag; empty where an operator cannot have made the group: a tag alone makes
 *     nobody's application group an isolation group
 * @param madeWith the rules that it was made with, by its description
 * @param rules the rules that it has in either direction
 * @param members the interfaces in it that no quarantine of its owner has marked; read only where they matter, empty
 *     otherwise
 */
public record GroupState(
        String id,
        String vpcId,
        String name,
        Optional<String> owner,
        RuleSet madeWith,
        Set<GroupRule> rules,
        Set<String> members) {
    public GroupState {
        rules = Set.copyOf(rules);
        members = Set.copyOf(members);
    }

    /** The same group with the interfaces that are in it. */
    public GroupState withMembers(Set<String> found) {
        return new GroupState(id, vpcId, name, owner, madeWith, rules, found);
    }

    /** How many rules it has. */
    public int ruleCount() {
        return rules.size();
    }

    /** Whether an operator made it to open interfaces for a moment. */
    public boolean isMadeToOpen() {
        return madeWith.equals(RuleSet.OPEN);
    }

    /** Whether an operator made it to isolate, and it lets no more through than it was made with. */
    public boolean isClosed() {
        return owner.isPresent()
                && !isMadeToOpen()
                && (rules.isEmpty() || RuleSet.of(rules).equals(madeWith));
    }

    /** Its rules beyond those that are wanted. */
    public Set<GroupRule> beyond(Set<GroupRule> wanted) {
        return without(rules, wanted);
    }

    /** The wanted rules that it lacks. */
    public Set<GroupRule> lacking(Set<GroupRule> wanted) {
        return without(wanted, rules);
    }

    private static Set<GroupRule> without(Set<GroupRule> some, Set<GroupRule> others) {
        Set<GroupRule> left = new HashSet<>(some);
        left.removeAll(others);
        return Set.copyOf(left);
    }
}
