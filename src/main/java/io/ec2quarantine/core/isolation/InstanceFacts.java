package io.ec2quarantine.core.isolation;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An instance as EC2 describes it.
 *
 * @param state as EC2 names it: pending, running, shutting-down, terminated, stopping, stopped
 * @param spot a Spot instance, which knows no termination protection
 * @param groups what is shown of the instance itself: on EC2 the groups of its primary interface
 */
public record InstanceFacts(
        String id,
        String accountId,
        String state,
        Optional<String> name,
        Optional<String> privateIp,
        Optional<String> publicIp,
        Optional<Instant> launchTime,
        Optional<String> profileArn,
        boolean spot,
        List<String> groups,
        Map<String, String> tags) {

    public InstanceFacts {
        groups = List.copyOf(groups);
        tags = Map.copyOf(tags);
    }
}
