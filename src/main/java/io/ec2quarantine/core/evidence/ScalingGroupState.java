package io.ec2quarantine.core.evidence;

/** How large an Auto Scaling group wants to be, and may be. */
public record ScalingGroupState(String name, int desired, int most) {
    /** Whether one more instance may be attached, which raises what the group wants. */
    public boolean hasRoom() {
        return desired < most;
    }
}
