package io.ec2quarantine.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a policy watches, which findings it matches and what it does about them. */
public record IsolationPolicySpec(
        @Nullable Mode mode,
        @Nullable Backlog backlog,
        List<Source> sources,
        @Nullable Match match,
        @Nullable Safeguards safeguards,
        @Nullable Response response) {

    public IsolationPolicySpec {
        sources = Lists.orEmpty(sources);
    }

    /** How far a match goes. */
    public enum Mode {
        @JsonProperty("Enforce")
        ENFORCE,
        @JsonProperty("RequireApproval")
        REQUIRE_APPROVAL,
        @JsonProperty("DryRun")
        DRY_RUN,
        @JsonProperty("Paused")
        PAUSED
    }

    /** What becomes of findings that were last updated before the policy was created. */
    public enum Backlog {
        @JsonProperty("RequireApproval")
        REQUIRE_APPROVAL,
        @JsonProperty("Enforce")
        ENFORCE,
        @JsonProperty("Ignore")
        IGNORE
    }

    /** The Regions whose GuardDuty detectors are read, and the identity to read them with. */
    public record Source(
            String name,
            List<String> regions,
            @Nullable String roleARN,
            @Nullable String externalID,
            @Nullable String queueURL) {
        public Source {
            regions = Lists.orEmpty(regions);
        }

        /** Without the external id, which is for AWS's eyes only. */
        @Override
        public String toString() {
            return "Source[name=" + name + ", regions=" + regions + ", roleARN=" + roleARN + ", queueURL=" + queueURL
                    + "]";
        }
    }

    /** The rules that a finding must all satisfy. */
    public record Match(
            List<String> findingTypes,
            @Nullable SeverityLevel minSeverity,
            List<@Nullable InvolvementKind> involvement,
            List<String> accountIDs,
            List<String> threatListNames,
            @Nullable Long maxAgeSeconds,
            @Nullable InstanceTags instanceTags,
            @Nullable String expression) {

        public Match {
            findingTypes = Lists.orEmpty(findingTypes);
            involvement = Lists.orEmptyWithUnknowns(involvement);
            accountIDs = Lists.orEmpty(accountIDs);
            threatListNames = Lists.orEmpty(threatListNames);
        }
    }

    /** GuardDuty's severity labels. */
    public enum SeverityLevel {
        @JsonProperty("Low")
        LOW,
        @JsonProperty("Medium")
        MEDIUM,
        @JsonProperty("High")
        HIGH,
        @JsonProperty("Critical")
        CRITICAL
    }

    /** Whether the instance itself acts for an attacker, or is merely attacked. */
    public enum InvolvementKind {
        @JsonProperty("Compromised")
        COMPROMISED,
        @JsonProperty("Attacked")
        ATTACKED
    }

    /** Tags that an instance must have, and tags that it must not have. */
    public record InstanceTags(List<TagRule> include, List<TagRule> exclude) {
        public InstanceTags {
            include = Lists.orEmpty(include);
            exclude = Lists.orEmpty(exclude);
        }
    }

    /** A tag key with any of the values; no values: whatever its value. */
    public record TagRule(String key, List<String> values) {
        public TagRule {
            values = Lists.orEmpty(values);
        }
    }

    /** Limits on what the operator isolates by itself. */
    public record Safeguards(
            @Nullable Integer maxActive,
            @Nullable Integer maxPerHour,
            @Nullable Integer maxAutoScalingGroupPercent,
            List<TagRule> protectedTags,
            @Nullable NodeHandling kubernetesNodes) {
        public Safeguards {
            protectedTags = Lists.orEmpty(protectedTags);
        }
    }

    /** What becomes of nodes of the cluster in which the operator runs. */
    public enum NodeHandling {
        @JsonProperty("RequireApproval")
        REQUIRE_APPROVAL,
        @JsonProperty("Enforce")
        ENFORCE
    }
}
