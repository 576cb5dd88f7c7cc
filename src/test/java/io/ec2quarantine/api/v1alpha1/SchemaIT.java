package io.ec2quarantine.api.v1alpha1;

import static io.ec2quarantine.api.v1alpha1.CrdSchema.POLICY;
import static io.ec2quarantine.api.v1alpha1.CrdSchema.QUARANTINE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import io.ec2quarantine.cluster.KubernetesClients;
import io.ec2quarantine.testing.Eventually;
import io.ec2quarantine.testing.RealCluster;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.StatusCause;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What a real API server and kubectl make of the schemas. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SchemaIT {
    private final Path assets = RealCluster.assetsFromEnvironment();
    private final Path directory;
    private final RealCluster cluster;
    private final KubernetesClient client;

    SchemaIT(@TempDir Path directory) {
        this.directory = directory;
        this.cluster = RealCluster.start(assets, directory.resolve("cluster"));
        this.client = KubernetesClients.create(
                Config.fromKubeconfig(cluster.kubeconfig().toFile()));
    }

    @BeforeAll
    void applyTheCrds() {
        kubectl("apply", "-f", "crds").succeeds();
        kubectl("wait", "--for=condition=Established", "--timeout=30s", "crd", "--all")
                .succeeds();
        Eventually.holds(
                "the category to be discovered",
                () -> kubectl("get", "quarantine").exitCode() == 0,
                () -> {},
                () -> kubectl("api-resources").text());
    }

    @AfterEach
    void deleteWhatTheTestWrote() {
        kubectl("delete", "quarantine", "--all").succeeds();
    }

    @AfterAll
    void close() {
        client.close();
        cluster.close();
    }

    @ParameterizedTest
    @EnumSource
    void theServerFindsNothingWrongWithACrd(CrdSchema schema) {
        String conditions = kubectl(
                        "get",
                        "-f",
                        schema.file().toString(),
                        "-o",
                        "jsonpath={range .status.conditions[*]}{.type}={.status} {end}")
                .succeeds();

        assertThat(conditions.strip().split(" "))
                .contains("Established=True", "NamesAccepted=True")
                .noneMatch(condition -> condition.startsWith("NonStructuralSchema"));
    }

    // --- what is accepted

    private static List<Path> sampleFiles() {
        return Example.sampleFiles();
    }

    @ParameterizedTest
    @MethodSource("sampleFiles")
    void kubectlAppliesEverySample(Path file) {
        kubectl("apply", "-f", file.toString()).succeeds();
        assertThat(kubectl("apply", "-f", file.toString()).succeeds()).contains("unchanged");
    }

    private static List<PolicyDoc.Shown> documentedPolicies() {
        return PolicyDoc.examples();
    }

    @ParameterizedTest
    @MethodSource("documentedPolicies")
    void theServerTakesEveryExampleOfTheDocumentation(PolicyDoc.Shown example) {
        String taken = kubectlWith(
                        example.policy().toString(),
                        "create",
                        "--dry-run=server",
                        "--validate=strict",
                        "-o",
                        "yaml",
                        "-f",
                        "-")
                .succeeds();

        assertThat(PolicyFields.understood(Yaml.parse(taken)).name())
                .isEqualTo(example.policy().at("/metadata/name").asText());
    }

    @ParameterizedTest
    @FieldSource("io.ec2quarantine.api.v1alpha1.Example#ACCEPTED")
    void aGoodObjectIsAccepted(Example example) {
        write(example);
    }

    @ParameterizedTest
    @EnumSource
    void aNewObjectGetsTheDefaultsAndIsPending(CrdSchema schema) {
        create(Example.minimal(schema));

        JsonNode stored =
                Yaml.parse(kubectl("get", schema.names().path("plural").asText(), "-o", "yaml")
                        .succeeds());

        JsonNode expected = schema.withDefaults(Example.minimal(schema));
        assertThat(stored.at("/items/0/spec")).isEqualTo(expected.path("spec"));
        assertThat(stored.at("/items/0/status")).isEqualTo(expected.path("status"));
    }

    @Test
    void fieldsOfAnotherVersionAreDroppedWithoutRefusal() {
        GenericKubernetesResource created = create(
                Example.edited(Example.minimal(POLICY), "spec: {later: {limit: 20}, match: {laterRule: 'true'}}"));

        assertThat(created.<Object>get("spec", "later")).isNull();
        assertThat(created.<Object>get("spec", "match", "laterRule")).isNull();
        assertThat(created.<Object>get("spec", "match", "minSeverity")).isEqualTo("Medium");
    }

    @ParameterizedTest
    @EnumSource
    void aWholeStatusSurvivesTheServer(CrdSchema schema) {
        Path file = Example.completeFile(schema);
        kubectl("apply", "-f", file.toString()).succeeds();

        String written = patchStatus(schema, file);

        assertThat(Yaml.parse(written).path("status")).isEqualTo(Yaml.read(file).path("status"));
    }

    @Test
    void theOperatorsOwnClientWritesAStatusOverThePendingOne() {
        create(Example.minimal(QUARANTINE));
        QuarantinedInstanceStatus status = client.getKubernetesSerialization()
                .unmarshal(Yaml.read(Example.completeFile(QUARANTINE)).toString(), QuarantinedInstance.class)
                .getStatus();
        Resource<QuarantinedInstance> quarantine =
                client.resources(QuarantinedInstance.class).withName("i-0123456789abcdef0");

        quarantine.editStatus(pending -> {
            pending.setStatus(status);
            return pending;
        });

        assertThat(quarantine.get().getStatus()).isEqualTo(status);
    }

    // --- what is refused

    @ParameterizedTest
    @FieldSource("io.ec2quarantine.api.v1alpha1.Example#REFUSED")
    void aBadObjectIsRefusedWithExactlyTheSentence(Example example) {
        assertThat(refusal(example))
                .extracting(cause -> cause.getMessage().replaceFirst("^Invalid value: (\"[^\"]*\": )?", ""))
                .containsExactlyInAnyOrderElementsOf(example.sentences());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    POLICY     | {spec: null}                            | spec                    | Required value
                    POLICY     | spec: {mode: null}                      | spec.mode               | Required value
                    POLICY     | spec: {mode: enforce}                   | spec.mode               | Unsupported value: "enforce": supported values: "Enforce", "RequireApproval", "DryRun", "Paused"
                    POLICY     | spec: {sources: null}                   | spec.sources            | Required value
                    POLICY     | spec: {sources: [{name: org}]}          | spec.sources[0].regions | Required value
                    POLICY     | spec: {sources: [{name: a, regions: [us-west-2]}, {name: a, regions: [us-east-1]}]} | spec.sources[1] | Duplicate value: {"name":"a"}
                    POLICY     | spec: {match: null}                     | spec.match              | Required value
                    POLICY     | spec: {match: {findingTypes: null}}     | spec.match.findingTypes | Required value
                    POLICY     | spec: {match: {maxAgeSeconds: 59}}      | spec.match.maxAgeSeconds | Invalid value: 59: spec.match.maxAgeSeconds in body should be greater than or equal to 60
                    QUARANTINE | spec: {region: null}                    | spec.region             | Required value
                    QUARANTINE | spec: {desiredState: null}              | spec.desiredState       | Required value
                    QUARANTINE | spec: {desiredState: Free}              | spec.desiredState       | Unsupported value: "Free": supported values: "Isolated", "Observed", "Released"
                    QUARANTINE | spec: {accountID: 111122223333}         | spec.accountID          | Invalid value: "integer": spec.accountID in body must be of type string: "integer"
                    """)
    void aBadStructureIsRefusedByItsPath(CrdSchema schema, String edit, String path, String message) {
        Example example =
                new Example(schema, Optional.empty(), Example.edited(Example.minimal(schema), edit), List.of());

        assertThat(refusal(example))
                // Without a field: "some validation rules were not checked because the object was invalid".
                .filteredOn(cause -> !cause.getField().equals("<nil>"))
                .extracting(StatusCause::getField, StatusCause::getMessage)
                .containsExactly(tuple(path, message));
    }

    @Test
    void aPersonReadsOneLine() {
        Answer answer = kubectlWith(
                Example.edited(
                                Example.minimal(QUARANTINE),
                                "{metadata: {name: web-server}, spec: {instanceID: web-server}}")
                        .toString(),
                "apply",
                "-f",
                "-");

        assertThat(answer.exitCode()).isNotZero();
        assertThat(answer.text().strip())
                .isEqualTo("The QuarantinedInstance \"web-server\" is invalid: spec.instanceID: Invalid value:"
                        + " \"web-server\": spec.instanceID must be an EC2 instance id such as i-0123456789abcdef0.");
    }

    // --- what kubectl shows

    @Test
    void explainPrintsTheDescriptions() {
        String text = kubectl("explain", "isopol.spec.match.maxAgeSeconds").succeeds();

        assertThat(text.replaceAll("\\s+", " "))
                .contains(POLICY.root()
                        .child("spec")
                        .child("match")
                        .child("maxAgeSeconds")
                        .schema()
                        .path("description")
                        .asText());
    }

    @Test
    void theColumnsOfAQuarantineTellItsState() {
        Path file = Example.completeFile(QUARANTINE);
        kubectl("apply", "-f", file.toString()).succeeds();
        patchStatus(QUARANTINE, file);

        assertThat(table("get", "qi").getFirst())
                .containsExactly(
                        "NAME", "DESIRED", "ISOLATED", "VERIFIED", "REASON", "LAST VERIFIED", "FINDING", "AGE");
        assertThat(kubectl("get", "qi").succeeds().lines())
                .as("the longest type of a finding just fits on a screen")
                .allMatch(line -> line.length() <= 144);
        assertThat(onlyRow("get", "qi", "-o", "wide"))
                .containsEntry("NAME", "i-0fedcba9876543210")
                .containsEntry("INSTANCE", "web-1")
                .containsEntry("DESIRED", "Isolated")
                .containsEntry("ISOLATED", "True")
                .containsEntry("VERIFIED", "Unknown")
                .containsEntry("FINDING", "UnauthorizedAccess:EC2/MaliciousIPCaller.Custom")
                .containsEntry("SEVERITY", "Medium")
                .containsEntry("ACCOUNT", "111122223333")
                .containsEntry("REGION", "us-west-2")
                .containsEntry("DRIFT", "4")
                .containsEntry("POLICY", "complete")
                .containsEntry("EPISODE", "2")
                .containsEntry("EVIDENCE", "True")
                .containsEntry("NOTIFIED", "False");
    }

    @Test
    void theColumnsOfAPolicyTellItsState() {
        Path file = Example.completeFile(POLICY);
        kubectl("apply", "-f", file.toString()).succeeds();
        patchStatus(POLICY, file);

        assertThat(table("get", "isopol").getFirst())
                .containsExactly(
                        "NAME", "MODE", "READY", "SOURCES", "PERMISSIONS", "MATCHED", "ACTIVE", "DEFERRED", "AGE");
        assertThat(onlyRow("get", "isopol"))
                .containsEntry("MODE", "RequireApproval")
                .containsEntry("READY", "True")
                .containsEntry("SOURCES", "True")
                .containsEntry("PERMISSIONS", "False")
                .containsEntry("MATCHED", "17")
                .containsEntry("ACTIVE", "3")
                .containsEntry("DEFERRED", "2");
    }

    @Test
    void oneWordListsBothKinds() {
        create(Example.minimal(POLICY));
        create(Example.minimal(QUARANTINE));

        assertThat(kubectl("get", "quarantine", "-o", "name").succeeds().lines())
                .containsExactlyInAnyOrder(
                        "isolationpolicy.ec2quarantine.io/minimal",
                        "quarantinedinstance.ec2quarantine.io/i-0123456789abcdef0");
    }

    // --- how

    /** The causes for which the API server refuses the example. */
    private List<StatusCause> refusal(Example example) {
        KubernetesClientException refused = catchThrowableOfType(KubernetesClientException.class, () -> write(example));
        assertThat(refused).as("nothing refused it").isNotNull();
        assertThat(refused.getCode()).as(refused.getMessage()).isEqualTo(422);
        return refused.getStatus().getDetails().getCauses();
    }

    private void write(Example example) {
        if (example.before().isEmpty()) {
            create(example.object());
            return;
        }
        GenericKubernetesResource stored = create(example.before().get());
        GenericKubernetesResource changed = generic(example.object());
        changed.getMetadata().setResourceVersion(stored.getMetadata().getResourceVersion());
        resource(changed).update();
    }

    private GenericKubernetesResource create(JsonNode object) {
        return resource(generic(object)).create();
    }

    private Resource<GenericKubernetesResource> resource(GenericKubernetesResource object) {
        return client.genericKubernetesResources(object.getApiVersion(), object.getKind())
                .resource(object);
    }

    private GenericKubernetesResource generic(JsonNode object) {
        return client.getKubernetesSerialization().unmarshal(object.toString(), GenericKubernetesResource.class);
    }

    private String patchStatus(CrdSchema schema, Path file) {
        return kubectl(
                        "patch",
                        schema.names().path("plural").asText(),
                        Yaml.read(file).at("/metadata/name").asText(),
                        "--subresource=status",
                        "--type=merge",
                        "--patch-file=" + file,
                        "-o",
                        "yaml")
                .succeeds();
    }

    /** The header and the rows; no cell may be empty. */
    private List<List<String>> table(String... arguments) {
        return kubectl(arguments)
                .succeeds()
                .lines()
                .map(line -> List.of(line.strip().split("\\s{2,}")))
                .toList();
    }

    private Map<String, String> onlyRow(String... arguments) {
        List<List<String>> table = table(arguments);
        assertThat(table).hasSize(2);
        assertThat(table.getLast()).hasSameSizeAs(table.getFirst());
        Map<String, String> row = new HashMap<>();
        for (int column = 0; column < table.getFirst().size(); column++) {
            row.put(table.getFirst().get(column), table.getLast().get(column));
        }
        return row;
    }

    private record Answer(int exitCode, String text) {
        String succeeds() {
            assertThat(exitCode).as(text).isZero();
            return text;
        }
    }

    private Answer kubectl(String... arguments) {
        return kubectlWith("", arguments);
    }

    private Answer kubectlWith(String input, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                assets.resolve("kubectl").toString(),
                "--kubeconfig=" + cluster.kubeconfig(),
                "--cache-dir=" + directory.resolve("kubectl-cache")));
        command.addAll(List.of(arguments));
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            try (var stdin = process.outputWriter(UTF_8)) {
                stdin.write(input);
            }
            String text = new String(process.getInputStream().readAllBytes(), UTF_8);
            return new Answer(process.waitFor(), text);
        } catch (IOException | InterruptedException failure) {
            throw new AssertionError("kubectl could not be run", failure);
        }
    }
}
