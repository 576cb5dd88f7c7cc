package io.ec2quarantine.status;

import io.ec2quarantine.api.v1alpha1.Condition;
import io.ec2quarantine.api.v1alpha1.ConditionType;
import io.ec2quarantine.api.v1alpha1.IsolationPolicyStatus;
import io.ec2quarantine.api.v1alpha1.IsolationPolicyStatus.SourceStatus;
import io.ec2quarantine.core.policy.Hold;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The next status of a policy: a pure function of the one before. */
public final class PolicyStatuses {
    private static final Duration PRINT_LAG = Duration.ofMinutes(5);
    private static final String QUEUE_UNREADABLE = "QueueUnreadable";

    private PolicyStatuses() {}

    /**
     * Takes over what the polls found.
     *
     * @param policy what is to be said of the policy itself
     * @param paused whether its mode opens nothing
     * @param matched the findings in the quarantines of this policy
     * @param active its quarantines that isolate, or are about to
     * @param deferred what keeps each instance from being isolated that waits for room
     */
    public static IsolationPolicyStatus after(
            IsolationPolicyStatus before,
            PolicyReport policy,
            boolean paused,
            List<SourceReport> sources,
            long matched,
            long active,
            List<Hold> deferred,
            long generation,
            Instant now) {
        List<SourceStatus> statuses = sources.stream()
                .map(report -> source(find(before, report), report, now))
                .toList();
        Claim reachable = reachable(sources);
        Optional<Claim> evaluated = evaluated(before.conditions(), policy, sources, generation);
        Claim ready = policy instanceof PolicyReport.NotUnderstood(String reason, String sentence)
                ? Claim.no(ConditionType.READY, reason, sentence)
                : withTemplates(policy, ready(reachable, evaluated, paused, deferred));
        List<Condition> kept = before.conditions().stream()
                .filter(each -> evaluated.isPresent()
                        || !ConditionType.EXPRESSION_EVALUATED.text().equals(each.type()))
                .toList();
        return new IsolationPolicyStatus(
                generation,
                Conditions.upsert(
                        kept,
                        Stream.concat(Stream.of(ready, reachable), evaluated.stream())
                                .toList(),
                        generation,
                        now),
                statuses,
                matched,
                active,
                (long) deferred.size());
    }

    /** Whoever is told of nothing else to mend is told of this. */
    private static Claim withTemplates(PolicyReport policy, Claim ready) {
        return policy instanceof PolicyReport.TemplateInvalid(PolicyReport _, String sentence)
                        && ready.status() == Condition.Status.TRUE
                ? Claim.no(ConditionType.READY, "InvalidTemplate", sentence)
                : ready;
    }

    private static Claim ready(Claim reachable, Optional<Claim> evaluated, boolean paused, List<Hold> deferred) {
        return switch (reachable.status()) {
            case TRUE ->
                evaluated
                        .filter(claim -> claim.status() == Condition.Status.FALSE)
                        .map(claim -> Claim.no(ConditionType.READY, claim.reason(), claim.message()))
                        .orElseGet(() ->
                                watching(paused, deferred, reachable.reason().equals(QUEUE_UNREADABLE)));
            case FALSE -> Claim.no(ConditionType.READY, reachable.reason(), reachable.message());
            case UNKNOWN -> Claim.unknown(ConditionType.READY, reachable.reason(), reachable.message());
        };
    }

    private static Claim watching(boolean paused, List<Hold> deferred, boolean withoutItsQueue) {
        if (paused) {
            return Claim.yes(ConditionType.READY, "Paused", "Nothing new is opened or raised.");
        }
        return deferred.isEmpty()
                ? Claim.yes(
                        ConditionType.READY,
                        "Watching",
                        withoutItsQueue
                                ? "Every source is watched by polling; its queue cannot be read, SourcesReachable says why."
                                : "Every source is watched.")
                : Claim.yes(ConditionType.READY, "Deferring", deferring(deferred));
    }

    private static String deferring(List<Hold> deferred) {
        return "Every source is watched; " + deferred.size()
                + (deferred.size() == 1 ? " instance waits" : " instances wait")
                + " to be isolated, the first for this: "
                + deferred.getFirst().sentence();
    }

