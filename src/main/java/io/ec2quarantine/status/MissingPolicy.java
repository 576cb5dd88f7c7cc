package io.ec2quarantine.status;

import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.Episode;
import java.time.Instant;
import java.util.Optional;

/**
 * An episode that was opened for a policy that does not exist, and in which the defaults are carried out. A policy that is
 * deleted after its response was frozen is nothing to speak of.
 *
 * @param sentence what a person should know of it, and do
 */
public record MissingPolicy(String sentence, Instant openedTime) {
    /**
     * What is to be said of an episode.
     *
     * @param missing the policy that the quarantine names, when it does not exist
     */
    public static Optional<MissingPolicy> of(QuarantinedInstanceStatus status, Optional<String> missing) {
        return missing.filter(_ -> !policyOf(status).equals(missing))
                .flatMap(name -> Optional.ofNullable(status.episode())
                        .map(Episode::openedTime)
                        .map(opened -> new MissingPolicy(
                                "The policy " + name + " that spec.policyRef names does not exist, and the default"
                                        + " response applies; create it or correct spec.policyRef, which counts for what is"
                                        + " not isolated yet and for the next episode.",
                                opened)));
    }

    /**
     * The policy whose response is carried out: one that is missing only where its response is frozen already.
     *
     * @param exists whether the named policy exists
     */
    public static Optional<String> carriedOut(
            QuarantinedInstanceStatus status, Optional<String> named, boolean exists) {
        boolean frozen = QuarantineReading.releasedTime(status).isEmpty()
                && policyOf(status).equals(named);
        return named.filter(_ -> exists || frozen);
    }

    /** The status with the sentence in what Ready says. */
    public QuarantinedInstanceStatus in(QuarantinedInstanceStatus status, long generation, Instant now) {
        return ReadyRemark.in(status, sentence, generation, now);
    }

    private static Optional<String> policyOf(QuarantinedInstanceStatus status) {
        return Optional.ofNullable(status.episode()).map(Episode::policyName);
    }
}
