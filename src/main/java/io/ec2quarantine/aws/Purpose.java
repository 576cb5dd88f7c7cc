package io.ec2quarantine.aws;

/** What a session is for; each purpose may have an identity of its own. */
public enum Purpose {
    /** Reading findings, and which Regions there are. */
    READ,
    /** Looking at instances and isolating them. */
    RESPOND,
    /** Giving instances back. */
    RELEASE,
    /** Putting rules into groups of the operator. */
    RULES
}
