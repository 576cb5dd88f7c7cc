package io.ec2quarantine.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One statement about an object, in the shape of the Kubernetes API conventions. */
public record Condition(
        String type,
        @Nullable Status status,
        @Nullable Long observedGeneration,
        @Nullable Instant lastTransitionTime,
        String reason,
        String message) {

    // An empty message is left out on the wire; read back as null it would look like a change on every pass.
    public Condition {
        message = Objects.requireNonNullElse(message, "");
    }

    /** Whether the statement holds. */
    public enum Status {
        @JsonProperty("True")
        TRUE,
        @JsonProperty("False")
        FALSE,
        @JsonProperty("Unknown")
        UNKNOWN
    }
}
