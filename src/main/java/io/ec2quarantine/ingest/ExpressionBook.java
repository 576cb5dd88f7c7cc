package io.ec2quarantine.ingest;

import io.ec2quarantine.core.finding.Finding;
import io.ec2quarantine.core.finding.InstanceRef;
import io.ec2quarantine.core.policy.FindingDecider.Judgement;
import io.ec2quarantine.core.policy.MatchExpression;
import io.ec2quarantine.core.policy.MatchExpression.Outcome;
import io.ec2quarantine.core.policy.Policy;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/** On which findings the expression of each policy failed, until it does not any more or the policy changes. */
public final class ExpressionBook {
    /** As many as are told apart; the condition names the first. */
    private static final int MOST = 100;

    private final ConcurrentMap<String, Page> byPolicy = new ConcurrentHashMap<>();

    /** @param expression tells the generations of a policy apart: each has one of its own */
    private record Page(MatchExpression expression, Map<Case, String> failures) {}

    private record Case(String findingId, String instanceId) {}

    /**
     * Notes what an expression said of a finding on an instance.
     *
     * @return whether that is a failure, and news
     */
    boolean note(Judgement judgement, Finding finding, InstanceRef instance) {
        Optional<MatchExpression> expression = judgement.policy().rules().expression();
        if (expression.isEmpty()) {
            return false;
        }
        Case each = new Case(finding.id(), instance.instanceId());
        Page before = byPolicy.get(judgement.policy().name());
        Page after = byPolicy.compute(
                judgement.policy().name(), (_, page) -> noted(page(page, expression.get()), each, judgement.outcome()));
        return !after.equals(before) && judgement.outcome() instanceof Outcome.Failed;
    }

    /** The same page where nothing is new. */
    private static Page noted(Page page, Case each, Outcome outcome) {
        Map<Case, String> failures = new LinkedHashMap<>(page.failures());
        switch (outcome) {
            case Outcome.Failed(String reason) -> {
                if (failures.size() < MOST || failures.containsKey(each)) {
                    failures.put(each, reason);
                }
            }
            case Outcome.Matched _, Outcome.NotMatched _ -> failures.remove(each);
        }
        return failures.equals(page.failures()) ? page : new Page(page.expression(), failures);
    }

    private static Page page(@Nullable Page present, MatchExpression expression) {
        return present != null && present.expression().equals(expression) ? present : new Page(expression, Map.of());
    }

    /** What is to be said of the expression of a policy as it stands now; empty while it has not failed. */
    public Optional<String> failure(Policy policy) {
        return failures(policy).entrySet().stream()
                .findFirst()
                .map(first -> sentence(first.getKey(), first.getValue())
                        + others(failures(policy).size() - 1));
    }

    /** What is to be said of the expression of a policy on one instance. */
    public Optional<String> failure(Policy policy, String instanceId) {
        return failures(policy).entrySet().stream()
                .filter(each -> each.getKey().instanceId().equals(instanceId))
                .findFirst()
                .map(each -> sentence(each.getKey(), each.getValue()));
    }

    private Map<Case, String> failures(Policy policy) {
        return Optional.ofNullable(byPolicy.get(policy.name()))
                .filter(page -> policy.rules()
                        .expression()
                        .filter(page.expression()::equals)
                        .isPresent())
                .map(Page::failures)
                .orElseGet(Map::of);
    }

    private static String sentence(Case each, String reason) {
        return "spec.match.expression could not be evaluated for finding " + each.findingId() + " on "
                + each.instanceId() + ": " + reason
                + "; a person decides on it, and the expression should be corrected.";
    }

    private static String others(int count) {
        return count == 0 ? "" : " The same goes for " + count + (count == 1 ? " other finding." : " other findings.");
    }
}
