package io.ec2quarantine.aws;

/** Whether an instance is protected against termination, and what a shutdown from inside does ({@code stop}, {@code terminate}). */
public record TerminationAttributes(boolean apiTerminationDisabled, String shutdownBehavior) {
    /** The behaviour that keeps a shut down instance. */
    public static final String STOP = "stop";

    /** What EC2 does not say. */
    public static final String UNKNOWN = "unknown";

    /** The behaviour that loses it. */
    public static final String TERMINATE = "terminate";
}
