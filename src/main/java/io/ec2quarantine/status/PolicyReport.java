package io.ec2quarantine.status;

/** What is to be said of a policy itself, beside its sources. */
public sealed interface PolicyReport {
    /** Nothing: it is understood, and has no expression. */
    record Understood() implements PolicyReport {}

    /** It has an expression, which has failed on no finding. */
    record ExpressionHolds() implements PolicyReport {}

    /** Its expression has failed on a finding, on which a person decides. */
    record ExpressionFails(String sentence) implements PolicyReport {}

    /**
     * It is understood and acts, but tells in the default words, for its own are wrong.
     *
     * @param rest what else is to be said of it
     */
    record TemplateInvalid(PolicyReport rest, String sentence) implements PolicyReport {}

    /**
     * It is not understood, and matches nothing.
     *
     * @param reason in CamelCase
     */
    record NotUnderstood(String reason, String sentence) implements PolicyReport {}
}
