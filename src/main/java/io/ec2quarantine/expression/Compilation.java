package io.ec2quarantine.expression;

import io.ec2quarantine.core.policy.MatchExpression;

/** What became of an expression's text. */
public sealed interface Compilation {
    /** It can be evaluated. */
    record Usable(MatchExpression expression) implements Compilation {}

    /**
     * It cannot.
     *
     * @param reason where and why, in plain words without a full stop
     */
    record Unusable(String reason) implements Compilation {}
}
