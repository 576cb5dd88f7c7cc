package io.ec2quarantine.controller;

import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceSpec.ReleaseChoice;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus;
import io.ec2quarantine.aws.Ec2Gateway;
import io.ec2quarantine.core.CallFailure;
import io.ec2quarantine.core.Result;
import io.ec2quarantine.core.isolation.GroupRule;
import io.ec2quarantine.core.isolation.GroupState;
import io.ec2quarantine.core.isolation.InstanceGroups;
import io.ec2quarantine.core.isolation.InterfaceState;
import io.ec2quarantine.core.isolation.IsolationPlan;
import io.ec2quarantine.core.isolation.Observation;
import io.ec2quarantine.core.isolation.ReleasePlan;
import io.ec2quarantine.core.isolation.ReleasePlanner;
import io.ec2quarantine.core.isolation.ReleaseRecord;
import io.ec2quarantine.core.isolation.Step;
import io.ec2quarantine.status.Evidence;
import io.ec2quarantine.status.QuarantineOutcome;
import io.ec2quarantine.status.QuarantineReading;
import io.ec2quarantine.status.QuarantineStatuses;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The way out of the isolation: give back, read back, tell, and put in order what the isolation left beside it. All of it is
 * done with the identity that may release.
 */
final class ReleaseFlow {
    private final Services services;
    private final EvidenceUndo undo = new EvidenceUndo();
    private final ReleaseCleanup cleanup;

    ReleaseFlow(Services services) {
        this.services = services;
        this.cleanup = new ReleaseCleanup(services);
    }

    /**
     * Gives the instance back. What is given back already is left alone, unless an isolation has gone on beside the
     * release, which may have left marks and protections behind it.
     */
    void release(Pass pass) {
        if (QuarantineReading.isReleased(pass.current())
                && !services.verifications().isToBeLookedAt(pass.name())) {
            tell(pass, new QuarantineOutcome.AtRest());
            return;
        }
        services.verifications().looking(pass.name(), services.scheduler().instant());
        switch (pass.releaseSession()) {
            case Result.Failed<Ec2Gateway>(CallFailure failure) -> unreadable(pass, failure);
            case Result.Ok<Ec2Gateway>(Ec2Gateway ec2) -> release(pass, ec2);
        }
    }

    private void release(Pass pass, Ec2Gateway ec2) {
        switch (pass.look(Result.ok(ec2))) {
            case Observation.Unreadable(CallFailure failure) -> unreadable(pass, failure);
            case Observation.Gone gone -> tell(pass, new QuarantineOutcome.Terminated(gone));
            case Observation.Present seen -> release(pass, ec2, seen);
        }
    }

    private void release(Pass pass, Ec2Gateway ec2, Observation.Present seen) {
        switch (view(pass, ec2, seen)) {
            case Result.Failed<View>(CallFailure failure) -> unreadable(pass, failure);
            case Result.Ok<View>(View view) -> {
                // What people change after the release was read back is theirs, also while the cleaning up goes on.
                boolean givenBack =
                        QuarantineReading.releasedTime(pass.current()).isPresent() || giveBack(pass, ec2, view);
                if (givenBack && pass.isOfThisEpisode(pass.current())) {
                    cleanUp(pass, ec2, view);
                } else {
                    pass.retry();
                }
            }
        }
    }

    /** Whether everything is given back, as read back. */
    private boolean giveBack(Pass pass, Ec2Gateway ec2, View before) {
        if (before.plan().steps().stream().anyMatch(Step.GiveBack.class::isInstance) && !isToldToBegin(pass)) {
            return false;
        }
        Execution execution = services.executor()
                .execute(pass.site(ec2, before.seen()), new IsolationPlan(Map.of(), steps(pass, before)), _ -> {});
        Result<View> readBack = execution.actions().isEmpty() ? Result.ok(before) : lookAgain(pass, ec2);
        return switch (readBack) {
            case Result.Failed<View>(CallFailure failure) -> {
                tell(pass, new QuarantineOutcome.Unreadable(failure));
                yield false;
            }
            case Result.Ok<View>(View view) -> {
                tell(
                        pass,
                        new QuarantineOutcome.GivenBack(
                                view.seen(),
                                view.all(),
                                view.isStillIsolated(),
                                before.isOpenInPart() || view.isOpenInPart(),
                                view.plan(),
                                execution.failures(),
                                execution.actions()));
                yield view.plan().isDone();
            }
        };
    }

    /** What stays isolated until a person has mended the release is kept so: rules that somebody adds are taken away. */
    private static List<Step> steps(Pass pass, View view) {
        List<Step> givingBack = view.plan().steps();
        Set<String> leaving = givingBack.stream()
                .flatMap(step -> step instanceof Step.GiveBack back ? Stream.of(back.interfaceId()) : Stream.empty())
                .collect(Collectors.toSet());
        Set<String> needed = view.seen().interfaces().stream()
                .filter(state -> !leaving.contains(state.id()))
                .flatMap(state -> state.groups().stream())
                .collect(Collectors.toSet());
        Stream<Step> strips = pass.plan(view.seen()).steps().stream()
                .filter(step -> step instanceof Step.StripGroup strip && needed.contains(strip.groupId()));
        return Stream.of(strips, givingBack.stream(), ofTheInstance(view.seen(), givingBack))
                .flatMap(steps -> steps)
                .toList();
    }

    private static Stream<Step> ofTheInstance(Observation.Present seen, List<Step> givingBack) {
        return seen.interfaces().stream()
                .flatMap(state -> givingBack.stream()
                        .flatMap(step -> step instanceof Step.GiveBack back
                                        && back.interfaceId().equals(state.id())
                                ? InstanceGroups.replacement(seen.instance(), state, back.groups()).stream()
                                : Stream.empty()))
                .limit(1);
    }

