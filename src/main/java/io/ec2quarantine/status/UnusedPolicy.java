package io.ec2quarantine.status;

import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.Episode;
import java.time.Instant;
import java.util.Optional;

/**
 * An episode that was opened for a policy that does not exist or is not understood in full, and in which defaults are carried
 * out. A policy that is deleted or changed after its response was frozen is nothing to speak of.
 *
 * @param reason in CamelCase
 * @param sentence what a person should know of it, and do
 */
public record UnusedPolicy(String reason, String sentence, Instant openedTime) {
    private static final String WHEN_IT_COUNTS =
            ", which counts for what is not isolated yet and for the next episode.";

    /** Why the response of a policy is not carried out as it is written. */
    public sealed interface Flaw {
        /** There is no policy of this name. */
        record Missing() implements Flaw {}

        /**
         * This version does not know what the policy asks for.
         *
         * @param field the path of the first field that is not understood
         */
        record NotUnderstood(String field) implements Flaw {}
    }

    /**
     * What is to be said of an episode.
     *
     * @param named the policy that the quarantine names
     * @param flaw what is wrong with it, if anything
     */
    public static Optional<UnusedPolicy> of(
            QuarantinedInstanceStatus status, Optional<String> named, Optional<Flaw> flaw) {
        return named.filter(_ -> !policyOf(status).equals(named))
                .flatMap(name -> flaw.flatMap(wrong -> Optional.ofNullable(status.episode())
                        .map(Episode::openedTime)
                        .map(opened -> new UnusedPolicy(reason(wrong), sentence(name, wrong), opened))));
    }

    /**
     * The policy whose response is carried out: one that is missing or not understood only where its response is frozen
     * already.
     */
    public static Optional<String> carriedOut(
            QuarantinedInstanceStatus status, Optional<String> named, Optional<Flaw> flaw) {
        boolean frozen = QuarantineReading.releasedTime(status).isEmpty()
                && policyOf(status).equals(named);
        return named.filter(_ -> flaw.isEmpty() || frozen);
    }

    /** The status with the sentence in what Ready says. */
    public QuarantinedInstanceStatus in(QuarantinedInstanceStatus status, long generation, Instant now) {
        return ReadyRemark.in(status, sentence, generation, now);
    }

    private static String reason(Flaw flaw) {
        return switch (flaw) {
            case Flaw.Missing _ -> "PolicyNotFound";
            case Flaw.NotUnderstood _ -> "PolicyNotUnderstood";
        };
    }

    private static String sentence(String policy, Flaw flaw) {
        String named = "The policy " + policy + " that spec.policyRef names ";
        return switch (flaw) {
            case Flaw.Missing _ ->
                named + "does not exist, and the default response applies; create it or correct spec.policyRef"
                        + WHEN_IT_COUNTS;
            case Flaw.NotUnderstood(String field) ->
                named + "is not carried out in full: its " + field
                        + " is missing or has a value that this version of the operator does not know, and the default"
                        + " applies instead; correct it or upgrade the operator"
                        + WHEN_IT_COUNTS;
        };
    }

    private static Optional<String> policyOf(QuarantinedInstanceStatus status) {
        return Optional.ofNullable(status.episode()).map(Episode::policyName);
    }
}
