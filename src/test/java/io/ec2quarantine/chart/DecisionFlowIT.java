package io.ec2quarantine.chart;

import static io.ec2quarantine.real.Kubectl.says;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.ec2quarantine.real.Answer;
import io.ec2quarantine.real.Kubectl;
import io.ec2quarantine.real.OperatorJar;
import io.ec2quarantine.real.RealWorld;
import io.ec2quarantine.real.Waiting;
import io.ec2quarantine.testing.Policies;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** The operator and people at work under the chart's roles and admission policies, first one person, then two. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DecisionFlowIT {
    private static final String FINDING_TYPE = "UnauthorizedAccess:EC2/MaliciousIPCaller.Custom";
    private static final String SHORT = "settings.pollIntervalSeconds=1,settings.sweepIntervalSeconds=3";
    private static final String DEFINITION = "quarantinedinstances.ec2quarantine.io";
    private static final String RELEASED_BY = "asked.ec2quarantine.io/released-by";
    private static final String ISOLATED_BY = "asked.ec2quarantine.io/isolated-by";

    private final RealWorld world;
    private final Kubectl kubectl;
    private final Installation installation;
    private final String instance;

    DecisionFlowIT(@TempDir Path directory) {
        this.world = RealWorld.withoutSchemas(directory);
        this.kubectl = world.kubectl();
        this.installation = new Installation(world, directory);
        this.instance = world.launch("reported");
    }

    @BeforeAll
    void theOperatorRuns() {
        installation.install("--set", SHORT);
        Person.bindAll(kubectl);
        kubectl.apply(Policies.workshop());
        installation.awaitAdmission("malicious-ip-callers");
        OperatorJar operator = installation.startPod("operator").awaitLeading();
        assertThat(operator.log()).doesNotContain("denied request");
    }

    @AfterAll
    void close() {
        world.close();
    }

    @Test
    @Order(1)
    void theOperatorIsolatesAPersonReleasesAndTheOperatorReopens() {
        world.report(FINDING_TYPE, instance);
        kubectl.waitsFor("condition=EvidencePreserved", "qi/" + instance);
        assertRefused(Person.ADMIN.asks(kubectl, "", "delete", "crd", DEFINITION, "--dry-run=server"), "is open");

        patch(Person.RELEASE, "{spec: {desiredState: Released, decision: {by: release, reason: cleaned}}}")
                .succeeds();
        kubectl.awaitQuarantine(instance, "Ready", "True", "Released");
        assertThat(world.region().interfacesOf(instance).getFirst().groups())
                .containsExactly(world.target().id());
        kubectl.does("delete", "crd", DEFINITION, "--dry-run=server");

        world.report(FINDING_TYPE, instance);
        Waiting.until(
                "the next episode", () -> episode() == 2, () -> kubectl.does("get", "qi", instance, "-o", "yaml"));
        JsonNode reopened = kubectl.quarantine(instance);
        assertThat(reopened.at("/spec/desiredState").asText()).isEqualTo("Isolated");
        assertThat(reopened.at("/spec/decision").isMissingNode()).isTrue();
        kubectl.awaitQuarantine(instance, "Verified", "True", "Verified");
    }

    @Test
    @Order(2)
    void withTwoPersonsWhoAsksDoesNotRelease() {
        installation
                .helm()
                .release("upgrade", "--set", SHORT, "--set", "admissionPolicy.twoPersons=true")
                .succeeds();
        Waiting.until(
                "the policy for two persons",
                () -> patch(Person.BOTH, release(Person.BOTH), "--dry-run=server")
                        .errors()
                        .contains("Two persons"),
                () -> "one person may release");

        assertRefused(patch(Person.BOTH, release(Person.BOTH)), "let somebody other than both first set");
        assertRefused(patch(Person.ADMIN, release(Person.ADMIN)), "let somebody other than admin first set");
        assertRefused(patch(Person.BOTH, asked(RELEASED_BY, Person.OTHER)), "Ask in your own name");
        assertRefused(patch(Person.PLAIN, asked(RELEASED_BY, Person.PLAIN)), "Ask in your own name");
        assertRefused(
                patch(
                        Person.BOTH,
                        "{metadata: {annotations: {%s: both}}, spec: {desiredState: Released, decision: {by: both}}}"
                                .formatted(RELEASED_BY)),
                "let somebody other than both first set");

        patch(Person.BOTH, asked(RELEASED_BY, Person.BOTH)).succeeds();

        assertRefused(patch(Person.BOTH, release(Person.BOTH)), "let somebody other than both first set");
        assertRefused(
                patch(Person.OTHER, asked(RELEASED_BY, Person.BOTH).replace("both", "other2")), "Ask in your own name");
        assertRefused(patch(Person.OTHER, "{spec: {desiredState: Released, decision: {by: other}}}"), "counts once");
        assertRefused(Person.OTHER.asks(kubectl, "", "delete", "qi", instance), "set desiredState Released first");
        patch(Person.OTHER, release(Person.OTHER)).succeeds();
        kubectl.awaitQuarantine(instance, "Ready", "True", "Released");
    }

    @Test
    @Order(3)
    void withTwoPersonsWhoAsksDoesNotIsolate() {
        assertRefused(patch(Person.OTHER, isolate(Person.OTHER)), "let somebody other than other first set");
        assertRefused(
                Person.BOTH.asks(kubectl, byHand("i-0000000000000000e", "Isolated"), "create", "-f", "-"),
                "let somebody other than both first set");

        assertRefused(
                patch(Person.BOTH, "{spec: {policyRef: {name: other}, decision: {by: both}}}"),
                "leave spec.policyRef as it is");

        patch(Person.OTHER, asked(ISOLATED_BY, Person.OTHER)).succeeds();
        assertRefused(patch(Person.OTHER, isolate(Person.OTHER)), "let somebody other than other first set");
        patch(Person.BOTH, isolate(Person.BOTH)).succeeds();

        assertThat(says(kubectl.awaitQuarantine(instance, "Verified", "True", "Verified"), "Isolated"))
                .isEqualTo("True/Isolated");
        assertThat(kubectl.quarantine(instance).at("/metadata/annotations").toString())
                .doesNotContain("asked.");
        Person.BOTH
                .asks(kubectl, byHand("i-0000000000000000e", "Observed"), "create", "-f", "-")
                .succeeds();
    }

    @Test
    @Order(4)
    void thePoliciesRefusedTheOperatorNothing() {
        assertThat(installation.requestsOf(Person.OPERATOR.user()))
                .isNotEmpty()
                .filteredOn(event -> List.of(403, 422)
                        .contains(event.at("/responseStatus/code").asInt()))
                .isEmpty();
    }

    private int episode() {
        return kubectl.quarantine(instance).at("/status/episode/number").asInt();
    }

    private Answer patch(Person who, String patch, String... more) {
        String[] all = new String[more.length + 6];
        System.arraycopy(new String[] {"patch", "qi", instance, "--type=merge", "-p", patch}, 0, all, 0, 6);
        System.arraycopy(more, 0, all, 6, more.length);
        return who.asks(kubectl, "", all);
    }

    private static String asked(String annotation, Person by) {
        return "{metadata: {annotations: {%s: %s}}}".formatted(annotation, by.user());
    }

    private static String release(Person by) {
        return "{metadata: {annotations: {%s: null}}, spec: {desiredState: Released, decision: {by: %s, reason: clean}}}"
                .formatted(RELEASED_BY, by.user());
    }

    private static String isolate(Person by) {
        return "{metadata: {annotations: {%s: null}}, spec: {desiredState: Isolated, decision: {by: %s}}}"
                .formatted(ISOLATED_BY, by.user());
    }

    private static String byHand(String id, String state) {
        return "{apiVersion: ec2quarantine.io/v1alpha1, kind: QuarantinedInstance, metadata: {name: %s},".formatted(id)
                + " spec: {instanceID: %s, region: us-west-2, desiredState: %s}}".formatted(id, state);
    }

    private static void assertRefused(Answer answer, String words) {
        assertThat(answer.exitCode()).as(answer::toString).isNotZero();
        assertThat(answer.errors()).contains(words);
    }
}
