package io.ec2quarantine.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which instance, and which state it shall be kept in. */
public record QuarantinedInstanceSpec(
        String instanceID,
        String region,
        @Nullable String accountID,
        @Nullable DesiredState desiredState,
        @Nullable PolicyRef policyRef,
        @Nullable Hold hold,
        @Nullable HumanDecision decision,
        List<ReleaseChoice> releaseTo,
        List<FindingRef> findings) {

    public QuarantinedInstanceSpec {
        releaseTo = Lists.orEmpty(releaseTo);
        findings = Lists.orEmpty(findings);
    }

    /** The same spec with another list of findings. */
    public QuarantinedInstanceSpec listing(List<FindingRef> refs) {
        return new QuarantinedInstanceSpec(
                instanceID, region, accountID, desiredState, policyRef, hold, decision, releaseTo, refs);
    }

    /** The same spec in an account that the finding told, where whoever wrote it named none. */
    public QuarantinedInstanceSpec inAccount(String account) {
        return new QuarantinedInstanceSpec(
                instanceID,
                region,
                accountID == null ? account : accountID,
                desiredState,
                policyRef,
                hold,
                decision,
                releaseTo,
                findings);
    }

    /** The same spec, gone further under a policy, or held back from that. */
    public QuarantinedInstanceSpec raised(
            DesiredState state, PolicyRef policy, @Nullable Hold held, List<FindingRef> refs) {
        return new QuarantinedInstanceSpec(
                instanceID, region, accountID, state, policy, held, decision, releaseTo, refs);
    }

    /** The same spec in a state that something holds it back from, or nothing any more. */
    public QuarantinedInstanceSpec heldBack(DesiredState state, @Nullable Hold held) {
        return new QuarantinedInstanceSpec(
                instanceID, region, accountID, state, policyRef, held, decision, releaseTo, findings);
    }

    /** The spec of the next episode: what a person decided and chose for the last one is not taken over. */
    public QuarantinedInstanceSpec reopened(
            DesiredState state, PolicyRef policy, @Nullable Hold held, List<FindingRef> refs) {
        return new QuarantinedInstanceSpec(instanceID, region, accountID, state, policy, held, null, List.of(), refs);
    }

    /** The spec of an instance that is isolated again before its release was finished: the groups that were chosen stay. */
    public QuarantinedInstanceSpec takenBack(List<FindingRef> refs) {
        return new QuarantinedInstanceSpec(
                instanceID, region, accountID, DesiredState.ISOLATED, policyRef, null, null, releaseTo, refs);
    }

    /** What a person or a policy asks for. */
    public enum DesiredState {
        @JsonProperty("Isolated")
        ISOLATED,
        @JsonProperty("Observed")
        OBSERVED,
        @JsonProperty("Released")
        RELEASED
    }

    /** The groups that a person chose for an interface instead of its baseline; none: it is left as it is. */
    public record ReleaseChoice(String interfaceID, List<String> groupIDs) {
        public ReleaseChoice {
            groupIDs = Lists.orEmpty(groupIDs);
        }
    }

    /** The policy whose response applies. */
    public record PolicyRef(String name) {}

    /** Why the operator did not isolate by itself, though a policy that enforces matched. */
    public record Hold(
            @Nullable HoldReason reason, @Nullable String message) {}

    /** What held the operator back. */
    public enum HoldReason {
        @JsonProperty("MaxActive")
        MAX_ACTIVE,
        @JsonProperty("MaxPerHour")
        MAX_PER_HOUR,
        @JsonProperty("MaxAutoScalingGroupPercent")
        MAX_AUTO_SCALING_GROUP_PERCENT,
        @JsonProperty("Unreadable")
        UNREADABLE,
        @JsonProperty("ProtectedTag")
        PROTECTED_TAG,
        @JsonProperty("KubernetesNode")
        KUBERNETES_NODE
    }

    /** Who decided, and why. */
    public record HumanDecision(
            @Nullable String by, @Nullable String reason) {}

    /** A finding that the quarantine was opened for. */
    public record FindingRef(
            String id, @Nullable String source, @Nullable String region) {}
}
