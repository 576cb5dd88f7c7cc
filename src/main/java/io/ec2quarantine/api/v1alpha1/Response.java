package io.ec2quarantine.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/** How a quarantine is carried out; frozen into it when its episode opens. */
public record Response(
        @Nullable Isolation isolation, @Nullable Preserve preserve) {

    /** The group that isolates. */
    public record Isolation(@Nullable String securityGroupName) {}

    /** What keeps the evidence. */
    public record Preserve(@Nullable TerminationProtection terminationProtection) {}

    /** Whether the instance is protected against being terminated while it is quarantined. */
    public enum TerminationProtection {
        @JsonProperty("Enable")
        ENABLE,
        @JsonProperty("Leave")
        LEAVE
    }
}
