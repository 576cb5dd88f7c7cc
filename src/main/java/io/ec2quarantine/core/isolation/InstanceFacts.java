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
 * @param belongings the addresses and volumes that it has
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
        Map<String, String> tags,
        Belongings belongings) {

    public InstanceFacts {
        groups = List.copyOf(groups);
        tags = Map.copyOf(tags);
    }

    /** One of which no addresses and volumes are known. */
    public InstanceFacts(
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
        this(
                id,
                accountId,
                state,
                name,
                privateIp,
                publicIp,
                launchTime,
                profileArn,
                spot,
                groups,
                tags,
                Belongings.NONE);
    }

    /**
     * What hangs on an instance.
     *
     * @param addresses those of its interfaces, of both kinds, by which a load balancer may know it
     * @param publicIps its public addresses
     * @param volumeIds its EBS volumes
     */
    public record Belongings(List<String> addresses, List<String> publicIps, List<String> volumeIds) {
        /** Nothing. */
        public static final Belongings NONE = new Belongings(List.of(), List.of(), List.of());

        public Belongings {
            addresses = List.copyOf(addresses);
            publicIps = List.copyOf(publicIps);
            volumeIds = List.copyOf(volumeIds);
        }
    }
}
