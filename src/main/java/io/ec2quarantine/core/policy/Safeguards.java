package io.ec2quarantine.core.policy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Within which limits a policy isolates by itself.
 *
 * @param maxActive instances held isolated at a time
 * @param maxPerHour instances isolated within any hour
 * @param maxScalingGroupPercent of the instances of one Auto Scaling group, whichever policies isolate them
 * @param protectedTags tags of instances that only a person has isolated, beside the one that always is
 * @param nodesNeedApproval whether only a person has nodes of the operator's own cluster isolated
 */
public record Safeguards(
        int maxActive,
        int maxPerHour,
        int maxScalingGroupPercent,
        List<TagRule> protectedTags,
        boolean nodesNeedApproval) {
    private static final TagRule ALWAYS = new TagRule("ec2quarantine.io/protected", Set.of());

    /** What the schema fills in. */
    public static final Safeguards STANDARD = new Safeguards(20, 10, 50, List.of(), true);

    public Safeguards {
        protectedTags = List.copyOf(protectedTags);
    }

    /** The key of a tag that protects an instance. */
    public Optional<String> protectedBy(Map<String, String> tags) {
        return Stream.concat(Stream.of(ALWAYS), protectedTags.stream())
                .filter(rule -> rule.holdsFor(tags))
                .map(TagRule::key)
                .findFirst();
    }
}
