package io.ec2quarantine.controller;

import io.ec2quarantine.api.v1alpha1.ConditionType;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceSpec.DesiredState;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.InterfaceStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.VerificationStatus;
import io.ec2quarantine.aws.AccountRegion;
import io.ec2quarantine.aws.AwsSessions;
import io.ec2quarantine.aws.Ec2Gateway;
import io.ec2quarantine.aws.Priority;
import io.ec2quarantine.aws.Purpose;
import io.ec2quarantine.cluster.Catalog;
import io.ec2quarantine.cluster.Installation;
import io.ec2quarantine.cluster.ReconcileTrigger;
import io.ec2quarantine.cluster.Responses;
import io.ec2quarantine.core.CallFailure;
import io.ec2quarantine.core.Result;
import io.ec2quarantine.core.Rounds;
import io.ec2quarantine.core.Scheduler;
import io.ec2quarantine.core.access.Access;
import io.ec2quarantine.core.isolation.Difference;
import io.ec2quarantine.core.isolation.Expectation;
import io.ec2quarantine.core.isolation.GroupState;
import io.ec2quarantine.core.isolation.InterfaceState;
import io.ec2quarantine.core.isolation.Marks;
import io.ec2quarantine.core.isolation.Verification;
import io.ec2quarantine.status.Conditions;
import io.ec2quarantine.status.ConnectionClaims;
import io.ec2quarantine.status.QuarantineReading;
import io.ec2quarantine.status.QuarantineStatuses;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/**
 * Reads all isolated interfaces of an account and Region in batches, with the role of those that name the same, and asks for a full look wherever something is not as
 * desired: every time, for as long as it is so. A read that failed halfway says nothing. Runs on the leader only.
 */
public final class Sweeper {
    /** Whose interfaces are in a group takes another read, and does no harm while the group has no rules. */
    private static final int ROUNDS_PER_LOOK_FOR_STRANGERS = 5;

    private final Catalog<QuarantinedInstance> quarantines;
    private final AwsSessions sessions;
    private final VerificationBook verifications;
    private final ReconcileTrigger trigger;
    private final Scheduler scheduler;
    private final Duration validity;
    private final Installation installation;
    private final Rounds rounds;
    private final AtomicLong roundsMade = new AtomicLong();
    private final Set<Place> underWay = ConcurrentHashMap.newKeySet();
    /** The groups that had other rules than they shall have at the last sweep of their place. */
    private final ConcurrentMap<Place, Set<String>> groupsWithRules = new ConcurrentHashMap<>();

    private final Set<String> marksSought = ConcurrentHashMap.newKeySet();
    /** What was left to do about connections when a look was last asked for because of it. */
    private final ConcurrentMap<String, String> cutsSought = new ConcurrentHashMap<>();

    private final StrayGroups strayGroups;

    Sweeper(
            Catalog<QuarantinedInstance> quarantines,
            AwsSessions sessions,
            VerificationBook verifications,
            ReconcileTrigger trigger,
            Scheduler scheduler,
            Duration interval,
            Duration validity,
            Installation installation) {
        this.quarantines = quarantines;
        this.sessions = sessions;
        this.verifications = verifications;
        this.trigger = trigger;
        this.scheduler = scheduler;
        this.rounds = new Rounds(scheduler, interval, this::round);
        this.validity = validity;
        this.installation = installation;
        this.strayGroups = new StrayGroups(sessions, installation.id(), scheduler);
    }

    /** Sweeps now and from now on. */
    public void start() {
        rounds.start();
    }

    /** Sweeps no more; a sweep under way ends by itself. */
    public void stop() {
        rounds.stop();
    }

    private void round() {
        boolean members = roundsMade.getAndIncrement() % ROUNDS_PER_LOOK_FOR_STRANGERS == 0;
        List<QuarantinedInstance> all = quarantines.all();
        Set<String> names =
                all.stream().map(each -> each.getMetadata().getName()).collect(Collectors.toSet());
        verifications.retain(names);
        marksSought.retainAll(names);
        cutsSought.keySet().retainAll(names);
        strayGroups.retain(names);
        all.stream()
                .filter(strayGroups::mayBeOf)
                .forEach(each -> scheduler.after(Duration.ZERO, () -> strayGroups.sweep(each)));
        List<QuarantinedInstance> isolated =
                all.stream().filter(Sweeper::isSwept).toList();
        all.stream()
                .filter(Sweeper::isUntouched)
                .forEach(each -> trigger.trigger(each.getMetadata().getName()));
        isolated.forEach(this::tellWhenStale);
        isolated.stream()
                .collect(Collectors.groupingBy(each -> each.getSpec().region()))
                .forEach((region, objects) -> scheduler.after(Duration.ZERO, () -> sweep(region, objects, members)));
    }

