package io.ec2quarantine.controller;

import io.ec2quarantine.api.v1alpha1.ConditionType;
import io.ec2quarantine.api.v1alpha1.IsolationPolicy;
import io.ec2quarantine.api.v1alpha1.IsolationPolicySpec;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceSpec;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceSpec.DesiredState;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceSpec.PolicyRef;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.InterfaceStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.VerificationStatus;
import io.ec2quarantine.aws.AccountRegion;
import io.ec2quarantine.aws.AwsSessions;
import io.ec2quarantine.aws.Ec2Gateway;
import io.ec2quarantine.aws.Priority;
import io.ec2quarantine.cluster.Catalog;
import io.ec2quarantine.cluster.ReconcileTrigger;
import io.ec2quarantine.cluster.Responses;
import io.ec2quarantine.core.CallFailure;
import io.ec2quarantine.core.Result;
import io.ec2quarantine.core.Scheduler;
import io.ec2quarantine.core.isolation.IsolationPlan;
import io.ec2quarantine.core.isolation.IsolationPlanner;
import io.ec2quarantine.core.isolation.IsolationRecord;
import io.ec2quarantine.core.isolation.IsolationTarget;
import io.ec2quarantine.core.isolation.Observation;
import io.ec2quarantine.core.isolation.Verification;
import io.ec2quarantine.ingest.FindingBook;
import io.ec2quarantine.status.Conditions;
import io.ec2quarantine.status.Evidence;
import io.ec2quarantine.status.QuarantineOutcome;
import io.ec2quarantine.status.QuarantineStatuses;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** Brings one quarantine to its desired state: look, write down, prepare, swap, read back, tell. */
final class QuarantineFlow {
    private final AwsSessions sessions;
    private final Catalog<IsolationPolicy> policies;
    private final Catalog<QuarantinedInstance> quarantines;
    private final FindingBook findings;
    private final VerificationBook verifications;
    private final QuarantineObserver observer;
    private final PlanExecutor executor;
    private final EvidenceKeeper evidence;
    private final Scheduler scheduler;
    private final ReconcileTrigger trigger;
    private final LookLimiter observedLooks;
    private final Backoff backoff = new Backoff();
    private final String installId;
    private final Duration validity;

    QuarantineFlow(
            AwsSessions sessions,
            Catalog<IsolationPolicy> policies,
            Catalog<QuarantinedInstance> quarantines,
            FindingBook findings,
            VerificationBook verifications,
            PlanExecutor executor,
            Scheduler scheduler,
            ReconcileTrigger trigger,
            String installId,
            Duration validity) {
        this.sessions = sessions;
        this.policies = policies;
        this.quarantines = quarantines;
        this.findings = findings;
        this.verifications = verifications;
        this.observer = new QuarantineObserver(scheduler);
        this.executor = executor;
        this.evidence = new EvidenceKeeper(executor, scheduler, installId);
        this.scheduler = scheduler;
        this.trigger = trigger;
        this.observedLooks = new LookLimiter(scheduler, trigger);
        this.installId = installId;
        this.validity = validity;
    }

    /** One pass; what is not reached in it is tried again by itself. */
    void run(QuarantinedInstance object, StatusPatch<QuarantinedInstanceStatus> status) {
        Pass pass = new Pass(object, status);
        QuarantinedInstanceSpec spec = object.getSpec();
        if (spec == null || spec.desiredState() == null) {
            pass.finish(new QuarantineOutcome.Unsupported(
                    "spec.desiredState has a value that this version of the operator does not know; correct it or upgrade"
                            + " the operator."));
        } else if (!QuarantineStatuses.isTerminated(status.current())) {
            switch (spec.desiredState()) {
                case OBSERVED -> pass.observe(spec);
                case ISOLATED -> pass.isolate(spec);
            }
        }
    }

    private final class Pass {
        private final String name;
        private final long generation;
        private final StatusPatch<QuarantinedInstanceStatus> status;
        private final Optional<String> policyName;
        private final Optional<IsolationPolicy> policy;

        Pass(QuarantinedInstance object, StatusPatch<QuarantinedInstanceStatus> status) {
            this.name = object.getMetadata().getName();
            this.generation =
                    Optional.ofNullable(object.getMetadata().getGeneration()).orElse(0L);
            this.status = status;
            this.policyName = Optional.ofNullable(object.getSpec())
                    .flatMap(spec -> Optional.ofNullable(spec.policyRef()))
                    .map(PolicyRef::name);
            this.policy = policyName.flatMap(policies::get);
        }

