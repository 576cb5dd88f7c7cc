package io.ec2quarantine.core.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class VolumeSnapshotTest {
    private static final Instant BEGUN = Instant.parse("2026-11-24T09:00:00Z");
    private static final List<String> VOLUMES = List.of("vol-1", "vol-2");

    @Test
    void anAttemptCopiedAllVolumesSinceItBeganOrNothingIsProven() {
        VolumeSnapshot first = of("snap-1", "vol-1", 1);
        VolumeSnapshot second = of("snap-2", "vol-2", 2);

        assertThat(VolumeSnapshot.taken(List.of(second, first), VOLUMES, BEGUN)).containsExactly("snap-1", "snap-2");
        assertThat(VolumeSnapshot.taken(List.of(first), VOLUMES, BEGUN)).isEmpty();
        assertThat(VolumeSnapshot.taken(List.of(first, of("snap-3", "vol-3", 1)), VOLUMES, BEGUN))
                .isEmpty();
        assertThat(VolumeSnapshot.taken(List.of(first, of("snap-4", "vol-2", -3600)), VOLUMES, BEGUN))
                .isEmpty();
    }

    private static VolumeSnapshot of(String id, String volume, long seconds) {
        return new VolumeSnapshot(id, volume, BEGUN.plusSeconds(seconds));
    }
}
