package io.ec2quarantine.core.policy;

import io.ec2quarantine.core.finding.Finding;
import io.ec2quarantine.core.finding.InstanceRef;
import io.ec2quarantine.core.policy.MatchExpression.Outcome;
import java.util.Map;
import java.util.Optional;

/** Expressions for tests that need no language for them. */
public final class Expressions {
    private Expressions() {}

    /** One that says the same of every finding. */
    public static MatchExpression saying(Outcome outcome) {
        return of(outcome, false);
    }

    /** One that says the same of every finding, but asks for the tags before. */
    public static MatchExpression readingTags(Outcome outcome) {
        return of(outcome, true);
    }

    /** The rules with an expression. */
    public static MatchRules rules(MatchRules without, MatchExpression expression) {
        return new MatchRules(
                without.findingTypes(),
                without.minSeverity(),
                without.involvement(),
                without.accountIds(),
                without.threatListNames(),
                without.maxAge(),
                without.includeTags(),
                without.excludeTags(),
                Optional.of(expression));
    }

    private static MatchExpression of(Outcome outcome, boolean needsTags) {
        return new MatchExpression() {
            @Override
            public boolean needsTags() {
                return needsTags;
            }

            @Override
            public Outcome evaluate(Finding finding, InstanceRef instance, Map<String, String> tags) {
                return outcome;
            }

            @Override
            public String toString() {
                return outcome.toString();
            }
        };
    }
}
