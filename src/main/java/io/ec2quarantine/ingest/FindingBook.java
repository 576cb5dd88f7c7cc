package io.ec2quarantine.ingest;

import io.ec2quarantine.core.finding.Finding;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The newest details of the findings behind each quarantine, until its status has taken them over. What no status ever
 * takes over makes room: a later read of GuardDuty brings it again.
 */
public final class FindingBook {
    static final int MOST_INSTANCES = 10_000;
    static final int MOST_OF_AN_INSTANCE = 100;

    private final Map<String, Map<String, Finding>> byInstance = Collections.synchronizedMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Map<String, Finding>> eldest) {
            return size() > MOST_INSTANCES;
        }
    });

    /** Notes a finding of an instance; an older version never replaces a newer one. */
    public void note(String instanceId, Finding finding) {
        byInstance.compute(instanceId, (_, present) -> {
            Map<String, Finding> findings =
                    new HashMap<>(Optional.ofNullable(present).orElseGet(Map::of));
            findings.merge(
                    finding.id(), finding, (one, other) -> one.updatedAt().isAfter(other.updatedAt()) ? one : other);
            if (findings.size() > MOST_OF_AN_INSTANCE) {
                findings.values().stream()
                        .min(Comparator.comparing(Finding::updatedAt))
                        .ifPresent(oldest -> findings.remove(oldest.id()));
            }
            return Map.copyOf(findings);
        });
    }

    /** The findings of an instance. */
    public Collection<Finding> of(String instanceId) {
        return List.copyOf(byInstance.getOrDefault(instanceId, Map.of()).values());
    }

    /** Forgets a finding that came to nothing. */
    public void forget(String instanceId, Finding finding) {
        forget(instanceId, each -> each.id().equals(finding.id()));
    }

    /** Forgets what has been taken over. */
    public void forget(String instanceId, Predicate<Finding> takenOver) {
        byInstance.computeIfPresent(instanceId, (_, present) -> {
            Map<String, Finding> findings = new HashMap<>(present);
            findings.values().removeIf(takenOver);
            return findings.isEmpty() ? null : Map.copyOf(findings);
        });
    }
}
