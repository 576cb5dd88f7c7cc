package io.ec2quarantine.controller;

import io.ec2quarantine.aws.Ec2Gateway;
import io.ec2quarantine.aws.RuleRef;
import io.ec2quarantine.core.CallFailure;
import io.ec2quarantine.core.Result;
import io.ec2quarantine.core.access.Access;
import io.ec2quarantine.core.isolation.GroupChoice;
import io.ec2quarantine.core.isolation.GroupRule;
import io.ec2quarantine.core.isolation.GroupState;
import io.ec2quarantine.core.isolation.IsolationTarget;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Makes isolation groups, one at a time in each VPC, and sees to it that they have the wanted rules and no others.
 *
 * <p>EC2 is eventually consistent: a group that was just made may not be visible, and its default rules may not be. What
 * cannot be seen yet is answered as not found, which is tried again, and never as a group without rules. Whether a name is
 * taken is known from the attempt to take it, which is never out of date: so nothing is made twice.
 */
final class IsolationGroupMaker {
    private static final String NAME_TAKEN = "InvalidGroup.Duplicate";
    private static final String RULE_THERE = "InvalidPermission.Duplicate";
    private static final String RULE_GONE = "InvalidSecurityGroupRuleId.NotFound";
    /** What eventual consistency hides has come to light by then. */
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Supplier<String> suffixes;
    private final InstantSource time;
    private final ConcurrentMap<String, ReentrantLock> locks = new ConcurrentHashMap<>();
    /** Groups whose rules are not known to be revoked, with the rules as they were last seen; none while none were seen. */
    private final ConcurrentMap<String, List<RuleRef>> notEmptied = new ConcurrentHashMap<>();

    /** Groups whose rules were revoked, and when: a second isolation that wants the same done at once finds none. */
    private final ConcurrentMap<String, Instant> emptiedAt = new ConcurrentHashMap<>();

    private final ConcurrentMap<String, Instant> lookedForSince = new ConcurrentHashMap<>();
    /** Random names, kept until they turn out to be taken: a retry must not make one group after the other. */
    private final ConcurrentMap<String, String> lastResorts = new ConcurrentHashMap<>();

    private final RefusedAccess refused;

    /** @param suffixes random endings for names that somebody else has taken */
    IsolationGroupMaker(Supplier<String> suffixes, InstantSource time) {
        this.suffixes = suffixes;
        this.time = time;
        this.refused = new RefusedAccess(time);
    }

    /** Makes a group, or finds the one that was made in the meantime; it is to be used, or to be emptied first. */
    Result<GroupChoice> make(Site site, String vpcId) {
        return inTurn(
                site,
                vpcId,
                () -> site.ec2()
                        .ownedGroups(List.of(vpcId))
                        .then(groups -> QuarantineObserver.withMembers(site.ec2(), groups, _ -> true))
                        .then(groups ->
                                usable(site, vpcId, groups).map(Result::ok).orElseGet(() -> create(site, vpcId))));
    }

    /** Whether a group had rules that are not known to be revoked, whatever a read says now. */
    boolean isToBeEmptied(String groupId) {
        return notEmptied.containsKey(groupId);
    }

    /** Lets those in who investigate; what one quarantine is refused for a group is not asked for by all that share it. */
    Result<String> letIn(Site site, String groupId, Set<GroupRule> rules) {
        return refused.unlessRefused(new Wanted(groupId, rules, site.access()), () -> putRules(site, groupId, rules));
    }

    private record Wanted(String groupId, Set<GroupRule> rules, Access access) {}

    /**
     * Puts rules into a group; those that are there already stay, and one that is refused keeps no other out. Not in turn:
     * nothing that isolates waits for the identity that may do this, and twice the same rule does no harm.
     */
    static Result<String> putRules(Site site, String groupId, Set<GroupRule> rules) {
        return site.rules()
                .get()
                .then(ec2 -> firstFailure(
                        groupId,
                        Stream.of(false, true)
                                .map(egress -> authorize(
                                        ec2,
                                        groupId,
                                        rules.stream()
                                                .filter(rule -> rule.egress() == egress)
                                                .toList(),
                                        egress))));
    }

