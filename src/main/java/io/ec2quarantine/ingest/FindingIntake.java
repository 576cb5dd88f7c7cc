package io.ec2quarantine.ingest;

import io.ec2quarantine.aws.AccountRegion;
import io.ec2quarantine.aws.AwsSessions;
import io.ec2quarantine.aws.Priority;
import io.ec2quarantine.cluster.ReconcileTrigger;
import io.ec2quarantine.core.CallFailure;
import io.ec2quarantine.core.Result;
import io.ec2quarantine.core.finding.Finding;
import io.ec2quarantine.core.finding.InstanceRef;
import io.ec2quarantine.core.isolation.InstanceFacts;
import io.ec2quarantine.core.policy.Decision;
import io.ec2quarantine.core.policy.FindingDecider;
import io.ec2quarantine.core.policy.Policy;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
    private final ReconcileTrigger quarantines;
    private final InstantSource time;
    private final MeterRegistry meters;

    public FindingIntake(
            AwsSessions sessions,
            FindingDecider decider,
            QuarantineRegistrar registrar,
            FindingBook book,
            ReconcileTrigger quarantines,
            InstantSource time,
            MeterRegistry meters) {
        this.sessions = sessions;
        this.decider = decider;
        this.registrar = registrar;
        this.book = book;
        this.quarantines = quarantines;
        this.time = time;
        this.meters = meters;
    }

    /**
     * Whether every decision on the finding is stored; the problem where one is not.
     *
     * @param sighting with the time that its age is measured at: one that waits to be stored does not become too old
     */
    Optional<SourceState.Problem> take(String sourceName, Finding finding, List<Policy> policies, Sighting sighting) {
        Optional<SourceState.Problem> problem = Optional.empty();
        for (InstanceRef instance : finding.instances()) {
            Optional<SourceState.Problem> mine = take(sourceName, finding, instance, policies, sighting);
            problem = problem.isPresent() ? problem : mine;
        }
        return problem;
    }

    private Optional<SourceState.Problem> take(
            String sourceName, Finding finding, InstanceRef instance, List<Policy> policies, Sighting sighting) {
        Optional<Decision.Ignore> refusal = decider.refusal(finding, instance);
        List<Policy> candidates = decider.candidates(finding, instance, policies, sighting.asOf());
        if (refusal.isPresent() || candidates.isEmpty()) {
            log(finding, instance, refusal.orElseGet(() -> new Decision.Ignore(Decision.Why.NO_MATCH)));
            return Optional.empty();
        }
        boolean tagsNeeded =
                candidates.stream().anyMatch(policy -> policy.rules().needTags());
        if (!tagsNeeded) {
            return store(sourceName, finding, instance, Optional.empty(), policies, sighting);
        }
        return switch (tags(instance)) {
            case Result.Ok<Map<String, String>>(Map<String, String> read) ->
                store(sourceName, finding, instance, Optional.of(read), policies, sighting);
            case Result.Failed<Map<String, String>>(CallFailure failure) ->
                failure instanceof CallFailure.NotFound && isSettled(finding)
                        ? gone(finding, instance)
                        : Optional.of(waits(finding, instance, failure));
        };
    }

    /** By now EC2 would show the instance if it still existed. */
    private boolean isSettled(Finding finding) {
        return finding.updatedAt().plus(SETTLING).isBefore(time.instant());
    }

    private Optional<SourceState.Problem> gone(Finding finding, InstanceRef instance) {
        book.forget(instance.instanceId(), finding);
        log(finding, instance, new Decision.Ignore(Decision.Why.INSTANCE_GONE));
        return Optional.empty();
    }

    /**
     * What may not be read is taken for no memory of a release: an instance too many isolated beats one too few. A finding
     * that is read again long after it came waits for EC2's answer, for it may well have been dealt with.
     */
    private Optional<SourceState.Problem> storeWithMemory(
            String sourceName, Finding finding, InstanceRef instance, List<Policy> policies, Sighting sighting) {
        return switch (tags(instance)) {
            case Result.Ok<Map<String, String>>(Map<String, String> read) ->
                store(sourceName, finding, instance, Optional.of(read), policies, sighting);
            case Result.Failed<Map<String, String>>(CallFailure failure) ->
                switch (failure) {
                    case CallFailure.Throttled _ -> Optional.of(waits(finding, instance, failure));
                    case CallFailure.Transient _
                    when isSettled(finding) -> Optional.of(waits(finding, instance, failure));
                    case CallFailure.NotFound _ when isSettled(finding) -> gone(finding, instance);
                    case CallFailure.NotFound _,
                            CallFailure.Denied _,
                            CallFailure.NoCredentials _,
                            CallFailure.Invalid _,
                            CallFailure.Transient _ ->
                        store(sourceName, finding, instance, Optional.of(Map.of()), policies, sighting);
                };
        };
    }

    private static SourceState.Problem waits(Finding finding, InstanceRef instance, CallFailure failure) {
        return new SourceState.Problem(
                "TagsUnreadable",
                "Finding " + finding.id() + " waits for the tags of " + instance.instanceId() + ": "
                        + failure.sentence());
    }

    private Result<Map<String, String>> tags(InstanceRef instance) {
        AccountRegion where = new AccountRegion(instance.accountId(), instance.region());
        return sessions.ec2(where, Priority.URGENT)
                .then(ec2 -> ec2.instances(List.of(instance.instanceId())))
                .then(found -> Optional.ofNullable(found.get(instance.instanceId()))
                        .map(InstanceFacts::tags)
                        .map(Result::ok)
                        .orElseGet(() -> Result.failed(new CallFailure.NotFound(
                                "ec2:DescribeInstances", instance.instanceId(), "EC2 does not show it"))));
    }

    private Optional<SourceState.Problem> store(
            String sourceName,
            Finding finding,
            InstanceRef instance,
            Optional<Map<String, String>> tags,
            List<Policy> policies,
            Sighting sighting) {
        book.note(instance.instanceId(), finding);
        return switch (registrar.register(sourceName, finding, instance, tags, policies, sighting)) {
            case QuarantineRegistrar.Registration.Stored(Decision decision) -> {
                log(finding, instance, decision);
                tell(instance, finding, decision);
                yield Optional.empty();
            }
            case QuarantineRegistrar.Registration.NeedsTags _ ->
                storeWithMemory(sourceName, finding, instance, policies, sighting);
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

    private void log(Finding finding, InstanceRef instance, Decision decision) {
        String kind = decision.getClass().getSimpleName();
        meters.counter("ec2quarantine.decisions", "decision", kind).increment();
        LOG.atLevel(isNews(decision) ? Level.INFO : Level.DEBUG)
                .addKeyValue("instance", instance.instanceId())
                .addKeyValue("account", instance.accountId())
                .addKeyValue("region", instance.region())
                .addKeyValue("finding", finding.id())
                .addKeyValue("findingType", finding.type())
                .addKeyValue("policy", policy(decision))
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

    private static String policy(Decision decision) {
        return switch (decision) {
            case Decision.Open open -> open.policy();
            case Decision.Reopen reopen -> reopen.policy();
            case Decision.Raise raise -> raise.policy();
            case Decision.TakeBack back -> back.policy();
            case Decision.AddFinding _, Decision.Ignore _ -> "";
        };
    }

    private static String describe(Decision decision) {
        return switch (decision) {
            case Decision.Open open ->
                "open by " + open.policy() + " (" + open.mode().label() + ")";
            case Decision.Reopen reopen ->
                "open the next episode by " + reopen.policy() + " ("
                        + reopen.mode().label() + ")";
            case Decision.Raise raise ->
                "raise by " + raise.policy() + " (" + raise.mode().label() + ")";
            case Decision.TakeBack back -> "take the unfinished release back by " + back.policy();
            case Decision.AddFinding _ -> "add the finding";
            case Decision.Ignore ignore -> "ignore (" + ignore.why().sentence() + ")";
        };
    }
}
