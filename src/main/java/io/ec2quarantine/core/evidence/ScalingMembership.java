package io.ec2quarantine.core.evidence;

/**
 * An instance's place in an Auto Scaling group.
 *
 * @param lifecycleState in Auto Scaling's words: InService, Standby, Terminating:Wait
 * @param protectedFromScaleIn what is lost when the instance leaves the group
 */
public record ScalingMembership(String groupName, String lifecycleState, boolean protectedFromScaleIn) {
    private static final String IN_SERVICE = "InService";
    private static final String STANDBY = "Standby";

    /** Whether the group sends work to the instance and replaces it when it looks unhealthy. */
    public boolean isInService() {
        return lifecycleState.equals(IN_SERVICE);
    }

    /** Whether the group leaves the instance alone. */
    public boolean isStandby() {
        return lifecycleState.equals(STANDBY);
    }

    /** Whether the instance is on its way out of the group, or onto standby. */
    public boolean isLeaving() {
        return lifecycleState.startsWith("Detach") || lifecycleState.equals("EnteringStandby");
    }

    /** Whether the group is about to terminate the instance. */
    public boolean isTerminating() {
        return lifecycleState.startsWith("Terminat") || lifecycleState.startsWith("Warmed:Terminat");
    }
}
