package io.ec2quarantine.controller;

import io.ec2quarantine.api.v1alpha1.IsolationPolicy;
import io.ec2quarantine.api.v1alpha1.IsolationPolicySpec;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceSpec;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceSpec.DesiredState;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceSpec.FindingRef;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceSpec.PolicyRef;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus;
import io.ec2quarantine.aws.AccountRegion;
import io.ec2quarantine.aws.Ec2Gateway;
import io.ec2quarantine.aws.EvidenceGateways;
import io.ec2quarantine.aws.Priority;
import io.ec2quarantine.aws.Purpose;
import io.ec2quarantine.cluster.Holds;
import io.ec2quarantine.cluster.PolicyReader;
import io.ec2quarantine.cluster.Responses;
import io.ec2quarantine.core.CallFailure;
import io.ec2quarantine.core.Result;
import io.ec2quarantine.core.access.Access;
import io.ec2quarantine.core.finding.Finding;
import io.ec2quarantine.core.isolation.InterfaceState;
import io.ec2quarantine.core.isolation.IsolationPlan;
import io.ec2quarantine.core.isolation.IsolationPlanner;
import io.ec2quarantine.core.isolation.IsolationTarget;
import io.ec2quarantine.core.isolation.Observation;
import io.ec2quarantine.core.isolation.OtherIsolations;
import io.ec2quarantine.core.policy.Hold;
import io.ec2quarantine.core.policy.Policy;
import io.ec2quarantine.status.QuarantineOutcome;
import io.ec2quarantine.status.QuarantineReading;
import io.ec2quarantine.status.QuarantineStatuses;
import io.ec2quarantine.status.ReadyRemark;
import io.ec2quarantine.status.UnusedPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One pass over one quarantine: what is known of it, how to look at it, and how to tell what came out. */
final class Pass {
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);
    /** Who asked for a release looks at it, mends what it waits for, and wants to see it go on. */
    private static final Duration LONGEST_WAIT_OF_A_RELEASE = Duration.ofSeconds(30);
    /** What is beside the isolation may be denied for good, and must not cost the account's reads for ever. */
    private static final Duration LONGEST_WAIT_ASIDE = Duration.ofMinutes(10);

    private static final Logger LOG = LoggerFactory.getLogger(Pass.class);

    private final Services services;
    private final String name;
    private final long generation;
    private final QuarantinedInstanceSpec spec;
    private final StatusPatch<QuarantinedInstanceStatus> status;
    private final Optional<String> policyName;
    private final Optional<IsolationPolicy> policy;
    private final int episode;
    private final boolean begunAfterARelease;
    private final boolean urgent;
    private Optional<OtherIsolations> elsewhere = Optional.empty();

    Pass(
            Services services,
            QuarantinedInstance object,
            QuarantinedInstanceSpec spec,
            StatusPatch<QuarantinedInstanceStatus> status) {
        this.services = services;
        this.name = object.getMetadata().getName();
        this.generation =
                Optional.ofNullable(object.getMetadata().getGeneration()).orElse(0L);
        this.spec = spec;
        this.status = status;
        this.policyName = Optional.ofNullable(spec.policyRef()).map(PolicyRef::name);
        this.policy = policyName.flatMap(services.policies()::get);
        this.episode = episode(status.current());
        this.begunAfterARelease = isBeingReleased(status.current());
        this.urgent = spec.desiredState() != DesiredState.ISOLATED
                || !isSettled()
                || services.verifications().isOpen(name);
    }

    String name() {
        return name;
    }

    long generation() {
        return generation;
    }

    QuarantinedInstanceSpec spec() {
        return spec;
    }

    StatusPatch<QuarantinedInstanceStatus> status() {
        return status;
    }

    /** The status as it is known now. */
    QuarantinedInstanceStatus current() {
        return status.current();
    }

    /** The status with its episode open and its response frozen. */
    QuarantinedInstanceStatus opened() {
        return opened(status.current());
    }

    QuarantinedInstanceStatus opened(QuarantinedInstanceStatus before) {
        return isReleasedMeanwhile(before)
                ? before
                : QuarantineStatuses.opened(
                        before,
                        UnusedPolicy.carriedOut(before, policyName, policyFlaw(policy)),
                        Responses.of(policy),
                        services.scheduler().instant());
    }

    /** Whether another operator has begun a release since this pass began: what this one brings comes too late. */
    boolean isReleasedMeanwhile(QuarantinedInstanceStatus told) {
        return !begunAfterARelease && isOfThisEpisode(told) && isBeingReleased(told);
    }

    private static boolean isBeingReleased(QuarantinedInstanceStatus told) {
        return QuarantineReading.releasedTime(told)
                .or(() -> QuarantineReading.partlyReleasedTime(told))
                .isPresent();
    }

    /** Whether the isolation of the episode that is open, or is to be opened, was reached before. */
    boolean isSettled() {
        return QuarantineReading.isSettled(opened());
    }

    /** Whether the isolation was reached, and nothing is known to differ from it. */
    boolean mayWait() {
        return !urgent && !services.verifications().isDifferent(name);
    }

    /** Whether a person is asked to decide, as opposed to a dry run. */
    boolean awaitsApproval() {
        return policy.map(IsolationPolicy::getSpec)
                .filter(each -> each.mode() == IsolationPolicySpec.Mode.DRY_RUN)
                .isEmpty();
    }

    /** What keeps the operator from isolating by itself; nothing is taken up by itself for a policy that does not enforce. */
    Optional<Hold> hold() {
        Optional<Hold> written = Holds.of(spec);
        return isIn(IsolationPolicySpec.Mode.ENFORCE)
                ? written
                : written.filter(hold -> !hold.reason().isPassing()).or(this::pause);
    }

    private Optional<Hold> pause() {
        return policyName
                .filter(_ -> isIn(IsolationPolicySpec.Mode.PAUSED))
                .map(paused -> new Hold(
                        Hold.Reason.PAUSED,
                        "Policy " + paused + " is paused and isolates nothing by itself; give it another mode, or set"
                                + " spec.desiredState to Isolated."));
    }

    private boolean isIn(IsolationPolicySpec.Mode mode) {
        return policy.map(IsolationPolicy::getSpec)
                .filter(each -> each.mode() == mode)
                .isPresent();
    }

    Observation look() {
        return look(session());
    }

    Observation look(Result<Ec2Gateway> session) {
        return look(session, Set.of());
    }

    /** Looks also at who is in the groups that this quarantine uses. */
    Observation lookWithMembers() {
        return look(session(), QuarantineReading.record(status.current()).groupIds());
    }

    private Observation look(Result<Ec2Gateway> session, Collection<String> suspected) {
        return switch (session) {
            case Result.Ok<Ec2Gateway>(Ec2Gateway ec2) ->
                services.observer()
                        .look(
                                ec2,
                                name,
                                groupsToRead(),
                                suspected,
                                interfaces -> elsewhere(interfaces).named());
            case Result.Failed<Ec2Gateway>(CallFailure failure) -> new Observation.Unreadable(failure);
        };
    }

    /** What the quarantine aims at. */
    IsolationTarget target() {
        return Responses.target(services.installation().id(), opened().response());
    }

    /** The groups that must be seen whatever became of their marks. */
    private Set<String> groupsToRead() {
        Set<String> groups = new HashSet<>(target().existingGroups().values());
        groups.addAll(QuarantineReading.record(status.current()).groupIds());
        return groups;
    }

    /** Neither a fight with another controller nor what is isolated takes from what is urgent. */
    Result<Ec2Gateway> session() {
        boolean fight = services.verifications()
                .fight(name, services.scheduler().instant())
                .isPresent();
        return session(fight || mayWait() ? Priority.BACKGROUND : Priority.URGENT);
    }

    Result<Ec2Gateway> session(Priority priority) {
        return session(Responses.access(opened().response()), Purpose.RESPOND, priority);
    }

    /** With the identity that gives back, as the episode's response says that was carried out. */
    Result<Ec2Gateway> releaseSession() {
        QuarantinedInstanceStatus released = QuarantineReading.isWrittenDown(current()) ? current() : opened();
        return session(Responses.access(released.response()), Purpose.RELEASE, Priority.URGENT);
    }

    /** What evidence is kept with; it leaves the last of the budget to what isolates. */
    Result<EvidenceGateways> evidenceSession() {
        return evidenceSession(Responses.access(opened().response()), Purpose.RESPOND, Priority.BACKGROUND);
    }

    /** What a release undoes it with. */
    Result<EvidenceGateways> releaseEvidenceSession() {
        return evidenceSession(Responses.access(current().response()), Purpose.RELEASE, Priority.URGENT);
    }

    private Result<EvidenceGateways> evidenceSession(Access access, Purpose purpose, Priority priority) {
        return account()
                .then(account -> services.sessions()
                        .evidence(new AccountRegion(account, spec.region()), access, purpose, priority));
    }

    /** With the identity that puts rules into groups. */
    Result<Ec2Gateway> rulesSession() {
        return session(Responses.access(opened().response()), Purpose.RULES, Priority.URGENT);
    }

    private Result<Ec2Gateway> session(Access access, Purpose purpose, Priority priority) {
        return account()
                .then(account ->
                        services.sessions().ec2(new AccountRegion(account, spec.region()), access, purpose, priority));
    }

    /** Where the instance is, for messages and locks. */
    String where() {
        return account() instanceof Result.Ok<String>(String account) ? account + "/" + spec.region() : spec.region();
    }

    /** Whether another quarantine may be of the same account and Region; what is not known may be. */
    boolean mayBeBeside(QuarantinedInstanceSpec other) {
        return spec.region().equals(other.region())
                && (!(account() instanceof Result.Ok<String>(String here))
                        || !(account(other) instanceof Result.Ok<String>(String there))
                        || here.equals(there));
    }

    private Result<String> account() {
        return account(spec);
    }

    private Result<String> account(QuarantinedInstanceSpec of) {
        return of.accountID() == null ? services.sessions().ownAccount(of.region()) : Result.ok(of.accountID());
    }

    /** What lies between what was seen and the isolation. */
    IsolationPlan plan(Observation.Present seen) {
        boolean membersMatter = seen.groups().stream()
                .anyMatch(group -> group.ruleCount() > 0 || !group.members().isEmpty());
        return IsolationPlanner.plan(
                seen,
                target(),
                QuarantineReading.record(opened()),
                membersMatter ? quarantinedInterfaces() : Set.of(),
                elsewhere(seen.interfaces()));
    }

    /** Looked for among all quarantines only where something is still to be written down, and once. */
    private OtherIsolations elsewhere(List<InterfaceState> interfaces) {
        Set<String> written = QuarantineReading.record(opened()).interfaceIds();
        if (interfaces.stream().allMatch(each -> written.contains(each.id()))) {
            return OtherIsolations.NONE;
        }
        OtherIsolations known = elsewhere.orElseGet(() -> IsolationsElsewhere.of(services, name));
        elsewhere = Optional.of(known);
        return known;
    }

    /** Where the plan is carried out. */
    Site site(Ec2Gateway ec2, Observation.Present seen) {
        return new Site(
                ec2,
                where(),
                target(),
                Responses.access(opened().response()),
                this::rulesSession,
                () -> mayBeMembers(seen));
    }

    /** The interfaces that may be in a group of ours. */
    Set<String> mayBeMembers(Observation.Present seen) {
        Set<String> members = new HashSet<>(quarantinedInterfaces());
        seen.interfaces().forEach(each -> members.add(each.id()));
        return members;
    }

    private Set<String> quarantinedInterfaces() {
        return QuarantineReading.quarantinedInterfaces(services.quarantines().all().stream()
                .flatMap(object -> Optional.ofNullable(object.getStatus()).stream()));
    }

    void unreadable(CallFailure failure) {
        finish(new QuarantineOutcome.Unreadable(
                failure, services.verifications().isOpen(name)));
        retry();
    }

    /** Comes back by itself, later each time. */
    void retry() {
        retry(name, spec.desiredState() == DesiredState.RELEASED ? LONGEST_WAIT_OF_A_RELEASE : LONGEST_WAIT);
    }

    /** Comes back for what is beside the isolation; a repair is not made to wait for that. */
    void retryAside() {
        services.backoff().reset(name);
        retry(aside(), LONGEST_WAIT_ASIDE);
    }

    /** Comes back when there may be more reads to spare. */
    void retryPutOff() {
        retry(aside(), LONGEST_WAIT);
    }

    /** Whether it comes back by itself for what is beside the isolation. */
    boolean isAwaitedAside() {
        return services.backoff().isAwaited(aside());
    }

    private String aside() {
        return name + "/aside";
    }

    private void retry(String what, Duration longest) {
        services.backoff()
                .next(what, longest)
                .ifPresent(attempt -> services.scheduler().after(attempt.delay(), () -> tryAgain(what, attempt)));
    }

    private void tryAgain(String what, Backoff.Attempt attempt) {
        if (services.backoff().begins(what, attempt)) {
            services.verifications().lookAt(name);
            services.trigger().trigger(name);
        }
    }

    void succeeded() {
        services.backoff().reset(name);
        services.backoff().reset(aside());
    }

    /** Tells the outcome of a pass that opens an episode, or goes on with one. */
    void finish(QuarantineOutcome outcome) {
        finish(outcome, this::opened);
    }

    /** Tells the outcome, after a change of the status that comes with it. */
    void finish(QuarantineOutcome outcome, UnaryOperator<QuarantinedInstanceStatus> first) {
        finish(outcome, first, before -> !isReleasedMeanwhile(before));
    }

    /** Tells the outcome, unless another operator has opened the next episode meanwhile: it is not of that one. */
    void finishThisEpisode(QuarantineOutcome outcome, UnaryOperator<QuarantinedInstanceStatus> first) {
        finish(outcome, first, this::isOfThisEpisode);
    }

    /** Whether a status is of the episode in which this pass began. */
    boolean isOfThisEpisode(QuarantinedInstanceStatus told) {
        return episode(told) == episode;
    }

    /** The first one may be opened by this pass. */
    private static int episode(QuarantinedInstanceStatus status) {
        return Math.max(1, QuarantineReading.episodeNumber(status));
    }

    private void finish(
            QuarantineOutcome outcome,
            UnaryOperator<QuarantinedInstanceStatus> first,
            Predicate<QuarantinedInstanceStatus> concerns) {
        Instant now = services.scheduler().instant();
        Optional<String> fight = services.verifications().fight(name, now);
        int known = QuarantineReading.episodeNumber(current());
        Set<String> listed = spec.findings().stream().map(FindingRef::id).collect(Collectors.toSet());
        List<Finding> findings = services.findings().of(name).stream()
                .filter(finding -> listed.contains(finding.id()))
                .toList();
        status.patch(before -> concerns.test(before)
                ? withFailedExpression(
                        withUnusedPolicy(
                                QuarantineStatuses.after(
                                        QuarantineStatuses.listing(first.apply(before), listed),
                                        outcome,
                                        findings,
                                        fight,
                                        generation,
                                        services.validity(),
                                        now),
                                outcome,
                                now),
                        outcome,
                        now)
                : before);
        services.findings().forget(name, finding -> QuarantineStatuses.tellsOf(current(), finding));
        if (QuarantineReading.episodeNumber(current()) != known) {
            unusedPolicy(current()).ifPresent(unused -> LOG.warn("opened: {}", unused.sentence()));
        }
    }

    /** What is not reached speaks of what is in its way; and a release rests on no policy. */
    private QuarantinedInstanceStatus withUnusedPolicy(
            QuarantinedInstanceStatus after, QuarantineOutcome outcome, Instant now) {
        return switch (outcome) {
            case QuarantineOutcome.Observed _, QuarantineOutcome.Isolated _, QuarantineOutcome.Swept _ ->
                unusedPolicy(after)
                        .map(unused -> unused.in(after, generation, now))
                        .orElse(after);
            case QuarantineOutcome.OnOwnNode _,
                    QuarantineOutcome.Unsupported _,
                    QuarantineOutcome.Unreadable _,
                    QuarantineOutcome.Terminated _,
                    QuarantineOutcome.GivenBack _,
                    QuarantineOutcome.CleanedUp _,
                    QuarantineOutcome.AtRest _ -> after;
        };
    }

    /** Whoever is asked to decide is told why. */
    private QuarantinedInstanceStatus withFailedExpression(
            QuarantinedInstanceStatus after, QuarantineOutcome outcome, Instant now) {
        return outcome instanceof QuarantineOutcome.Observed
                ? policy.flatMap(this::failedExpression)
                        .map(sentence -> ReadyRemark.in(after, sentence, generation, now))
                        .orElse(after)
                : after;
    }

    private Optional<String> failedExpression(IsolationPolicy object) {
        return services.reader().read(object) instanceof PolicyReader.Reading.Understood(Policy read)
                ? services.expressions().failure(read, name)
                : Optional.empty();
    }

    private Optional<UnusedPolicy> unusedPolicy(QuarantinedInstanceStatus of) {
        return UnusedPolicy.of(of, policyName, policyFlaw(policy));
    }

    /** What keeps the response of the policy that a quarantine names from being carried out as it is written. */
    static Optional<UnusedPolicy.Flaw> policyFlaw(Optional<IsolationPolicy> policy) {
        if (policy.isEmpty()) {
            return Optional.of(new UnusedPolicy.Flaw.Missing());
        }
        return policy.map(IsolationPolicy::getSpec)
                .map(spec -> Responses.notUnderstood(spec.response()).map(field -> "spec.response." + field))
                .orElse(Optional.of("spec"))
                .map(UnusedPolicy.Flaw.NotUnderstood::new);
    }
}
