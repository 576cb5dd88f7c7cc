package io.ec2quarantine.ingest;

import io.ec2quarantine.core.finding.Finding;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** The newest details of the findings behind each quarantine, until its status has taken them over. */
public final class FindingBook {
    private final ConcurrentMap<String, Map<String, Finding>> byInstance = new ConcurrentHashMap<>();

    /** Notes a finding of an instance; an older version never replaces a newer one. */
    public void note(String instanceId, Finding finding) {
        byInstance.compute(instanceId, (_, present) -> {
            Map<String, Finding> findings =
                    new ConcurrentHashMap<>(Optional.ofNullable(present).orElseGet(Map::of));
            findings.merge(
                    finding.id(), finding, (one, other) -> one.updatedAt().isAfter(other.updatedAt()) ? one : other);
            return findings;
        });
    }

    /** The findings of an instance. */
    public Collection<Finding> of(String instanceId) {
        return List.copyOf(byInstance.getOrDefault(instanceId, Map.of()).values());
    }

    /** Forgets a finding that came to nothing. */
    public void forget(String instanceId, Finding finding) {
        byInstance.computeIfPresent(instanceId, (_, present) -> {
            Map<String, Finding> findings = new ConcurrentHashMap<>(present);
            findings.remove(finding.id());
            return findings.isEmpty() ? null : findings;
        });
    }
}
