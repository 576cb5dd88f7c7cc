package io.ec2quarantine.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The demo whole, with the operator as it ships. */
class DemoIT {
    /** Far more than the scene takes, for a machine that does other things beside. */
    private static final Duration LONGEST = Duration.ofMinutes(2);

    @TempDir
    private Path directory;

    @ParameterizedTest
    @EnumSource(Cluster.Kind.class)
    void theSceneEndsWithAVerifiedIsolation(Cluster.Kind kind) {
        List<String> shownByKubectl = new ArrayList<>();
        List<String> shownByTable = new ArrayList<>();
        Demo.Encore compare = (set, running, screen) -> set.cluster().kubectl().ifPresent(kubectl -> {
            shownByKubectl.addAll(kubectl(kubectl, set.cluster().kubeconfig(), "get", "qi"));
            shownByTable.addAll(KubectlTable.of(Cluster.QUARANTINES).lines(set.quarantines(), Instant.now()));
        });

        assertSteps(play(Chapter.WORKSHOP, kind, compare));

        assertThat(withoutAges(shownByTable)).isEqualTo(withoutAges(shownByKubectl));
        assertThat(shownByKubectl).hasSize(kind == Cluster.Kind.ENVTEST ? 2 : 0);
    }

    @ParameterizedTest
    @EnumSource(Cluster.Kind.class)
    void aStormInAnOrganisationStopsAtTheLimitAndPeopleDecideTheRest(Cluster.Kind kind) {
        List<String> shownByKubectl = new ArrayList<>();
        List<String> shownByTable = new ArrayList<>();
        Demo.Encore compare = (set, running, screen) -> set.cluster().kubectl().ifPresent(kubectl -> {
            shownByKubectl.addAll(kubectl(kubectl, set.cluster().kubeconfig(), "get", "isopol"));
            shownByTable.addAll(
                    KubectlTable.of(Cluster.POLICIES).lines(set.objects("isolationpolicies"), Instant.now()));
        });

        String text = play(Chapter.ORGANISATION, kind, compare);

        assertThat(text.replaceAll("\\s+", " "))
                .containsSubsequence(
                        "operator AssumeRole arn:aws:iam::999900001111:role/ec2-quarantine-reader",
                        "Ready=True (Watching)",
                        "T+0.00 s GuardDuty 30 findings in us-west-2",
                        "operator AssumeRole arn:aws:iam::444455556666:role/ec2-quarantine-responder",
                        "EC2 CreateSecurityGroup ec2quarantine-isolation: in 444455556666, us-west-2",
                        "EC2 ModifyNetworkInterfaceAttribute eni-",
                        "as ec2-quarantine-responder",
                        " 5 isolated and verified",
                        " 20 isolated and verified",
                        "NAME MODE READY SOURCES MATCHED ACTIVE DEFERRED AGE",
                        "Deferring Every source is watched; 10 instances wait to be isolated",
                        "and 17 more with DESIRED Isolated",
                        "and 7 more with DESIRED Observed",
                        "alone, without a rule 4 Critical, 16 High",
                        "untouched, in web 1 High, 9 Medium",
                        "GuardDuty 2 findings in eu-central-1",
                        "(AwaitingApproval)",
                        "person build-agent: desiredState Isolated, decided by alice",
                        "in 444455556666, eu-central-1, as ec2-quarantine-responder",
                        "build-agent: Isolated=True, Verified=True",
                        "desiredState Released, decided by bob",
                        "operator AssumeRole arn:aws:iam::444455556666:role/ec2-quarantine-release",
                        "in 444455556666, us-west-2, as ec2-quarantine-release",
                        "in 444455556666, us-west-2, as ec2-quarantine-responder",
                        "Isolated=True, Verified=True",
                        "444455556666 ec2-quarantine-release us-west-2",
                        "444455556666 ec2-quarantine-responder eu-central-1",
                        "999900001111 ec2-quarantine-reader us-west-2 changed nothing",
                        "What the SIEM got",
                        " Isolated, 1 Released",
                        "\"type\" : \"io.ec2quarantine.Released\"",
                        "20 of 30 isolated and verified within ",
                        " (High) isolated in its place ")
                .contains("database: Ready=False (AwaitingApproval): The instance is protected by its tag")
                .contains("Ready=True (Released)")
                .doesNotContain("database: Isolated=True");
        assertThat(withoutAges(shownByTable)).isEqualTo(withoutAges(shownByKubectl));
    }

    /** What it says, when it ends well and leaves nothing. */
    private String play(Chapter chapter, Cluster.Kind kind, Demo.Encore encore) {
        Path files = directory.resolve("files");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Settings settings = new Settings(chapter, kind, false, false, files, LONGEST);

        int exitCode = new Demo(settings, Operator.SHIPPED, new PrintStream(bytes, true, UTF_8), encore).run();

        String text = bytes.toString(UTF_8);
        assertThat(exitCode).as(text).isZero();
        assertThat(text.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(Screen.WIDTH));
        assertThat(files).doesNotExist();
        return text;
    }

