package io.ec2quarantine.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.BaselineState;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.InterfaceStatus;
import io.ec2quarantine.core.isolation.InterfaceState;
import io.ec2quarantine.core.isolation.Observation;
import io.ec2quarantine.core.isolation.Seen;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class InterfaceStatusesTest {
    @Test
    void interfacesThatAreLongDetachedMakeRoomForThoseThatAreThere() {
        List<InterfaceStatus> before = IntStream.range(0, 256)
                .mapToObj(InterfaceStatusesTest::recorded)
                .toList();
        List<InterfaceState> attached = IntStream.range(1_000, 1_014)
                .mapToObj(InterfaceStatusesTest::attached)
                .toList();

        List<InterfaceStatus> after = InterfaceStatuses.observed(before, seen(attached), Map.of());

        assertThat(after).hasSize(256);
        assertThat(after).extracting(InterfaceStatus::id).contains("eni-1000", "eni-1013", "eni-255", "eni-14");
        assertThat(after).extracting(InterfaceStatus::id).doesNotContain("eni-0", "eni-13");
    }

    private static Observation.Present seen(List<InterfaceState> interfaces) {
        var facts = Seen.running(List.of(), Map.of());
        return new Observation.Present(facts, interfaces, List.of(), Instant.EPOCH);
    }

    private static InterfaceState attached(int number) {
        return new InterfaceState("eni-" + number, "vpc-1", 0, number, List.of("sg-a"), Optional.empty(), Map.of());
    }

    private static InterfaceStatus recorded(int number) {
        return new InterfaceStatus(
                "eni-" + number,
                0,
                number,
                "vpc-1",
                List.of("sg-a"),
                BaselineState.RECORDED,
                List.of("sg-iso"),
                List.of("sg-iso"),
                null);
    }
}