    /** EC2 puts in all of them or none: where one is there already or refused, each is tried by itself. */
    private static Result<String> authorize(Ec2Gateway ec2, String groupId, List<GroupRule> rules, boolean egress) {
        if (rules.isEmpty()) {
            return Result.ok(groupId);
        }
        if (rules.size() == 1) {
            return authorize(ec2, groupId, rules.getFirst(), egress);
        }
        Result<String> together = ec2.authorize(groupId, rules, egress);
        // Not found may be the group or the prefix list that one of the rules names.
        boolean refused = together instanceof Result.Failed<String>(CallFailure failure)
                && (failure instanceof CallFailure.Invalid || failure instanceof CallFailure.NotFound);
        return refused ? oneByOne(ec2, groupId, rules, egress) : together;
    }

    private static Result<String> oneByOne(Ec2Gateway ec2, String groupId, List<GroupRule> rules, boolean egress) {
        return firstFailure(groupId, rules.stream().sorted().map(rule -> authorize(ec2, groupId, rule, egress)));
    }

    private static Result<String> authorize(Ec2Gateway ec2, String groupId, GroupRule rule, boolean egress) {
        Result<String> put = ec2.authorize(groupId, List.of(rule), egress);
        if (isThere(put)) {
            return Result.ok(groupId);
        }
        String words = GroupRule.words(Set.of(rule));
        return switch (put) {
            case Result.Failed<String>(CallFailure.Invalid(var action, var target, var code, var detail)) ->
                Result.failed(new CallFailure.Invalid(action, target + " (" + words + ")", code, detail));
            case Result.Failed<String>(CallFailure.NotFound(var action, var target, var detail)) ->
                Result.failed(new CallFailure.NotFound(action, target + " (" + words + ")", detail));
            case Result.Failed<String> _, Result.Ok<String> _ -> put;
        };
    }

    private static Result<String> firstFailure(String groupId, Stream<Result<String>> results) {
        return results.toList().stream()
                .filter(result -> result instanceof Result.Failed<String>)
                .findFirst()
                .orElse(Result.ok(groupId));
    }

    private static boolean isThere(Result<String> put) {
        return put instanceof Result.Failed<String>(CallFailure failure)
                && failure instanceof CallFailure.Invalid invalid
                && invalid.code().equals(RULE_THERE);
    }

    /** Revokes every rule that the group shall not have by its id. */
    Result<String> empty(Site site, String vpcId, String groupId) {
        return inTurn(
                site,
                vpcId,
                () -> site.ec2()
                        .rules(groupId)
                        .map(rules -> beyond(site, rules))
                        .then(rules -> rules.isEmpty()
                                ? seenWithoutRules(site.ec2(), groupId)
                                : revoke(site.ec2(), groupId, rules)));
    }

    private static List<RuleRef> beyond(Site site, List<RuleRef> rules) {
        return rules.stream()
                .filter(each -> !site.target().rules().contains(each.rule()))
                .toList();
    }

    private Result<GroupChoice> create(Site site, String vpcId) {
        IsolationTarget target = site.target();
        String lastResort = lastResorts.computeIfAbsent(vpcId + "/" + target.nameToMake(), _ -> suffixes.get());
        List<String> names = List.of(target.nameToMake(), target.nameBesideAStranger(), target.nameWith(lastResort));
        for (String name : names) {
            Result<String> created = site.ec2().createGroup(vpcId, name, target.installId(), target.ruleSet());
            if (!isNameTaken(created)) {
                return created.map(groupId -> {
                    notEmptied.put(groupId, List.of());
                    return new GroupChoice.Strip(vpcId, groupId);
                });
            }
            Result<Optional<GroupChoice>> holder = holder(site, vpcId, name);
            if (holder instanceof Result.Failed<Optional<GroupChoice>>(CallFailure failure)) {
                return Result.failed(failure);
            }
            if (holder instanceof Result.Ok<Optional<GroupChoice>>(Optional<GroupChoice> ours) && ours.isPresent()) {
                return Result.ok(ours.get());
            }
        }
        lastResorts.remove(vpcId + "/" + target.nameToMake());
        return Result.failed(new CallFailure.Invalid(
                "ec2:CreateSecurityGroup", names + " in " + vpcId, NAME_TAKEN, "other groups have these names"));
    }

