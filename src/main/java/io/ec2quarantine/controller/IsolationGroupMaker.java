package io.ec2quarantine.controller;

import io.ec2quarantine.aws.Ec2Gateway;
import io.ec2quarantine.aws.RuleRef;
import io.ec2quarantine.core.CallFailure;
import io.ec2quarantine.core.Result;
import io.ec2quarantine.core.isolation.GroupChoice;
import io.ec2quarantine.core.isolation.IsolationTarget;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Makes isolation groups, one at a time in each VPC, and takes the rules out of them.
 *
 * <p>EC2 is eventually consistent: a group that was just made may not be visible, and its default rules may not be. What
 * cannot be seen yet is answered as not found, which is tried again, and never as a group without rules.
 */
final class IsolationGroupMaker {
    private static final String NAME_TAKEN = "InvalidGroup.Duplicate";

    private final Supplier<String> suffixes;
    private final ConcurrentMap<String, ReentrantLock> locks = new ConcurrentHashMap<>();
    /** Groups of this process whose default rules have not been seen yet. */
    private final Set<String> rulesNotSeenYet = ConcurrentHashMap.newKeySet();

    /** @param suffixes random endings for names that somebody else has taken */
    IsolationGroupMaker(Supplier<String> suffixes) {
        this.suffixes = suffixes;
    }

    /** Makes the group, or finds the one that was made while this call waited for its turn. */
    Result<String> make(Ec2Gateway ec2, String where, GroupChoice.Make make, IsolationTarget target) {
        ReentrantLock lock = locks.computeIfAbsent(where + "/" + make.vpcId(), _ -> new ReentrantLock());
        lock.lock();
        try {
            return ec2.ownedGroups(List.of(make.vpcId()))
                    .then(groups -> QuarantineObserver.withMembers(ec2, groups))
                    .then(groups -> switch (GroupChoice.of(make.vpcId(), target, groups, List.of(), Set.of())) {
                        case GroupChoice.Use use -> ready(ec2, use.groupId());
                        case GroupChoice.Strip strip -> empty(ec2, strip.groupId());
                        case GroupChoice.Make _ -> create(ec2, make, target);
                    });
        } finally {
            lock.unlock();
        }
    }

    /** Whether a group may be used as one without rules: not before its default rules were seen and revoked. */
    Result<String> ready(Ec2Gateway ec2, String groupId) {
        return rulesNotSeenYet.contains(groupId) ? empty(ec2, groupId) : Result.ok(groupId);
    }

    /** Revokes every rule by its id. */
    Result<String> empty(Ec2Gateway ec2, String groupId) {
        return ec2.rules(groupId).then(rules -> {
            if (rules.isEmpty() && rulesNotSeenYet.contains(groupId)) {
                return Result.failed(new CallFailure.NotFound(
                        "ec2:DescribeSecurityGroupRules",
                        groupId,
                        "the default rules of the new group are not visible yet"));
            }
            // Seen is seen: whether the revocation was answered or not, an empty group is empty from now on.
            rulesNotSeenYet.remove(groupId);
            return revoke(ec2, groupId, ids(rules, true), true)
                    .then(_ -> revoke(ec2, groupId, ids(rules, false), false));
        });
    }

    private Result<String> create(Ec2Gateway ec2, GroupChoice.Make make, IsolationTarget target) {
        Result<String> created = ec2.createGroup(make.vpcId(), make.name(), target.installId());
        if (created instanceof Result.Failed<String>(CallFailure.Invalid invalid)
                && invalid.code().equals(NAME_TAKEN)) {
            created = beside(ec2, make, target);
        }
        return created.then(groupId -> {
            rulesNotSeenYet.add(groupId);
            return empty(ec2, groupId);
        });
    }

    /** A group that holds the name but cannot be seen may be our own from a moment ago: then it is waited for. */
    private Result<String> beside(Ec2Gateway ec2, GroupChoice.Make make, IsolationTarget target) {
        return ec2.groupsNamed(make.vpcId(), make.name())
                .then(holders -> holders.stream()
                        .findFirst()
                        .<Result<String>>map(_ ->
                                ec2.createGroup(make.vpcId(), make.name() + "-" + suffixes.get(), target.installId()))
                        .orElseGet(() -> Result.failed(new CallFailure.NotFound(
                                "ec2:DescribeSecurityGroups",
                                make.name() + " in " + make.vpcId(),
                                "the name is taken, but its group is not visible yet"))));
    }

    private static Result<String> revoke(Ec2Gateway ec2, String groupId, List<String> ruleIds, boolean egress) {
        return ruleIds.isEmpty() ? Result.ok(groupId) : ec2.revoke(groupId, ruleIds, egress);
    }

    private static List<String> ids(List<RuleRef> rules, boolean egress) {
        return rules.stream()
                .filter(rule -> rule.egress() == egress)
                .map(RuleRef::ruleId)
                .toList();
    }
}
