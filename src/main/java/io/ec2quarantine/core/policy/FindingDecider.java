package io.ec2quarantine.core.policy;

import io.ec2quarantine.core.finding.Finding;
import io.ec2quarantine.core.finding.InstanceRef;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Decides what becomes of a finding: a pure function of the finding, the tags, the policies, the quarantine and the time. */
public final class FindingDecider {
    private static final Pattern INSTANCE_ID = Pattern.compile("i-([0-9a-f]{8}|[0-9a-f]{17})");
    private static final Pattern ACCOUNT_ID = Pattern.compile("[0-9]{12}");
    private static final Pattern REGION = Pattern.compile("[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}");
    private static final Comparator<Candidate> FURTHEST_THEN_NAME = Comparator.comparing(Candidate::mode)
            .reversed()
            .thenComparing(candidate -> candidate.policy().name());

    private final boolean acceptSamples;

    /** @param acceptSamples whether sample findings count as real ones (a drill) */
    public FindingDecider(boolean acceptSamples) {
        this.acceptSamples = acceptSamples;
    }

    /** The policies whose rules match as far as they can be told without the instance's tags. */
    public List<Policy> candidates(Finding finding, InstanceRef instance, List<Policy> policies, Instant now) {
        return policies.stream()
                .filter(policy ->
                        policy.rules().mismatchOf(finding, instance, now).isEmpty())
                .toList();
    }

    /** Why the finding concerns no policy at all, whatever the policies say. */
    public Optional<Decision.Ignore> refusal(Finding finding, InstanceRef instance) {
        if (finding.archived()) {
            return Optional.of(new Decision.Ignore(Decision.Why.ARCHIVED));
        }
        if (finding.sample() && !acceptSamples) {
            return Optional.of(new Decision.Ignore(Decision.Why.SAMPLE));
        }
        return isWellFormed(instance)
                ? Optional.empty()
                : Optional.of(new Decision.Ignore(Decision.Why.MALFORMED_INSTANCE));
    }

    private static boolean isWellFormed(InstanceRef instance) {
        return INSTANCE_ID.matcher(instance.instanceId()).matches()
                && ACCOUNT_ID.matcher(instance.accountId()).matches()
                && REGION.matcher(instance.region()).matches();
    }

    /**
     * Decides.
     *
     * @param tags the instance's tags; read only where a candidate's rules need them
     * @param present the quarantine of this instance, when there is one, or what is remembered of it
     */
    public Decision decide(
            Finding finding,
            InstanceRef instance,
            Map<String, String> tags,
            List<Policy> policies,
            Optional<QuarantineView> present,
            Instant now) {
        Optional<Decision.Ignore> refusal = refusal(finding, instance);
        if (refusal.isPresent()) {
            return refusal.get();
        }
        List<Candidate> matches = judge(finding, instance, tags, policies, now).stream()
                .flatMap(judgement -> candidate(judgement, finding).stream())
                .sorted(FURTHEST_THEN_NAME)
                .toList();
        if (matches.isEmpty()) {
            return new Decision.Ignore(Decision.Why.NO_MATCH);
        }
        Candidate furthest = matches.getFirst();
        return present.map(view -> decideOn(view, finding, furthest, policies)).orElseGet(() -> open(furthest));
    }

    /**
     * What the expressions of the policies say whose other rules match.
     *
     * @param tags as for a decision
     */
    public List<Judgement> judge(
            Finding finding, InstanceRef instance, Map<String, String> tags, List<Policy> policies, Instant now) {
        return candidates(finding, instance, policies, now).stream()
                .filter(policy -> policy.rules().tagsMatch(tags))
                .map(policy -> new Judgement(policy, policy.rules().express(finding, instance, tags)))
                .toList();
    }

    /** An expression that fails on a finding must neither lose it nor isolate anything: a person decides. */
    private static Optional<Candidate> candidate(Judgement judgement, Finding finding) {
        Policy policy = judgement.policy();
        return switch (judgement.outcome()) {
            case MatchExpression.Outcome.Matched _ -> Optional.of(new Candidate(policy, policy.modeFor(finding)));
            case MatchExpression.Outcome.NotMatched _ -> Optional.empty();
            case MatchExpression.Outcome.Failed _ ->
                Optional.of(new Candidate(policy, policy.askingFirst().modeFor(finding)));
        };
    }

