package io.ec2quarantine.core.policy;

/** How far a match goes, least first. */
public enum Mode {
    /** Nothing new is opened or raised. */
    PAUSED,
    /** A quarantine is opened that only observes. */
    DRY_RUN,
    /** A quarantine is opened that waits for a person. */
    REQUIRE_APPROVAL,
    /** The instance is isolated. */
    ENFORCE;

    /** The lesser of the two. */
    public Mode atMost(Mode limit) {
        return compareTo(limit) <= 0 ? this : limit;
    }
}
