package io.ec2quarantine.real;

import static io.ec2quarantine.real.Kubectl.says;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.ec2quarantine.sim.Call;
import io.ec2quarantine.sim.Model.Interface;
import io.ec2quarantine.sim.WorkshopScene;
import io.ec2quarantine.testing.Policies;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the jar does with its standard settings on a real API server, as a person sees it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JarIT {
    private static final String MINING = "CryptoCurrency:EC2/BitcoinTool.B!DNS";
    private static final String BACKDOOR = "Backdoor:EC2/C&CActivity.B";
    private static final Duration GRACE = Duration.ofSeconds(60);

    private final RealWorld world;
    private final Kubectl kubectl;
    private final WorkshopScene scene;
    private final OperatorJar operator;
    private String finding = "";

    JarIT(@TempDir Path directory) {
        this.world = new RealWorld(directory);
        this.kubectl = world.kubectl();
        this.scene = WorkshopScene.build(world.world());
        this.operator = world.startOperator("operator", Map.of("OPERATOR_LEADER_ELECTION", "true"));
    }

    @BeforeAll
    void theWorkshopsSceneIsPlayed() {
        kubectl.apply(Policies.workshop());
        kubectl.apply(Policies.policy("mining", "DryRun", MINING, ""));
        kubectl.apply(Policies.policy("backdoors", "RequireApproval", BACKDOOR, ""));
        operator.awaitLeading();
        finding = scene.compromise(world.world());
        kubectl.waitsFor("condition=Ready", "qi/" + scene.compromisedInstance());
        kubectl.waitsFor("condition=EvidencePreserved", "qi/" + scene.compromisedInstance());
    }

    @AfterAll
    void close() {
        world.close();
    }

    // --- the workshop's finding

    @Test
    void theQuarantineSaysWhatWasFoundDoneAndReadBack() {
        JsonNode quarantine = kubectl.quarantine(scene.compromisedInstance());

        assertThat(quarantine.at("/spec/desiredState").asText()).isEqualTo("Isolated");
        assertThat(quarantine.at("/spec/accountID").asText()).isEqualTo(RealWorld.ACCOUNT);
        assertThat(quarantine.at("/spec/policyRef/name").asText()).isEqualTo("malicious-ip-callers");
        assertThat(quarantine.at("/spec/findings/0/id").asText()).isEqualTo(finding);
        assertThat(says(quarantine, "Ready")).isEqualTo("True/Isolated");
        assertThat(says(quarantine, "Isolated")).isEqualTo("True/Isolated");
        assertThat(says(quarantine, "Verified")).isEqualTo("True/Verified");
        assertThat(says(quarantine, "ConnectionsCut")).isEqualTo("Unknown/TrackedConnectionsMayPersist");
        assertThat(says(quarantine, "EvidencePreserved")).isEqualTo("True/TerminationProtected");
        assertThat(says(quarantine, "Reconciling")).isEqualTo("False/Settled");
        assertThat(says(quarantine, "Stalled")).isEqualTo("False/NotStalled");
        assertThat(quarantine.at("/status/observedGeneration")).isEqualTo(quarantine.at("/metadata/generation"));
        JsonNode networkInterface = quarantine.at("/status/interfaces/0");
        String group = quarantine.at("/status/isolationGroups/0/groupID").asText();
        assertThat(networkInterface.at("/baseline/0").asText()).isEqualTo(scene.targetSecurityGroup());
        assertThat(networkInterface.at("/desired/0").asText()).isEqualTo(group);
        assertThat(networkInterface.at("/observed/0").asText()).isEqualTo(group);
    }

    @Test
    void awsShowsTheInstanceAloneInAGroupWithoutRules() {
        AwsCli aws = world.aws();
        String group = isolationGroup();

        assertThat(aws.groupsOf(scene.compromisedInstance())).containsExactly(List.of(group));
        JsonNode shown = aws.json("ec2", "describe-security-groups", "--group-ids", group)
                .at("/SecurityGroups/0");
        assertThat(shown.path("GroupName").asText()).isEqualTo("ForensicSecurityGroup");
        assertThat(shown.path("VpcId").asText()).isEqualTo(scene.vpc());
        assertThat(shown.path("IpPermissions")).isEmpty();
        assertThat(shown.path("IpPermissionsEgress")).isEmpty();
        assertThat(aws.json("ec2", "describe-security-group-rules", "--filters", "Name=group-id,Values=" + group)
                        .path("SecurityGroupRules"))
                .isEmpty();
        assertThat(aws.json(
                                "ec2",
                                "describe-instance-attribute",
                                "--attribute",
                                "disableApiTermination",
                                "--instance-id",
                                scene.compromisedInstance())
                        .at("/DisableApiTermination/Value")
                        .asBoolean())
                .isTrue();
    }

    @Test
    void awsShowsTheOtherInstancesWhereTheyWere() {
        JsonNode inTarget = world.aws()
                .json(
                        "ec2",
                        "describe-network-interfaces",
                        "--filters",
                        "Name=group-id,Values=" + scene.targetSecurityGroup());

        assertThat(inTarget.path("NetworkInterfaces"))
                .extracting(each -> each.at("/Attachment/InstanceId").asText())
                .containsExactlyInAnyOrder(
                        scene.maliciousInstance(), scene.compromisedInstance2(), scene.compromisedInstance3());
    }

    @Test
    void kubectlGetPrintsTheColumns() {
        Map<String, String> row = wideRow(scene.compromisedInstance());

        assertThat(row)
                .containsEntry("INSTANCE", "GuardDuty-Example: Compromised Instance: Scenario 1")
                .containsEntry("DESIRED", "Isolated")
                .containsEntry("ISOLATED", "True")
                .containsEntry("VERIFIED", "True")
                .containsEntry("FINDING", "UnauthorizedAccess:EC2/MaliciousIPCaller.Custom")
                .containsEntry("SEVERITY", "Medium")
                .containsEntry("ACCOUNT", RealWorld.ACCOUNT)
                .containsEntry("REGION", RealWorld.REGION)
                .containsEntry("DRIFT", "0")
                .containsEntry("POLICY", "malicious-ip-callers")
                .containsEntry("EPISODE", "1")
                .containsKey("EVIDENCE")
                .as("there is nobody to notify")
                .doesNotContainKey("NOTIFIED");
        assertThat(row.get("LAST VERIFIED")).matches("[0-9]+[sm].*");
        assertThat(kubectl.does("get", "qi", scene.compromisedInstance())
                        .lines()
                        .findFirst())
                .hasValueSatisfying(
                        header -> assertThat(header).doesNotContain("ACCOUNT").contains("FINDING"));
    }

    @Test
    void eachTransitionIsOneEvent() {
        awaitMorePollsAndSweeps();

        assertThat(kubectl.json(
                                "get",
                                "events",
                                "--field-selector",
                                "involvedObject.name=" + scene.compromisedInstance())
                        .path("items"))
                .extracting(each -> each.path("reason").asText())
                .containsExactlyInAnyOrder("Opened", "Isolated", "Verified");
    }

    @Test
    void kubectlDescribeEndsWithTheEvents() {
        String text = kubectl.does("describe", "qi", scene.compromisedInstance());

        assertThat(text.substring(text.indexOf("Events:")))
                .contains("Isolated", "Its one interface is in the isolation group and in no other.")
                .contains("Verified", "ec2quarantine.io/operator");
    }

    @Test
    void thePolicySaysWhatItWatchesAndMatched() {
        JsonNode policy = kubectl.await(
                "isopol",
                "malicious-ip-callers",
                "counts its quarantine",
                each -> each.at("/status/activeQuarantines").asInt() == 1);

        assertThat(says(policy, "Ready")).isEqualTo("True/Watching");
        assertThat(says(policy, "SourcesReachable")).isEqualTo("True/Polled");
        assertThat(policy.at("/status/matchedFindings").asInt()).isEqualTo(1);
        assertThat(policy.at("/status/sources/0/detectorID").asText())
                .isEqualTo(world.region().detectorId());
    }

    // --- other ways in

    @Test
    void aQuarantineWrittenByHandIsolatesTheSame() {
        String instance = world.launch("by hand");

        kubectl.apply(byHand(instance));

        kubectl.waitsFor("condition=Ready", "qi/" + instance);
        JsonNode quarantine = kubectl.quarantine(instance);
        assertThat(says(quarantine, "Verified")).isEqualTo("True/Verified");
        assertThat(quarantine.at("/status/interfaces/0/baseline/0").asText())
                .isEqualTo(world.target().id());
        assertThat(world.aws().groupsOf(instance))
                .containsExactly(List.of(
                        quarantine.at("/status/isolationGroups/0/groupID").asText()));
    }

    @Test
    void aDryRunChangesNothing() {
        String instance = world.launch("dry run");

        world.report(MINING, instance);

        JsonNode quarantine = kubectl.awaitQuarantine(instance, "Ready", "True", "DryRun");
        awaitMorePollsAndSweeps();
        assertThat(Kubectl.condition(quarantine, "Ready").path("message").asText())
                .contains("nothing is changed");
        assertThat(world.aws().groupsOf(instance))
                .containsExactly(List.of(world.target().id()));
        assertThat(changesTo(instance)).isEmpty();
    }

    @Test
    void approvalIsAwaitedAndGivenByKubectlPatch() {
        String instance = world.launch("waits for a person");

        world.report(BACKDOOR, instance);

        JsonNode quarantine = kubectl.awaitQuarantine(instance, "Ready", "False", "AwaitingApproval");
        assertThat(Kubectl.condition(quarantine, "Ready").path("message").asText())
                .contains("set spec.desiredState to Isolated to approve");
        assertThat(changesTo(instance)).isEmpty();

        kubectl.does("patch", "qi", instance, "--type=merge", "-p", "{\"spec\":{\"desiredState\":\"Isolated\"}}");

        kubectl.waitsFor("condition=Verified", "qi/" + instance);
        assertThat(world.aws().groupsOf(instance))
                .containsExactly(List.of(kubectl.quarantine(instance)
                        .at("/status/isolationGroups/0/groupID")
                        .asText()));
    }

    @Test
    void aTerminatedInstanceEndsItsEpisode() {
        String instance = world.launch("short-lived");
        kubectl.apply(byHand(instance));
        kubectl.waitsFor("condition=EvidencePreserved", "qi/" + instance);

        world.region().terminate(instance);

        JsonNode ended = kubectl.awaitQuarantine(instance, "Isolated", "False", "InstanceTerminated");
        long mark = world.simulator().calls().mark();
        awaitMorePollsAndSweeps();
        assertThat(ended.at("/status/interfaces/0/baseline/0").asText())
                .isEqualTo(world.target().id());
        assertThat(kubectl.quarantine(instance).at("/metadata/uid")).isEqualTo(ended.at("/metadata/uid"));
        assertThat(world.simulator().calls().since(mark))
                .as("a terminated instance is left alone")
                .noneMatch(call -> call.params().containsValue(instance));
    }

    // --- the process

    @Test
    void itAnswersProbesAndMetrics() {
        assertThat(operator.get("/healthz").statusCode()).isEqualTo(200);
        assertThat(operator.get("/readyz").statusCode()).isEqualTo(200);
        assertThat(operator.get("/metrics").body())
                .contains("ec2quarantine_decisions_total{decision=\"Open\"}")
                .contains("ec2quarantine_aws_calls_total{call=\"ec2:ModifyNetworkInterfaceAttribute\",outcome=\"Ok\"}");
    }

    @Test
    void oneLineOfTheLogTellsTheDecision() {
        List<JsonNode> decisions = operator.logLines().stream()
                .filter(line -> line.path("finding").asText().equals(finding))
                .toList();

        assertThat(decisions).singleElement().satisfies(line -> {
            assertThat(line.path("decision").asText()).isEqualTo("Open");
            assertThat(line.path("instance").asText()).isEqualTo(scene.compromisedInstance());
            assertThat(line.path("policy").asText()).isEqualTo("malicious-ip-callers");
        });
    }

    @Test
    void oneLineOfTheLogTellsEachWrite() {
        String group = isolationGroup();
        List<JsonNode> writes = operator.logLines().stream()
                .filter(line -> line.path("instance").asText().equals(scene.compromisedInstance()))
                .filter(line -> line.has("call"))
                .toList();

        assertThat(writes)
                .extracting(line -> line.path("call").asText())
                .isEqualTo(world.simulator().calls().writes().stream()
                        .filter(call -> concerns(call, scene.compromisedInstance(), group, scene.vpc()))
                        .map(call -> "ec2:" + call.action())
                        .toList())
                .contains("ec2:ModifyNetworkInterfaceAttribute");
        assertThat(writes).allSatisfy(line -> {
            assertThat(line.path("findings").asText()).isEqualTo(finding);
            assertThat(line.path("policy").asText()).isEqualTo("malicious-ip-callers");
            assertThat(line.path("outcome").asText()).isEqualTo("done");
        });
    }

    @Test
    void noCredentialIsToldAnywhere() {
        String everything = operator.log()
                + kubectl.does("get", "qi,isopol,events,configmaps,leases", "-A", "-o", "yaml")
                + operator.get("/metrics").body();

        assertThat(everything)
                .contains(scene.compromisedInstance())
                .doesNotContain(world.world().account(RealWorld.ACCOUNT).accessKeyId())
                .doesNotContain(world.world().account(RealWorld.ACCOUNT).secretAccessKey())
                .doesNotContain(world.cluster().adminToken());
    }

    @Test
    void asTextTheLogHasOneReadableLineForEachEntryAndAStandbyStopsWhenToldTo() {
        OperatorJar standby = world.startOperator(
                        "standby", Map.of("OPERATOR_LEADER_ELECTION", "true", "OPERATOR_LOG_FORMAT", "text"))
                .awaitReady();
        assertThat(standby.get("/readyz").body()).isEqualTo("STANDBY");

        standby.terminate();

        assertThat(standby.exitCode(GRACE)).isEqualTo(143);
        assertThat(standby.log().lines())
                .allMatch(line -> line.matches("[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3} (INFO |WARN |ERROR) .*"))
                .anyMatch(line ->
                        line.contains("standing by: the lease default/ec2-quarantine-operator is held by operator-"))
                .anyMatch(line -> line.endsWith("stopped"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            OPERATOR_POLL_INTERVAL_SECONDS | soon | OPERATOR_POLL_INTERVAL_SECONDS is "soon", but must be a whole number from 1 to 3600.
            OPERATOR_SAMPLE_FINDINGS       | yes  | OPERATOR_SAMPLE_FINDINGS is "yes", but must be one of Ignore, Accept.
            OPERATOR_LOG_FORMAT            | xml  | OPERATOR_LOG_FORMAT is "xml", but must be one of json, text.
            """)
    void aSettingThatCannotBeUsedEndsTheProcessWithOneSentence(String key, String value, String sentence) {
        OperatorJar broken = world.startOperator("broken-" + key, Map.of(key, value));

        assertThat(broken.exitCode(GRACE)).isEqualTo(1);
        assertThat(broken.log().strip()).isEqualTo(sentence);
    }

    @Test
    void theFirstLineSaysWhatStartsAndWithWhomItSpeaks() {
        assertThat(operator.logLines().getFirst().path("message").asText())
                .startsWith("starting version 0.1.0: Kubernetes API server "
                        + world.cluster().url())
                .contains("AWS_ENDPOINT_URL " + world.simulator().endpoint(), "AWS_REGION " + RealWorld.REGION);
    }

    @Test
    void aVariableThatIsNoSettingIsTold() {
        OperatorJar mistyped = world.startOperator("mistyped", Map.of("OPERATOR_POLL_INTERVAL", "5"))
                .awaitReady();

        assertThat(mistyped.logLines())
                .filteredOn(line -> line.path("level").asText().equals("WARN"))
                .extracting(line -> line.path("message").asText())
                .contains("OPERATOR_POLL_INTERVAL is no setting and changes nothing;"
                        + " did you mean OPERATOR_POLL_INTERVAL_SECONDS?");
        mistyped.terminate();
        assertThat(mistyped.exitCode(GRACE)).isEqualTo(143);
    }

    @Test
    void aPortThatIsTakenEndsTheProcessWithOneSentence() {
        String taken = Integer.toString(world.simulator().endpoint().getPort());

        OperatorJar broken = world.startOperator("taken", Map.of("OPERATOR_HTTP_PORT", taken));

        assertThat(broken.exitCode(GRACE)).isEqualTo(1);
        assertEndsWithOneSentence(broken, "Port " + taken + " cannot be listened on", "set OPERATOR_HTTP_PORT");
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void aClusterThatCannotBeUsedEndsTheProcessWithOneSentence(@TempDir Path directory) throws IOException {
        String admin = Files.readString(world.cluster().kubeconfig());
        OperatorJar unreachable = startWith(
                directory, "unreachable", admin.replace(world.cluster().url().toString(), "https://127.0.0.1:1"));
        OperatorJar stranger =
                startWith(directory, "stranger", admin.replace(world.cluster().adminToken(), "nobodys-token"));

        assertThat(unreachable.exitCode(GRACE)).isEqualTo(1);
        assertEndsWithOneSentence(
                unreachable, "The Kubernetes API server https://127.0.0.1:1/ does not answer", "check", "KUBECONFIG");
        assertThat(stranger.exitCode(GRACE)).isEqualTo(1);
        assertEndsWithOneSentence(stranger, "does not accept the operator's credentials", "renew");
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void aClusterWithoutTheSchemasEndsTheProcessWithOneSentence(@TempDir Path directory) {
        try (RealWorld bare = RealWorld.withoutSchemas(directory)) {
            OperatorJar broken = bare.startOperator("bare", Map.of());

            assertThat(broken.exitCode(GRACE)).isEqualTo(1);
            assertEndsWithOneSentence(broken, "does not know the kind IsolationPolicy", "kubectl apply -f crds/");
        }
    }

    // --- how

    private OperatorJar startWith(Path directory, String name, String kubeconfig) throws IOException {
        Path file = Files.writeString(directory.resolve(name), kubeconfig);
        return world.startOperator(name, Map.of("KUBECONFIG", file.toString()));
    }

    /** The last line is the sentence, and no line has a stack trace. */
    private static void assertEndsWithOneSentence(OperatorJar operator, String... parts) {
        List<JsonNode> lines = operator.logLines();

        assertThat(lines.getLast().path("level").asText()).isEqualTo("ERROR");
        assertThat(lines.getLast().path("message").asText())
                .startsWith("The operator could not start: ")
                .contains(parts);
        assertThat(lines).noneMatch(line -> line.has("stack_trace"));
    }

    private static String byHand(String instance) {
        return """
                apiVersion: ec2quarantine.io/v1alpha1
                kind: QuarantinedInstance
                metadata: {name: %s}
                spec: {instanceID: %s, region: us-west-2, desiredState: Isolated}
                """.formatted(instance, instance);
    }

    private String isolationGroup() {
        return kubectl.quarantine(scene.compromisedInstance())
                .at("/status/isolationGroups/0/groupID")
                .asText();
    }

    private List<Call> changesTo(String instance) {
        return world.simulator().calls().writes().stream()
                .filter(call -> concerns(call, instance))
                .toList();
    }

    private boolean concerns(Call call, String instance, String... more) {
        return call.params().containsValue(instance)
                || world.region().interfacesOf(instance).stream()
                        .map(Interface::id)
                        .anyMatch(call.params()::containsValue)
                || List.of(more).stream().anyMatch(call.params()::containsValue);
    }

    /** The workshop's instance is isolated, so each sweep reads it. */
    private void awaitMorePollsAndSweeps() {
        long mark = world.simulator().calls().mark();
        String filter = scene.compromisedInstance();
        Waiting.until(
                "two more polls and sweeps",
                () -> {
                    List<Call> calls = world.simulator().calls().since(mark);
                    return count(calls, "ListFindings") >= 2
                            && calls.stream()
                                            .filter(call -> call.action().equals("DescribeNetworkInterfaces"))
                                            .filter(call -> call.params().containsValue(filter))
                                            .count()
                                    >= 2;
                },
                () -> world.simulator().calls().since(mark).toString());
    }

    private static long count(List<Call> calls, String action) {
        return calls.stream().filter(call -> call.action().equals(action)).count();
    }

    private Map<String, String> wideRow(String name) {
        List<List<String>> table = kubectl.does("get", "qi", name, "-o", "wide")
                .lines()
                .map(line -> List.of(line.strip().split("\\s{2,}")))
                .toList();
        Map<String, String> row = new HashMap<>();
        // What the last column has nothing for is not there to be split.
        for (int column = 0; column < table.getLast().size(); column++) {
            row.put(table.getFirst().get(column), table.getLast().get(column));
        }
        return row;
    }
}
