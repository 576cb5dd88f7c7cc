package io.ec2quarantine.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ec2quarantine.config.OperatorConfig;
import io.ec2quarantine.config.OperatorConfig.LogFormat;
import io.ec2quarantine.config.OperatorConfig.Preflight;
import io.ec2quarantine.config.OperatorConfig.SampleFindings;
import io.ec2quarantine.real.Answer;
import io.ec2quarantine.real.RealWorld;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the chart renders, and what it refuses; a real API server says whether it is valid. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ChartIT {
    private final Helm helm = Helm.alone();
    private final RealWorld world;

    ChartIT(@TempDir Path directory) {
        this.world = RealWorld.withoutSchemas(directory);
    }

    @BeforeAll
    void aNamespaceThatTakesRestrictedPodsOnly() {
        world.kubectl().apply("""
                apiVersion: v1
                kind: Namespace
                metadata:
                  name: %s
                  labels: {pod-security.kubernetes.io/enforce: restricted}
                ---
                apiVersion: v1
                kind: ServiceAccount
                metadata: {name: ready-made, namespace: %s}
                """.formatted(Helm.NAMESPACE, Helm.NAMESPACE));
    }

    @AfterAll
    void close() {
        world.close();
    }

    // --- the chart

    @Test
    void helmFindsNothingToWarnOf() {
        assertThat(helm.run("lint", "--strict", Helm.CHART.toString()).succeeds())
                .contains("1 chart(s) linted, 0 chart(s) failed")
                .doesNotContain("[WARNING]");
    }

    @Test
    void theChartsVersionIsTheProjects() throws IOException {
        JsonNode chart = Manifest.read(Helm.CHART.resolve("Chart.yaml"));

        assertThat(Files.readString(Path.of("pom.xml")))
                .contains("<artifactId>ec2-quarantine-operator</artifactId>\n  <version>"
                        + chart.path("appVersion").asText() + "</version>");
    }

    @Test
    void theSchemasInTheChartAreThoseOfTheRepository() throws IOException {
        assertThat(contents(Helm.CHART.resolve("schemas")))
                .as("`make chart` takes them over")
                .isEqualTo(contents(Path.of("crds")))
                .hasSize(2);
    }

    // --- what it renders

    @Test
    void theSchemasAreRenderedAsTheyAreAndKeptOnUninstall() {
        List<JsonNode> rendered =
                helm.render().ofKind("CustomResourceDefinition").toList();

        assertThat(rendered).hasSize(2).allSatisfy(each -> {
            ObjectNode definition = each.deepCopy();
            ObjectNode metadata = (ObjectNode) definition.path("metadata");
            assertThat(metadata.remove("annotations")
                            .path("helm.sh/resource-policy")
                            .asText())
                    .isEqualTo("keep");
            metadata.remove("labels");
            assertThat(definition)
                    .isEqualTo(
                            Manifest.read(Path.of("crds", metadata.path("name").asText() + ".yaml")));
        });
    }

    @Test
    void everyObjectSaysWhatItBelongsTo() {
        assertThat(helm.render().objects()).hasSizeGreaterThan(8).allSatisfy(each -> {
            JsonNode labels = each.at("/metadata/labels");
            assertThat(labels.path("app.kubernetes.io/name").asText()).isEqualTo("ec2-quarantine-operator");
            assertThat(labels.path("app.kubernetes.io/instance").asText()).isEqualTo(Helm.RELEASE);
            assertThat(labels.path("app.kubernetes.io/version").asText()).isEqualTo("0.1.0");
            assertThat(labels.path("app.kubernetes.io/managed-by").asText()).isEqualTo("Helm");
            assertThat(labels.path("helm.sh/chart").asText()).isEqualTo("ec2-quarantine-operator-0.1.0");
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "replicas=2",
                "replicas=1",
                "replicas=1,settings.leaderElection=false",
                "replicas=0",
                "fullnameOverride=operator",
                "nameOverride=operator",
                "image.digest=sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
                "imagePullSecrets[0].name=registry",
                "aws.region=us-gov-west-1,aws.endpointUrl=http://simulator:4566",
                "settings.httpPort=9090",
                "extraEnv[0].name=HTTPS_PROXY,extraEnv[0].value=http://proxy:3128",
                "serviceAccount.create=false,serviceAccount.name=ready-made",
                "serviceAccount.annotations.eks\\.amazonaws\\.com/role-arn=arn:aws:iam::111122223333:role/operator",
                "rbac.create=false,crds.install=false,podDisruptionBudget.create=false",
                "rbac.userRoles=false,rbac.aggregateToView=false,admissionPolicy.enabled=false",
                "admissionPolicy.twoPersons=true",
                "priorityClassName=system-cluster-critical,nodeSelector.kubernetes\\.io/os=linux",
                "podAnnotations.a=b,podLabels.team=security,tolerations[0].operator=Exists",
                "topologySpreadConstraints[0].topologyKey=rack,topologySpreadConstraints[0].maxSkew=2,"
                        + "topologySpreadConstraints[0].whenUnsatisfiable=DoNotSchedule"
            })
    void theApiServerTakesWhatTheChartRenders(String values) {
        Manifest manifest = helm.render("--set", values);

        assertThat(apply(manifest.text()).succeeds())
                .contains("deployment.apps/")
                .doesNotContain("Warning");
    }

    @Test
    void aNamespaceForRestrictedPodsTakesTheOperators() {
        ObjectNode pod = helm.render("--set", "serviceAccount.create=false,serviceAccount.name=ready-made")
                .pod()
                .deepCopy();
        pod.put("apiVersion", "v1").put("kind", "Pod");
        ((ObjectNode) pod.path("metadata")).put("name", "operator").put("namespace", Helm.NAMESPACE);

        assertThat(apply(pod.toString()).succeeds()).contains("pod/operator created");
    }

    @Test
    void theContainerCanWriteNothingButItsTemporaryFolder() {
        JsonNode deployment = helm.render().only("Deployment");
        JsonNode container = Manifest.container(deployment);

        assertThat(container.at("/securityContext/readOnlyRootFilesystem").asBoolean())
                .isTrue();
        assertThat(container.at("/securityContext/allowPrivilegeEscalation").asBoolean(true))
                .isFalse();
        assertThat(Manifest.texts(container.at("/securityContext/capabilities/drop")))
                .containsExactly("ALL");
        assertThat(Manifest.pod(deployment)
                        .at("/spec/securityContext/runAsNonRoot")
                        .asBoolean())
                .isTrue();
        assertThat(Manifest.pod(deployment)
                        .at("/spec/securityContext/seccompProfile/type")
                        .asText())
                .isEqualTo("RuntimeDefault");
        assertThat(container.path("volumeMounts"))
                .extracting(each -> each.path("mountPath").asText())
                .containsExactly("/tmp");
        assertThat(container.at("/resources/limits/memory").asText()).isEqualTo("512Mi");
    }

    @Test
    void noServiceOfTheNamespaceIsTakenForASetting() {
        assertThat(helm.render().pod().at("/spec/enableServiceLinks").asBoolean(true))
                .as("a service named operator-http would set OPERATOR_HTTP_PORT")
                .isFalse();
    }

    @Test
    void theTokenIsMountedInTheOperatorsPodsAndInNoOthers() {
        Manifest manifest = helm.render();

        assertThat(manifest.only("ServiceAccount")
                        .path("automountServiceAccountToken")
                        .asBoolean(true))
                .isFalse();
        assertThat(manifest.pod().at("/spec/automountServiceAccountToken").asBoolean())
                .isTrue();
        assertThat(manifest.pod().at("/spec/serviceAccountName").asText())
                .isEqualTo(manifest.only("ServiceAccount").at("/metadata/name").asText());
    }

    @Test
    void theProbesAskTheOperatorsPort() {
        JsonNode container = Manifest.container(
                helm.render("--set", "settings.httpPort=9090").only("Deployment"));

        assertThat(container.at("/ports/0/name").asText()).isEqualTo("http");
        assertThat(container.at("/ports/0/containerPort").asInt()).isEqualTo(9090);
        assertThat(container.at("/startupProbe/httpGet/path").asText()).isEqualTo("/healthz");
        assertThat(container.at("/livenessProbe/httpGet/path").asText()).isEqualTo("/healthz");
        assertThat(container.at("/readinessProbe/httpGet/path").asText()).isEqualTo("/readyz");
        assertThat(List.of("startupProbe", "livenessProbe", "readinessProbe"))
                .allSatisfy(probe -> assertThat(
                                container.at("/" + probe + "/httpGet/port").asText())
                        .isEqualTo("http"));
    }

    @Test
    void theReplicasAreSpreadAndGoOneAtATime() {
        Manifest manifest = helm.render();
        JsonNode labels = manifest.only("Deployment").at("/spec/selector/matchLabels");

        assertThat(manifest.only("Deployment").at("/spec/replicas").asInt()).isEqualTo(2);
        assertThat(manifest.pod().at("/spec/topologySpreadConstraints"))
                .hasSize(2)
                .allSatisfy(each ->
                        assertThat(each.at("/labelSelector/matchLabels")).isEqualTo(labels));
        assertThat(manifest.only("PodDisruptionBudget")
                        .at("/spec/maxUnavailable")
                        .asInt())
                .isEqualTo(1);
        assertThat(manifest.only("PodDisruptionBudget").at("/spec/selector/matchLabels"))
                .isEqualTo(labels);
        assertThat(labels).hasSize(2);
        labels.properties()
                .forEach(label -> assertThat(
                                manifest.pod().at("/metadata/labels").path(label.getKey()))
                        .isEqualTo(label.getValue()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"replicas=2", "nameOverride=operator", "fullnameOverride=operator"})
    void theOperatorIsToldTheLabelsThatItsReplicasHave(String values) {
        Manifest manifest = helm.render("--set", values);
        String selector = Manifest.environment(manifest.only("Deployment")).getOrDefault("OPERATOR_POD_SELECTOR", "");
        JsonNode labels = manifest.only("Deployment").at("/spec/selector/matchLabels");

        assertThat(selector.split(",", -1))
                .containsExactlyInAnyOrderElementsOf(labels.propertyStream()
                        .map(label -> label.getKey() + "=" + label.getValue().asText())
                        .toList());
    }

    @Test
    void aSingleReplicaHoldsUpNoNode() {
        assertThat(helm.render("--set", "replicas=1").ofKind("PodDisruptionBudget"))
                .isEmpty();
    }

    @Test
    void withoutAnElectionTheOldOneIsGoneBeforeTheNewOneActs() {
        assertThat(helm.render("--set", "replicas=1,settings.leaderElection=false")
                        .only("Deployment")
                        .at("/spec/strategy/type")
                        .asText())
                .isEqualTo("Recreate");
    }

    @Test
    void aDigestWinsOverTheTag() {
        String digest = "sha256:" + "0123456789abcdef".repeat(4);

        assertThat(image("image.repository=r.example/op")).isEqualTo("r.example/op:0.1.0");
        assertThat(image("image.repository=r.example/op,image.tag=x")).isEqualTo("r.example/op:x");
        assertThat(image("image.repository=r.example/op,image.tag=x,image.digest=" + digest))
                .isEqualTo("r.example/op@" + digest);
    }

    // --- settings

    @Test
    void theChartsDefaultsAreTheOperators() {
        Map<String, String> environment = Manifest.environment(helm.render().only("Deployment"));
        // What the pod is told of itself is nobody's setting.
        assertThat(environment.keySet().removeAll(Set.of("OPERATOR_NODE_NAME", "OPERATOR_POD_SELECTOR")))
                .isTrue();

        assertThat(environment.keySet()).isEqualTo(SettingsRead.keys());
        assertThat(OperatorConfig.from(environment)).isEqualTo(OperatorConfig.from(Map.of()));
    }

    @Test
    void everySettingReachesTheOperator() {
        Map<String, String> environment = Manifest.environment(helm.render(
                        "--set",
                        "replicas=1,settings.httpPort=9090,settings.leaderElection=false,settings.pollIntervalSeconds=7,"
                                + "settings.sweepIntervalSeconds=8,settings.sampleFindings=Accept,settings.preflight=Off,settings.logFormat=text,"
                                + "settings.roleAllowlist=arn:aws:iam::*:role/reader,"
                                + "settings.webhookAllowlist=siem.example.com,"
                                + "aws.region=eu-central-1,aws.endpointUrl=http://simulator:4566,"
                                + "extraEnv[0].name=HTTPS_PROXY,extraEnv[0].value=http://proxy:3128")
                .only("Deployment"));

        assertThat(OperatorConfig.from(environment))
                .isEqualTo(new OperatorConfig(
                        9090,
                        false,
                        Duration.ofSeconds(7),
                        Duration.ofSeconds(8),
                        SampleFindings.ACCEPT,
                        Preflight.OFF,
                        LogFormat.TEXT,
                        List.of("arn:aws:iam::*:role/reader"),
                        List.of("siem.example.com"),
                        Optional.empty(),
                        "app.kubernetes.io/name=ec2-quarantine-operator,app.kubernetes.io/instance=" + Helm.RELEASE));
        assertThat(environment)
                .containsEntry("AWS_REGION", "eu-central-1")
                .containsEntry("AWS_ENDPOINT_URL", "http://simulator:4566")
                .containsEntry("HTTPS_PROXY", "http://proxy:3128");
    }

    // --- what it refuses

    @ParameterizedTest
    @CsvSource(delimiter = '|', useHeadersInDisplayName = true, textBlock = """
            values                                         | named
            setings.logFormat=text                         | setings
            settings.logformat=text                        | logformat
            settings.logFormat=xml                         | logFormat
            settings.roleAllowlist=reader                  | roleAllowlist
            settings.webhookAllowlist=https://x.example    | webhookAllowlist
            settings.sampleFindings=accept                 | sampleFindings
            settings.pollIntervalSeconds=0                 | pollIntervalSeconds
            settings.sweepIntervalSeconds=3601             | sweepIntervalSeconds
            settings.leaderElection=maybe                  | leaderElection
            settings.httpPort=80                           | httpPort
            replicas=many                                  | replicas
            replicas=-1                                    | replicas
            image.digest=latest                            | digest
            image.pullPolicy=Sometimes                     | pullPolicy
            image.repository=                              | repository
            aws.region=oregon                              | region
            aws.endpointUrl=simulator:4566                 | endpointUrl
            aws.accessKeyId=AKIA                           | accessKeyId
            extraEnv[0].name=OPERATOR_LOG_FORMAT           | extraEnv
            serviceAccount.annotations=none                | annotations
            terminationGracePeriodSeconds=5                | terminationGracePeriodSeconds
            settings.leaderElection=false                  | several replicas need settings.leaderElection
            serviceAccount.create=false                    | serviceAccount.name must name
            """)
    void aWrongValueIsRefusedByItsName(String values, String named) {
        Answer answer = helm.release("template", "--set", values);

        assertThat(answer.exitCode()).isNotZero();
        assertThat(answer.errors()).contains(named);
    }

    private String image(String values) {
        return Manifest.container(helm.render("--set", values).only("Deployment"))
                .path("image")
                .asText();
    }

    /** Has the API server check the objects in every way but store them. */
    private Answer apply(String text) {
        return world.kubectl().runWith(text, "create", "--dry-run=server", "--validate=strict", "-f", "-");
    }

    private static Map<String, String> contents(Path directory) throws IOException {
        Map<String, String> contents = new TreeMap<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                contents.put(String.valueOf(file.getFileName()), Files.readString(file));
            }
        }
        return contents;
    }
}
