package io.ec2quarantine.sim;

import java.time.Instant;
import java.util.Map;

/**
 * One call as the simulator saw it, in the order in which calls took effect.
 *
 * @param outcome {@link #OK}, {@link #APPLIED} (carried out, but the caller was not told), {@link #DROPPED} (neither), or
 *     the error code
 * @param isWrite whether it would change the world: a writing action without DryRun
 */
public record Call(
        long sequence,
        Instant at,
        String account,
        String region,
        String principal,
        String service,
        String action,
        Map<String, String> params,
        String outcome,
        boolean isWrite) {
    /** The outcome of a call that was carried out and answered. */
    public static final String OK = "ok";
    /** The outcome of a call that was carried out while its caller got an error or no answer. */
    public static final String APPLIED = "applied-but-not-answered";
    /** The outcome of a call that was neither carried out nor answered. */
    public static final String DROPPED = "dropped";

    /** Whether this call changed the world. */
    public boolean changedTheWorld() {
        return isWrite && (outcome.equals(OK) || outcome.equals(APPLIED));
    }

    /** The name of the role that the caller had assumed, or the empty string. */
    public String role() {
        var parts = principal.split("[:/]", -1);
        return principal.contains(":assumed-role/") ? parts[parts.length - 2] : "";
    }

    /** The value of a parameter, or the empty string. */
    public String param(String name) {
        return params.getOrDefault(name, "");
    }

    /** Account, Region, role, action, parameters and outcome on one line, for messages of failed assertions. */
    @Override
    public String toString() {
        return "#" + sequence + " " + account + "/" + region + " " + (role().isEmpty() ? "" : "as " + role() + " ")
                + action + params + " " + outcome;
    }
}
