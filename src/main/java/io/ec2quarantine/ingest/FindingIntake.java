package io.ec2quarantine.ingest;

import io.ec2quarantine.aws.AwsSessions;
import io.ec2quarantine.cluster.ReconcileTrigger;
import io.ec2quarantine.core.CallFailure;
import io.ec2quarantine.core.Result;
import io.ec2quarantine.core.access.Access;
import io.ec2quarantine.core.finding.Finding;
import io.ec2quarantine.core.finding.InstanceRef;
import io.ec2quarantine.core.policy.Decision;
import io.ec2quarantine.core.policy.FindingDecider;
import io.ec2quarantine.core.policy.FindingDecider.Judgement;
import io.ec2quarantine.core.policy.Hold;
import io.ec2quarantine.core.policy.MatchExpression.Outcome;
import io.ec2quarantine.core.policy.Mode;
import io.ec2quarantine.core.policy.Policy;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Takes one finding from a source to stored decisions, one for each instance that it names. */
public final class FindingIntake {
    /** Longer than EC2's reads lag behind what was launched. */
    private static final Duration SETTLING = Duration.ofMinutes(5);

    private static final Logger LOG = LoggerFactory.getLogger(FindingIntake.class);

    private final AwsSessions sessions;
    private final FindingDecider decider;
    private final QuarantineRegistrar registrar;
    private final FindingBook book;
    private final ExpressionBook expressions;
    private final ReconcileTrigger quarantines;
    private final Function<String, Access> accessOf;
    private final InstantSource time;
    private final MeterRegistry meters;

    /** @param accessOf how a policy, by its name, acts in the account of an instance */
    public FindingIntake(
            AwsSessions sessions,
            FindingDecider decider,
            QuarantineRegistrar registrar,
            FindingBook book,
            ExpressionBook expressions,
            ReconcileTrigger quarantines,
            Function<String, Access> accessOf,
            InstantSource time,
            MeterRegistry meters) {
        this.sessions = sessions;
        this.decider = decider;
        this.registrar = registrar;
        this.book = book;
        this.expressions = expressions;
        this.quarantines = quarantines;
        this.accessOf = accessOf;
        this.time = time;
        this.meters = meters;
    }

    /** The tags of the instances that these findings are about; one that is no instance id is in nobody's filter. */
    PageTags tagsOf(List<Finding> findings) {
        return new PageTags(
                sessions,
                findings.stream()
                        .flatMap(finding -> finding.instances().stream()
                                .filter(instance ->
                                        decider.refusal(finding, instance).isEmpty()))
                        .toList());
    }

    /**
     * Whether every decision on the finding is stored; the problem where one is not.
     *
     * @param tags of every instance that the finding names
     * @param sighting with the time that its age is measured at: one that waits to be stored does not become too old
     */
    Optional<SourceState.Problem> take(
            String sourceName, Finding finding, PageTags tags, List<Policy> policies, Sighting sighting) {
        Optional<SourceState.Problem> problem = Optional.empty();
        for (InstanceRef instance : finding.instances()) {
            Optional<SourceState.Problem> mine =
                    take(new Case(sourceName, finding, instance, policies, sighting), tags);
            problem = problem.isPresent() ? problem : mine;
        }
        return problem;
    }

    private Optional<SourceState.Problem> take(Case each, PageTags tags) {
        Optional<Decision.Ignore> refusal = decider.refusal(each.finding(), each.instance());
        List<Policy> candidates = decider.candidates(
                each.finding(),
                each.instance(),
                each.policies(),
                each.sighting().asOf());
        if (refusal.isPresent() || candidates.isEmpty()) {
            log(each, refusal.orElseGet(() -> new Decision.Ignore(Decision.Why.NO_MATCH)));
            return Optional.empty();
        }
        boolean tagsNeeded =
                candidates.stream().anyMatch(policy -> policy.rules().needTags());
        if (!tagsNeeded) {
            return judge(each, Optional.empty(), tags);
        }
        return switch (tagsOf(each, tags)) {
            case Result.Ok<Map<String, String>>(Map<String, String> read) -> judge(each, Optional.of(read), tags);
            case Result.Failed<Map<String, String>>(CallFailure failure) ->
                failure instanceof CallFailure.NotFound && isSettled(each.finding())
                        ? gone(each)
                        : Optional.of(waits(each, failure));
        };
    }

