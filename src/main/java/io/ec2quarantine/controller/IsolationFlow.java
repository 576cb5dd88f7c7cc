package io.ec2quarantine.controller;

import io.ec2quarantine.api.v1alpha1.ConditionType;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.VerificationStatus;
import io.ec2quarantine.aws.Ec2Gateway;
import io.ec2quarantine.aws.Priority;
import io.ec2quarantine.core.CallFailure;
import io.ec2quarantine.core.Result;
import io.ec2quarantine.core.evidence.Surroundings;
import io.ec2quarantine.core.isolation.Difference;
import io.ec2quarantine.core.isolation.Expectation;
import io.ec2quarantine.core.isolation.IsolationPlan;
import io.ec2quarantine.core.isolation.IsolationPlanner;
import io.ec2quarantine.core.isolation.IsolationTarget;
import io.ec2quarantine.core.isolation.Observation;
import io.ec2quarantine.core.isolation.Verification;
import io.ec2quarantine.status.Conditions;
import io.ec2quarantine.status.ConnectionRecords;
import io.ec2quarantine.status.Evidence;
import io.ec2quarantine.status.EvidenceRecords;
import io.ec2quarantine.status.QuarantineOutcome;
import io.ec2quarantine.status.QuarantineReading;
import io.ec2quarantine.status.QuarantineStatuses;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/** The way into the isolation: look, write down, prepare, swap, read back, tell. */
final class IsolationFlow {
    private static final String OLD = "The last read-back is older than two sweep intervals";

    private final Services services;
    private final EvidenceKeeper evidence;
    private final ConnectionCutter connections;
    private final AtomicReference<Optional<Instant>> firstPass = new AtomicReference<>(Optional.empty());

    IsolationFlow(Services services) {
        this.services = services;
        this.evidence = new EvidenceKeeper(services);
        this.connections = new ConnectionCutter(services.scheduler());
    }

    /** Says what an isolation would do, and does nothing. */
    void observe(Pass pass) {
        services.observedLooks()
                .look(pass.name(), () -> lookIfAffordable(pass))
                .ifPresent(observation -> observed(pass, observation));
    }

    /** Nothing waits for an observation: empty where it would take from the isolations, or AWS asks for patience. */
    private static Optional<Observation> lookIfAffordable(Pass pass) {
        Result<Ec2Gateway> session = pass.session(Priority.BACKGROUND);
        if (session instanceof Result.Ok<Ec2Gateway>(Ec2Gateway ec2) && !ec2.hasReadsToSpare()) {
            return Optional.empty();
        }
        return Optional.of(pass.look(session)).filter(seen -> !isThrottled(seen));
    }

    private static boolean isThrottled(Observation seen) {
        return seen instanceof Observation.Unreadable(CallFailure failure) && failure instanceof CallFailure.Throttled;
    }

    private void observed(Pass pass, Observation observation) {
        switch (observation) {
            case Observation.Unreadable(CallFailure failure) -> pass.unreadable(failure);
            case Observation.Gone gone -> pass.finish(new QuarantineOutcome.Terminated(gone));
            case Observation.Present seen -> {
                IsolationPlan plan = pass.plan(seen);
                Optional<Surroundings> affected = services.surroundings().lookIfAffordable(pass, seen);
                Instant now = services.scheduler().instant();
                List<String> described = Stream.concat(
                                Untracking.describe(pass, seen, plan).stream(),
                                IsolationPlanner.describe(plan).stream())
                        .toList();
                pass.finish(
                        new QuarantineOutcome.Observed(seen, pass.awaitsApproval(), pass.hold(), described),
                        before -> affected.map(around -> EvidenceRecords.impact(pass.opened(before), around, now))
                                .orElseGet(() -> pass.opened(before)));
                pass.succeeded();
            }
        }
    }

    /**
     * Isolates, or keeps what is isolated so.
     *
     * @param hold keeps the object while an interface is open
     */
    void isolate(Pass pass, DeletionHold hold) {
        if (services.untracking().isOpen(pass.name())) {
            return;
        }
        if (pass.isSettled() && !needsALook(pass)) {
            pass.finish(swept(pass));
            return;
        }
        if (!pass.isSettled() && services.home().node().is(pass.name())) {
            if (!services.home().isLeft()) {
                pass.finish(new QuarantineOutcome.OnOwnNode());
                pass.retry();
            }
            return;
        }
        if (pass.mayWait() && !hasReadsToSpare(pass)) {
            putOff(pass);
            return;
        }
        Optional<Instant> before = services.verifications()
                .looking(pass.name(), services.scheduler().instant());
        try {
            lookAndIsolate(pass, hold, before);
        } catch (RuntimeException exception) {
            // What was asked for was not done: the next pass must look, and not rest on what was verified before.
            services.verifications().lookAt(pass.name());
            tellWhenStale(pass, exception);
            throw exception;
        }
    }

