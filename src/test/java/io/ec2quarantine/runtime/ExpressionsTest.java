package io.ec2quarantine.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.ec2quarantine.api.v1alpha1.Condition;
import io.ec2quarantine.api.v1alpha1.Condition.Status;
import io.ec2quarantine.api.v1alpha1.ConditionType;
import io.ec2quarantine.api.v1alpha1.IsolationPolicy;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.ingest.FindingIntake;
import io.ec2quarantine.sim.FindingTemplate;
import io.ec2quarantine.sim.WorkshopScene;
import io.ec2quarantine.status.Conditions;
import io.ec2quarantine.testing.LogCapture;
import io.ec2quarantine.testing.OperatorWorld;
import io.ec2quarantine.testing.Policies;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a policy's expression leads to, through the whole operator. */
class ExpressionsTest {
    private static final String OF_PAYMENTS = "'instance.tags.team == \"payments\"'";

    private final OperatorWorld world = new OperatorWorld();
    private final WorkshopScene scene = WorkshopScene.build(world.world());
    private final String instance = scene.compromisedInstance();

    @AfterEach
    void end() {
        world.close();
    }

    @Test
    void onlyWhatTheExpressionHoldsForIsIsolated() {
        expressing("'finding.title.contains(\"" + instance + "\")'");
        world.startOperator();
        mines(scene.compromisedInstance2(), "pool.two");
        mines(instance, "pool.one");

        world.awaitVerified(instance);

        assertThat(world.quarantine(scene.compromisedInstance2())).isEmpty();
        assertThat(evaluated(policy("TRUE"))).isEqualTo("TRUE/Evaluated");
    }

    @Test
    void anAttackSequenceIsJudgedOnEachOfItsInstances() {
        world.region().tag(scene.compromisedInstance3(), "team", "payments");
        world.region().tag(scene.compromisedInstance2(), "team", "other");
        expressing(OF_PAYMENTS);
        world.startOperator();

        world.region()
                .finding(FindingTemplate.attackSequence(scene.compromisedInstance2(), scene.compromisedInstance3()));

        world.awaitVerified(scene.compromisedInstance3());
        assertThat(world.quarantine(scene.compromisedInstance2())).isEmpty();
    }

    @Test
    void anExpressionThatIsWrongMatchesNothingUntilItIsCorrectedAndThenLosesNothing() {
        expressing("'finding.severty > 1.0'");
        world.startOperator();
        mines(instance, "pool.one");

        IsolationPolicy wrong = awaitReady("FALSE", "InvalidExpression");
        assertThat(message(wrong, ConditionType.READY))
                .isEqualTo(
                        "spec.match.expression is wrong: line 1, column 8: undefined field 'severty'; correct it, for the"
                                + " policy matches nothing until then.");
        world.elapse(Duration.ofMinutes(1));
        assertThat(world.quarantine(instance)).isEmpty();

        correct("finding.severity > 1.0");

        world.awaitVerified(instance);
        awaitReady("TRUE", "Watching");
    }

    @Test
    void whatAnExpressionFailsOnWaitsForAPersonWhoIsToldWhy() throws IOException, InterruptedException {
        int port = freePort();
        world.setting("OPERATOR_HTTP_PORT", String.valueOf(port));
        expressing(OF_PAYMENTS);
        try (LogCapture log = new LogCapture(FindingIntake.class)) {
            world.startOperator();
            String finding = mines(instance, "pool.one");

            QuarantinedInstance asking = world.await(instance, ConditionType.READY, Status.FALSE, "AwaitingApproval");
            String sentence = "spec.match.expression could not be evaluated for finding " + finding + " on " + instance
                    + ": line 1, column 14: \"team\" is absent here; a person decides on it, and the expression should be"
                    + " corrected.";
            assertThat(OperatorWorld.condition(asking, ConditionType.READY)
                            .map(Condition::message)
                            .orElseThrow())
                    .contains("set spec.desiredState to Isolated to approve.")
                    .endsWith(sentence);
            IsolationPolicy failing = awaitReady("FALSE", "ExpressionFailed");
            assertThat(message(failing, ConditionType.READY)).isEqualTo(sentence);
            assertThat(message(failing, ConditionType.EXPRESSION_EVALUATED)).isEqualTo(sentence);

            for (int hour = 0; hour < 3; hour++) {
                world.clock().advance(Duration.ofHours(1));
                world.elapse(Duration.ofSeconds(30));
            }

            assertThat(log.messages(Level.WARN, "\"team\" is absent here"))
                    .as("every hour everything is read again, but it is news only once")
                    .hasSize(1);
            assertThat(metrics(port))
                    .containsPattern("ec2quarantine_expression_failures_total\\{policy=\"expressing\",?} [1-9]");
            assertThat(world.simulator().calls().writes()).isEmpty();
            assertThat(evaluated(policy("FALSE"))).isEqualTo("FALSE/ExpressionFailed");
        }
    }

