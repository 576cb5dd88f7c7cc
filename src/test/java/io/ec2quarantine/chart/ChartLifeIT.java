package io.ec2quarantine.chart;

import static io.ec2quarantine.real.Kubectl.says;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.ec2quarantine.real.Kubectl;
import io.ec2quarantine.real.OperatorJar;
import io.ec2quarantine.real.RealWorld;
import io.ec2quarantine.real.Waiting;
import io.ec2quarantine.testing.Policies;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** One life of an installation: installed, at work, upgraded, uninstalled and installed again. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ChartLifeIT {
    private static final String FINDING_TYPE = "UnauthorizedAccess:EC2/MaliciousIPCaller.Custom";
    private static final Duration GRACE = Duration.ofSeconds(30);

    private final RealWorld world;
    private final Kubectl kubectl;
    private final Installation installation;
    private final String instance;
    private String uid = "";
    private List<String> isolated = List.of();

    ChartLifeIT(@TempDir Path directory) {
        this.world = RealWorld.withoutSchemas(directory);
        this.kubectl = world.kubectl();
        this.installation = new Installation(world, directory);
        this.instance = world.launch("reported after the installation");
    }

    @AfterAll
    void close() {
        world.close();
    }

    @Test
    @Order(1)
    void whatIsInstalledIsolatesAnInstance() {
        installation.install("--set", "settings.pollIntervalSeconds=1,settings.sweepIntervalSeconds=1");
        OperatorJar operator = installation.startPod("installed").awaitLeading();
        kubectl.apply(Policies.workshop());

        world.report(FINDING_TYPE, instance);

        kubectl.waitsFor("condition=Verified", "qi/" + instance);
        JsonNode quarantine = kubectl.quarantine(instance);
        uid = quarantine.at("/metadata/uid").asText();
        isolated = groups();
        assertThat(isolated)
                .containsExactly(
                        quarantine.at("/status/isolationGroups/0/groupID").asText());
        assertThat(installation
                        .inNamespace("lease", "ec2-quarantine-operator")
                        .at("/spec/holderIdentity")
                        .asText())
                .startsWith("installed-");
        end(operator);
    }

    @Test
    @Order(2)
    void anUpgradeBringsSettingsAndSchemasAndKeepsTheQuarantine() {
        String crd = "quarantinedinstances.ec2quarantine.io";
        JsonNode schema = kubectl.json("get", "crd", crd).at("/spec/versions");
        kubectl.does("patch", "crd", crd, "--type=json", "-p", """
                [{"op": "remove", "path": "/spec/versions/0/additionalPrinterColumns/0"}]""");

        installation
                .helm()
                .release("upgrade", "--set", "settings.sweepIntervalSeconds=2", "--set", "settings.logFormat=text")
                .succeeds();

        assertThat(kubectl.json("get", "crd", crd).at("/spec/versions")).isEqualTo(schema);
        assertThat(Manifest.environment(installation.deployment()))
                .containsEntry("OPERATOR_SWEEP_INTERVAL_SECONDS", "2")
                .containsEntry("OPERATOR_LOG_FORMAT", "text");
        OperatorJar operator = installation.startPod("upgraded").awaitLeading();
        assertIsUndone(operator);
        end(operator);
    }

    @Test
    @Order(3)
    void uninstallingReleasesNothing() {
        installation
                .helm()
                .run("uninstall", Helm.RELEASE, "--namespace", Helm.NAMESPACE)
                .succeeds();

        assertThat(kubectl.does("get", "crd", "-o", "name"))
                .contains("isolationpolicies.ec2quarantine.io", "quarantinedinstances.ec2quarantine.io");
        JsonNode quarantine = kubectl.quarantine(instance);
        assertThat(quarantine.at("/metadata/uid").asText()).isEqualTo(uid);
        assertThat(quarantine.at("/metadata/deletionTimestamp").isMissingNode()).isTrue();
        assertThat(says(quarantine, "Isolated")).isEqualTo("True/Isolated");
        assertThat(groups()).isEqualTo(isolated);
        assertThat(kubectl.does("get", "isopol", "-o", "name")).contains("malicious-ip-callers");
    }

    @Test
    @Order(4)
    void uninstallingLeavesNoRightsBehind() {
        assertThat(kubectl.does(
                        "get",
                        "clusterroles,clusterrolebindings,roles,rolebindings,serviceaccounts,deployments,"
                                + "validatingadmissionpolicies,validatingadmissionpolicybindings",
                        "-A",
                        "-l",
                        "app.kubernetes.io/instance=" + Helm.RELEASE,
                        "-o",
                        "name"))
                .isEmpty();
    }

    @Test
    @Order(5)
    void installedAgainTheOperatorGoesOnWhereItWas() {
        installation.install("--set", "settings.pollIntervalSeconds=1,settings.sweepIntervalSeconds=1");
        OperatorJar operator = installation.startPod("again").awaitLeading();

        assertIsUndone(operator);
        assertThat(kubectl.quarantine(instance).at("/metadata/uid").asText()).isEqualTo(uid);
        end(operator);
    }

    /** Somebody moves the instance back, and the operator moves it into the group that it was in: the group is known as its own. */
    private void assertIsUndone(OperatorJar operator) {
        String networkInterface =
                world.region().interfacesOf(instance).getFirst().id();
        world.region().setGroups(networkInterface, world.target().id());

        Waiting.until("the isolation", () -> groups().equals(isolated), operator::log);
        kubectl.awaitQuarantine(instance, "Verified", "True", "Verified");
    }

    private List<String> groups() {
        return world.region().interfacesOf(instance).getFirst().groups();
    }

    private static void end(OperatorJar operator) {
        operator.terminate();
        assertThat(operator.exitCode(GRACE)).isEqualTo(143);
    }
}