    private static boolean hasReadsToSpare(Pass pass) {
        return !(pass.session() instanceof Result.Ok<Ec2Gateway>(Ec2Gateway ec2)) || ec2.hasReadsToSpare();
    }

    /** Where nothing is known to differ, the isolations come first; what is said rests on the sweeps meanwhile. */
    private void putOff(Pass pass) {
        services.verifications().lookAt(pass.name());
        if (Conditions.isTrue(pass.current().conditions(), ConditionType.VERIFIED)) {
            pass.finish(swept(pass));
        }
        pass.retryPutOff();
    }

    /** Passes that fail one after the other must not leave a verification standing that is no longer valid. */
    private void tellWhenStale(Pass pass, RuntimeException failure) {
        boolean expired = Optional.ofNullable(pass.current().verification())
                .map(VerificationStatus::validUntilTime)
                .filter(until -> !until.isAfter(services.scheduler().instant()))
                .isPresent();
        if (expired && Conditions.isTrue(pass.current().conditions(), ConditionType.VERIFIED)) {
            try {
                pass.finish(stale(pass));
            } catch (RuntimeException further) {
                failure.addSuppressed(further);
            }
        }
    }

    private void lookAndIsolate(Pass pass, DeletionHold hold, Optional<Instant> lastVerified) {
        Observation look = pass.isSettled() ? pass.lookWithMembers() : pass.look();
        switch (look) {
            case Observation.Unreadable _
            when pass.mayWait() && isThrottled(look) -> {
                services.verifications().lookedInVain(pass.name(), lastVerified);
                pass.retryPutOff();
            }
            case Observation.Unreadable(CallFailure failure) -> pass.unreadable(failure);
            case Observation.Gone gone -> pass.finish(new QuarantineOutcome.Terminated(gone));
            case Observation.Present seen -> {
                switch (pass.session()) {
                    case Result.Failed<Ec2Gateway>(CallFailure failure) -> pass.unreadable(failure);
                    case Result.Ok<Ec2Gateway>(Ec2Gateway ec2) -> isolate(pass, hold, ec2, seen);
                }
            }
        }
    }

    /** What the last look did not verify is verified by another look, and by no sweep before it. */
    private boolean needsALook(Pass pass) {
        boolean verified = services.verifications().lastVerified(pass.name()).isPresent()
                || Conditions.isTrue(pass.current().conditions(), ConditionType.VERIFIED);
        // Evidence that a crash left unfinished is finished by the next full look, unless that has a time of its own.
        boolean unfinished = !Evidence.isFinished(pass.current()) && !pass.isAwaitedAside();
        return services.verifications().isToBeLookedAt(pass.name()) || !verified || unfinished;
    }

    private void isolate(Pass pass, DeletionHold hold, Ec2Gateway ec2, Observation.Present seen) {
        List<Difference> drift = drift(pass, seen);
        if (!drift.isEmpty()) {
            services.verifications().foundDifferent(pass.name(), drift, seen.readTime());
        }
        boolean foundOpen = services.verifications().isOpen(pass.name());
        Optional<Execution> carriedOut = services.untracking().execute(pass, ec2, seen, pass.plan(seen), hold);
        if (carriedOut.isPresent()) {
            readBack(pass, ec2, seen, carriedOut.get(), drift, foundOpen);
        }
    }

    private void readBack(
            Pass pass,
            Ec2Gateway ec2,
            Observation.Present seen,
            Execution execution,
            List<Difference> drift,
            boolean foundOpen) {
        Observation readBack = execution.actions().isEmpty()
                ? seen
                : services.observer().look(ec2, pass.name(), execution.groups().values());
        Verification verification = execution.verification(
                readBack, new Expectation(execution.groups(), pass.target(), pass.mayBeMembers(seen)));
        if (verification instanceof Verification.Verified verified) {
            services.verifications().verified(pass.name(), verified.readTime());
        }
        List<CallFailure> stillOpening = services.untracking().end(pass, ec2, readBack);
        Instant now = services.scheduler().instant();
        services.verifications().drifted(pass.name(), drift, now);
        pass.finish(
                new QuarantineOutcome.Isolated(
                        readBack,
                        verification,
                        execution.groups(),
                        execution.failures(),
                        execution.actions(),
                        foundOpen),
                before -> ConnectionRecords.closed(
                        drifted(pass.opened(before), drift, execution, seen.readTime(), now),
                        seen,
                        readBack,
                        Untracking.OPEN));
        if (pass.isReleasedMeanwhile(pass.current())) {
            pass.retry();
            return;
        }
        Optional<Instant> reached = reached(verification);
        reached.ifPresent(readTime -> services.verifications().foundAsDesired(pass.name(), readTime));
        boolean lacksAccess = verification instanceof Verification.Drifted drifted && drifted.isForAccessAlone();
        boolean kept = !QuarantineReading.isSettled(pass.current())
                || !(readBack instanceof Observation.Present present)
                || keep(pass, ec2, present, stillOpening);
        if (pass.isReleasedMeanwhile(pass.current())) {
            pass.retry();
            return;
        }
        if (reached.isEmpty()) {
            pass.retry();
        } else if (kept && !lacksAccess) {
            pass.succeeded();
        } else {
            pass.retryAside();
        }
    }