    /**
     * The group that holds a name, if it can be used: not without our tag, for then it is a stranger's. One that cannot be
     * seen may be our own from a moment ago, and is waited for.
     */
    private Result<Optional<GroupChoice>> holder(Site site, String vpcId, String name) {
        String what = name + " in " + vpcId;
        return site.ec2()
                .groupsNamed(vpcId, name)
                .then(holders -> QuarantineObserver.withMembers(site.ec2(), holders, _ -> true))
                .then(holders -> {
                    if (holders.isEmpty() && isWorthAnotherLook(what)) {
                        return Result.failed(new CallFailure.NotFound(
                                "ec2:DescribeSecurityGroups",
                                what,
                                "the name is taken, but its group is not visible yet"));
                    }
                    return Result.ok(usable(site, vpcId, holders));
                });
    }

    private Optional<GroupChoice> usable(Site site, String vpcId, List<GroupState> groups) {
        groups.forEach(group -> lookedForSince.remove(group.name() + " in " + vpcId));
        GroupChoice choice = GroupChoice.of(
                vpcId, site.target(), groups, List.of(), site.quarantined().get());
        return choice.existing().map(_ -> choice);
    }

    private static boolean isNameTaken(Result<String> created) {
        return created instanceof Result.Failed<String>(CallFailure.Invalid invalid)
                && invalid.code().equals(NAME_TAKEN);
    }

    private Result<String> revoke(Ec2Gateway ec2, String groupId, List<RuleRef> rules) {
        notEmptied.put(groupId, rules);
        lookedForSince.remove(groupId);
        return revoke(ec2, groupId, rules, true)
                .then(_ -> revoke(ec2, groupId, rules, false))
                .map(this::emptied);
    }

    /** The read may be older than the rules: either they were never seen, or it is not known whether they were revoked. */
    private Result<String> seenWithoutRules(Ec2Gateway ec2, String groupId) {
        List<RuleRef> rules = notEmptied.getOrDefault(groupId, List.of());
        if (rules.isEmpty()) {
            return !wasJustEmptied(groupId) && isWorthAnotherLook(groupId)
                    ? Result.failed(new CallFailure.NotFound(
                            "ec2:DescribeSecurityGroupRules", groupId, "the rules of the group are not visible yet"))
                    : Result.ok(emptied(groupId));
        }
        boolean mayBeOld = isWorthAnotherLook(groupId);
        Result<String> revoked = Result.ok(groupId);
        for (RuleRef rule : rules) {
            revoked = revoked.then(_ -> revokeIfThere(ec2, groupId, rule));
        }
        // Whoever may not revoke is refused for rules, too, that somebody else has taken away long since.
        return revoked instanceof Result.Failed<String> && mayBeOld ? revoked : Result.ok(emptied(groupId));
    }

    private static Result<String> revokeIfThere(Ec2Gateway ec2, String groupId, RuleRef rule) {
        Result<String> revoked = ec2.revoke(groupId, List.of(rule.ruleId()), rule.egress());
        return revoked instanceof Result.Failed<String>(CallFailure.NotFound missing)
                        && missing.detail().startsWith(RULE_GONE)
                ? Result.ok(groupId)
                : revoked;
    }

    private boolean wasJustEmptied(String groupId) {
        emptiedAt.values().removeIf(at -> !time.instant().isBefore(at.plus(PATIENCE)));
        return emptiedAt.containsKey(groupId);
    }

    private String emptied(String groupId) {
        emptiedAt.put(groupId, time.instant());
        notEmptied.remove(groupId);
        lookedForSince.remove(groupId);
        return groupId;
    }

    private boolean isWorthAnotherLook(String what) {
        Instant now = time.instant();
        return now.isBefore(lookedForSince.computeIfAbsent(what, _ -> now).plus(PATIENCE));
    }

    private <T> Result<T> inTurn(Site site, String vpcId, Supplier<Result<T>> work) {
        ReentrantLock lock = locks.computeIfAbsent(site.where() + "/" + vpcId, _ -> new ReentrantLock());
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }

    private static Result<String> revoke(Ec2Gateway ec2, String groupId, List<RuleRef> rules, boolean egress) {
        List<String> ids = rules.stream()
                .filter(rule -> rule.egress() == egress)
                .map(RuleRef::ruleId)
                .toList();
        return ids.isEmpty() ? Result.ok(groupId) : ec2.revoke(groupId, ids, egress);
    }
}
