package io.ec2quarantine.aws;

/** What a session is for; each purpose may one day have an identity of its own. */
public enum Purpose {
    /** Reading findings. */
    READ,
    /** Looking at instances and isolating them. */
    RESPOND
}
