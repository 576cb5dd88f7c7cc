package io.ec2quarantine.core.isolation;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a release rests on.
 *
 * @param baselines what was written down in this episode, by interface id
 * @param chosen the groups that a person chose instead, by interface id; none: the interface is left as it is
 * @param isolationGroups the ids of the groups that isolate, this quarantine's and any other's
 */
public record ReleaseRecord(
        Map<String, Baseline> baselines, Map<String, List<String>> chosen, Set<String> isolationGroups) {
    public ReleaseRecord {
        baselines = Map.copyOf(baselines);
        chosen = Map.copyOf(chosen);
        isolationGroups = Set.copyOf(isolationGroups);
    }

    /** The same without the baselines of some interfaces. */
    public ReleaseRecord without(Set<String> interfaceIds) {
        Map<String, Baseline> others = new HashMap<>(baselines);
        others.keySet().removeAll(interfaceIds);
        return new ReleaseRecord(others, chosen, isolationGroups);
    }
}
