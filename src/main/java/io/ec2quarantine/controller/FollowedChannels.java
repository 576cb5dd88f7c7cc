package io.ec2quarantine.controller;

import io.ec2quarantine.api.v1alpha1.IsolationPolicy;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.Episode;
import io.ec2quarantine.cluster.Responses;
import io.ec2quarantine.status.Notifications;
import java.util.Optional;

/** Whom the quarantines of a policy tell, as the policy says it now; one that is not understood in full is not followed. */
final class FollowedChannels {
    private FollowedChannels() {}

    /** The policy whose response a quarantine carries out. */
    static Optional<String> policyOf(QuarantinedInstanceStatus status) {
        return Optional.ofNullable(status.episode()).map(Episode::policyName);
    }

    /** The status of a quarantine of this policy with whom it tells now. */
    static QuarantinedInstanceStatus in(QuarantinedInstanceStatus before, IsolationPolicy policy) {
        Optional<IsolationPolicy> followed = Optional.of(policy);
        return Pass.policyFlaw(followed).isEmpty()
                ? Notifications.following(before, Responses.of(followed).notifications())
                : before;
    }

    /** Whether a quarantine tells others than its policy says now. */
    static boolean differ(QuarantinedInstance object, IsolationPolicy policy) {
        return Optional.ofNullable(object.getStatus())
                .filter(status -> policyOf(status)
                        .filter(policy.getMetadata().getName()::equals)
                        .isPresent())
                .filter(status -> !in(status, policy).equals(status))
                .isPresent();
    }
}
