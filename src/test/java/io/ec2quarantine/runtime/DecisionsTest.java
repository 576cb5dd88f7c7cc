package io.ec2quarantine.runtime;

import static io.ec2quarantine.testing.OperatorWorld.isTrue;
import static org.assertj.core.api.Assertions.assertThat;

import io.ec2quarantine.api.v1alpha1.Condition.Status;
import io.ec2quarantine.api.v1alpha1.ConditionType;
import io.ec2quarantine.api.v1alpha1.IsolationPolicy;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceSpec.DesiredState;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceSpec.FindingRef;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.Episode;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.FindingStatus;
import io.ec2quarantine.cluster.Responses;
import io.ec2quarantine.sim.FindingTemplate;
import io.ec2quarantine.sim.WorkshopScene;
import io.ec2quarantine.testing.OperatorWorld;
import io.ec2quarantine.testing.Policies;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of findings under the policies' modes, through the whole operator. */
class DecisionsTest {
    private static final String CUSTOM = "UnauthorizedAccess:EC2/MaliciousIPCaller.Custom";

    private final OperatorWorld world = new OperatorWorld();
    private final WorkshopScene scene = WorkshopScene.build(world.world());
    private final String instance = scene.compromisedInstance();

    @AfterEach
    void end() {
        world.close();
    }

    @Test
    void aDryRunShowsItsPlanAndChangesNothing() {
        world.cluster().create(Policies.policy("watch", "DryRun", CUSTOM, ""));
        world.startOperator();
        scene.compromise(world.world());

        QuarantinedInstance object = world.await(instance, ConditionType.READY, Status.TRUE, "DryRun");

        assertThat(OperatorWorld.condition(object, ConditionType.READY)
                        .orElseThrow()
                        .message())
                .contains("make the group ForensicSecurityGroup")
                .contains("move eni-")
                .contains("nothing is changed");
        assertThat(object.getSpec().desiredState()).isEqualTo(DesiredState.OBSERVED);
        assertThat(world.simulator().calls().writes()).isEmpty();
    }

    @Test
    void anApprovalIsAPersonSettingIsolated() {
        world.cluster().create(Policies.policy("ask", "RequireApproval", CUSTOM, ""));
        world.startOperator();
        scene.compromise(world.world());
        world.await(instance, ConditionType.READY, Status.FALSE, "AwaitingApproval");
        assertThat(world.simulator().calls().writes()).isEmpty();

        approve(instance);

        world.awaitVerified(instance);
    }

    @Test
    void aPausedPolicyOpensNothingAndALaterEnforcementLosesNothing() {
        world.cluster().create(Policies.policy("pausing", "Paused", CUSTOM, ""));
        world.startOperator();
        scene.compromise(world.world());
        world.awaitCalls("GetFindings", 0, 2);
        assertThat(world.quarantine(instance)).isEmpty();

        patchPolicy("pausing", "{\"spec\":{\"mode\":\"Enforce\"}}");

        world.awaitVerified(instance);
    }

    @Test
    void aPolicyThatIsMadeAnewUnderTheSameNameIsDecidedUponAnew() {
        world.cluster().create(Policies.policy("anew", "Enforce", "Backdoor:EC2/*", ""));
        world.startOperator();
        scene.compromise(world.world());
        world.awaitCalls("GetFindings", 0, 2);
        assertThat(world.quarantine(instance)).isEmpty();

        // No poll in between: the clock stands still.
        world.client().resources(IsolationPolicy.class).withName("anew").delete();
        world.cluster().create(Policies.policy("anew", "Enforce", CUSTOM, "") + "  backlog: Enforce\n");

        world.awaitVerified(instance);
    }

    @Test
    void anEnforcingMatchRaisesWhatADryRunOpened() {
        world.cluster().create(Policies.policy("watch", "DryRun", CUSTOM, ""));
        world.startOperator();
        scene.compromise(world.world());
        world.await(instance, ConditionType.READY, Status.TRUE, "DryRun");

        world.cluster()
                .create(Policies.policy("enforce", "Enforce", CUSTOM, "").replace("ForensicSecurityGroup", "Cage")
                        + "  backlog: Enforce\n");

        QuarantinedInstance object = world.awaitVerified(instance);
        assertThat(Responses.groupName(object.getStatus().response())).isEqualTo("Cage");
        assertThat(Optional.ofNullable(object.getStatus().episode()).map(Episode::policyName))
                .contains("enforce");
    }