    /** Each step that matters, told in the order in which it must happen. */
    private static void assertSteps(String text) {
        assertThat(text.replaceAll("\\s+", " "))
                .containsSubsequence(
                        "Lease ec2-quarantine-operator is held by operator-",
                        "IsolationPolicy malicious-ip-callers Ready=True",
                        "T+0.00 s GuardDuty UnauthorizedAccess:EC2/MaliciousIPCaller.Custom",
                        "operator reads the finding",
                        "created: desiredState Isolated, policy malicious-ip-callers",
                        "baseline written down: eni-",
                        "EC2 CreateSecurityGroup ForensicSecurityGroup: sg-",
                        "EC2 RevokeSecurityGroupEgress sg-",
                        ": rules left 0",
                        "EC2 ModifyNetworkInterfaceAttribute eni-",
                        "now in ForensicSecurityGroup",
                        "operator reads back Instances, NetworkInterfaces, SecurityGroups",
                        "Isolated=True, Verified=True",
                        "EvidencePreserved=True (Preserved)",
                        "NAME DESIRED ISOLATED VERIFIED",
                        "Unknown ConnectionsCut (TrackedConnectionsMayPersist)",
                        "visitor ModifyNetworkInterfaceAttribute eni-",
                        "back in TargetSecurityGroup",
                        "back in ForensicSecurityGroup",
                        "drift 1: eni-",
                        "Verified=True again",
                        "visitor AttachNetworkInterface eni-",
                        "now in ForensicSecurityGroup",
                        "drift 2: eni-",
                        "Verified=True again",
                        "visitor AuthorizeSecurityGroupIngress sg-",
                        "lets through tcp 22 from 0.0.0.0/0",
                        "EC2 RevokeSecurityGroupIngress sg-",
                        ": rules left 0",
                        "drift 3: the isolation group ForensicSecurityGroup has 1 rule",
                        "Verified=True again",
                        "desiredState Released, decided by alice",
                        "back in TargetSecurityGroup",
                        "Isolated=False (Released)",
                        "termination protection off",
                        "ec2quarantine.io/state=released",
                        ": no mark left",
                        "ForensicSecurityGroup is gone",
                        "Ready=True (Released)",
                        "TargetSecurityGroup ForensicSecurityGroup TargetSecurityGroup eni-",
                        "TargetSecurityGroup ForensicSecurityGroup TargetSecurityGroup i-",
                        "TargetSecurityGroup untouched",
                        "The mail as it arrived",
                        "Subject: [isolated] i-",
                        "The instance was isolated, and the isolation was read back.",
                        "Release kubectl patch qi i-",
                        "And then: [drifted] i-",
                        "And then: [released] i-",
                        "Isolated and verified ",
                        "three changes undone within ",
                        "released and read back in ");
    }

    @Test
    @Timeout(300)
    void heldItCanBeLookedAtAndLeavesNothingBehind() throws Exception {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Demo.class.getName());
        builder.environment().putAll(Map.of("HOLD", "1", "CLUSTER", "envtest"));
        Process demo = builder.redirectErrorStream(true).start();
        Map<String, String> said = new HashMap<>();
        BufferedReader output = demo.inputReader(UTF_8);
        String line = String.valueOf(output.readLine());
        while (!line.startsWith("Ctrl-C")) {
            assertThat(demo.isAlive()).as(line).isTrue();
            String[] words = line.strip().split("[ =]", 3);
            if (words.length == 3) {
                said.put(words[1], words[2]);
            }
            line = String.valueOf(output.readLine());
        }
        List<ProcessHandle> children = demo.descendants().toList();
        Path kubeconfig = Path.of(said.getOrDefault("KUBECONFIG", ""));
        Path kubectl = Stream.of(said.getOrDefault("PATH", "").split(":", -1))
                .map(directory -> Path.of(directory, "kubectl"))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow();
        List<String> looked = kubectl(kubectl, kubeconfig, "get", "qi");

        demo.destroy();

        assertThat(demo.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(demo.exitValue()).as("a person ended it").isZero();
        assertThat(looked).hasSize(2);
        assertThat(children).hasSize(3).noneMatch(ProcessHandle::isAlive);
        assertThat(Files.exists(kubeconfig)).isFalse();
    }

    private List<String> kubectl(Path kubectl, Path kubeconfig, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                kubectl.toString(), "--kubeconfig=" + kubeconfig, "--cache-dir=" + directory.resolve("kubectl-cache")));
        command.addAll(List.of(arguments));
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String text = new String(process.getInputStream().readAllBytes(), UTF_8);
            assertThat(process.waitFor()).as(text).isZero();
            return text.lines().toList();
        } catch (IOException | InterruptedException failure) {
            throw new AssertionError("kubectl could not be run", failure);
        }
    }

    private static List<String> withoutAges(List<String> lines) {
        return lines.stream()
                .map(line -> line.replaceAll("\\b[0-9]+s\\b *", "(age) "))
                .toList();
    }
}
