package io.ec2quarantine.core.policy;

/**
 * What holds an isolation back that a policy would have carried out.
 *
 * @param sentence what is in the way, and what becomes of it
 */
public record Hold(Reason reason, String sentence) {
    /** Why an isolation is held back. */
    public enum Reason {
        MAX_ACTIVE(true, "maxActive"),
        MAX_PER_HOUR(true, "maxPerHour"),
        MAX_AUTO_SCALING_GROUP_PERCENT(true, "maxAutoScalingGroupPercent"),
        UNREADABLE(true, "what cannot be read"),
        PROTECTED_TAG(false, "protectedTags"),
        KUBERNETES_NODE(false, "kubernetesNodes"),
        /** Never written down: it is over with the pause. */
        PAUSED(true, "mode");

        private final boolean passing;
        private final String safeguard;

        Reason(boolean passing, String safeguard) {
            this.passing = passing;
            this.safeguard = safeguard;
        }

        /** The safeguard as a policy writes it. */
        public String safeguard() {
            return safeguard;
        }

        /** Whether the isolation is taken up by itself, as opposed to waiting for a person. */
        public boolean isPassing() {
            return passing;
        }

        /** Whether it is the policy's own limits that are reached, whatever the instance. */
        public boolean isOfThePolicy() {
            return this == MAX_ACTIVE || this == MAX_PER_HOUR;
        }
    }
}
