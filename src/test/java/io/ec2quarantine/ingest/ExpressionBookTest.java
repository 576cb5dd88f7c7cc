package io.ec2quarantine.ingest;

import static io.ec2quarantine.core.finding.FindingBuilder.ON_INSTANCE;
import static io.ec2quarantine.core.finding.FindingBuilder.finding;
import static org.assertj.core.api.Assertions.assertThat;

import io.ec2quarantine.core.finding.InstanceRef;
import io.ec2quarantine.core.finding.Involvement;
import io.ec2quarantine.core.finding.Severity;
import io.ec2quarantine.core.policy.Backlog;
import io.ec2quarantine.core.policy.Expressions;
import io.ec2quarantine.core.policy.FindingDecider.Judgement;
import io.ec2quarantine.core.policy.Glob;
import io.ec2quarantine.core.policy.MatchExpression;
import io.ec2quarantine.core.policy.MatchExpression.Outcome;
import io.ec2quarantine.core.policy.MatchRules;
import io.ec2quarantine.core.policy.Mode;
import io.ec2quarantine.core.policy.Policy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ExpressionBookTest {
    private static final InstanceRef OTHER = new InstanceRef("i-0fedcba9876543210", "111122223333", "us-west-2");

    private final ExpressionBook book = new ExpressionBook();
    private final Policy policy = policy(Expressions.saying(new Outcome.Matched()));

    @Test
    void aFailureIsNewsOnceAndNamesTheFindingTheInstanceAndTheReason() {
        assertThat(fails("f1", ON_INSTANCE, "a number is divided by zero")).isTrue();
        assertThat(fails("f1", ON_INSTANCE, "a number is divided by zero")).isFalse();

        assertThat(book.failure(policy))
                .contains(
                        "spec.match.expression could not be evaluated for finding f1 on i-0123456789abcdef0: a number is"
                                + " divided by zero; a person decides on it, and the expression should be corrected.");
    }

    @Test
    void theFirstIsNamedAndTheOthersAreCounted() {
        fails("f1", ON_INSTANCE, "why");
        fails("f1", OTHER, "why");
        fails("f2", ON_INSTANCE, "why");

        assertThat(book.failure(policy).orElseThrow())
                .contains("finding f1 on i-0123456789abcdef0")
                .endsWith(" The same goes for 2 other findings.");
        assertThat(book.failure(policy, OTHER.instanceId()).orElseThrow())
                .contains("finding f1 on i-0fedcba9876543210")
                .doesNotContain("other findings");
    }

    @Test
    void itStandsUntilTheExpressionHoldsForThatVeryFinding() {
        fails("f1", ON_INSTANCE, "why");

        says("f2", ON_INSTANCE, new Outcome.Matched());
        says("f1", OTHER, new Outcome.NotMatched());
        assertThat(book.failure(policy)).isPresent();

        says("f1", ON_INSTANCE, new Outcome.NotMatched());
        assertThat(book.failure(policy)).isEmpty();
        assertThat(fails("f1", ON_INSTANCE, "why")).as("news again").isTrue();
    }

    @Test
    void aPolicyThatChangedHasNotFailedYet() {
        fails("f1", ON_INSTANCE, "why");
        Policy changed = policy(Expressions.saying(new Outcome.Matched()));

        assertThat(book.failure(changed)).isEmpty();
        book.note(
                new Judgement(changed, new Outcome.Matched()),
                finding().id("f2").build(),
                ON_INSTANCE);
        assertThat(book.failure(policy)).as("what the old one said is gone").isEmpty();
    }

    @Test
    void itIsBounded() {
        for (int i = 0; i < 1_000; i++) {
            fails("f" + i, ON_INSTANCE, "why");
        }

        assertThat(book.failure(policy).orElseThrow()).endsWith(" The same goes for 99 other findings.");
    }

    @Test
    void aPolicyWithoutAnExpressionHasNothingToSay() {
        Policy without = new Policy("p", Mode.ENFORCE, Backlog.ENFORCE, Instant.EPOCH, rules());

        assertThat(book.note(
                        new Judgement(without, new Outcome.Matched()), finding().build(), ON_INSTANCE))
                .isFalse();
        assertThat(book.failure(without)).isEmpty();
    }

    private boolean fails(String findingId, InstanceRef instance, String reason) {
        return says(findingId, instance, new Outcome.Failed(reason));
    }

    private boolean says(String findingId, InstanceRef instance, Outcome outcome) {
        return book.note(new Judgement(policy, outcome), finding().id(findingId).build(), instance);
    }

    private static Policy policy(MatchExpression expression) {
        return new Policy("p", Mode.ENFORCE, Backlog.ENFORCE, Instant.EPOCH, Expressions.rules(rules(), expression));
    }

    private static MatchRules rules() {
        return new MatchRules(
                List.of(Glob.of("*")),
                Severity.LOW,
                Set.of(Involvement.COMPROMISED),
                Set.of(),
                Set.of(),
                Duration.ofDays(1),
                List.of(),
                List.of());
    }
}
