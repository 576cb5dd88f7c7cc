package io.ec2quarantine.controller;

import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus;
import io.ec2quarantine.aws.Ec2Gateway;
import io.ec2quarantine.cluster.ReconcileTrigger;
import io.ec2quarantine.cluster.Responses;
import io.ec2quarantine.core.CallFailure;
import io.ec2quarantine.core.Result;
import io.ec2quarantine.core.Scheduler;
import io.ec2quarantine.core.isolation.Baseline;
import io.ec2quarantine.core.isolation.ConnectionPlanner;
import io.ec2quarantine.core.isolation.GroupChoice;
import io.ec2quarantine.core.isolation.GroupRule;
import io.ec2quarantine.core.isolation.GroupState;
import io.ec2quarantine.core.isolation.IsolationPlan;
import io.ec2quarantine.core.isolation.IsolationTarget;
import io.ec2quarantine.core.isolation.Observation;
import io.ec2quarantine.core.isolation.RuleSet;
import io.ec2quarantine.core.isolation.Step;
import io.ec2quarantine.status.ConnectionRecords;
import io.ec2quarantine.status.QuarantineReading;
import io.ec2quarantine.status.QuarantineStatuses;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the interfaces of an instance for a moment before its first isolation, for a connection ceases to be tracked only
 * while everything is allowed both ways. Only this process knows that it waits: whoever else finds that an opening was
 * begun isolates at once and opens nothing, and whatever fails on the way leads to the isolation as well.
 */
final class Untracking {
    /** How long an interface is open at the most, not counting the pass that closes it. */
    static final Duration OPEN = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(Untracking.class);

    private final PlanExecutor executor;
    private final Scheduler scheduler;
    private final ReconcileTrigger trigger;
    private final ConcurrentMap<String, Instant> openUntil = new ConcurrentHashMap<>();

    Untracking(PlanExecutor executor, Scheduler scheduler, ReconcileTrigger trigger) {
        this.executor = executor;
        this.scheduler = scheduler;
        this.trigger = trigger;
    }

    /** Whether this process has opened the instance a moment ago, and its time is not over yet. */
    boolean isOpen(String name) {
        return Optional.ofNullable(openUntil.get(name))
                .filter(until -> scheduler.instant().isBefore(until))
                .isPresent();
    }

    /**
     * Carries out a plan, and opens interfaces before it moves them, where the response asks for it and they were never
     * isolated.
     *
     * @return empty when interfaces are open now: the pass comes back by itself and closes them
     */
    Optional<Execution> execute(
            Pass pass, Ec2Gateway ec2, Observation.Present seen, IsolationPlan plan, DeletionHold hold) {
        openUntil.remove(pass.name());
        Site site = pass.site(ec2, seen);
        List<Step.Swap> openings = ConnectionPlanner.openings(
                seen,
                plan,
                QuarantineReading.record(pass.opened()),
                Responses.connections(pass.opened().response()));
        Instant begun = scheduler.instant().truncatedTo(ChronoUnit.MILLIS);
        if (openings.isEmpty() || !isHeld(pass, hold)) {
            return Optional.of(executor.execute(site, plan, baselines -> writeDown(pass, seen, baselines)));
        }
        List<Step> preparing =
                plan.steps().stream().filter(Untracking::prepares).toList();
        List<Step> isolating =
                plan.steps().stream().filter(step -> !prepares(step)).toList();
        Execution prepared = executor.execute(
                site,
                new IsolationPlan(plan.choices(), preparing),
                baselines -> writeDownOpening(pass, seen, baselines, openings, begun));
        if (canClose(prepared, openings)
                && ConnectionRecords.isOpening(pass.current(), begun)
                && open(site, pass, seen, openings, begun)) {
            return Optional.empty();
        }
        Map<String, GroupChoice> made = new HashMap<>();
        prepared.groups().forEach((vpcId, groupId) -> made.put(vpcId, new GroupChoice.Use(vpcId, groupId)));
        return Optional.of(prepared.and(executor.execute(site, new IsolationPlan(made, isolating), _ -> {})));
    }

