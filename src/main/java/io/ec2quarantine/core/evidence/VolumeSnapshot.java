package io.ec2quarantine.core.evidence;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** A copy of a volume, as it was found. */
public record VolumeSnapshot(String id, String volumeId, Instant startTime) {
    /** So far the clocks of EC2 and of whoever began an attempt may lie apart. */
    private static final Duration CLOCKS_APART = Duration.ofMinutes(1);

    /**
     * The ids of those that an attempt took: of the instance's own volumes, begun since the attempt was, and of all of
     * them, for an attempt copies all or none. A mark alone proves nothing.
     */
    public static List<String> taken(
            Collection<VolumeSnapshot> marked, Collection<String> volumeIds, Instant attemptBegun) {
        Instant earliest = attemptBegun.minus(CLOCKS_APART);
        List<VolumeSnapshot> ours = marked.stream()
                .filter(each -> volumeIds.contains(each.volumeId()))
                .filter(each -> !each.startTime().isBefore(earliest))
                .toList();
        Set<String> copied = ours.stream().map(VolumeSnapshot::volumeId).collect(Collectors.toSet());
        return copied.containsAll(volumeIds)
                ? ours.stream().map(VolumeSnapshot::id).sorted().toList()
                : List.of();
    }
}
