package io.ec2quarantine.runtime;

import static io.ec2quarantine.testing.OperatorWorld.condition;
import static io.ec2quarantine.testing.OperatorWorld.isTrue;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.ec2quarantine.api.v1alpha1.Condition.Status;
import io.ec2quarantine.api.v1alpha1.ConditionType;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceSpec.DesiredState;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceSpec.PolicyRef;
import io.ec2quarantine.ingest.FindingIntake;
import io.ec2quarantine.sim.FindingTemplate;
import io.ec2quarantine.sim.Model.Group;
import io.ec2quarantine.sim.Model.Vpc;
import io.ec2quarantine.testing.Eventually;
import io.ec2quarantine.testing.LogCapture;
import io.ec2quarantine.testing.OperatorWorld;
import io.ec2quarantine.testing.Policies;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a policy that enforces does not do by itself, through the whole operator (I7). */
class SafeguardsTest {
    private static final String TYPE = "Backdoor:EC2/C&CActivity.B";
    private static final String POLICY = "storm";
    /** Many polls, and some of the rounds that look for room with reads. */
    private static final Duration A_WHILE = Duration.ofSeconds(30);

    private static final double HIGH = 8.0;
    private static final double MEDIUM = 5.0;

    /** Everything that comes round comes soon, so that little time need go by. */
    private final OperatorWorld world = new OperatorWorld().setting("OPERATOR_POLL_INTERVAL_SECONDS", "5");

    private final Vpc vpc = world.region().vpc();
    private final Group web = world.region().securityGroup(vpc, "web");

    @AfterEach
    void end() {
        world.close();
    }

    // --- limits

    @Test
    void beyondMaxActiveTheLeastSevereAreDeferredAndTakenUpMostSevereFirst() {
        policy("maxActive: 2, maxPerHour: 100");
        find("i-00000001", MEDIUM);
        find("i-00000002", HIGH);
        find("i-00000003", MEDIUM);
        find("i-00000004", HIGH);
        find("i-00000005", HIGH + 1.5);
        world.startOperator();
        awaitObjects(5);
        awaitDeferred(3);
        Set<String> first = isolated();
        assertThat(first).hasSize(2).contains("i-00000005").doesNotContain("i-00000001", "i-00000003");
        world.elapse(A_WHILE);
        assertThat(isolated()).as("while nothing is released").isEqualTo(first);

        release("i-00000005");
        awaitIsolated(2 + 1 - 1, Set.of("i-00000002", "i-00000004"));
        release("i-00000002");
        awaitIsolated(2, Set.of("i-00000004"));

        assertThat(isolated()).contains("i-00000004").containsAnyOf("i-00000001", "i-00000003");
    }

    @Test
    void theRoomOfWhatIsReleasedSoonAfterItsIsolationIsFreeAtOnce() {
        policy("maxActive: 1, maxPerHour: 100");
        find("i-00000001", HIGH);
        world.startOperator();
        world.awaitVerified("i-00000001");
        find("i-00000002", HIGH);
        world.await("i-00000002", ConditionType.READY, Status.FALSE, "Deferred");

        release("i-00000001");
        world.elapse(Duration.ofMinutes(1));

        assertThat(isolated()).containsExactly("i-00000002");
    }

    @Test
    void theRoomOfWhatIsTerminatedSoonAfterItsIsolationIsFreeAtOnce() {
        policy("maxActive: 1, maxPerHour: 100");
        deferSecond();

        world.region().terminate("i-00000001");
        world.await("i-00000001", ConditionType.ISOLATED, Status.FALSE, "InstanceTerminated");
        world.elapse(Duration.ofSeconds(20));

        assertThat(world.quarantine("i-00000002").orElseThrow().getSpec().desiredState())
                .isEqualTo(DesiredState.ISOLATED);
    }

    /** What the released one took up is not the room of the next episode, at whatever finding of it. */
    @Test
    void whatIsDeferredAfterItsReleaseStaysDeferredAtItsNextFinding() {
        policy("maxActive: 1, maxPerHour: 100");
        isolateReleaseAndFillTheRoom();
        finding("i-00000001", HIGH);
        world.await("i-00000001", ConditionType.READY, Status.FALSE, "Deferred");

        finding("i-00000001", HIGH);
        awaitFindings("i-00000001", 2);

        assertThat(isolated()).containsExactly("i-00000002");
    }

