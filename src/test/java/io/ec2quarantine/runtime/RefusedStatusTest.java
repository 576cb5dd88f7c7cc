package io.ec2quarantine.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.ec2quarantine.sim.FindingTemplate;
import io.ec2quarantine.testing.Eventually;
import io.ec2quarantine.testing.LogCapture;
import io.ec2quarantine.testing.OperatorWorld;
import io.ec2quarantine.testing.Policies;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The chart's admission policies let nobody but the operator's service account write status. */
class RefusedStatusTest {
    private final OperatorWorld world = new OperatorWorld();

    @AfterEach
    void end() {
        world.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {403, 422})
    void whoMayNotWriteStatusIsToldOnceAndChangesNothingAndIsolatesOnceItMay(int code) {
        String instance =
                world.region().instance("web").in(world.region().vpc()).launch().id();
        world.region().finding(FindingTemplate.commandAndControl(instance, "198.51.100.17"));
        world.cluster().create(Policies.enforcing("all", "*"));
        world.cluster().refuseStatus(instance, code);
        try (LogCapture log = new LogCapture("io")) {
            world.startOperator();
            Eventually.holds(
                    "the refusal to be told",
                    () -> log.everything().stream().anyMatch(RefusedStatusTest::isTold),
                    () -> world.tick(Duration.ofSeconds(1)),
                    () -> log.everything().toString());
            world.elapse(Duration.ofMinutes(3));

            assertThat(log.everything())
                    .filteredOn(RefusedStatusTest::isTold)
                    .singleElement()
                    .asString()
                    .contains("QuarantinedInstance " + instance)
                    .contains("run the operator as that");
            assertThat(log.everything()).noneMatch(line -> line.contains("Uncaught error"));
            assertThat(world.calls("ModifyNetworkInterfaceAttribute", 0)).isZero();
        }

        world.cluster().refuseNothing();

        world.awaitVerified(instance);
    }

    private static boolean isTold(String line) {
        return line.contains("may only be written by the service account");
    }
}
