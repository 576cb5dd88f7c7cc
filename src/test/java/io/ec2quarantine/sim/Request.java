package io.ec2quarantine.sim;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * One authenticated call: who ({@code principal} in {@code account}), where ({@code region}), what.
 *
 * @param body the JSON document of a REST call; a missing node for the Query protocol
 * @param page 1 for a first page and for calls without pages
 */
public record Request(
        String account,
        String region,
        String principal,
        String service,
        String action,
        Params params,
        JsonNode body,
        int page) {
    /** The value of a parameter, or the empty string. */
    public String param(String name) {
        return params.optional(name).orElse("");
    }

    boolean dryRun() {
        return params.flag("DryRun");
    }
}