    @Test
    void whatIsObservedAfterItsReleaseIsDeferredAtItsNextFindingToo() {
        policy("maxActive: 1, maxPerHour: 100");
        isolateReleaseAndFillTheRoom();
        patchPolicy("{\"spec\":{\"mode\":\"DryRun\"}}");
        finding("i-00000001", HIGH);
        world.await("i-00000001", ConditionType.READY, Status.TRUE, "DryRun");
        patchPolicy("{\"spec\":{\"mode\":\"Enforce\"}}");

        finding("i-00000001", HIGH);
        awaitFindings("i-00000001", 2);
        world.await("i-00000001", ConditionType.READY, Status.FALSE, "Deferred");

        assertThat(isolated()).containsExactly("i-00000002");
    }

    private void isolateReleaseAndFillTheRoom() {
        find("i-00000001", HIGH);
        world.startOperator();
        world.awaitVerified("i-00000001");
        release("i-00000001");
        find("i-00000002", HIGH);
        world.awaitVerified("i-00000002");
    }

    private void awaitFindings(String id, int number) {
        Eventually.holds(
                number + " findings of " + id,
                () -> world.quarantine(id)
                        .filter(object -> object.getSpec().findings().size() == number)
                        .isPresent(),
                () -> world.clock().advance(Duration.ofMillis(200)),
                () -> String.valueOf(world.quarantine(id)));
    }

    @Test
    void beyondMaxPerHourTheyWaitUntilTheHourIsOver() {
        policy("maxActive: 100, maxPerHour: 1");
        find("i-00000001", HIGH);
        find("i-00000002", MEDIUM);
        world.startOperator();
        world.awaitVerified("i-00000001");
        world.await("i-00000002", ConditionType.READY, Status.FALSE, "Deferred");
        world.clock().advance(Duration.ofMinutes(55));
        world.elapse(A_WHILE);
        assertThat(isolated()).containsExactly("i-00000001");

        world.clock().advance(Duration.ofMinutes(5));

        world.awaitVerified("i-00000002");
    }

