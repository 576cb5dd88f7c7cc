package io.ec2quarantine.core.preflight;

/** Whose work an action is; each part may have a role of its own. */
public enum Part {
    /** Looks and isolates. */
    RESPONDER,
    /** Gives back. */
    RELEASE,
    /** Puts rules into groups. */
    RULES,
    /** The operator's own identity. */
    OPERATOR
}