    /**
     * What becomes of a decision that would isolate, where a safeguard is in the way; what is held back for the same reason as
     * before has only gained a finding.
     *
     * @param present the quarantine that was decided upon
     */
    public static Decision heldBack(Decision asked, Hold hold, Optional<QuarantineView> present, Finding finding) {
        return switch (asked) {
            case Decision.Open open -> new Decision.Open(open.policy(), Mode.REQUIRE_APPROVAL, Optional.of(hold));
            case Decision.Reopen reopen ->
                new Decision.Reopen(reopen.policy(), Mode.REQUIRE_APPROVAL, Optional.of(hold));
            case Decision.Raise raise ->
                present.filter(view -> view.hold().equals(Optional.of(hold.reason()))
                                && view.policy().equals(Optional.of(raise.policy())))
                        .map(view -> join(view, finding))
                        .orElseGet(() -> new Decision.Raise(raise.policy(), Mode.REQUIRE_APPROVAL, Optional.of(hold)));
            case Decision.TakeBack _, Decision.AddFinding _, Decision.Ignore _ -> asked;
        };
    }

    private static Decision open(Candidate furthest) {
        return furthest.mode() == Mode.PAUSED
                ? new Decision.Ignore(Decision.Why.PAUSED_OR_BACKLOG)
                : new Decision.Open(furthest.policy().name(), furthest.mode());
    }

    private static Decision decideOn(QuarantineView view, Finding finding, Candidate furthest, List<Policy> policies) {
        return switch (view.stage()) {
            case QuarantineView.Stage.Released(Instant time) -> afterRelease(time, finding, furthest);
            case QuarantineView.Stage.Releasing(Optional<Instant> openSince) ->
                duringRelease(openSince, view, finding, furthest);
            case QuarantineView.Stage.Observed _, QuarantineView.Stage.Isolated _ ->
                view.releasedBefore()
                        .filter(time -> !finding.lastSeen().isAfter(time))
                        .<Decision>map(_ -> new Decision.Ignore(Decision.Why.BEFORE_RELEASE))
                        .orElseGet(() -> raise(view, finding, furthest, policies));
        };
    }

    /** Old activity is what the release was decided on; newer activity is another compromise. */
    private static Decision afterRelease(Instant releasedTime, Finding finding, Candidate furthest) {
        if (!finding.lastSeen().isAfter(releasedTime)) {
            return new Decision.Ignore(Decision.Why.BEFORE_RELEASE);
        }
        return furthest.mode() == Mode.PAUSED
                ? new Decision.Ignore(Decision.Why.PAUSED_OR_BACKLOG)
                : new Decision.Reopen(furthest.policy().name(), furthest.mode());
    }

    /** What whoever released could not know of is another compromise, also before everything is given back. */
    private static Decision duringRelease(
            Optional<Instant> openSince, QuarantineView view, Finding finding, Candidate furthest) {
        boolean later = openSince.filter(finding.lastSeen()::isAfter).isPresent();
        return later && furthest.mode() == Mode.ENFORCE
                ? new Decision.TakeBack(furthest.policy().name())
                : join(view, finding);
    }

    private static Decision raise(QuarantineView view, Finding finding, Candidate furthest, List<Policy> policies) {
        if (furthest.mode().compareTo(reached(view, policies)) > 0) {
            return new Decision.Raise(furthest.policy().name(), furthest.mode());
        }
        return join(view, finding);
    }

    private static Decision join(QuarantineView view, Finding finding) {
        return view.findingIds().contains(finding.id())
                ? new Decision.Ignore(Decision.Why.ALREADY_LISTED)
                : new Decision.AddFinding();
    }

    /**
     * How far the quarantine goes already. One that observes for a policy that enforces waits for a person (its finding
     * was backlog), so it counts as awaiting approval.
     */
    private static Mode reached(QuarantineView view, List<Policy> policies) {
        if (view.stage() instanceof QuarantineView.Stage.Isolated) {
            return Mode.ENFORCE;
        }
        return view.policy()
                .flatMap(name -> policies.stream()
                        .filter(policy -> policy.name().equals(name))
                        .findFirst())
                .map(policy -> policy.mode().atMost(Mode.REQUIRE_APPROVAL))
                .filter(mode -> mode != Mode.PAUSED)
                .orElse(Mode.DRY_RUN);
    }

    /** What the expression of a policy says, or would if it had one. */
    public record Judgement(Policy policy, MatchExpression.Outcome outcome) {}

    private record Candidate(Policy policy, Mode mode) {}
}
