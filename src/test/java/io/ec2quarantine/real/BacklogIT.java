package io.ec2quarantine.real;

import static org.assertj.core.api.Assertions.assertThat;

import io.ec2quarantine.testing.Policies;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
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

    @Test
    void everyFindingIsOpenedForAPersonAndANewOneIsIsolatedMeanwhile(@TempDir Path directory) {
        try (RealWorld world = new RealWorld(directory)) {
            Kubectl kubectl = world.kubectl();
            Set<String> instances = IntStream.range(0, FINDINGS)
                    .mapToObj(number -> world.launch("backlog " + number))
                    .collect(Collectors.toSet());
            instances.forEach(instance -> world.report(BACKDOOR, instance));
            OperatorJar operator = world.startOperator("operator", Map.of()).awaitReady();

            Instant started = Instant.now();
            kubectl.apply(Policies.enforcing("backdoors", BACKDOOR));
            kubectl.apply(Policies.workshop());
            long last = 0;
            Instant end = started.plusSeconds(240);
            String fresh = "";
            while (Instant.now().isBefore(end)) {
                long n = kubectl.does("get", "qi", "-o", "name").lines().count();
                long waiting = kubectl.does(
                                "get",
                                "qi",
                                "-o",
                                "jsonpath={range .items[*]}{.status.conditions[?(@.type==\"Ready\")].reason}{\"\\n\"}{end}")
                        .lines()
                        .filter(l -> l.equals("AwaitingApproval"))
                        .count();
                System.out.println(Duration.between(started, Instant.now()).toMillis() + " ms: " + n + " waiting "
                        + waiting + " polls "
                        + world.simulator().calls().of("ListFindings").size() + " describes "
                        + world.simulator().calls().of("DescribeInstances").size());
                if (fresh.isEmpty() && n > 300) {
                    fresh = world.launch("fresh");
                    world.report(CALLING, fresh);
                    System.out.println("fresh reported "
                            + Duration.between(started, Instant.now()).toMillis());
                }
                if (fresh.startsWith("i-")
                        && world.region().groupsOf(fresh).values().stream()
                                .noneMatch(g -> g.contains(world.target().id()))) {
                    System.out.println("fresh isolated "
                            + Duration.between(started, Instant.now()).toMillis());
                    fresh = "-";
                }
                if (n > FINDINGS && waiting >= FINDINGS) break;
                java.util.concurrent.locks.LockSupport.parkNanos(3_000_000_000L);
            }
            operator.log()
                    .lines()
                    .filter(l -> !l.contains("decided") && !l.contains("wrote to AWS"))
                    .limit(60)
                    .forEach(l -> System.out.println(l.substring(0, Math.min(300, l.length()))));
            System.out.println(operator.log()
                            .lines()
                            .filter(l -> l.contains("read failed"))
                            .count() + " read failed");
            assertThat(last).isZero();
        }
    }
}