        void observe(QuarantinedInstanceSpec spec) {
            observedLooks.look(name, () -> lookIfAffordable(spec)).ifPresent(this::observed);
        }

        private void observed(Observation observation) {
            switch (observation) {
                case Observation.Unreadable(CallFailure failure) -> unreadable(failure);
                case Observation.Gone gone -> finish(new QuarantineOutcome.Terminated(gone));
                case Observation.Present seen -> {
                    IsolationPlan plan = plan(seen, opened(status.current()));
                    finish(new QuarantineOutcome.Observed(seen, awaitsApproval(), IsolationPlanner.describe(plan)));
                    backoff.reset(name);
                }
            }
        }

        void isolate(QuarantinedInstanceSpec spec) {
            if (QuarantineStatuses.isSettled(status.current()) && !needsALook()) {
                finish(new QuarantineOutcome.Swept(swept()));
                return;
            }
            verifications.looking(name, scheduler.instant());
            switch (look(session(spec, Priority.URGENT))) {
                case Observation.Unreadable(CallFailure failure) -> unreadable(failure);
                case Observation.Gone gone -> finish(new QuarantineOutcome.Terminated(gone));
                case Observation.Present seen -> isolate(spec, seen);
            }
        }

        /** What the last look did not verify is verified by another look, and by no sweep before it. */
        private boolean needsALook() {
            boolean verified = verifications.lastVerified(name).isPresent()
                    || Conditions.isTrue(status.current().conditions(), ConditionType.VERIFIED);
            // Evidence that a crash left unfinished is finished by the next full look.
            return verifications.isToBeLookedAt(name) || !verified || !Evidence.isFinished(status.current());
        }

        private void isolate(QuarantinedInstanceSpec spec, Observation.Present seen) {
            Result<Ec2Gateway> session = session(spec, Priority.URGENT);
            if (!(session instanceof Result.Ok<Ec2Gateway>(Ec2Gateway ec2))) {
                return;
            }
            UnaryOperator<QuarantinedInstanceStatus> drift = drift(seen);
            IsolationPlan plan = plan(seen, opened(status.current()));
            Execution execution = executor.execute(
                    new Site(ec2, where(spec), target(opened(status.current())), () -> mayBeMembers(seen)),
                    plan,
                    baselines -> status.patch(before ->
                            QuarantineStatuses.writtenDown(opened(before), seen, baselines, scheduler.instant())));
            Observation readBack = execution.actions().isEmpty()
                    ? seen
                    : observer.look(ec2, name, execution.groups().values());
            Verification verification = execution.verification(readBack);
            if (verification instanceof Verification.Verified verified) {
                verifications.verified(name, verified.readTime());
            }
            finish(
                    new QuarantineOutcome.Isolated(
                            readBack, verification, execution.groups(), execution.failures(), execution.actions()),
                    drift);
            boolean kept = !QuarantineStatuses.isSettled(status.current())
                    || !(readBack instanceof Observation.Present present)
                    || evidence.keep(ec2, present, name, generation, status);
            if (verification instanceof Verification.Verified && kept) {
                backoff.reset(name);
            } else {
                retry();
            }
        }

        /** What the look found changed since the isolation had been reached; counted once, with the write that tells its repair. */
        private UnaryOperator<QuarantinedInstanceStatus> drift(Observation.Present seen) {
            QuarantinedInstanceStatus before = status.current();
            Verification found =
                    Verification.of(seen, QuarantineStatuses.record(before).groups());
            Instant now = scheduler.instant();
            return QuarantineStatuses.isSettled(before) && found instanceof Verification.Drifted drifted
                    ? fresh -> QuarantineStatuses.drifted(fresh, drifted.differences(), now)
                    : fresh -> fresh;
        }

        private void unreadable(CallFailure failure) {
            finish(new QuarantineOutcome.Unreadable(failure));
            retry();
        }

        private void retry() {
            scheduler.after(backoff.next(name), () -> {
                verifications.lookAt(name);
                trigger.trigger(name);
            });
        }

        void finish(QuarantineOutcome outcome) {
            finish(outcome, fresh -> fresh);
        }

        private void finish(QuarantineOutcome outcome, UnaryOperator<QuarantinedInstanceStatus> first) {
            Instant now = scheduler.instant();
            status.patch(before -> QuarantineStatuses.after(
                    first.apply(outcome instanceof QuarantineOutcome.Unsupported ? before : opened(before)),
                    outcome,
                    findings.of(name),
                    generation,
                    validity,
                    now));
        }

