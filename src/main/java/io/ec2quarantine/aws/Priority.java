package io.ec2quarantine.aws;

/** Who may spend the last of the request budget. */
public enum Priority {
    /** An isolation under way. */
    URGENT,
    /** Sweeps, observations and bookkeeping: they leave a reserve for the urgent. */
    BACKGROUND
}
