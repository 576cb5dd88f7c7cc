package io.ec2quarantine.core.isolation;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A network interface of the instance as it was read.
 *
 * @param groups the ids of its security groups, sorted
 * @param unchangeable why only AWS can change its groups, when that is so
 * @param publicIps its public addresses
 * @param timeouts the idle timeouts of its tracked connections
 */
public record InterfaceState(
        String id,
        String vpcId,
        int networkCardIndex,
        int deviceIndex,
        List<String> groups,
        Optional<String> unchangeable,
        Map<String, String> tags,
        List<PublicIp> publicIps,
        TrackingTimeouts timeouts) {

    /** The primary first: other software copies its groups onto the others. */
    public static final Comparator<InterfaceState> PRIMARY_FIRST = Comparator.comparingInt(
                    InterfaceState::networkCardIndex)
            .thenComparingInt(InterfaceState::deviceIndex)
            .thenComparing(InterfaceState::id);

    public InterfaceState {
        groups = groups.stream().sorted().toList();
        tags = Map.copyOf(tags);
        publicIps = List.copyOf(publicIps);
    }

    /** One without public addresses, of which nothing else is known. */
    public InterfaceState(
            String id,
            String vpcId,
            int networkCardIndex,
            int deviceIndex,
            List<String> groups,
            Optional<String> unchangeable,
            Map<String, String> tags) {
        this(id, vpcId, networkCardIndex, deviceIndex, groups, unchangeable, tags, List.of(), TrackingTimeouts.UNSET);
    }
}