    @Test
    void aBacklogFindingWaitsForAPersonUnderAnEnforcingPolicy() {
        world.region()
                .finding(FindingTemplate.maliciousIpCallerCustom(instance, scene.maliciousIp(), scene.threatList())
                        .at(world.clock().instant().minus(Duration.ofHours(2))));
        world.cluster().create(Policies.workshop());

        world.startOperator();

        world.await(instance, ConditionType.READY, Status.FALSE, "AwaitingApproval");
        assertThat(world.simulator().calls().writes()).isEmpty();
    }

    @Test
    void newActivityOnABacklogFindingIsEnforced() {
        String finding = world.region()
                .finding(FindingTemplate.maliciousIpCallerCustom(instance, scene.maliciousIp(), scene.threatList())
                        .at(world.clock().instant().minus(Duration.ofHours(2))));
        world.cluster().create(Policies.workshop());
        world.startOperator();
        world.await(instance, ConditionType.READY, Status.FALSE, "AwaitingApproval");

        world.world().seenAgain(finding);

        world.awaitVerified(instance);
    }

    @Test
    void samplesAndArchivedAndMerelyAttackedInstancesAreLeftAlone() {
        world.cluster().create(Policies.enforcing("all", "*"));
        world.region()
                .finding(FindingTemplate.bitcoinDns(scene.compromisedInstance(), "pool.example")
                        .sample());
        world.region()
                .finding(FindingTemplate.bitcoinDns(scene.compromisedInstance2(), "pool.example")
                        .archived());
        world.region().finding(FindingTemplate.sshBruteForceInbound(scene.compromisedInstance3(), "203.0.113.9"));
        world.region().finding(FindingTemplate.withoutInstance());
        world.startOperator();

        world.awaitCalls("GetFindings", 0, 3);

        assertThat(world.client().resources(QuarantinedInstance.class).list().getItems())
                .isEmpty();
    }

    @Test
    void samplesAreRealInADrill() {
        world.setting("OPERATOR_SAMPLE_FINDINGS", "Accept");
        world.cluster().create(Policies.enforcing("all", "*"));
        world.startOperator();

        world.region()
                .finding(FindingTemplate.bitcoinDns(instance, "pool.example").sample());

        world.awaitVerified(instance);
    }

    @Test
    void tagsOfTheInstanceDecideWhereAPolicyAsksForThem() {
        world.region().tag(scene.compromisedInstance2(), "team", "payments");
        world.cluster()
                .create(Policies.policy(
                        "tagged", "Enforce", "*", "instanceTags: {include: [{key: team, values: [payments]}]}"));
        world.region().finding(FindingTemplate.bitcoinDns(scene.compromisedInstance3(), "pool.example"));
        world.region().finding(FindingTemplate.bitcoinDns(scene.compromisedInstance2(), "pool.example"));

        world.startOperator();

        world.awaitVerified(scene.compromisedInstance2());
        assertThat(world.quarantine(scene.compromisedInstance3())).isEmpty();
    }

    @Test
    void anInstanceThatEc2DoesNotShowIsNeitherWithoutTagsNorWaitedForEver() {
        String unseen = "i-0123456789abcdef0";
        world.cluster().create(Policies.policy("tagged", "Enforce", "*", "instanceTags: {exclude: [{key: keep-out}]}"));
        world.startOperator();
        world.region().finding(FindingTemplate.bitcoinDns(unseen, "pool.example"));

        world.awaitPolicy(
                "tagged",
                "waits for the tags",
                policy -> policy.getStatus().sources().stream()
                        .anyMatch(source ->
                                String.valueOf(source.message()).contains("waits for the tags of " + unseen)));
        assertThat(world.quarantine(unseen)).isEmpty();

        world.elapse(Duration.ofMinutes(6));
        world.awaitPolicy(
                "tagged",
                "waits no more",
                policy -> policy.getStatus().sources().stream().allMatch(source -> source.message() == null));
        assertThat(world.quarantine(unseen)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"instanceTags: {exclude: [{key: keep-out}]}", ""})
    void anInstanceThatEc2HidesFromFiltersIsNotTakenForOneThatIsGone(String match) {
        String hidden = world.region()
                .instance("managed")
                .in(world.region().vpcOf(scene.vpc()))
                .hiddenByDefault()
                .launch()
                .id();
        longAgo(hidden);
        world.cluster().create(Policies.policy("watch", "DryRun", "*", match));

        world.startOperator();

        world.await(hidden, ConditionType.READY, Status.TRUE, "DryRun");
    }