    /** What is beside the isolation: neither part waits for the other. */
    private boolean keep(Pass pass, Ec2Gateway ec2, Observation.Present seen, List<CallFailure> stillOpening) {
        boolean cut = connections.cut(pass, ec2, seen, stillOpening);
        boolean preserved = evidence.keep(pass, ec2, seen);
        return cut && preserved;
    }

    /** When everything was read to be isolated that can be; access that is missing is beside that. */
    private static Optional<Instant> reached(Verification verification) {
        return switch (verification) {
            case Verification.Verified(Instant readTime) -> Optional.of(readTime);
            case Verification.Drifted drifted ->
                Optional.of(drifted.readTime()).filter(_ -> drifted.isForAwsAlone() || drifted.isForAccessAlone());
            case Verification.Unknown _ -> Optional.empty();
        };
    }

    /** What the look found changed since the isolation had been reached. */
    private List<Difference> drift(Pass pass, Observation.Present seen) {
        QuarantinedInstanceStatus before = pass.opened();
        Expectation expected =
                new Expectation(QuarantineReading.record(before).groups(), pass.target(), pass.mayBeMembers(seen));
        return QuarantineReading.isSettled(before)
                        && Verification.of(seen, expected) instanceof Verification.Drifted drifted
                ? drifted.differences().stream()
                        .filter(difference -> !isForSomebodyElse(difference, pass.target()))
                        .toList()
                : List.of();
    }

    /** What is not ours to repair, however often it is looked at: the conditions name it for as long as it lasts. */
    private static boolean isForSomebodyElse(Difference difference, IsolationTarget target) {
        return switch (difference) {
            case Difference.GroupHasRules rules -> target.existingGroups().containsValue(rules.groupId());
            case Difference.GroupLacksRules rules -> target.existingGroups().containsValue(rules.groupId());
            case Difference.NoGroup none -> target.existingGroups().containsValue(none.groupId());
            case Difference.Unchangeable _ -> true;
            case Difference.OtherGroups _, Difference.GroupNotEmptied _, Difference.NotOurs _, Difference.Joined _ ->
                false;
        };
    }

    /** Counted once, with the write that tells the repair. */
    private static QuarantinedInstanceStatus drifted(
            QuarantinedInstanceStatus before,
            List<Difference> drift,
            Execution execution,
            Instant seenTime,
            Instant now) {
        return drift.isEmpty()
                ? before
                : QuarantineStatuses.drifted(before, drift, execution.actions(), execution.failures(), seenTime, now);
    }

    /** The last sweep's word; right after a start there is none, and the printed one stands as long as it is valid. */
    private QuarantineOutcome swept(Pass pass) {
        Instant now = services.scheduler().instant();
        Optional<VerificationStatus> printed =
                Optional.ofNullable(pass.current().verification());
        // Asked for once: a sweep may end at any moment.
        Optional<Instant> lastVerified = services.verifications().lastVerified(pass.name());
        Optional<Instant> lastRead =
                lastVerified.filter(read -> !read.plus(services.validity()).isBefore(now));
        Instant start = firstPass
                .updateAndGet(first -> first.or(() -> Optional.of(now)))
                .orElse(now);
        boolean silentStart = now.isBefore(start.plus(services.validity()))
                && lastVerified.isEmpty()
                && printed.map(VerificationStatus::validUntilTime)
                        .filter(until -> until.isAfter(now))
                        .isPresent();
        Optional<Instant> printedRead = printed.map(VerificationStatus::lastVerifiedTime);
        Optional<Instant> worthPrinting = lastRead.filter(read -> printedRead
                .filter(time -> !read.isAfter(time.plus(QuarantineStatuses.PRINT_LAG)))
                .isEmpty());
        if (lastRead.isPresent() || silentStart) {
            return new QuarantineOutcome.Swept(new Verification.Verified(
                    worthPrinting.or(() -> printedRead).orElse(now)));
        }
        return stale(pass);
    }

    private QuarantineOutcome stale(Pass pass) {
        Optional<CallFailure> inTheWay = services.verifications().inTheWay(pass.name());
        String why = inTheWay.map(failure -> ": " + failure.sentence())
                .orElse("; see the operator's log for why the sweeps do not get through.");
        return new QuarantineOutcome.Swept(new Verification.Unknown("Stale", OLD + why), inTheWay);
    }
}