    /** Each account by itself; who names the operator's own account is where those are that name none. */
    private void sweep(String region, List<QuarantinedInstance> objects, boolean members) {
        Result<String> own = sessions.ownAccount(region);
        Map<Place, List<QuarantinedInstance>> byPlace = new HashMap<>();
        for (QuarantinedInstance object : objects) {
            Result<String> account = Optional.ofNullable(object.getSpec().accountID())
                    .map(Result::ok)
                    .orElse(own);
            switch (account) {
                case Result.Ok<String>(String id) -> {
                    Place place = new Place(
                            new AccountRegion(id, region),
                            Responses.access(status(object).response()));
                    byPlace.computeIfAbsent(place, _ -> new ArrayList<>()).add(object);
                }
                case Result.Failed<String>(CallFailure failure) -> sweptInVain(object, failure);
            }
        }
        byPlace.forEach((place, those) -> scheduler.after(Duration.ZERO, () -> sweepAlone(place, those, members)));
    }

    /** A sweep that outlasts the interval is not overtaken by the next. */
    private void sweepAlone(Place place, List<QuarantinedInstance> objects, boolean members) {
        if (underWay.add(place)) {
            try {
                sweep(place, objects, members);
            } finally {
                underWay.remove(place);
            }
        }
    }

    private void sweep(Place place, List<QuarantinedInstance> objects, boolean members) {
        Instant readTime = scheduler.instant();
        List<String> names =
                objects.stream().map(each -> each.getMetadata().getName()).toList();
        Set<String> groupIds = objects.stream()
                .flatMap(each -> QuarantineReading.record(status(each)).groupIds().stream())
                .collect(Collectors.toSet());
        Result<Reads> reads = sessions.ec2(place.where(), place.access(), Purpose.RESPOND, Priority.BACKGROUND)
                .then(ec2 -> read(ec2, names, groupIds, members));
        switch (reads) {
            case Result.Failed<Reads>(CallFailure failure) -> objects.forEach(each -> sweptInVain(each, failure));
            case Result.Ok<Reads>(Reads read) -> {
                names.forEach(verifications::swept);
                // Known after the read: what was written down meanwhile is no stranger.
                Set<String> quarantined = QuarantineReading.quarantinedInterfaces(
                        quarantines.all().stream().map(Sweeper::status));
                Judgement judgement =
                        new Judgement(read, quarantined, readTime, groupsWithRules.getOrDefault(place, Set.of()));
                objects.forEach(judgement::of);
                groupsWithRules.put(place, judgement.groupsWithRules());
            }
        }
    }

    /** What is told already is told once more only for another reason. */
    private void sweptInVain(QuarantinedInstance object, CallFailure failure) {
        String name = object.getMetadata().getName();
        if (verifications.sweptInVain(name, failure) && !isFresh(name)) {
            trigger.trigger(name);
        }
    }

    private boolean isFresh(String name) {
        return verifications
                .lastVerified(name)
                .filter(read -> !read.plus(validity).isBefore(scheduler.instant()))
                .isPresent();
    }

    private static Result<Reads> read(Ec2Gateway ec2, List<String> names, Set<String> groupIds, boolean members) {
        return ec2.interfacesOf(names)
                .then(interfaces -> ec2.groups(groupIds)
                        .then(groups -> QuarantineObserver.withMembers(ec2, groups, _ -> members))
                        .map(groups -> new Reads(interfaces, groups)));
    }

    private void askForALook(String name) {
        verifications.lookAt(name);
        trigger.trigger(name);
    }

    /** What only AWS can change is told already, and no look helps; access that is missing is tried again by itself. */
    private static boolean isKnown(Verification.Drifted drifted, QuarantinedInstanceStatus status) {
        return (drifted.isForAwsAlone() && QuarantineReading.isIsolatedButForAws(status))
                || (drifted.isForAccessAlone() && QuarantineReading.isIsolatedButForAccess(status));
    }

    /** An operator that did not live to mark what it had isolated left that to this one; looked for once, for it may be denied. */
    private boolean isFirstSeenUnmarked(String name, List<InterfaceState> interfaces) {
        return marksSought.add(name)
                && interfaces.stream().anyMatch(state -> !state.tags().containsKey(Marks.QUARANTINE));
    }

    /** Asked for once for each thing that is left: it may be denied, or not be possible. */
    private boolean isFirstSeenUncut(String name, QuarantinedInstanceStatus status, List<InterfaceState> interfaces) {
        return ConnectionClaims.left(status, Responses.connections(status.response()), interfaces)
                .filter(left -> !left.equals(cutsSought.put(name, left)))
                .isPresent();
    }

    /** What came isolated, or was isolated by an operator that did not live to tell it, is still to be told. */
    private static boolean isUntold(List<InterfaceState> interfaces, QuarantinedInstanceStatus status) {
        Set<String> recorded = QuarantineReading.record(status).interfaceIds();
        Map<String, Set<String>> told = status.interfaces().stream()
                .collect(Collectors.toMap(
                        InterfaceStatus::id, each -> Set.copyOf(each.observed()), (first, _) -> first));
        return interfaces.stream()
                .anyMatch(state -> !(recorded.contains(state.id()) || isLeftWithoutGroups(state))
                        || !Set.copyOf(state.groups()).equals(told.get(state.id())));
    }

