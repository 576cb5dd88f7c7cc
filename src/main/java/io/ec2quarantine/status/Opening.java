package io.ec2quarantine.status;

import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceSpec;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceSpec.FindingRef;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceSpec.PolicyRef;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.Episode;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * By what an episode was opened.
 *
 * @param sentence what a person is told of it
 */
public record Opening(String sentence, Instant openedTime) {
    /** The opening of the episode that a status is in, where it is in one. */
    public static Optional<Opening> of(QuarantinedInstanceStatus status, QuarantinedInstanceSpec spec) {
        return Optional.ofNullable(status.episode())
                .flatMap(episode -> Optional.ofNullable(episode.openedTime())
                        .map(opened -> new Opening(
                                "Opened " + policy(episode, spec) + " " + findings(spec.findings()) + ".", opened)));
    }

    private static String policy(Episode episode, QuarantinedInstanceSpec spec) {
        return Optional.ofNullable(episode.policyName())
                .or(() -> Optional.ofNullable(spec.policyRef()).map(PolicyRef::name))
                .map(name -> "by policy " + name)
                .orElse("without a policy");
    }

    private static String findings(List<FindingRef> all) {
        if (all.isEmpty()) {
            return "for no finding";
        }
        String first = "for finding " + all.getFirst().id();
        return all.size() == 1 ? first : first + " and " + (all.size() - 1) + " more";
    }
}