    @Test
    void aFailureIsOverOnceTheExpressionHoldsForTheFindingWhichIsIsolatedThen() {
        expressing(OF_PAYMENTS);
        world.startOperator();
        String finding = mines(instance, "pool.one");
        awaitReady("FALSE", "ExpressionFailed");

        world.region().tag(instance, "team", "payments");
        world.world().seenAgain(finding);

        world.awaitVerified(instance);
        awaitReady("TRUE", "Watching");
        assertThat(evaluated(policy("TRUE"))).isEqualTo("TRUE/Evaluated");
    }

    @Test
    void aFailureIsOverOnceThePolicyIsCorrected() {
        expressing(OF_PAYMENTS);
        world.startOperator();
        mines(instance, "pool.one");
        awaitReady("FALSE", "ExpressionFailed");
        world.await(instance, "saying so", object -> readyMessage(object).contains("should be corrected"));

        correct("has(instance.tags.team) && instance.tags.team == 'payments'");

        awaitReady("TRUE", "Watching");
        QuarantinedInstance waiting = world.await(
                instance, "saying so no more", object -> !readyMessage(object).contains("should be corrected"));
        assertThat(OperatorWorld.condition(waiting, ConditionType.READY).map(Condition::reason))
                .as("what waits for a person goes on waiting for one")
                .contains("AwaitingApproval");
    }

    private static String readyMessage(QuarantinedInstance object) {
        return OperatorWorld.condition(object, ConditionType.READY)
                .map(Condition::message)
                .orElse("");
    }

    private void expressing(String expression) {
        world.cluster().create(Policies.policy("expressing", "Enforce", "*", "expression: " + expression));
    }

    private void correct(String expression) {
        world.client()
                .resources(IsolationPolicy.class)
                .withName("expressing")
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"spec\":{\"match\":{\"expression\":\"" + expression + "\"}}}");
    }

    private String mines(String instanceId, String domain) {
        return world.region().finding(FindingTemplate.bitcoinDns(instanceId, domain));
    }

    private IsolationPolicy awaitReady(String status, String reason) {
        return world.awaitPolicy(
                "expressing",
                "Ready=" + status + "/" + reason,
                policy -> says(policy, ConditionType.READY).equals(status + "/" + reason));
    }

    private IsolationPolicy policy(String evaluated) {
        return world.awaitPolicy(
                "expressing",
                "ExpressionEvaluated=" + evaluated,
                policy -> evaluated(policy).startsWith(evaluated + "/"));
    }

    private static String evaluated(IsolationPolicy policy) {
        return says(policy, ConditionType.EXPRESSION_EVALUATED);
    }

    private static String says(IsolationPolicy policy, ConditionType type) {
        return Conditions.find(policy.getStatus().conditions(), type)
                .map(condition -> condition.status() + "/" + condition.reason())
                .orElse("none/none");
    }

    private static String message(IsolationPolicy policy, ConditionType type) {
        return Conditions.find(policy.getStatus().conditions(), type)
                .map(Condition::message)
                .orElseThrow();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static String metrics(int port) throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }
}
