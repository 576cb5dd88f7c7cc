package io.ec2quarantine.core.access;

import java.util.Optional;

/**
 * How the operator acts in the account of an instance: with roles of that account, or with its own identity where it names
 * none.
 */
public record Access(
        Optional<String> responderRoleName,
        Optional<String> releaseRoleName,
        Optional<String> rulesRoleName,
        Optional<String> externalId) {
    /** The operator's own identity. */
    public static final Access OWN = new Access(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    /** The role that looks and isolates. */
    public Optional<String> toRespond() {
        return responderRoleName;
    }

    /** The role that gives back. */
    public Optional<String> toRelease() {
        return releaseRoleName.or(() -> responderRoleName);
    }

    /** The role that puts rules into groups. */
    public Optional<String> toPutRules() {
        return rulesRoleName.or(() -> responderRoleName);
    }

    @Override
    public String toString() {
        return "responder " + responderRoleName.orElse("none") + ", release " + releaseRoleName.orElse("none")
                + ", rules " + rulesRoleName.orElse("none");
    }
}
