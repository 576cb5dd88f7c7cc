package io.ec2quarantine.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ec2quarantine.Main;
import io.ec2quarantine.api.v1alpha1.IsolationPolicy;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.cluster.KubernetesClients;
import io.ec2quarantine.sim.Faults;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Filter;

/** The demo believes what it reads and nobody's word: where nothing was done, it says so and fails. */
class DemoTest {
    private static final String ESCAPE = "\u001b";
    private static final String SWAP = "ModifyNetworkInterfaceAttribute";
    private static final String OPERATOR = "ec2-quarantine-operator";
    private static final Duration SHORT = Duration.ofSeconds(1);
    /** Longer than a machine that does much else takes from one thing seen to the next; the whole of it is waited out. */
    private static final Duration PATIENT = Duration.ofSeconds(30);

    private static final Duration LONG = Duration.ofSeconds(30);

    @TempDir
    private Path files;

    private record Played(int exitCode, String text) {
        /** Wherever the line was broken to fit. */
        String inOneLine() {
            return text.replaceAll("\\s+", " ");
        }
    }

    @Test
    void withTheOperatorSwitchedOffItFailsAndSaysWhatDidNotHappen() {
        Played played = play(Operator.OFF, SHORT, false);

        assertThat(played.exitCode()).isEqualTo(1);
        assertThat(played.inOneLine())
                .contains("GuardDuty-Example: Compromised Instance: Scenario 1")
                .contains("IsolationPolicy malicious-ip-callers created")
                .endsWith("The operator does not watch GuardDuty: its policy did not become Ready within 1 s."
                        + " The operator is switched off. ")
                .doesNotContain("QuarantinedInstance", "Isolated=True", "Isolated and verified");
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void anOperatorThatOnlySaysItWatchesIsFoundOut() {
        Played played = play(liar("""
                status: {conditions: [{type: Ready, status: "True", reason: Watching, message: ""}]}
                """, Optional.empty()), Duration.ofSeconds(5), false);

        assertThat(played.exitCode()).isEqualTo(1);
        assertThat(played.inOneLine())
                .contains("IsolationPolicy malicious-ip-callers Ready=True (Watching)")
                .contains("UnauthorizedAccess:EC2/MaliciousIPCaller.Custom, severity 5.0")
                .contains("No QuarantinedInstance was opened for the finding on i-")
                .contains("within 5 s. Ask the liar.")
                .doesNotContain("Isolated and verified");
    }

    @Test
    void anOperatorThatOnlySaysItIsolatedIsFoundOut() {
        Played played = play(liar("""
                status: {conditions: [{type: Ready, status: "True", reason: Watching, message: ""}]}
                """, Optional.of("""
                status:
                  conditions:
                  - {type: Ready, status: "True", reason: Isolated, message: ""}
                  - {type: Isolated, status: "True", reason: Isolated, message: ""}
                  - {type: Verified, status: "True", reason: Verified, message: ""}
                  - {type: EvidencePreserved, status: "True", reason: TerminationProtected, message: ""}
                  - {type: Notified, status: "True", reason: Sent, message: ""}
                  - {type: ConnectionsCut, status: "Unknown", reason: TrackedConnectionsMayPersist, message: ""}
                """)), LONG, false);

        assertThat(played.exitCode()).isEqualTo(1);
        assertThat(played.inOneLine())
                .contains("Isolated=True, Verified=True, EvidencePreserved=True")
                .contains("in TargetSecurityGroup and not in the isolation group alone. Ask the liar.")
                .doesNotContain("Isolated and verified");
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void anOperatorThatRepairsNothingIsFoundOutAndTheChangeNamed() {
        Played played = play(unable(faults -> faults.on(SWAP).as(OPERATOR).after(1)), PATIENT, false);

        assertThat(played.exitCode()).isEqualTo(1);
        assertThat(played.inOneLine())
                .contains("visitor " + SWAP + " eni-")
                .contains("EC2 " + SWAP)
                .containsPattern("The first change, " + SWAP + " on eni-[0-9a-f]+, was not found, undone and verified"
                        + " within [0-9]+ s\\. The operator's log is")
                .contains("Isolated=False, Verified=False: not undone yet")
                .doesNotContain("Verified=True again", "What was undone", "Isolated and verified");
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void anOperatorThatNeverReleasesIsFoundOut() {
        Played played = play(unable(faults -> faults.on(SWAP).as(OPERATOR).after(3)), PATIENT, false);

        assertThat(played.exitCode()).isEqualTo(1);
        assertThat(played.inOneLine())
                .contains("What was undone")
                .contains("desiredState Released, decided by alice")
                .contains("The instance was not released, read back and cleaned up within ")
                .doesNotContain("Isolated=False", "Ready=True (Released)", "Isolated and verified");
    }

    @Test
    void anOperatorThatIsolatesMoreThanTheLimitIsFoundOut() {
        Played played = play(Chapter.ORGANISATION, DemoTest::unlimited, LONG, false);

        assertThat(played.exitCode()).isEqualTo(1);
        assertThat(played.inOneLine())
                .contains("30 findings in us-west-2")
                .containsPattern("EC2 has [23][0-9] servers isolated, and maxActive is 20\\. The operator's log is")
                .doesNotContain("20 of 30 isolated and verified");
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void anOperatorThatIsolatesNothingInTheStormIsFoundOut() {
        Played played = play(Chapter.ORGANISATION, liar("""
                status: {conditions: [{type: Ready, status: "True", reason: Watching, message: ""}]}
                """, Optional.empty()), Duration.ofSeconds(5), false);

        assertThat(played.exitCode()).isEqualTo(1);
        assertThat(played.inOneLine())
                .contains("30 findings in us-west-2")
                .endsWith("Not 20 servers were isolated and verified and 10 deferred, but 0 and 0 within 5 s."
                        + " Ask the liar. ")
                .doesNotContain("20 of 30 isolated and verified");
    }

    /** The operator itself, for which somebody raises the limit. */
    private static Operator.Running unlimited(StageSet set, Path directory) {
        KubernetesClient client = set.cluster().client();
        client.resources(IsolationPolicy.class).inform(new ResourceEventHandler<>() {
            @Override
            public void onAdd(IsolationPolicy policy) {
                client.resource(policy)
                        .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"safeguards\":{\"maxActive\":30}}}");
            }

            @Override
            public void onUpdate(IsolationPolicy before, IsolationPolicy policy) {}

            @Override
            public void onDelete(IsolationPolicy policy, boolean unknown) {}
        });
        return started(set, directory);
    }

    /** The operator itself, which from some call on may not change the groups of any interface. */
    private static Operator unable(Function<Faults, Faults.Builder> fault) {
        return (set, directory) -> {
            fault.apply(set.simulator().faults()).deny();
            return started(set, directory);
        };
    }

    private static Operator.Running started(StageSet set, Path directory) {
        return ShippedOperator.start(
                List.of(
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName()),
                SHORT,
                set.operatorEnvironment(),
                directory);
    }

    @Test
    void anOperatorThatEndsIsNotWaitedFor() {
        Operator ending = (set, directory) -> new Liar(CompletableFuture.completedFuture("It ended."), () -> {});

        Played played = play(ending, LONG, false);

        assertThat(played.exitCode()).isEqualTo(1);
        assertThat(played.inOneLine()).endsWith("its policy did not become Ready. It ended. Ask the liar. ");
    }

    @Test
    void plainOutputHasNoEscapeCodesAndFitsAHundredColumns() {
        assertThat(play(Operator.OFF, SHORT, false).text().lines())
                .hasSizeGreaterThan(20)
                .allSatisfy(line -> assertThat(line).doesNotContain(ESCAPE).hasSizeLessThanOrEqualTo(100));
    }

    @Test
    void colouredOutputIsTheSameWithColours() {
        assertThat(play(Operator.OFF, SHORT, true).text())
                .contains(ESCAPE + "[1mThe policy" + ESCAPE + "[0m")
                .contains(ESCAPE + "[34mKubernetes" + ESCAPE + "[0m")
                .contains(ESCAPE + "[1;31mThe operator does not watch GuardDuty");
    }

    @ParameterizedTest
    @CsvSource({
        "true, '', '', true",
        "false, '', '', false",
        "true, 1, '', false",
        "false, '', 1, true",
        "false, '', 0, false",
        "false, 1, 1, false",
    })
    void colourIsForTerminalsUnlessTheEnvironmentSaysOtherwise(
            boolean terminal, String noColor, String forceColor, boolean colour) {
        Map<String, String> environment = Map.of("NO_COLOR", noColor, "FORCE_COLOR", forceColor);

        assertThat(Settings.from(environment, terminal, files).colour()).isEqualTo(colour);
    }

    @Test
    void aClusterThatThereIsNotIsRefusedInOneSentence() {
        assertThat(Settings.from(Map.of(), true, files).cluster()).isEqualTo(Cluster.Kind.EMBEDDED);
        assertThat(Settings.from(Map.of("CLUSTER", "envtest"), true, files).cluster())
                .isEqualTo(Cluster.Kind.ENVTEST);
        assertThatThrownBy(() -> Settings.from(Map.of("CLUSTER", "kind"), true, files))
                .hasMessage("CLUSTER is \"kind\", but must be embedded or envtest.");
    }

    @Test
    void aSceneThatThereIsNotIsRefusedInOneSentence() {
        assertThat(Settings.from(Map.of(), true, files).chapter()).isEqualTo(Chapter.WORKSHOP);
        assertThat(Settings.from(Map.of("SCENE", "organisation"), true, files).chapter())
                .isEqualTo(Chapter.ORGANISATION);
        assertThatThrownBy(() -> Settings.from(Map.of("SCENE", "storm"), true, files))
                .hasMessage("SCENE is \"storm\", but must be workshop or organisation.");
    }

    private Played play(Operator operator, Duration patience, boolean colour) {
        return play(Chapter.WORKSHOP, operator, patience, colour);
    }

    private Played play(Chapter chapter, Operator operator, Duration patience, boolean colour) {
        Settings settings = new Settings(chapter, Cluster.Kind.EMBEDDED, false, colour, files, patience);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int exitCode = new Demo(
                        settings, operator, new PrintStream(bytes, true, StandardCharsets.UTF_8), Demo.Encore.NONE)
                .run();
        return new Played(exitCode, bytes.toString(StandardCharsets.UTF_8));
    }

    private record Liar(CompletableFuture<String> end, Runnable onClose) implements Operator.Running {
        @Override
        public String description() {
            return "a liar";
        }

        @Override
        public String whereToLook() {
            return "Ask the liar.";
        }

        @Override
        public void close() {
            onClose.run();
        }
    }

    /** Writes statuses, and never touches EC2. */
    private static Operator liar(String policyStatus, Optional<String> quarantineStatus) {
        return (set, directory) -> {
            Map<String, String> environment = set.operatorEnvironment();
            KubernetesClient client = KubernetesClients.create(Config.fromKubeconfig(
                    Path.of(environment.getOrDefault("KUBECONFIG", "")).toFile()));
            client.resources(IsolationPolicy.class).inform(new ResourceEventHandler<>() {
                @Override
                public void onAdd(IsolationPolicy policy) {
                    quarantineStatus.ifPresent(status -> claim(client, environment, status));
                    policy.setStatus(client.getKubernetesSerialization()
                            .unmarshal(policyStatus, IsolationPolicy.class)
                            .getStatus());
                    client.resource(policy).updateStatus();
                }

                @Override
                public void onUpdate(IsolationPolicy before, IsolationPolicy policy) {}

                @Override
                public void onDelete(IsolationPolicy policy, boolean unknown) {}
            });
            return new Liar(new CompletableFuture<>(), client::close);
        };
    }

    private static void claim(KubernetesClient client, Map<String, String> environment, String status) {
        QuarantinedInstance claimed = client.getKubernetesSerialization()
                .unmarshal("""
                        apiVersion: ec2quarantine.io/v1alpha1
                        kind: QuarantinedInstance
                        metadata: {name: %1$s}
                        spec: {instanceID: %1$s, region: us-west-2, desiredState: Isolated}
                        """.formatted(compromisedInstance(environment)) + status, QuarantinedInstance.class);
        client.resource(claimed).create();
        client.resource(claimed).updateStatus();
    }

    private static String compromisedInstance(Map<String, String> environment) {
        try (Ec2Client ec2 = Ec2Client.builder()
                .endpointOverride(URI.create(environment.getOrDefault("AWS_ENDPOINT_URL", "")))
                .region(Region.of(environment.getOrDefault("AWS_REGION", "")))
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create(
                        environment.getOrDefault("AWS_ACCESS_KEY_ID", ""),
                        environment.getOrDefault("AWS_SECRET_ACCESS_KEY", ""))))
                .build()) {
            Filter name = Filter.builder()
                    .name("tag:Name")
                    .values("GuardDuty-Example: Compromised Instance: Scenario 1")
                    .build();
            return ec2.describeInstances(request -> request.filters(name))
                    .reservations()
                    .getFirst()
                    .instances()
                    .getFirst()
                    .instanceId();
        }
    }
}
