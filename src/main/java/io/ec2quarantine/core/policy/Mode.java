package io.ec2quarantine.core.policy;

/** How far a match goes, least first. */
public enum Mode {
    /** Nothing new is opened or raised. */
    PAUSED("Paused"),
    /** A quarantine is opened that only observes. */
    DRY_RUN("DryRun"),
    /** A quarantine is opened that waits for a person. */
    REQUIRE_APPROVAL("RequireApproval"),
    /** The instance is isolated. */
    ENFORCE("Enforce");

    private final String label;

    Mode(String label) {
        this.label = label;
    }

    /** The mode as a policy spells it. */
    public String label() {
        return label;
    }

    /** The lesser of the two. */
    public Mode atMost(Mode limit) {
        return compareTo(limit) <= 0 ? this : limit;
    }
}
