package io.ec2quarantine.api.v1alpha1;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the operator last saw of a policy's sources and matches. */
public record IsolationPolicyStatus(
        @Nullable Long observedGeneration,
        List<Condition> conditions,
        List<SourceStatus> sources,
        @Nullable Long matchedFindings,
        @Nullable Long activeQuarantines,
        @Nullable Long deferred) {

    public IsolationPolicyStatus {
        conditions = Lists.orEmpty(conditions);
        sources = Lists.orEmpty(sources);
    }

    /** A status of which nothing is known yet. */
    public static IsolationPolicyStatus empty() {
        return new IsolationPolicyStatus(null, List.of(), List.of(), null, null, null);
    }

    /** The last poll of one source in one Region. */
    public record SourceStatus(
            String name,
            String region,
            @Nullable String detectorID,
            @Nullable Instant lastPollTime,
            @Nullable Instant lastFindingUpdateTime,
            @Nullable String message) {}
}