    /** Nobody would close what is open of an object that is gone: what cannot be held is isolated without being opened. */
    private static boolean isHeld(Pass pass, DeletionHold hold) {
        if (hold.isHeld()) {
            return true;
        }
        try {
            hold.hold();
            return true;
        } catch (RuntimeException exception) {
            LOG.warn(
                    "{} is isolated without ending the tracking of connections, for its finalizer was not written; see"
                            + " what refuses it",
                    pass.name(),
                    exception);
            return false;
        }
    }

    /** What would be opened, in plain words, for a quarantine that only observes. */
    static List<String> describe(Pass pass, Observation.Present seen, IsolationPlan plan) {
        List<Step.Swap> openings = ConnectionPlanner.openings(
                seen,
                plan,
                QuarantineReading.record(pass.opened()),
                Responses.connections(pass.opened().response()));
        return openings.isEmpty()
                ? List.of()
                : List.of("open "
                        + openings.stream().map(Step.Swap::interfaceId).collect(Collectors.joining(", "))
                        + " to everybody for " + OPEN.toSeconds() + " seconds");
    }

    /**
     * Puts an end to what a read shows to be left of an opening: no group that opens outlives it, not even with somebody in
     * it. Before anything is said of the isolation, so that whoever opens too late finds nothing that opens.
     *
     * @return why groups that let everything through are still there
     */
    List<CallFailure> end(Pass pass, Ec2Gateway ec2, Observation readBack) {
        if (!(readBack instanceof Observation.Present seen) || isOpen(pass.name())) {
            return List.of();
        }
        List<CallFailure> left = new ArrayList<>();
        seen.groups().stream().filter(group -> isOurs(pass, group)).forEach(group -> {
            boolean used =
                    seen.interfaces().stream().anyMatch(state -> state.groups().contains(group.id()));
            Result<String> ended = used ? strip(ec2, group.id()) : end(group.id(), pass::rulesSession, ec2);
            if (ended instanceof Result.Failed<String>(CallFailure failure)) {
                LOG.warn("{} still lets everything through and is tried again: {}", group.id(), failure.sentence());
                left.add(failure);
            }
        });
        return left;
    }

    /** Deletes a group that opens; where somebody is in it, or it may not be deleted, it at least opens nothing any more. */
    static Result<String> end(String groupId, Supplier<Result<Ec2Gateway>> rules, Ec2Gateway ec2) {
        Result<String> deleted = rules.get().then(gateway -> gateway.deleteGroup(groupId));
        return isThere(deleted) ? strip(ec2, groupId) : Result.ok(groupId);
    }

    private static boolean isThere(Result<String> deleted) {
        return deleted instanceof Result.Failed<String>(CallFailure failure)
                && !(failure instanceof CallFailure.NotFound);
    }

    /** An interface that cannot be moved out of it is isolated in it. */
    private static Result<String> strip(Ec2Gateway ec2, String groupId) {
        return ec2.rules(groupId).then(rules -> {
            Result<String> stripped = Result.ok(groupId);
            for (boolean egress : List.of(false, true)) {
                List<String> ids = rules.stream()
                        .filter(rule -> rule.egress() == egress)
                        .map(rule -> rule.ruleId())
                        .toList();
                stripped = ids.isEmpty() ? stripped : stripped.then(_ -> ec2.revoke(groupId, ids, egress));
            }
            return stripped;
        });
    }

    /** Letting in comes after the isolation, and so not before an opening either. */
    private static boolean prepares(Step step) {
        return step instanceof Step.WriteDown || step instanceof Step.MakeGroup || step instanceof Step.StripGroup;
    }

    private void writeDown(Pass pass, Observation.Present seen, List<Baseline> baselines) {
        pass.status()
                .patch(before ->
                        QuarantineStatuses.writtenDown(pass.opened(before), seen, baselines, scheduler.instant()));
    }

