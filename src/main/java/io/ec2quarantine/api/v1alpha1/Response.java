package io.ec2quarantine.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a quarantine is carried out; frozen into it when its episode opens. */
public record Response(
        @Nullable Access access,
        @Nullable Isolation isolation,
        @Nullable Preserve preserve,
        @Nullable Release release) {

    /** How to act in the account of the instance. */
    public record Access(
            @Nullable String responderRoleName,
            @Nullable String releaseRoleName,
            @Nullable String externalID) {
        /** Without the external id, which is for AWS's eyes only. */
        @Override
        public String toString() {
            return "Access[responderRoleName=" + responderRoleName + ", releaseRoleName=" + releaseRoleName + "]";
        }
    }

    /** The group that isolates. */
    public record Isolation(@Nullable String securityGroupName, List<ExistingGroup> existingGroups) {
        public Isolation {
            existingGroups = Lists.orEmpty(existingGroups);
        }
    }

    /** A group of a VPC that is used instead of a made one. */
    public record ExistingGroup(String vpcID, String groupID) {}

    /** What keeps the evidence. */
    public record Preserve(@Nullable TerminationProtection terminationProtection) {}

    /** What becomes of the instance when its quarantine is deleted. */
    public record Release(@Nullable OnDelete onDelete) {}

    /** Whether deleting a quarantine gives its instance back. */
    public enum OnDelete {
        @JsonProperty("Leave")
        LEAVE,
        @JsonProperty("Restore")
        RESTORE
    }

    /** Whether the instance is protected against being terminated while it is quarantined. */
    public enum TerminationProtection {
        @JsonProperty("Enable")
        ENABLE,
        @JsonProperty("Leave")
        LEAVE
    }
}
