package io.ec2quarantine.real;

import static io.ec2quarantine.real.Kubectl.condition;
import static io.ec2quarantine.real.Kubectl.says;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.ec2quarantine.testing.Policies;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Objects written for a later version of the schemas blind nobody, lose nothing and are left alone. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FutureObjectsIT {
    private static final String CALLING = "UnauthorizedAccess:EC2/MaliciousIPCaller.Custom";
    private static final String MINING = "CryptoCurrency:EC2/BitcoinTool.B!DNS";
    private static final String SCHEMA = "/spec/versions/0/schema/openAPIV3Schema/properties";
    private static final String TEXT = "{\"type\": \"string\", \"maxLength\": 64}";
    /** What the later version of each schema has and this one has not. */
    private static final Map<String, Map<String, String>> LATER = Map.of(
            "isolationpolicies.ec2quarantine.io",
            Map.of(
                    "/spec/properties/mode/enum/-", "\"Quarantine2\"",
                    "/spec/properties/match/properties/involvement/items/enum/-", "\"Curious\"",
                    "/spec/properties/response/properties/preserve/properties/terminationProtection/enum/-",
                            "\"Freeze\"",
                    "/spec/properties/later", TEXT),
            "quarantinedinstances.ec2quarantine.io",
            Map.of(
                    "/spec/properties/desiredState/enum/-", "\"Released2\"",
                    "/spec/properties/later", TEXT,
                    "/spec/properties/findings/items/properties/later", TEXT,
                    "/status/properties/later", TEXT,
                    "/status/properties/interfaces/items/properties/later", TEXT));

    private final RealWorld world;
    private final Kubectl kubectl;
    private OperatorJar operator;
    private String released = "";

    FutureObjectsIT(@TempDir Path directory) {
        this.world = new RealWorld(directory);
        this.kubectl = world.kubectl();
        this.operator = world.startOperator("before", Map.of());
    }

    @BeforeAll
    void theSchemasAreUpgradedUnderARunningOperator() {
        kubectl.apply(Policies.workshop());
        operator.awaitReady();
        LATER.forEach((crd, additions) -> additions.forEach((path, value) -> kubectl.does(
                "patch",
                "crd",
                crd,
                "--type=json",
                "-p",
                "[{\"op\": \"add\", \"path\": \"%s%s\", \"value\": %s}]".formatted(SCHEMA, path, value))));
        released = world.launch("released by a later version");
        Waiting.until(
                "the upgraded schemas",
                () -> kubectl.runWith(quarantine(released, "desiredState: Released2, later: kept"), "apply", "-f", "-")
                                .exitCode()
                        == 0,
                () -> kubectl.does("get", "crd", "-o", "yaml"));
        kubectl.apply(Policies.policy("later-mode", "Quarantine2", MINING, ""));
        kubectl.apply(Policies.policy("later-involvement", "Enforce", MINING, "involvement: [Compromised, Curious]"));
        kubectl.apply(Policies.enforcing("later-response", MINING)
                .replace("response: {", "response: {preserve: {terminationProtection: Freeze}, "));
    }

    @AfterAll
    void close() {
        world.close();
    }

    @Test
    void policiesThatAreNotUnderstoodSaySoAndMatchNothing() {
        String miner = world.launch("miner");
        world.report(MINING, miner);

        assertEverythingFromTheFutureIsUnsupported();
        assertOthersAreServed();

        assertThat(kubectl.does("get", "qi", miner, "--ignore-not-found")).isEmpty();
        assertThat(world.aws().groupsOf(miner))
                .containsExactly(List.of(world.target().id()));
    }

    @Test
    void aQuarantineThatIsNotUnderstoodIsLeftAloneAndAFindingOnItWaits() {
        String instance = world.launch("released by a later version, and active again");
        kubectl.apply(quarantine(instance, "desiredState: Released2, later: kept"));
        kubectl.awaitQuarantine(instance, "Ready", "False", "Unsupported");

        String finding = world.report(CALLING, instance);

        JsonNode policy = kubectl.awaitPolicy("malicious-ip-callers", "SourcesReachable", "False", "NotStored");
        assertThat(condition(policy, "SourcesReachable").path("message").asText())
                .contains(instance, finding);
        JsonNode untouched = kubectl.quarantine(instance);
        assertThat(untouched.at("/metadata/generation").asInt()).isEqualTo(1);
        assertThat(untouched.at("/spec/desiredState").asText()).isEqualTo("Released2");
        assertThat(world.aws().groupsOf(instance))
                .containsExactly(List.of(world.target().id()));

        kubectl.does("patch", "qi", instance, "--type=merge", "-p", "{\"spec\":{\"desiredState\":\"Observed\"}}");

        kubectl.waitsFor("condition=Verified", "qi/" + instance);
        assertThat(kubectl.quarantine(instance).at("/spec/findings/0/id").asText())
                .isEqualTo(finding);
        kubectl.awaitPolicy("malicious-ip-callers", "SourcesReachable", "True", "Polled");
    }

    @Test
    void noFieldFromTheFutureIsDroppedByOurOwnWrites() {
        String instance = world.launch("with fields from the future");
        kubectl.apply(
                quarantine(
                        instance,
                        "desiredState: Isolated, later: kept, findings: [{id: 0123456789abcdef0123456789abcdef, later: kept}]"));
        kubectl.waitsFor("condition=EvidencePreserved", "qi/" + instance);
        kubectl.does(
                "patch",
                "qi",
                instance,
                "--subresource=status",
                "--type=json",
                "-p",
                "[{\"op\":\"add\",\"path\":\"/status/later\",\"value\":\"kept\"},"
                        + "{\"op\":\"add\",\"path\":\"/status/interfaces/0/later\",\"value\":\"kept\"}]");

        String finding = world.report(CALLING, instance);
        String networkInterface =
                world.region().interfacesOf(instance).getFirst().id();
        world.region().setGroups(networkInterface, world.target().id());

        JsonNode written = kubectl.await(
                "qi",
                instance,
                "with the finding and a repaired drift",
                each -> each.at("/spec/findings/1/id").asText().equals(finding)
                        && each.at("/status/findings/0/id").asText().equals(finding)
                        && each.at("/status/verification/driftCount").asInt() == 1
                        && says(each, "Verified").equals("True/Verified"));
        for (String path :
                List.of("/spec/later", "/spec/findings/0/later", "/status/later", "/status/interfaces/0/later")) {
            assertThat(written.at(path).asText()).as(path).isEqualTo("kept");
        }
    }

    @Test
    void afterARestartNothingIsDifferent() {
        operator.kill();
        operator = world.startOperator("after", Map.of()).awaitReady();

        assertEverythingFromTheFutureIsUnsupported();
        assertOthersAreServed();
    }

    private void assertEverythingFromTheFutureIsUnsupported() {
        Map.of(
                        "later-mode", "spec.mode",
                        "later-involvement", "spec.match.involvement",
                        "later-response", "spec.response.preserve.terminationProtection")
                .forEach((name, field) -> assertThat(
                                condition(kubectl.awaitPolicy(name, "Ready", "False", "Unsupported"), "Ready")
                                        .path("message")
                                        .asText())
                        .startsWith(field + " ")
                        .contains("correct it or upgrade the operator"));
        JsonNode quarantine = kubectl.awaitQuarantine(released, "Ready", "False", "Unsupported");
        assertThat(says(quarantine, "Stalled")).isEqualTo("True/Unsupported");
        assertThat(condition(quarantine, "Ready").path("message").asText()).contains("spec.desiredState");
        assertThat(quarantine.at("/spec/desiredState").asText()).isEqualTo("Released2");
        assertThat(world.aws().groupsOf(released))
                .containsExactly(List.of(world.target().id()));
    }

    private void assertOthersAreServed() {
        String reported = world.launch("reported");
        String byHand = world.launch("by hand");
        world.report(CALLING, reported);
        kubectl.apply(quarantine(byHand, "desiredState: Isolated"));

        kubectl.waitsFor("condition=Ready", "qi/" + reported);
        kubectl.waitsFor("condition=Ready", "qi/" + byHand);
    }

    private static String quarantine(String instance, String spec) {
        return """
                apiVersion: ec2quarantine.io/v1alpha1
                kind: QuarantinedInstance
                metadata: {name: %s}
                spec: {instanceID: %s, region: us-west-2, %s}
                """.formatted(instance, instance, spec);
    }
}