    /** Until every source was polled, what an earlier process said of the same policy stands. */
    private static Optional<Claim> evaluated(
            List<Condition> before, PolicyReport report, List<SourceReport> sources, long generation) {
        ConditionType type = ConditionType.EXPRESSION_EVALUATED;
        return switch (report) {
            case PolicyReport.Understood _, PolicyReport.NotUnderstood _ -> Optional.empty();
            case PolicyReport.TemplateInvalid(PolicyReport rest, String _) ->
                evaluated(before, rest, sources, generation);
            case PolicyReport.ExpressionFails(String sentence) ->
                Optional.of(Claim.no(type, "ExpressionFailed", sentence));
            case PolicyReport.ExpressionHolds _ -> {
                boolean polled = sources.stream()
                        .noneMatch(source -> source.lastPollTime().isEmpty());
                Optional<Claim> standing = Conditions.find(before, type)
                        .filter(condition -> Objects.equals(condition.observedGeneration(), generation))
                        .flatMap(_ -> Claim.standing(before, type));
                yield Optional.of(
                        polled
                                ? Claim.yes(type, "Evaluated", "spec.match.expression has failed on no finding.")
                                : standing.orElseGet(() -> Claim.unknown(
                                        type,
                                        "Pending",
                                        "No finding was read yet; it is done by itself within seconds.")));
            }
        };
    }

    private static Claim reachable(List<SourceReport> sources) {
        List<SourceReport> failing = sources.stream()
                .filter(report -> report.problem().isPresent() && !report.expected())
                .toList();
        if (!failing.isEmpty()) {
            String sentences = failing.stream()
                    .flatMap(report -> report.problem().stream()
                            .map(problem -> report.name() + " in " + report.region() + ": " + problem.sentence()))
                    .collect(Collectors.joining(" "));
            String reason = failing.getFirst()
                    .problem()
                    .map(SourceReport.Problem::reason)
                    .orElse("Unreachable");
            return Claim.no(ConditionType.SOURCES_REACHABLE, reason, sentences);
        }
        List<String> pending = sources.stream()
                .filter(report -> report.lastPollTime().isEmpty())
                .map(report -> report.name() + " in " + report.region())
                .toList();
        return pending.isEmpty()
                ? answering(sources)
                : Claim.unknown(
                        ConditionType.SOURCES_REACHABLE,
                        "Pending",
                        "Not polled yet: " + String.join(", ", pending) + "; it is done by itself within seconds.");
    }

    /** A queue only makes findings come sooner: without it, the sources are watched all the same. */
    private static Claim answering(List<SourceReport> sources) {
        String remarks = sources.stream()
                .flatMap(report -> report.remark().stream().map(remark -> report.name() + ": " + remark))
                .collect(Collectors.joining(" "));
        return remarks.isEmpty()
                ? Claim.yes(ConditionType.SOURCES_REACHABLE, "Polled", "Every source answers.")
                : Claim.yes(
                        ConditionType.SOURCES_REACHABLE,
                        QUEUE_UNREADABLE,
                        "Every source answers, though not its queue. " + remarks);
    }

    private static Optional<SourceStatus> find(IsolationPolicyStatus before, SourceReport report) {
        return before.sources().stream()
                .filter(each ->
                        report.name().equals(each.name()) && report.region().equals(each.region()))
                .findFirst();
    }

    /** Until the first poll is done, what an earlier process had stored stands. The poll time alone is worth a write only now and then. */
    private static SourceStatus source(Optional<SourceStatus> before, SourceReport report, Instant now) {
        @Nullable Instant printed = before.map(SourceStatus::lastPollTime).orElse(null);
        @Nullable
        Instant stored = report.lastFindingUpdateTime()
                .or(() -> before.flatMap(each -> Optional.ofNullable(each.lastFindingUpdateTime())))
                .orElse(null);
        SourceStatus same = with(report, printed, stored);
        boolean recent = printed != null && printed.isAfter(now.minus(PRINT_LAG));
        return recent && Objects.equals(before.orElse(null), same)
                ? same
                : with(
                        report,
                        report.lastPollTime()
                                .or(() -> Optional.ofNullable(printed))
                                .orElse(null),
                        stored);
    }

    private static SourceStatus with(
            SourceReport report, @Nullable Instant lastPollTime, @Nullable Instant storedUpTo) {
        return new SourceStatus(
                report.name(),
                report.region(),
                report.detectorId().orElse(null),
                lastPollTime,
                storedUpTo,
                Optional.of(Stream.concat(
                                        report.problem().map(SourceReport.Problem::sentence).stream(),
                                        report.remark().stream())
                                .collect(Collectors.joining(" ")))
                        .filter(message -> !message.isEmpty())
                        .map(Conditions::bounded)
                        .orElse(null));
    }
}