    @Test
    void theHourIsRememberedAcrossARestartAndTheDeletionOfWhatWasIsolated() {
        policy("maxActive: 100, maxPerHour: 1");
        find("i-00000001", HIGH);
        world.startOperator();
        world.awaitVerified("i-00000001");
        world.stopOperator();
        world.client()
                .resources(QuarantinedInstance.class)
                .withName("i-00000001")
                .delete();
        find("i-00000002", HIGH);

        world.startOperator();

        world.await("i-00000002", ConditionType.READY, Status.FALSE, "Deferred");
        assertThat(world.region().groupsOf("i-00000002").values()).containsOnly(List.of(web.id()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"maxActive: 3, maxPerHour: 100", "maxActive: 100, maxPerHour: 3"})
    void twoOperatorsTogetherKeepTheLimits(String limits) {
        policy(limits);
        IntStream.rangeClosed(1, 12).forEach(number -> find("i-000000" + (10 + number), MEDIUM));
        world.startOperator();
        world.startOperator();
        awaitObjects(12);
        world.elapse(A_WHILE);

        assertThat(isolated()).hasSize(3);
    }

    @Test
    void noMoreThanItsPartOfAnAutoScalingGroupIsIsolated() {
        policy("maxAutoScalingGroupPercent: 50");
        for (String id : List.of("i-00000001", "i-00000002", "i-00000003")) {
            instance(id, "aws:autoscaling:groupName", "front*end");
        }
        instance("i-00000004", "aws:autoscaling:groupName", "front-and-backend");
        finding("i-00000001", HIGH);
        finding("i-00000002", MEDIUM);
        world.startOperator();

        world.awaitVerified("i-00000001");
        QuarantinedInstance held = world.await("i-00000002", ConditionType.READY, Status.FALSE, "Deferred");

        assertThat(condition(held, ConditionType.READY).orElseThrow().message())
                .startsWith(
                        "With this one, 2 of 3 instances of the Auto Scaling group front*end would be isolated, more"
                                + " than the 50 % that policy storm allows");

        instance("i-00000005", "aws:autoscaling:groupName", "front*end");
        world.awaitVerified("i-00000002");
    }

    @Test
    void whatWaitsIsNotOvertakenByWhatIsNoMoreSevere() {
        policy("maxActive: 1, maxPerHour: 100");
        find("i-00000001", HIGH);
        find("i-00000002", HIGH);
        world.startOperator();
        awaitDeferred(1);
        String waiting = isolated().contains("i-00000001") ? "i-00000002" : "i-00000001";
        Eventually.holds(
                "its severity to be known",
                () -> world.quarantine(waiting)
                        .map(object -> !object.getStatus().findings().isEmpty())
                        .orElse(false),
                () -> world.clock().advance(Duration.ofMillis(100)),
                () -> "");
        // A round of polls and take-ups sees both: the room, and the newcomer.
        find("i-00000003", MEDIUM);
        release(waiting.equals("i-00000001") ? "i-00000002" : "i-00000001");

        world.awaitVerified(waiting);
        world.await("i-00000003", ConditionType.READY, Status.FALSE, "Deferred");
    }

    // --- what only a person may have isolated

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ec2quarantine.io/protected |         |                                                    | true
            ec2quarantine.io/protected | false   | protectedTags: []                                  | true
            tier                       | gold    | "protectedTags: [{key: tier, values: [gold]}]"     | true
            tier                       | silver  | "protectedTags: [{key: tier, values: [gold]}]"     | false
            other                      | gold    | "protectedTags: [{key: tier}]"                     | false
            """)
    void aProtectedInstanceWaitsForAPerson(String key, String value, String safeguards, boolean waits) {
        policy(safeguards == null ? "" : safeguards.replace("\"", ""));
        instance("i-00000001", key, value == null ? "" : value);
        finding("i-00000001", HIGH);
        world.startOperator();
        if (!waits) {
            world.awaitVerified("i-00000001");
            return;
        }
        QuarantinedInstance held = world.await("i-00000001", ConditionType.READY, Status.FALSE, "AwaitingApproval");
        assertThat(condition(held, ConditionType.READY).orElseThrow().message())
                .startsWith("The instance is protected by its tag " + key + "; set spec.desiredState to Isolated");
        finding("i-00000001", HIGH);
        world.elapse(A_WHILE);
        assertThat(world.simulator().calls().writes()).isEmpty();
        assertThat(world.quarantine("i-00000001").orElseThrow().getSpec().findings())
                .hasSize(2);

        world.desire("i-00000001", DesiredState.ISOLATED);

        world.awaitVerified("i-00000001");
    }

    @Test
    void aProtectedInstanceIsNotTakenBackFromAReleaseWithoutAPerson() {
        policy("");
        find("i-00000001", HIGH);
        world.region().attach("i-00000001", details -> details.groups(web));
        world.startOperator();
        world.awaitVerified("i-00000001");
        world.region().tag("i-00000001", "ec2quarantine.io/protected", "");
        world.simulator()
                .faults()
                .on("ModifyNetworkInterfaceAttribute")
                .after(1)
                .deny();
        world.desire("i-00000001", DesiredState.RELEASED);
        world.await("i-00000001", ConditionType.READY, Status.FALSE, "ReleaseIncomplete");

        finding("i-00000001", HIGH);
        world.elapse(A_WHILE);
        assertThat(world.quarantine("i-00000001").orElseThrow().getSpec().desiredState())
                .isEqualTo(DesiredState.RELEASED);
        world.simulator().faults().clear();

        QuarantinedInstance held = world.await("i-00000001", ConditionType.READY, Status.FALSE, "AwaitingApproval");
        assertThat(held.getSpec().findings()).as("the next episode's").hasSize(1);
    }

    @Test
    void aNodeOfThisClusterWaitsForAPersonUnlessThePolicySaysOtherwise() {
        node("ip-10-0-0-1", "aws:///us-west-2a/i-00000001");
        policy("");
        find("i-00000001", HIGH);
        find("i-00000002", HIGH);
        world.startOperator();
        world.awaitVerified("i-00000002");
        QuarantinedInstance held = world.await("i-00000001", ConditionType.READY, Status.FALSE, "AwaitingApproval");
        assertThat(condition(held, ConditionType.READY).orElseThrow().message())
                .contains("a node of the cluster in which the operator runs");

        world.cluster()
                .create(Policies.enforcing("nodes-too", TYPE)
                        + "  backlog: Enforce\n  safeguards: {kubernetesNodes: Enforce}\n");
        world.elapse(A_WHILE);
        patchPolicy("{\"spec\":{\"mode\":\"DryRun\"}}");

        world.awaitVerified("i-00000001");
    }

    @Test
    void theOperatorsOwnNodeIsLeftAloneWhileNoReplicaRunsElsewhereAndSoItSays() {
        node("ip-10-0-0-1", "aws:///us-west-2a/i-00000001");
        policy("kubernetesNodes: Enforce");
        find("i-00000001", HIGH);
        find("i-00000002", HIGH);
        world.setting("OPERATOR_NODE_NAME", "ip-10-0-0-1").startOperator();

        QuarantinedInstance held = world.await("i-00000001", ConditionType.STALLED, Status.TRUE, "OwnNode");

        assertThat(condition(held, ConditionType.READY).orElseThrow().message())
                .startsWith("The operator itself runs on this instance")
                .contains("run a replica on another node");
        world.awaitVerified("i-00000002");
        assertThat(world.region().groupsOf("i-00000001").values()).containsOnly(List.of(web.id()));
    }

    @Test
    void whatIsDeferredWhileItBecomesProtectedWaitsForAPerson() {
        policy("maxActive: 1, maxPerHour: 100");
        find("i-00000001", HIGH);
        world.startOperator();
        world.awaitVerified("i-00000001");
        find("i-00000002", HIGH);
        world.await("i-00000002", ConditionType.READY, Status.FALSE, "Deferred");
        world.region().tag("i-00000002", "ec2quarantine.io/protected", "");

        release("i-00000001");

        world.await("i-00000002", ConditionType.READY, Status.FALSE, "AwaitingApproval");
        world.elapse(A_WHILE);
        assertThat(world.region().groupsOf("i-00000002").values()).containsOnly(List.of(web.id()));
    }

    @Test
    void whileTheTagsMayNotBeReadNothingIsIsolatedAndNothingIsLost() {
        policy("");
        find("i-00000001", HIGH);
        world.simulator().faults().on("DescribeInstances").deny();
        world.startOperator();
        Eventually.holds(
                "the quarantine to be deferred",
                () -> world.quarantine("i-00000001")
                        .filter(object -> object.getSpec().hold() != null)
                        .isPresent(),
                () -> world.clock().advance(Duration.ofMillis(200)),
                () -> "");
        assertThat(world.simulator().calls().writes()).isEmpty();

        world.simulator().faults().clear();

        world.awaitVerified("i-00000001");
    }

    // --- modes

    @ParameterizedTest
    @ValueSource(strings = {"Paused", "RequireApproval", "DryRun"})
    void nothingDeferredIsTakenUpForAPolicyThatNoLongerEnforces(String mode) {
        policy("maxActive: 1, maxPerHour: 100");
        find("i-00000001", HIGH);
        world.startOperator();
        world.awaitVerified("i-00000001");
        find("i-00000002", HIGH);
        world.await("i-00000002", ConditionType.READY, Status.FALSE, "Deferred");

        patchPolicy("{\"spec\":{\"mode\":\"%s\"}}".formatted(mode));
        release("i-00000001");
        world.elapse(A_WHILE);
        assertThat(isolated()).isEmpty();

        patchPolicy("{\"spec\":{\"mode\":\"Enforce\"}}");
        world.awaitVerified("i-00000002");
    }

    @Test
    void whatIsDeferredUnderAPauseSaysSoAndAsksNobody() {
        policy("maxActive: 1, maxPerHour: 100");
        deferSecond();

        patchPolicy("{\"spec\":{\"mode\":\"Paused\"}}");

        QuarantinedInstance paused = world.await("i-00000002", ConditionType.READY, Status.FALSE, "Paused");
        assertThat(condition(paused, ConditionType.READY).orElseThrow().message())
                .startsWith("Policy storm is paused and isolates nothing by itself; give it another mode, or set"
                        + " spec.desiredState to Isolated. Isolating would ");
    }

    @Test
    void aDryRunThatIsPausedWarnsOfNothing() {
        world.cluster().create(Policies.policy(POLICY, "DryRun", TYPE, ""));
        find("i-00000001", HIGH);
        world.startOperator();
        world.await("i-00000001", ConditionType.READY, Status.TRUE, "DryRun");

        patchPolicy("{\"spec\":{\"mode\":\"Paused\"}}");
        world.await("i-00000001", ConditionType.READY, Status.FALSE, "Paused");

        Eventually.holds(
                "the event", () -> events().contains("DryRun i-00000001"), () -> {}, () -> events().toString());
        assertThat(events()).doesNotContain("AwaitingApproval i-00000001");
    }

    @Test
    void aPersonIsNotBoundByTheLimits() {
        policy("maxActive: 0");
        find("i-00000001", HIGH);
        world.startOperator();
        world.await("i-00000001", ConditionType.READY, Status.FALSE, "Deferred");

        world.desire("i-00000001", DesiredState.ISOLATED);

        world.awaitVerified("i-00000001");
    }

    @Test
    void thePolicySaysHowManyWaitAndWhy() {
        policy("maxActive: 1, maxPerHour: 100");
        find("i-00000001", HIGH);
        find("i-00000002", HIGH);
        find("i-00000003", HIGH);
        world.startOperator();

        var policy = world.awaitPolicy(
                POLICY,
                "deferring two",
                object -> Long.valueOf(2).equals(object.getStatus().deferred()));

        assertThat(policy.getStatus().conditions())
                .filteredOn(each -> ConditionType.READY.text().equals(each.type()))
                .singleElement()
                .satisfies(ready -> {
                    assertThat(ready.status()).isEqualTo(Status.TRUE);
                    assertThat(ready.reason()).isEqualTo("Deferring");
                    assertThat(ready.message())
                            .startsWith("Every source is watched; 2 instances wait to be isolated, the first for this:"
                                    + " Policy storm holds as many instances isolated as its maxActive allows (1)");
                });
        Eventually.holds(
                "the events on the policy and on what is deferred",
                () -> events().containsAll(Set.of("Deferring storm", "Deferred i-00000003"))
                        || events().containsAll(Set.of("Deferring storm", "Deferred i-00000002")),
                () -> world.clock().advance(Duration.ofMillis(200)),
                () -> events().toString());
    }

    @Test
    void onlyWhatThePolicyIsolatesCountsAsActive() {
        policy("maxActive: 1, maxPerHour: 100");
        instance("i-00000003", "ec2quarantine.io/protected", "");
        finding("i-00000003", HIGH);
        deferSecond();

        var policy = world.awaitPolicy(
                POLICY,
                "matching three",
                object -> Long.valueOf(3).equals(object.getStatus().matchedFindings()));

        assertThat(policy.getStatus().activeQuarantines()).isOne();
        assertThat(policy.getStatus().deferred()).isOne();
    }

    @Test
    void theLogNamesTheSafeguardThatHoldsSomethingBack() {
        policy("maxActive: 1, maxPerHour: 100");
        instance("i-00000003", "ec2quarantine.io/protected", "");
        finding("i-00000003", HIGH);
        try (LogCapture log = new LogCapture(FindingIntake.class)) {
            deferSecond();
            world.await("i-00000003", ConditionType.READY, Status.FALSE, "AwaitingApproval");

            assertThat(log.messages(Level.INFO, "open by storm"))
                    .anyMatch(line -> line.startsWith(
                            "decided: open by storm, deferred by maxActive (Policy storm holds as many"))
                    .anyMatch(line -> line.startsWith(
                            "decided: open by storm, put before a person by protectedTags (The instance is protected"));
        }
    }

    // --- what people and policies do to what waits

    @Test
    void whatAPersonReleasesAndObservesIsNotIsolatedForWhatItOnceWaitedFor() {
        policy("maxActive: 1, maxPerHour: 100");
        deferSecond();
        world.desire("i-00000002", DesiredState.ISOLATED);
        world.awaitVerified("i-00000002");
        world.elapse(A_WHILE);
        release("i-00000001");
        release("i-00000002");

        world.desire("i-00000002", DesiredState.OBSERVED);
        world.elapse(A_WHILE);

        assertThat(isolated()).isEmpty();
        assertThat(world.quarantine("i-00000002").orElseThrow().getSpec().hold())
                .isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "findingTypes: ['CryptoCurrency:EC2/*']",
                "findingTypes: ['*'], minSeverity: Critical",
                "findingTypes: ['*'], accountIDs: ['999900001111']",
                "findingTypes: ['*'], instanceTags: {exclude: [{key: Name}]}",
                "findingTypes: ['*'], expression: 'finding.severity > 9.0'",
                "findingTypes: ['*'], expression: '1 / (finding.count - finding.count) > 0'"
            })
    void whatAPolicyNoLongerMeansWaitsForAPersonInsteadOfRoom(String match) {
        policy("maxActive: 1, maxPerHour: 100");
        deferSecond();

        world.cluster()
                .replace(
                        Policies.policy(POLICY, "Enforce", TYPE, "").replaceAll("match: .*", "match: {" + match + "}"));
        release("i-00000001");

        world.await("i-00000002", ConditionType.READY, Status.FALSE, "AwaitingApproval");
        assertThat(world.quarantine("i-00000002").orElseThrow().getSpec().hold())
                .isNull();
        assertThat(isolated()).isEmpty();
    }

    /** By the take-up alone: what is too old is read by no poll any more. */
    @Test
    void anExpressionIsAskedAgainOfWhatGuardDutyShowsThenAlsoByANewProcess() {
        world.cluster()
                .create(Policies.policy(POLICY, "Enforce", TYPE, "expression: 'finding.severity > 7.0'")
                        + "  safeguards: {maxActive: 1, maxPerHour: 100}\n");
        deferSecond();
        world.stopOperator();
        world.clock().advance(Duration.ofDays(2));
        world.startOperator();
        world.awaitVerified("i-00000001");
        world.simulator().faults().on("GetFindings").deny();
        release("i-00000001");
        Eventually.holds(
                "it to wait for its finding",
                () -> holdOf("i-00000002").contains("whether its policy still means it"),
                () -> world.clock().advance(Duration.ofMillis(200)),
                () -> holdOf("i-00000002"));
        assertThat(isolated()).isEmpty();

        world.simulator().faults().clear();

        world.awaitVerified("i-00000002");
    }

    @Test
    void whatIsDeferredIsNotGivenUpWhileTheRegionsOfItsSourceAreNotKnownYet() {
        world.cluster()
                .create(Policies.policy(POLICY, "Enforce", TYPE, "expression: 'finding.severity > 7.0'")
                                .replace("regions: [us-west-2]", "regions: [\"*\"]")
                        + "  safeguards: {maxActive: 1, maxPerHour: 100}\n");
        deferSecond();
        world.stopOperator();
        world.simulator().faults().on("DescribeRegions").internalError();
        world.startOperator();
        world.awaitVerified("i-00000001");
        release("i-00000001");
        world.elapse(Duration.ofMinutes(2));
        String reason = OperatorWorld.condition(world.quarantine("i-00000002").orElseThrow(), ConditionType.READY)
                .orElseThrow()
                .reason();
        world.simulator().faults().clear();
        assertThat(reason).isNotEqualTo("AwaitingApproval");
        world.awaitVerified("i-00000002");
    }

    private String holdOf(String id) {
        return world.quarantine(id)
                .flatMap(object -> Optional.ofNullable(object.getSpec().hold()))
                .map(hold -> String.valueOf(hold.message()))
                .orElse("");
    }

    @Test
    void whatWasWrittenWithoutAnAccountIsTakenUpToo() {
        policy("maxActive: 1, maxPerHour: 100");
        world.cluster().create("""
                apiVersion: ec2quarantine.io/v1alpha1
                kind: QuarantinedInstance
                metadata: {name: i-00000002}
                spec: {instanceID: i-00000002, region: us-west-2, desiredState: Observed}
                """);
        deferSecond();

        release("i-00000001");

        world.awaitVerified("i-00000002");
    }

    @Test
    void anotherPolicyThatEnforcesAndHasRoomIsolatesInstead() {
        policy("maxActive: 0");
        world.cluster().create(Policies.enforcing("with-room", TYPE) + "  safeguards: {maxActive: 1}\n");
        find("i-00000001", HIGH);
        find("i-00000002", HIGH);
        world.startOperator();
        awaitDeferred(1);

        assertThat(isolated()).hasSize(1);
        assertThat(objects())
                .filteredOn(object -> isolated().contains(object.getMetadata().getName()))
                .extracting(object -> Optional.ofNullable(object.getSpec().policyRef())
                        .map(PolicyRef::name)
                        .orElse("none"))
                .containsExactly("with-room");
    }

    @Test
    void anAccountThatDoesNotAnswerIsAskedOnceForAPageOfFindings() {
        policy("");
        IntStream.rangeClosed(10, 39).forEach(number -> find("i-000000" + number, HIGH));
        world.simulator().faults().on("DescribeInstances").deny();
        world.startOperator();
        awaitObjects(30);

        assertThat(world.simulator().calls().of("DescribeInstances"))
                .filteredOn(call -> call.params().containsValue("i-00000010")
                        && call.params().containsValue("i-00000039"))
                .hasSizeLessThan(3);
    }

    /** The first is isolated, and there is no room for the second. */
    private void deferSecond() {
        find("i-00000001", HIGH);
        world.startOperator();
        world.awaitVerified("i-00000001");
        find("i-00000002", HIGH);
        world.await("i-00000002", ConditionType.READY, Status.FALSE, "Deferred");
    }

    // --- the world

    private Set<String> events() {
        return world.client().events().v1().events().inNamespace("default").list().getItems().stream()
                .map(event -> event.getReason() + " " + event.getRegarding().getName())
                .collect(Collectors.toSet());
    }

    private void policy(String safeguards) {
        world.cluster()
                .create(Policies.enforcing(POLICY, TYPE)
                        + (safeguards.isEmpty() ? "" : "  safeguards: {" + safeguards + "}\n"));
    }

    private void patchPolicy(String patch) {
        world.client()
                .resources(io.ec2quarantine.api.v1alpha1.IsolationPolicy.class)
                .withName(POLICY)
                .patch(PatchContext.of(PatchType.JSON_MERGE), patch);
    }

    private void node(String name, String providerId) {
        world.client()
                .nodes()
                .resource(new NodeBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .withNewSpec()
                        .withProviderID(providerId)
                        .endSpec()
                        .build())
                .create();
    }

    private void find(String id, double severity) {
        world.region().instance(id).id(id).in(vpc).groups(web).launch();
        finding(id, severity);
    }

    private void instance(String id, String key, String value) {
        world.region().instance(id).id(id).in(vpc).groups(web).tag(key, value).launch();
    }

    private void finding(String id, double severity) {
        world.region()
                .finding(FindingTemplate.commandAndControl(id, "198.51.100.17").severity(severity));
    }

    private void release(String id) {
        world.desire(id, DesiredState.RELEASED);
        world.await(id, ConditionType.READY, Status.TRUE, "Released");
    }

    private List<QuarantinedInstance> objects() {
        return world.client().resources(QuarantinedInstance.class).list().getItems();
    }

    private Set<String> isolated() {
        return objects().stream()
                .filter(object -> object.getSpec().desiredState() == DesiredState.ISOLATED)
                .map(object -> object.getMetadata().getName())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private void awaitObjects(int count) {
        Eventually.holds(
                count + " quarantines",
                () -> objects().size() == count,
                () -> world.clock().advance(Duration.ofMillis(200)),
                () -> objects().toString());
    }

    private void awaitDeferred(int count) {
        Eventually.holds(
                count + " deferred",
                () -> objects().stream()
                                .filter(object -> object.getStatus() != null)
                                .filter(object -> condition(object, ConditionType.READY)
                                        .filter(ready -> "Deferred".equals(ready.reason()))
                                        .isPresent())
                                .count()
                        == count,
                () -> world.clock().advance(Duration.ofMillis(200)),
                () -> objects().toString());
    }

    private void awaitIsolated(int count, Set<String> among) {
        Eventually.holds(
                count + " isolated, with " + among,
                () -> isolated().size() == count
                        && isolated().containsAll(among)
                        && objects().stream()
                                .filter(object ->
                                        isolated().contains(object.getMetadata().getName()))
                                .allMatch(object -> isTrue(object, ConditionType.VERIFIED)),
                () -> world.clock().advance(Duration.ofMillis(200)),
                () -> objects().toString());
    }
}