    @ParameterizedTest
    @ValueSource(strings = {"instanceTags: {exclude: [{key: keep-out}]}", ""})
    void anEndpointThatFindsNothingSaysNothingOfAnInstance(String match) {
        longAgo(instance);
        world.simulator().faults().on("DescribeInstances").error("NotFound", 404, "no such page");
        world.cluster().create(Policies.policy("watch", "DryRun", "*", match));
        world.startOperator();
        world.awaitCalls("DescribeInstances", 0, 1);
        world.elapse(Duration.ofMinutes(1));

        world.simulator().faults().clear();

        world.await(instance, ConditionType.READY, Status.TRUE, "DryRun");
    }

    /** Longer ago than EC2 lags behind. */
    private void longAgo(String instanceId) {
        world.region()
                .finding(FindingTemplate.bitcoinDns(instanceId, "pool.example")
                        .at(world.clock().instant().minus(Duration.ofMinutes(20))));
    }

    @Test
    void aQuarantineThatNamesAnotherPlaceTakesNoFindings() {
        world.cluster().create("""
                apiVersion: ec2quarantine.io/v1alpha1
                kind: QuarantinedInstance
                metadata: {name: %s}
                spec: {instanceID: %s, region: eu-west-1, desiredState: Observed}
                """.formatted(instance, instance));
        world.cluster().create(Policies.workshop());
        world.startOperator();
        scene.compromise(world.world());

        world.awaitPolicy(
                "malicious-ip-callers",
                "says why",
                policy -> policy.getStatus().sources().stream()
                        .anyMatch(source -> String.valueOf(source.message())
                                .contains("the quarantine of that name says eu-west-1; delete that quarantine")));
        world.client().resources(QuarantinedInstance.class).withName(instance).delete();

        world.awaitVerified(instance);
    }

    @Test
    void anAttackSequenceOpensAQuarantineForEachOfItsInstances() {
        world.cluster().create(Policies.enforcing("sequences", "AttackSequence:EC2/*"));
        world.startOperator();

        world.region()
                .finding(FindingTemplate.attackSequence(scene.compromisedInstance2(), scene.compromisedInstance3()));

        world.awaitVerified(scene.compromisedInstance2());
        world.awaitVerified(scene.compromisedInstance3());
    }

    @Test
    void twoFindingsOnOneInstanceAreOneQuarantineWithTheMostSevereFirst() {
        world.cluster().create(Policies.enforcing("all", "*"));
        world.startOperator();
        scene.compromise(world.world());
        world.awaitVerified(instance);

        world.region().finding(FindingTemplate.bitcoinDns(instance, "pool.example"));

        QuarantinedInstance object = world.await(
                instance, "two findings", found -> found.getStatus().findings().size() == 2);
        assertThat(object.getSpec().findings())
                .hasSize(2)
                .extracting(FindingRef::source)
                .containsOnly("workshop");
        assertThat(object.getStatus().findings().getFirst().type()).isEqualTo("CryptoCurrency:EC2/BitcoinTool.B!DNS");
        assertThat(object.getStatus().findings())
                .extracting(each -> each.severity())
                .containsExactly("High", "Medium");
    }

