package io.ec2quarantine.status;

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
import org.jspecify.annotations.Nullable;

/** The next status of a policy: a pure function of the one before. */
public final class PolicyStatuses {
    private static final Duration PRINT_LAG = Duration.ofMinutes(5);

    private PolicyStatuses() {}

    /**
     * Takes over what the polls found.
     *
     * @param notUnderstood why the policy matches nothing, when it is not understood
     * @param paused whether its mode opens nothing
     * @param matched the findings in the quarantines of this policy
     * @param active its quarantines of instances that are not terminated
     * @param deferred what keeps each instance from being isolated that waits for room
     */
    public static IsolationPolicyStatus after(
            IsolationPolicyStatus before,
            Optional<String> notUnderstood,
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
        Claim ready = notUnderstood
                .map(sentence -> Claim.no(ConditionType.READY, "Unsupported", sentence))
                .orElseGet(() -> ready(reachable, paused, deferred));
        return new IsolationPolicyStatus(
                generation,
                Conditions.upsert(before.conditions(), List.of(ready, reachable), generation, now),
                statuses,
                matched,
                active,
                (long) deferred.size());
    }

    private static Claim ready(Claim reachable, boolean paused, List<Hold> deferred) {
        return switch (reachable.status()) {
            case TRUE -> {
                if (paused) {
                    yield Claim.yes(ConditionType.READY, "Paused", "Nothing new is opened or raised.");
                }
                yield deferred.isEmpty()
                        ? Claim.yes(ConditionType.READY, "Watching", "Every source is watched.")
                        : Claim.yes(ConditionType.READY, "Deferring", deferring(deferred));
            }
            case FALSE -> Claim.no(ConditionType.READY, reachable.reason(), reachable.message());
            case UNKNOWN -> Claim.unknown(ConditionType.READY, reachable.reason(), reachable.message());
        };
    }

    private static String deferring(List<Hold> deferred) {
        return "Every source is watched; " + deferred.size()
                + (deferred.size() == 1 ? " instance waits" : " instances wait")
                + " to be isolated, the first for this: "
                + deferred.getFirst().sentence();
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
                ? Claim.yes(ConditionType.SOURCES_REACHABLE, "Polled", "Every source answers.")
                : Claim.unknown(
                        ConditionType.SOURCES_REACHABLE,
                        "Pending",
                        "Not polled yet: " + String.join(", ", pending) + "; it is done by itself within seconds.");
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
                report.problem()
                        .map(SourceReport.Problem::sentence)
                        .map(Conditions::bounded)
                        .orElse(null));
    }
}
