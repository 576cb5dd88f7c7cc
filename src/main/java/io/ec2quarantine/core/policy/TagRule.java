package io.ec2quarantine.core.policy;

import java.util.Map;
import java.util.Set;

/** A tag key with any of the values; no values: whatever its value. */
public record TagRule(String key, Set<String> values) {
    public TagRule {
        values = Set.copyOf(values);
    }

    /** Whether the tags satisfy the rule. */
    public boolean holdsFor(Map<String, String> tags) {
        String value = tags.get(key);
        return value != null && (values.isEmpty() || values.contains(value));
    }
}