    @Test
    void aQuarantineShowsNoFindingsThatOnlyAnEarlierOneOfItsInstanceWasOpenedFor() {
        world.cluster().create(Policies.enforcing("all", "*"));
        world.startOperator();
        scene.compromise(world.world());
        world.region().finding(FindingTemplate.bitcoinDns(instance, "pool.example"));
        world.await(
                instance, "two findings", found -> found.getStatus().findings().size() == 2);
        world.client().resources(IsolationPolicy.class).withName("all").delete();
        world.client().resources(QuarantinedInstance.class).withName(instance).delete();
        world.elapse(Duration.ofSeconds(30));

        world.cluster().create(Policies.policy("miners", "DryRun", "CryptoCurrency:*", ""));

        QuarantinedInstance object = world.await(instance, ConditionType.READY, Status.TRUE, "DryRun");
        assertThat(object.getStatus().findings())
                .extracting(FindingStatus::id)
                .containsExactly(object.getSpec().findings().getFirst().id());
    }

    @Test
    void aFindingThatGoesOnAfterTheIsolationIsStillActive() {
        world.cluster().create(Policies.workshop());
        world.startOperator();
        String finding = scene.compromise(world.world());
        world.awaitVerified(instance);
        world.elapse(Duration.ofSeconds(30));

        world.world().seenAgain(finding);

        QuarantinedInstance object = world.await(instance, ConditionType.CONNECTIONS_CUT, Status.FALSE, "StillActive");
        assertThat(object.getStatus().findings().getFirst().count()).isEqualTo(2);
        assertThat(isTrue(object, ConditionType.VERIFIED)).isTrue();
    }

    @Test
    void aQuarantineWrittenByHandWorksTheSame() {
        world.startOperator();

        world.cluster().create(byHand(instance));

        QuarantinedInstance object = world.awaitVerified(instance);
        assertThat(Responses.groupName(object.getStatus().response())).isEqualTo("ec2quarantine-isolation");
        assertThat(world.region().groupsOf(instance).values())
                .allSatisfy(groups -> assertThat(groups)
                        .containsExactly(
                                object.getStatus().isolationGroups().getFirst().groupID()));
    }

    @Test
    void aTerminatedInstanceEndsItsEpisodeAndIsNotRetried() {
        world.cluster().create(Policies.workshop());
        world.startOperator();
        scene.compromise(world.world());
        world.awaitVerified(instance);

        world.region().terminate(instance);

        QuarantinedInstance object = world.await(instance, ConditionType.READY, Status.TRUE, "InstanceTerminated");
        assertThat(object.getStatus().interfaces()).isNotEmpty();
        long mark = world.simulator().calls().mark();
        world.elapse(Duration.ofMinutes(5));
        assertThat(world.simulator().calls().since(mark))
                .allSatisfy(call -> assertThat(call.service()).isEqualTo("guardduty"));
    }

    @Test
    void editingAPolicyChangesNoOpenQuarantine() {
        world.cluster().create(Policies.workshop());
        world.startOperator();
        scene.compromise(world.world());
        QuarantinedInstance before = world.awaitVerified(instance);

        patchPolicy(
                "malicious-ip-callers",
                "{\"spec\":{\"mode\":\"DryRun\",\"response\":{\"isolation\":{\"securityGroupName\":\"Elsewhere\"}}}}");
        world.elapse(Duration.ofMinutes(3));
        world.client().resources(IsolationPolicy.class).delete();
        world.elapse(Duration.ofMinutes(3));

        QuarantinedInstance after = world.quarantine(instance).orElseThrow();
        assertThat(after.getStatus().response()).isEqualTo(before.getStatus().response());
        assertThat(after.getStatus().interfaces()).isEqualTo(before.getStatus().interfaces());
        assertThat(isTrue(after, ConditionType.VERIFIED)).isTrue();
    }

    private void approve(String name) {
        world.client()
                .resources(QuarantinedInstance.class)
                .withName(name)
                .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"desiredState\":\"Isolated\"}}");
    }

    private void patchPolicy(String name, String merge) {
        world.client()
                .resources(IsolationPolicy.class)
                .withName(name)
                .patch(PatchContext.of(PatchType.JSON_MERGE), merge);
    }

    private static String byHand(String instanceId) {
        return """
                apiVersion: ec2quarantine.io/v1alpha1
                kind: QuarantinedInstance
                metadata: {name: %s}
                spec: {instanceID: %s, region: us-west-2, desiredState: Isolated}
                """.formatted(instanceId, instanceId);
    }
}