        private QuarantinedInstanceStatus opened(QuarantinedInstanceStatus before) {
            return QuarantineStatuses.opened(before, policyName, Responses.of(policy), scheduler.instant());
        }

        /** The last sweep's word; right after a start there is none, and the printed one stands as long as it is valid. */
        private Verification swept() {
            Instant now = scheduler.instant();
            Optional<VerificationStatus> printed =
                    Optional.ofNullable(status.current().verification());
            Optional<Instant> lastRead = verifications
                    .lastVerified(name)
                    .filter(read -> !read.plus(validity).isBefore(now));
            boolean silentStart = verifications.lastVerified(name).isEmpty()
                    && printed.map(VerificationStatus::validUntilTime)
                            .filter(until -> until.isAfter(now))
                            .isPresent();
            Optional<Instant> printedRead = printed.map(VerificationStatus::lastVerifiedTime);
            Optional<Instant> worthPrinting = lastRead.filter(read -> printedRead
                    .filter(time -> !read.isAfter(time.plus(QuarantineStatuses.PRINT_LAG)))
                    .isEmpty());
            if (lastRead.isPresent() || silentStart) {
                return new Verification.Verified(
                        worthPrinting.or(() -> printedRead).orElse(now));
            }
            return new Verification.Unknown(
                    "Stale",
                    "The last read-back is older than two sweep intervals; see the operator's log for why the sweeps"
                            + " do not get through.");
        }

        private boolean awaitsApproval() {
            return policy.map(IsolationPolicy::getSpec)
                    .filter(spec -> spec.mode() == IsolationPolicySpec.Mode.DRY_RUN)
                    .isEmpty();
        }

        /** Nothing waits for an observation: empty where it would take from the isolations, or AWS asks for patience. */
        private Optional<Observation> lookIfAffordable(QuarantinedInstanceSpec spec) {
            Result<Ec2Gateway> session = session(spec, Priority.BACKGROUND);
            if (session instanceof Result.Ok<Ec2Gateway>(Ec2Gateway ec2) && !ec2.hasReadsToSpare()) {
                return Optional.empty();
            }
            return Optional.of(look(session)).filter(seen -> !isThrottled(seen));
        }

        private static boolean isThrottled(Observation seen) {
            return seen instanceof Observation.Unreadable(CallFailure failure)
                    && failure instanceof CallFailure.Throttled;
        }

        private Observation look(Result<Ec2Gateway> session) {
            IsolationRecord record = QuarantineStatuses.record(status.current());
            return switch (session) {
                case Result.Ok<Ec2Gateway>(Ec2Gateway ec2) -> observer.look(ec2, name, record.groupIds());
                case Result.Failed<Ec2Gateway>(CallFailure failure) -> new Observation.Unreadable(failure);
            };
        }

        private IsolationPlan plan(Observation.Present seen, QuarantinedInstanceStatus opened) {
            boolean membersMatter = seen.groups().stream().anyMatch(group -> group.ruleCount() > 0);
            return IsolationPlanner.plan(
                    seen,
                    target(opened),
                    QuarantineStatuses.record(opened),
                    membersMatter ? quarantinedInterfaces() : Set.of());
        }

        private Set<String> mayBeMembers(Observation.Present seen) {
            Set<String> members = new HashSet<>(quarantinedInterfaces());
            seen.interfaces().forEach(each -> members.add(each.id()));
            return members;
        }

        private IsolationTarget target(QuarantinedInstanceStatus opened) {
            return new IsolationTarget(installId, Responses.groupName(opened.response()));
        }

        private Result<Ec2Gateway> session(QuarantinedInstanceSpec spec, Priority priority) {
            return account(spec).then(account -> sessions.ec2(new AccountRegion(account, spec.region()), priority));
        }

        private Result<String> account(QuarantinedInstanceSpec spec) {
            return spec.accountID() == null ? sessions.ownAccount(spec.region()) : Result.ok(spec.accountID());
        }

        private String where(QuarantinedInstanceSpec spec) {
            return account(spec) instanceof Result.Ok<String>(String account)
                    ? account + "/" + spec.region()
                    : spec.region();
        }
    }

    private Set<String> quarantinedInterfaces() {
        return quarantines.all().stream()
                .filter(object -> object.getSpec().desiredState() == DesiredState.ISOLATED)
                .flatMap(object -> Optional.ofNullable(object.getStatus()).stream())
                .flatMap(object -> object.interfaces().stream())
                .map(InterfaceStatus::id)
                .collect(Collectors.toSet());
    }
}
