package io.ec2quarantine.core.policy;

/** What becomes of findings that were last updated before the policy was created. */
public enum Backlog {
    REQUIRE_APPROVAL,
    ENFORCE,
    IGNORE
}