    /** Read as one of the policies would act that the finding may match. */
    private Result<Map<String, String>> tagsOf(Case each, PageTags tags) {
        return tags.of(
                each.instance(),
                decider
                        .candidates(
                                each.finding(),
                                each.instance(),
                                each.policies(),
                                each.sighting().asOf())
                        .stream()
                        .map(policy -> accessOf.apply(policy.name()))
                        .distinct()
                        .toList());
    }

    /** Asks the expressions first: what none of them lets through needs no look at the quarantine. */
    private Optional<SourceState.Problem> judge(Case each, Optional<Map<String, String>> read, PageTags tags) {
        List<Judgement> judgements = decider.judge(
                each.finding(),
                each.instance(),
                read.orElseGet(Map::of),
                each.policies(),
                each.sighting().asOf());
        judgements.forEach(judgement -> note(each, judgement));
        if (judgements.stream().allMatch(judgement -> judgement.outcome() instanceof Outcome.NotMatched)) {
            book.forget(each.instance().instanceId(), each.finding());
            log(each, new Decision.Ignore(Decision.Why.NO_MATCH));
            // One that was opened because the expression failed says so no more.
            quarantines.trigger(each.instance().instanceId());
            return Optional.empty();
        }
        return store(each, read.map(Result::ok), tags);
    }

    private void note(Case each, Judgement judgement) {
        boolean news = expressions.note(judgement, each.finding(), each.instance());
        if (judgement.outcome() instanceof Outcome.Failed(String reason)) {
            String policy = judgement.policy().name();
            meters.counter("ec2quarantine.expression.failures", "policy", policy)
                    .increment();
            LOG.atLevel(news ? Level.WARN : Level.DEBUG)
                    .addKeyValue("policy", policy)
                    .addKeyValue("finding", each.finding().id())
                    .addKeyValue("instance", each.instance().instanceId())
                    .log(
                            "the expression of {} could not be evaluated for {} on {}: {}; a person decides",
                            policy,
                            each.finding().id(),
                            each.instance().instanceId(),
                            reason);
        }
    }

    /** By now EC2 would show the instance if it still existed. */
    private boolean isSettled(Finding finding) {
        return finding.updatedAt().plus(SETTLING).isBefore(time.instant());
    }

    private Optional<SourceState.Problem> gone(Case each) {
        book.forget(each.instance().instanceId(), each.finding());
        log(each, new Decision.Ignore(Decision.Why.INSTANCE_GONE));
        return Optional.empty();
    }

    /**
     * What may not be read is taken for no memory of a release: an instance too many isolated beats one too few. A finding
     * that is read again long after it came waits for EC2's answer, for it may well have been dealt with.
     */
    private Optional<SourceState.Problem> storeWithMemory(Case each, PageTags tags) {
        return switch (tagsOf(each, tags)) {
            case Result.Ok<Map<String, String>> read -> store(each, Optional.of(read), tags);
            case Result.Failed<Map<String, String>>(CallFailure failure) ->
                switch (failure) {
                    case CallFailure.Throttled _ -> Optional.of(waits(each, failure));
                    case CallFailure.Transient _ when isSettled(each.finding()) -> Optional.of(waits(each, failure));
                    case CallFailure.NotFound _ when isSettled(each.finding()) -> gone(each);
                    case CallFailure.NotFound _,
                            CallFailure.Denied _,
                            CallFailure.RoleNotAllowed _,
                            CallFailure.NoCredentials _,
                            CallFailure.Invalid _,
                            CallFailure.Transient _ -> store(each, Optional.of(Result.failed(failure)), tags);
                };
        };
    }

