package io.ec2quarantine.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.ec2quarantine.real.OperatorJar;
import io.ec2quarantine.real.RealWorld;
import io.ec2quarantine.real.Waiting;
import io.ec2quarantine.testing.Policies;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What the operator asks of the API server under the chart's own service account, and what the chart lets it do. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ChartRightsIT {
    private static final String FINDING_TYPE = "UnauthorizedAccess:EC2/MaliciousIPCaller.Custom";
    private static final String OTHER_TYPE = "CryptoCurrency:EC2/BitcoinTool.B!DNS";
    private static final String NODE_TYPE = "Backdoor:EC2/C&CActivity.B";
    /** The framework looks for this right before it takes part in an election, and then patches the lease instead. */
    private static final Right ASKED_FOR_AND_NOT_USED =
            new Right(Helm.NAMESPACE, "update", "leases.coordination.k8s.io", "ec2-quarantine-operator");

    private final RealWorld world;
    private final Installation installation;
    private final String account;

    ChartRightsIT(@TempDir Path directory) {
        this.world = RealWorld.withoutSchemas(directory);
        this.installation = new Installation(world, directory);
        this.account = "system:serviceaccount:" + Helm.NAMESPACE + ":" + Helm.NAME;
    }

    @BeforeAll
    void theOperatorDoesAllThatItCanDo() {
        installation.install("--set", "settings.pollIntervalSeconds=1,settings.sweepIntervalSeconds=1");
        String node = ownNode();
        OperatorJar operator = installation.startPod("operator").awaitLeading();
        world.kubectl().apply(Policies.workshop().replace("response: {", "response: {release: {onDelete: Restore}, "));
        world.kubectl().apply(Policies.policy("mining", "DryRun", OTHER_TYPE, ""));
        String instance = world.launch("reported twice");
        world.report(FINDING_TYPE, instance);
        world.kubectl().waitsFor("condition=EvidencePreserved", "qi/" + instance);
        world.report(OTHER_TYPE, instance);
        awaitUse("patch", "quarantinedinstances.ec2quarantine.io", operator);
        world.kubectl().does("delete", "qi", instance, "--timeout=90s");
        world.report(NODE_TYPE, node);
        awaitUse("list", "pods.", operator);
        operator.terminate();
        operator.exitCode(Duration.ofSeconds(30));
    }

    /** The second isolation of the hour is that of the operator's own node, for which it looks for a replica elsewhere. */
    private String ownNode() {
        String instance = world.launch("the operator's node");
        world.kubectl().apply("""
                apiVersion: v1
                kind: Node
                metadata: {name: %s}
                spec: {providerID: "aws:///us-west-2a/%s"}
                """.formatted(Installation.nodeOf("operator"), instance));
        world.kubectl()
                .apply(Policies.enforcing("nodes-too", NODE_TYPE) + "  safeguards: {kubernetesNodes: Enforce}\n");
        return instance;
    }

    @AfterAll
    void close() {
        world.close();
    }

    @Test
    void nothingIsRefused() {
        assertThat(requests())
                .isNotEmpty()
                .filteredOn(event -> event.at("/responseStatus/code").asInt() == 403)
                .isEmpty();
    }

    @Test
    void nothingIsGivenThatIsNotUsed() {
        Set<Right> used = used();

        assertThat(given())
                .contains(ASKED_FOR_AND_NOT_USED)
                .filteredOn(right -> used.stream().noneMatch(right::covers))
                .containsExactly(ASKED_FOR_AND_NOT_USED);
    }

    @Test
    void nothingIsUsedThatTheChartDoesNotGive() {
        Set<Right> given = given();

        assertThat(used())
                .isNotEmpty()
                .filteredOn(use -> given.stream().noneMatch(right -> right.covers(use)))
                .as("every account may ask what it may do")
                .containsExactly(new Right("*", "create", "selfsubjectrulesreviews.authorization.k8s.io", "*"));
    }

    private void awaitUse(String verb, String resource, OperatorJar operator) {
        Waiting.until(verb + " " + resource, () -> isUsed(verb, resource), operator::log);
    }

    private boolean isUsed(String verb, String resource) {
        return used().stream()
                .anyMatch(right -> right.verb().equals(verb) && right.resource().equals(resource));
    }

    private Set<Right> given() {
        return Stream.of("clusterroles", "roles")
                .flatMap(kind -> {
                    JsonNode list =
                            world.kubectl().json("get", kind, "-A", "-l", "app.kubernetes.io/instance=" + Helm.RELEASE);
                    return list.path("items").valueStream();
                })
                // The others are for people.
                .filter(role -> role.at("/metadata/labels")
                        .propertyStream()
                        .noneMatch(label -> label.getKey().startsWith("rbac.ec2quarantine.io/")))
                .flatMap(role -> Right.givenBy(role).stream())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private Set<Right> used() {
        return requests().stream()
                .filter(event -> event.has("objectRef"))
                .map(Right::usedIn)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private List<JsonNode> requests() {
        return installation.requestsOf(account);
    }
}
