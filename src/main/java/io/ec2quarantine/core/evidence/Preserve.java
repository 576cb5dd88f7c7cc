package io.ec2quarantine.core.evidence;

/**
 * What a response asks to be kept, beside the protection against termination.
 *
 * @param deregister whether the instance leaves its target groups
 * @param snapshots whether its volumes are copied
 * @param disassociate whether its instance profile is taken away
 */
public record Preserve(Scaling scaling, boolean deregister, boolean snapshots, boolean disassociate) {
    /** Nothing is asked for. */
    public static final Preserve NOTHING = new Preserve(Scaling.LEAVE, false, false, false);

    /** How an instance is taken out of its Auto Scaling group. */
    public enum Scaling {
        DETACH("Detach"),
        STANDBY("Standby"),
        LEAVE("Leave");

        private final String text;

        Scaling(String text) {
            this.text = text;
        }

        /** As it is written down. */
        public String text() {
            return text;
        }
    }

    /** Whether any step is asked for. */
    public boolean isAnything() {
        return scaling != Scaling.LEAVE || deregister || snapshots || disassociate;
    }
}
