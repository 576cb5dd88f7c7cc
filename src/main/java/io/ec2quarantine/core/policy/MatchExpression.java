package io.ec2quarantine.core.policy;

import io.ec2quarantine.core.finding.Finding;
import io.ec2quarantine.core.finding.InstanceRef;
import java.util.Map;

/** A rule that a person wrote as an expression, compiled. */
public interface MatchExpression {
    /** Whether the instance's tags must be read before it can be told. */
    boolean needsTags();

    /**
     * What the expression says.
     *
     * @param tags of the instance; read only where they are needed
     */
    Outcome evaluate(Finding finding, InstanceRef instance, Map<String, String> tags);

    /** What an expression says of a finding on an instance. */
    sealed interface Outcome {
        /** It is true. */
        record Matched() implements Outcome {}

        /** It is false. */
        record NotMatched() implements Outcome {}

        /**
         * It is neither.
         *
         * @param reason why, in plain words and with the position, without a full stop
         */
        record Failed(String reason) implements Outcome {}
    }
}