    /** Such as an RDMA interface, of which nothing is ever written down. */
    private static boolean isLeftWithoutGroups(InterfaceState state) {
        return state.groups().isEmpty() && state.unchangeable().isPresent();
    }

    private void tellWhenStale(QuarantinedInstance object) {
        String name = object.getMetadata().getName();
        if (!isFresh(name) && Conditions.isTrue(status(object).conditions(), ConditionType.VERIFIED)) {
            trigger.trigger(name);
        }
    }

    private static boolean worthPrinting(QuarantinedInstanceStatus status, Instant readTime) {
        return !Conditions.isTrue(status.conditions(), ConditionType.VERIFIED)
                || Optional.ofNullable(status.verification())
                        .map(VerificationStatus::lastVerifiedTime)
                        .filter(printed -> !readTime.isAfter(printed.plus(QuarantineStatuses.PRINT_LAG)))
                        .isEmpty();
    }

    /** No event that got lost may keep what a person asked for from being done. */
    private static boolean isUntouched(QuarantinedInstance object) {
        return object.getSpec() != null
                && object.getSpec().desiredState() != DesiredState.OBSERVED
                && !Objects.equals(
                        status(object).observedGeneration(),
                        object.getMetadata().getGeneration());
    }

    private static boolean isSwept(QuarantinedInstance object) {
        return object.getSpec() != null
                && object.getSpec().desiredState() == DesiredState.ISOLATED
                && QuarantineReading.isSettled(status(object));
    }

    private static QuarantinedInstanceStatus status(QuarantinedInstance object) {
        return Optional.ofNullable(object.getStatus()).orElseGet(QuarantinedInstanceStatus::empty);
    }

    private record Place(AccountRegion where, Access access) {}

    private record Reads(Map<String, List<InterfaceState>> interfaces, List<GroupState> groups) {
        List<InterfaceState> interfacesOf(String name) {
            return interfaces.getOrDefault(name, List.of());
        }
    }

    /** What one sweep says of each isolation. */
    private final class Judgement {
        private final Reads reads;
        private final Set<String> quarantined;
        private final Instant readTime;
        private final Set<String> before;
        private final Set<String> groupsWithRules = new HashSet<>();

        Judgement(Reads reads, Set<String> quarantined, Instant readTime, Set<String> before) {
            this.reads = reads;
            this.quarantined = quarantined;
            this.readTime = readTime;
            this.before = before;
        }

        Set<String> groupsWithRules() {
            return groupsWithRules;
        }

        void of(QuarantinedInstance object) {
            String name = object.getMetadata().getName();
            QuarantinedInstanceStatus status = status(object);
            List<InterfaceState> interfaces = reads.interfacesOf(name);
            Expectation expected = new Expectation(
                    QuarantineReading.record(status).groups(),
                    Responses.target(installation.id(), status.response()),
                    quarantined);
            boolean untold = isUntold(interfaces, status)
                    || isFirstSeenUnmarked(name, interfaces)
                    || isFirstSeenUncut(name, status, interfaces);
            switch (Verification.of(interfaces, reads.groups(), expected, readTime)) {
                case Verification.Verified _
                when !untold && QuarantineReading.isIsolated(status) -> {
                    verifications.verified(name, readTime);
                    if (worthPrinting(status, readTime)) {
                        trigger.trigger(name);
                    }
                }
                case Verification.Drifted drifted when !untold && isKnown(drifted, status) -> {}
                case Verification.Drifted drifted -> {
                    Set<String> rules = groupsWithRulesAlone(drifted);
                    boolean anotherIsAsked = !rules.isEmpty() && !groupsWithRules.addAll(rules);
                    // One revocation mends the group for all that share it: the others are asked for when it has not.
                    if (anotherIsAsked && rules.stream().noneMatch(before::contains)) {
                        return;
                    }
                    if (!anotherIsAsked && !drifted.isForAwsAlone()) {
                        verifications.foundDifferent(name, drifted.differences(), readTime);
                    }
                    askForALook(name);
                }
                case Verification.Verified _, Verification.Unknown _ -> askForALook(name);
            }
        }

        /** The groups that have other rules than they shall have, where nothing else differs. */
        private static Set<String> groupsWithRulesAlone(Verification.Drifted drifted) {
            Set<String> groups = drifted.differences().stream()
                    .flatMap(difference -> groupWithOtherRules(difference).stream())
                    .collect(Collectors.toSet());
            boolean alone = drifted.differences().stream()
                    .allMatch(difference -> groupWithOtherRules(difference).isPresent());
            return alone ? groups : Set.of();
        }

        private static Optional<String> groupWithOtherRules(Difference difference) {
            return switch (difference) {
                case Difference.GroupHasRules rules -> Optional.of(rules.groupId());
                case Difference.GroupLacksRules rules -> Optional.of(rules.groupId());
                case Difference.GroupNotEmptied _,
                        Difference.Joined _,
                        Difference.NoGroup _,
                        Difference.NotOurs _,
                        Difference.OtherGroups _,
                        Difference.Unchangeable _ -> Optional.empty();
            };
        }
    }
}