    /** In one write, so that what may be open always has its baseline, and is never opened a second time. */
    private void writeDownOpening(
            Pass pass, Observation.Present seen, List<Baseline> baselines, List<Step.Swap> openings, Instant begun) {
        List<String> ids = openings.stream().map(Step.Swap::interfaceId).toList();
        pass.status().patch(before -> {
            QuarantinedInstanceStatus opened = pass.opened(before);
            QuarantinedInstanceStatus written =
                    QuarantineStatuses.writtenDown(opened, seen, baselines, scheduler.instant());
            // What another operator has written down meanwhile it may have isolated as well.
            return pass.isReleasedMeanwhile(before) || QuarantineReading.isWrittenDown(opened)
                    ? written
                    : ConnectionRecords.opening(written, ids, begun);
        });
    }

    /** Nothing is opened that could not be closed at once. */
    private static boolean canClose(Execution prepared, List<Step.Swap> openings) {
        return prepared.notEmptied().isEmpty()
                && openings.stream().allMatch(swap -> prepared.groups().containsKey(swap.vpcId()));
    }

    private boolean open(Site site, Pass pass, Observation.Present seen, List<Step.Swap> openings, Instant begun) {
        Map<String, String> groups = new HashMap<>();
        for (String vpcId : openings.stream().map(Step.Swap::vpcId).distinct().toList()) {
            switch (group(site, pass, seen, vpcId)) {
                case Result.Ok<String>(String groupId) -> groups.put(vpcId, groupId);
                case Result.Failed<String>(CallFailure failure) -> {
                    LOG.warn("isolated without ending the tracking of connections: {}", failure.sentence());
                    return false;
                }
            }
        }
        // Known before the first call whose outcome may not be known.
        openUntil.put(pass.name(), begun.plus(OPEN));
        boolean opened = openings.stream()
                        .takeWhile(swap -> isStillToBeOpened(pass, begun)
                                && site.ec2()
                                                .replaceGroups(
                                                        swap.interfaceId(),
                                                        List.of(groups.getOrDefault(swap.vpcId(), "")))
                                        instanceof Result.Ok<String>)
                        .count()
                == openings.size();
        if (!opened) {
            openUntil.remove(pass.name());
            return false;
        }
        scheduler.after(Duration.between(scheduler.instant(), begun.plus(OPEN)), () -> trigger.trigger(pass.name()));
        return true;
    }

    /** Asked right before each call: time may be over, and another operator may have isolated the instance meanwhile. */
    private boolean isStillToBeOpened(Pass pass, Instant begun) {
        try {
            return scheduler.instant().isBefore(begun.plus(OPEN))
                    && pass.status()
                            .stored()
                            .filter(stored -> ConnectionRecords.isOpening(stored, begun)
                                    && pass.isOfThisEpisode(stored)
                                    && !pass.isReleasedMeanwhile(stored))
                            .isPresent();
        } catch (KubernetesClientException exception) {
            LOG.warn(
                    "{} is isolated without being opened any further, for its status cannot be read",
                    pass.name(),
                    exception);
            return false;
        }
    }

    /** Of its own for each instance, so that nobody else's opening keeps it, or loses it. */
    private Result<String> group(Site site, Pass pass, Observation.Present seen, String vpcId) {
        Optional<GroupState> present = seen.groups().stream()
                .filter(group -> group.vpcId().equals(vpcId) && isOurs(pass, group))
                .findFirst();
        Set<GroupRule> lacking = present.map(group -> group.lacking(RuleSet.EVERYTHING))
                .orElseGet(() -> RuleSet.EVERYTHING.stream()
                        .filter(rule -> !rule.equals(GroupRule.everything(true, "0.0.0.0/0")))
                        .collect(Collectors.toSet()));
        Result<String> made = present.map(GroupState::id)
                .map(Result::ok)
                .orElseGet(() -> site.rules()
                        .get()
                        .then(ec2 -> ec2.createGroup(
                                vpcId,
                                site.target().nameToOpen(pass.name()),
                                site.target().installId(),
                                RuleSet.OPEN)));
        return made.then(groupId -> IsolationGroupMaker.putRules(site, groupId, lacking));
    }

    private static boolean isOurs(Pass pass, GroupState group) {
        return IsolationTarget.opens(group, pass.target().installId(), pass.name());
    }
}
