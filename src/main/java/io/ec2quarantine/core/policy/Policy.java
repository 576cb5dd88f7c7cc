package io.ec2quarantine.core.policy;

import io.ec2quarantine.core.finding.Finding;
import java.time.Instant;

/** A policy that is understood in full. */
public record Policy(
        String name, Mode mode, Backlog backlog, Instant created, MatchRules rules, Safeguards safeguards) {
    /** A policy with the limits that the schema fills in. */
    public Policy(String name, Mode mode, Backlog backlog, Instant created, MatchRules rules) {
        this(name, mode, backlog, created, rules, Safeguards.STANDARD);
    }

    /** The same, but a person decides. */
    public Policy askingFirst() {
        return new Policy(name, mode.atMost(Mode.REQUIRE_APPROVAL), backlog, created, rules, safeguards);
    }

    /** How far this policy goes for a finding that its rules match; PAUSED: not at all. */
    public Mode modeFor(Finding finding) {
        if (!finding.updatedAt().isBefore(created)) {
            return mode;
        }
        return switch (backlog) {
            case IGNORE -> Mode.PAUSED;
            case REQUIRE_APPROVAL -> mode.atMost(Mode.REQUIRE_APPROVAL);
            case ENFORCE -> mode;
        };
    }
}