    /**
     * Stored before the first groups are given back: whatever is read after a crash or an outage, what the instance does
     * from then on is news.
     */
    private boolean isToldToBegin(Pass pass) {
        Instant now = services.scheduler().instant();
        pass.status().patch(last -> pass.isOfThisEpisode(last) ? QuarantineStatuses.beingGivenBack(last, now) : last);
        return pass.isOfThisEpisode(pass.current());
    }

    private void cleanUp(Pass pass, Ec2Gateway ec2, View view) {
        // While the instance is still marked as isolated, by which the release role may be bound.
        EvidenceUndo.Undone undone = undo.run(pass, view.seen().instance());
        Execution execution = cleanup.run(pass, ec2, view.seen(), view.all());
        List<CallFailure> failures = Stream.concat(execution.failures().stream(), undone.failures().stream())
                .toList();
        List<String> actions = Stream.concat(undone.actions().stream(), execution.actions().stream())
                .toList();
        List<String> left = Stream.concat(undone.left().stream(), Evidence.leftProtected(pass.current()).stream())
                .toList();
        tell(pass, new QuarantineOutcome.CleanedUp(failures, actions, left));
        if (failures.isEmpty()) {
            undo.ended(pass);
            pass.succeeded();
        } else {
            pass.retry();
        }
    }

    private Result<View> lookAgain(Pass pass, Ec2Gateway ec2) {
        return switch (pass.look(Result.ok(ec2))) {
            case Observation.Present seen -> view(pass, ec2, seen);
            case Observation.Unreadable(CallFailure failure) -> Result.failed(failure);
            case Observation.Gone gone ->
                Result.failed(new CallFailure.NotFound(
                        "ec2:DescribeInstances", gone.instance().id(), "the instance was terminated meanwhile"));
        };
    }

    private Result<View> view(Pass pass, Ec2Gateway ec2, Observation.Present seen) {
        ReleaseRecord record = record(pass, seen);
        Set<String> attached =
                seen.interfaces().stream().map(InterfaceState::id).collect(Collectors.toSet());
        Set<String> elsewhere = record.baselines().keySet().stream()
                .filter(id -> !attached.contains(id))
                .collect(Collectors.toSet());
        return ec2.interfacesById(elsewhere)
                .then(detached -> ec2.groups(ReleasePlanner.wantedGroups(record))
                        .map(groups -> new View(
                                seen,
                                detached,
                                record,
                                pass.target().rules(),
                                groups.stream().map(GroupState::id).collect(Collectors.toSet()))));
    }

    /** Without what belongs to another quarantine by now: an interface may have been moved from one instance to another. */
    private ReleaseRecord record(Pass pass, Observation.Present seen) {
        Map<String, List<String>> chosen = pass.spec().releaseTo().stream()
                .collect(Collectors.toMap(ReleaseChoice::interfaceID, ReleaseChoice::groupIDs, (first, _) -> first));
        Set<String> moved = services.quarantines().all().stream()
                .filter(other -> !other.getMetadata().getName().equals(pass.name()))
                .flatMap(other -> Optional.ofNullable(other.getStatus()).stream())
                .filter(status -> !QuarantineReading.isTerminated(status))
                .flatMap(status -> QuarantineReading.attachedInterfaces(status).stream())
                .collect(Collectors.toCollection(HashSet::new));
        seen.interfaces().forEach(own -> moved.remove(own.id()));
        return QuarantineReading.releaseRecord(pass.current(), chosen, seen.ownedGroupIds())
                .without(moved);
    }

    private void unreadable(Pass pass, CallFailure failure) {
        Instant now = services.scheduler().instant();
        pass.finishThisEpisode(
                new QuarantineOutcome.Unreadable(failure),
                before -> QuarantineStatuses.letGo(openedAtAll(pass, before), now));
        pass.retry();
    }

    /** A release opens no episode, unless there never was one. */
    private static void tell(Pass pass, QuarantineOutcome outcome) {
        pass.finishThisEpisode(outcome, before -> openedAtAll(pass, before));
    }

    private static QuarantinedInstanceStatus openedAtAll(Pass pass, QuarantinedInstanceStatus before) {
        return before.episode() == null ? pass.opened(before) : before;
    }

    /** What a release rests on, as it was read at one time. */
    private record View(
            Observation.Present seen,
            List<InterfaceState> detached,
            ReleaseRecord record,
            Set<GroupRule> access,
            Set<String> existing) {
        ReleasePlan plan() {
            return ReleasePlanner.plan(seen.interfaces(), detached, record, existing);
        }

        List<InterfaceState> all() {
            return Stream.concat(seen.interfaces().stream(), detached.stream()).toList();
        }

        boolean isOpenInPart() {
            return seen.interfaces().stream()
                    .filter(state -> state.unchangeable().isEmpty())
                    .anyMatch(state -> !isClosed(state));
        }

        boolean isStillIsolated() {
            return seen.interfaces().stream().allMatch(this::isClosed);
        }

        private boolean isClosed(InterfaceState state) {
            Set<String> closed = seen.groups().stream()
                    .filter(group -> group.isClosed() || (group.beyond(access).isEmpty() && !group.isMadeToOpen()))
                    .map(GroupState::id)
                    .filter(record.isolationGroups()::contains)
                    .collect(Collectors.toSet());
            return !state.groups().isEmpty() && closed.containsAll(state.groups());
        }
    }
}
