package io.ec2quarantine.real;

import static org.assertj.core.api.Assertions.assertThat;

import io.ec2quarantine.testing.Policies;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A new policy meets many pages of findings that were there before it. */
class BacklogIT {
    private static final String BACKDOOR = "Backdoor:EC2/C&CActivity.B";
    private static final String CALLING = "UnauthorizedAccess:EC2/MaliciousIPCaller.Custom";
    private static final int FINDINGS = 1_000;
    private static final int SOME = FINDINGS / 10;
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private static final String NAMES = "{range .items[*]}{.metadata.name}{\"\\n\"}{end}";
    private static final String FINDING_IDS = "{range .items[*].spec.findings[*]}{.id}{\"\\n\"}{end}";
    private static final String READY_REASONS =
            "{range .items[*]}{.status.conditions[?(@.type==\"Ready\")].reason}{\"\\n\"}{end}";

    @Test
    void everyFindingIsOpenedForAPersonAndANewOneIsIsolatedMeanwhile(@TempDir Path directory) {
        try (RealWorld world = new RealWorld(directory)) {
            Kubectl kubectl = world.kubectl();
            Set<String> instances = IntStream.range(0, FINDINGS)
                    .mapToObj(number -> world.launch("backlog " + number))
                    .collect(Collectors.toSet());
            Set<String> findings = instances.stream()
                    .map(instance -> world.report(BACKDOOR, instance))
                    .collect(Collectors.toSet());
            OperatorJar operator = world.startOperator("operator", Map.of()).awaitReady();
            kubectl.apply(Policies.enforcing("backdoors", BACKDOOR));
            kubectl.apply(Policies.workshop());
            Waiting.until("a part of the backlog", () -> lines(kubectl, NAMES).size() >= SOME, operator::log);

            String fresh = world.launch("fresh");
            world.report(CALLING, fresh);
            kubectl.waitsFor("condition=Verified", "qi/" + fresh);

            assertThat(kubectl.does("get", "qi", "-o", "jsonpath=" + READY_REASONS)
                            .lines()
                            .filter("AwaitingApproval"::equals))
                    .as("the part of the backlog that was looked at before the isolation was verified")
                    .hasSizeLessThan(FINDINGS);
            Waiting.until(
                    "a quarantine for each instance",
                    PATIENCE,
                    () -> lines(kubectl, NAMES).containsAll(instances),
                    operator::log);
            assertThat(lines(kubectl, FINDING_IDS)).containsAll(findings);
            assertThat(world.simulator().calls().changes())
                    .as("a backlog changes nothing")
                    .noneMatch(call -> call.params().values().stream().anyMatch(instances::contains));
        }
    }

    private static Set<String> lines(Kubectl kubectl, String jsonPath) {
        return kubectl.does("get", "qi", "-o", "jsonpath=" + jsonPath).lines().collect(Collectors.toSet());
    }
}