    private static SourceState.Problem waits(Case each, CallFailure failure) {
        return new SourceState.Problem(
                "TagsUnreadable",
                "Finding " + each.finding().id() + " waits for the tags of "
                        + each.instance().instanceId() + ": " + failure.sentence());
    }

    private Optional<SourceState.Problem> store(Case each, Optional<Result<Map<String, String>>> read, PageTags tags) {
        book.note(each.instance().instanceId(), each.finding());
        return switch (registrar.register(
                each.sourceName(), each.finding(), each.instance(), read, each.policies(), each.sighting())) {
            case QuarantineRegistrar.Registration.Stored(Decision decision) -> {
                log(each, decision);
                tell(each.instance(), each.finding(), decision);
                yield Optional.empty();
            }
            case QuarantineRegistrar.Registration.NeedsTags _ -> storeWithMemory(each, tags);
            case QuarantineRegistrar.Registration.NotStored(String sentence) ->
                Optional.of(new SourceState.Problem("NotStored", sentence));
        };
    }

    /** A changed object is its own news; asked for before the watch has it, its old state would be carried out once more. */
    private void tell(InstanceRef instance, Finding finding, Decision decision) {
        if (decision instanceof Decision.Ignore(Decision.Why why)) {
            if (why == Decision.Why.ALREADY_LISTED) {
                quarantines.trigger(instance.instanceId());
            } else {
                book.forget(instance.instanceId(), finding);
            }
        }
    }

    private void log(Case each, Decision decision) {
        Finding finding = each.finding();
        InstanceRef instance = each.instance();
        String kind = decision.getClass().getSimpleName();
        meters.counter("ec2quarantine.decisions", "decision", kind).increment();
        LOG.atLevel(isNews(decision) ? Level.INFO : Level.DEBUG)
                .addKeyValue("instance", instance.instanceId())
                .addKeyValue("account", instance.accountId())
                .addKeyValue("region", instance.region())
                .addKeyValue("finding", finding.id())
                .addKeyValue("findingType", finding.type())
                .addKeyValue("policy", decision.byPolicy().orElse(""))
                .addKeyValue("decision", kind)
                .log(
                        "decided: {} for {} on {} ({})",
                        describe(decision),
                        finding.type(),
                        instance.instanceId(),
                        finding.id());
    }

    /** What was decided before was told of then; every restart, policy change and full read comes to it again. */
    private static boolean isNews(Decision decision) {
        return !(decision instanceof Decision.Ignore(Decision.Why why))
                || (why != Decision.Why.ALREADY_LISTED && why != Decision.Why.LISTED_BEFORE);
    }

    private static String describe(Decision decision) {
        return switch (decision) {
            case Decision.Open open -> "open by " + open.policy() + how(open.mode(), open.hold());
            case Decision.Reopen reopen ->
                "open the next episode by " + reopen.policy() + how(reopen.mode(), reopen.hold());
            case Decision.Raise raise -> "raise by " + raise.policy() + how(raise.mode(), raise.hold());
            case Decision.TakeBack back -> "take the unfinished release back by " + back.policy();
            case Decision.AddFinding _ -> "add the finding";
            case Decision.Ignore ignore -> "ignore (" + ignore.why().sentence() + ")";
        };
    }

    private static String how(Mode mode, Optional<Hold> hold) {
        return hold.map(each -> (each.reason().isPassing() ? ", deferred by " : ", put before a person by ")
                        + each.reason().safeguard() + " (" + each.sentence() + ")")
                .orElseGet(() -> " (" + mode.label() + ")");
    }

    /** One finding on one of its instances, and what it is decided under. */
    private record Case(
            String sourceName, Finding finding, InstanceRef instance, List<Policy> policies, Sighting sighting) {}
}
