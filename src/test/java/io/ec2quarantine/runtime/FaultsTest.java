package io.ec2quarantine.runtime;

import static io.ec2quarantine.testing.OperatorWorld.condition;
import static io.ec2quarantine.testing.OperatorWorld.isTrue;
import static org.assertj.core.api.Assertions.assertThat;

import io.ec2quarantine.api.v1alpha1.Condition;
import io.ec2quarantine.api.v1alpha1.Condition.Status;
import io.ec2quarantine.api.v1alpha1.ConditionType;
import io.ec2quarantine.api.v1alpha1.IsolationPolicy;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceSpec.DesiredState;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.BaselineState;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.VerificationStatus;
import io.ec2quarantine.api.v1alpha1.Response;
import io.ec2quarantine.cluster.Responses;
import io.ec2quarantine.sim.FindingTemplate;
import io.ec2quarantine.sim.InterfaceBuilder;
import io.ec2quarantine.sim.RegionWorld;
import io.ec2quarantine.sim.WorkshopScene;
import io.ec2quarantine.status.Conditions;
import io.ec2quarantine.testing.OperatorWorld;
import io.ec2quarantine.testing.Policies;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes wrong is named, is tried again by itself, and loses nothing. */
class FaultsTest {
    private final OperatorWorld world = new OperatorWorld();
    private final WorkshopScene scene = WorkshopScene.build(world.world());
    private final String instance = scene.compromisedInstance();

    @AfterEach
    void end() {
        world.close();
    }

    @ParameterizedTest
    @CsvSource({
        "DescribeInstances,               STALLED,     Denied",
        "DescribeNetworkInterfaces,       STALLED,     Denied",
        "DescribeSecurityGroups,          STALLED,     Denied",
        "CreateSecurityGroup,             STALLED,     Denied",
        "RevokeSecurityGroupEgress,       STALLED,     Denied",
        "ModifyNetworkInterfaceAttribute, STALLED,     Denied",
    })
    void aDeniedCallIsNamedAndTheIsolationFollowsWhenItIsAllowed(String action, ConditionType type, String reason) {
        world.simulator().faults().on(action).deny();
        start();

        QuarantinedInstance object = world.await(instance, type, Status.TRUE, reason);
        assertThat(message(object, type)).contains("ec2:" + action).contains("allow it");
        assertThat(isTrue(object, ConditionType.VERIFIED)).isFalse();
        assertThat(isTrue(object, ConditionType.READY)).isFalse();

        world.simulator().faults().clear();
        world.awaitVerified(instance);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "DescribeInstances",
                "DescribeNetworkInterfaces",
                "DescribeSecurityGroups",
                "DescribeSecurityGroupRules",
                "CreateSecurityGroup",
                "RevokeSecurityGroupEgress",
                "ModifyNetworkInterfaceAttribute",
                "CreateTags",
                "DescribeInstanceAttribute",
                "ModifyInstanceAttribute",
                "ListDetectors",
                "GetDetector",
                "ListFindings",
                "GetFindings",
                "GetCallerIdentity"
            })
    void everyCallMayFailInEveryWayForAWhile(String action) {
        world.simulator().faults().on(action).times(1).throttle();
        world.simulator().faults().on(action).times(1).internalError();
        world.simulator().faults().on(action).times(1).dropConnection();
        world.simulator().faults().on(action).times(1).applyThenDrop();
        start();

        QuarantinedInstance object = world.awaitVerified(instance);

        assertThat(object.getStatus().interfaces()).singleElement().satisfies(each -> {
            assertThat(each.baseline()).containsExactly(scene.targetSecurityGroup());
            assertThat(each.baselineState()).isEqualTo(BaselineState.RECORDED);
        });
        assertThat(world.region().groups().stream().filter(group -> group.name().startsWith("Forensic")))
                .hasSize(1);
    }

    @Test
    void failingToTagOrToProtectNeverDelaysTheIsolation() {
        world.simulator().faults().on("CreateTags").deny();
        world.simulator().faults().on("ModifyInstanceAttribute").deny();
        start();

        QuarantinedInstance object = world.await(instance, ConditionType.EVIDENCE_PRESERVED, Status.FALSE, "Denied");

        assertThat(isTrue(object, ConditionType.READY)).isTrue();
        assertThat(isTrue(object, ConditionType.VERIFIED)).isTrue();
        world.simulator().faults().clear();
        world.awaitVerified(instance);
        assertThat(world.region().tagsOf(instance)).containsEntry("ec2quarantine.io/state", "isolated");
    }

    @Test
    void marksThatAreDeniedAreNamedAndTriedAgainAtTheSlowestPaceUntilTheyAreAllowed() {
        world.simulator().faults().on("CreateTags").deny();
        start();

        QuarantinedInstance object = world.await(instance, ConditionType.EVIDENCE_PRESERVED, Status.FALSE, "Denied");
        assertThat(message(object, ConditionType.EVIDENCE_PRESERVED))
                .contains("ec2:CreateTags")
                .contains("allow it");
        assertThat(isTrue(object, ConditionType.READY)).isTrue();

        world.elapse(Duration.ofMinutes(20));
        long mark = world.simulator().calls().mark();
        world.elapse(Duration.ofMinutes(30));
        assertThat(world.calls("CreateTags", mark))
                .as("every ten minutes the instance and its interface")
                .isBetween(2L * 2, 2L * 3);
        assertThat(world.calls("DescribeInstances", mark)).isLessThanOrEqualTo(3);

        world.simulator().faults().clear();
        world.elapse(Duration.ofMinutes(10));
        world.await(instance, ConditionType.EVIDENCE_PRESERVED, Status.TRUE, "TerminationProtected");
        assertThat(world.region().tagsOf(instance)).containsEntry("ec2quarantine.io/state", "isolated");
    }

    @Test
    void aRepairDoesNotWaitForWhatIsTriedAgainBesideTheIsolation() {
        world.simulator().faults().on("CreateTags").deny();
        start();
        world.await(instance, ConditionType.EVIDENCE_PRESERVED, Status.FALSE, "Denied");
        world.elapse(Duration.ofMinutes(20));
        String primary = world.region().interfacesOf(instance).getFirst().id();
        long mark = world.simulator().calls().mark();
        world.simulator()
                .faults()
                .on("ModifyNetworkInterfaceAttribute")
                .times(1)
                .internalError();

        world.region().setGroups(primary, scene.targetSecurityGroup());

        world.awaitCalls("ModifyNetworkInterfaceAttribute", mark, 1);
        Instant refused = world.clock().instant();
        world.awaitCalls("ModifyNetworkInterfaceAttribute", mark, 2);
        assertThat(world.clock().instant()).isBefore(refused.plusSeconds(5));
    }

    @Test
    void marksThatAreDeniedAfterEverythingWasDoneAreNamedToo() {
        start();
        world.await(instance, ConditionType.EVIDENCE_PRESERVED, Status.TRUE, "TerminationProtected");
        world.simulator().faults().on("CreateTags").deny();
        world.region().attach(instance, details -> details.groups(scene.targetSecurityGroup()));

        QuarantinedInstance object = world.await(instance, ConditionType.EVIDENCE_PRESERVED, Status.FALSE, "Denied");

        assertThat(message(object, ConditionType.EVIDENCE_PRESERVED)).contains("ec2:CreateTags");
    }

    @Test
    void anotherReasonIsToldAsAnEventThoughTheConditionHasStoodForHours() {
        world.cluster().create(Policies.workshop());
        world.simulator().faults().on("ListDetectors").deny();
        world.startOperator();
        world.awaitPolicy("malicious-ip-callers", "denied", policy -> says(policy, "Denied"));
        world.clock().advance(Duration.ofHours(2));
        world.simulator().faults().clear();
        world.region().withoutDetector();

        world.awaitPolicy("malicious-ip-callers", "without a detector", policy -> says(policy, "DetectorMissing"));

        world.elapse(Duration.ofMinutes(1));
        assertThat(events("DetectorMissing")).hasSize(1);
    }

    @Test
    void aPolicyThatDoesNotExistIsNamedAndTheDefaultResponseIsolatesAllTheSame() {
        world.startOperator();
        world.cluster().create(quarantine("Isolated", "no-such-policy"));

        QuarantinedInstance object = world.awaitVerified(instance);

        assertThat(object.getStatus().response()).isEqualTo(Responses.of(Optional.empty()));
        assertThat(message(object, ConditionType.READY))
                .contains("no-such-policy that spec.policyRef names does not exist")
                .contains("create it or correct spec.policyRef");
        world.elapse(Duration.ofMinutes(2));
        assertThat(events("PolicyNotFound")).singleElement().satisfies(event -> {
            assertThat(event.getType()).isEqualTo("Warning");
            assertThat(event.getNote()).contains("no-such-policy");
        });
    }

    @Test
    void aPolicyThatIsNotUnderstoodInFullIsolatesByHandAndSaysWhichFieldIsLeftOut() {
        world.startOperator();
        String policy = Policies.workshop()
                .replace("ForensicSecurityGroup}", "ForensicSecurityGroup, trackedConnections: NetworkAcl}");
        world.cluster().create(policy);
        world.cluster().create(quarantine("Isolated", "malicious-ip-callers"));

        QuarantinedInstance object = world.awaitVerified(instance);

        assertThat(Responses.groupName(object.getStatus().response()))
                .as("what is understood is carried out")
                .isEqualTo("ForensicSecurityGroup");
        assertThat(message(object, ConditionType.READY))
                .contains("The policy malicious-ip-callers that spec.policyRef names is not carried out in full")
                .contains("spec.response.isolation.trackedConnections is missing or has a value that this version")
                .contains("correct it or upgrade the operator");
        world.elapse(Duration.ofMinutes(2));
        assertThat(events("PolicyNotUnderstood")).singleElement().satisfies(event -> {
            assertThat(event.getType()).isEqualTo("Warning");
            assertThat(event.getNote()).contains("trackedConnections");
        });
    }

    @Test
    void aPolicyThatIsCorrectedCountsAsLongAsNothingIsIsolated() {
        world.startOperator();
        world.cluster()
                .create(Policies.workshop()
                        .replace("ForensicSecurityGroup}", "ForensicSecurityGroup, trackedConnections: NetworkAcl}"));
        world.cluster().create(quarantine("Observed", "malicious-ip-callers"));
        world.await(
                instance,
                "told that a field is not understood",
                object -> condition(object, ConditionType.READY)
                        .filter(ready -> ready.message().contains("trackedConnections"))
                        .isPresent());

        world.client()
                .resources(IsolationPolicy.class)
                .withName("malicious-ip-callers")
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"spec\":{\"response\":{\"isolation\":{\"trackedConnections\":\"Untrack\"}}}}");
        world.elapse(Duration.ofMinutes(1));
        world.desire(instance, DesiredState.ISOLATED);

        QuarantinedInstance object = world.awaitVerified(instance);
        assertThat(Responses.trackedConnections(object.getStatus().response()))
                .isEqualTo(Response.TrackedConnections.UNTRACK);
        assertThat(message(object, ConditionType.READY)).doesNotContain("not carried out in full");
    }

    @Test
    void aPolicyThatIsCreatedAfterItsQuarantineCountsAsLongAsNothingIsIsolated() {
        world.startOperator();
        world.cluster().create(quarantine("Observed", "malicious-ip-callers"));
        world.await(instance, ConditionType.READY, Status.FALSE, "AwaitingApproval");

        world.cluster().create(Policies.workshop());
        world.elapse(Duration.ofMinutes(1));
        world.desire(instance, DesiredState.ISOLATED);

        QuarantinedInstance object = world.awaitVerified(instance);
        assertThat(Responses.groupName(object.getStatus().response())).isEqualTo("ForensicSecurityGroup");
        assertThat(message(object, ConditionType.READY)).doesNotContain("does not exist");
    }

    @Test
    void nothingIsSaidOfAPolicyThatIsDeletedAfterItsResponseWasFrozen() {
        start();
        QuarantinedInstance before = world.awaitVerified(instance);
        world.client().resources(IsolationPolicy.class).delete();
        world.elapse(Duration.ofMinutes(10));

        QuarantinedInstance object = world.quarantine(instance).orElseThrow();
        assertThat(object.getStatus().response()).isEqualTo(before.getStatus().response());
        assertThat(message(object, ConditionType.READY)).doesNotContain("does not exist");
    }

    private String quarantine(String desiredState, String policy) {
        return """
                apiVersion: ec2quarantine.io/v1alpha1
                kind: QuarantinedInstance
                metadata: {name: %1$s}
                spec: {instanceID: %1$s, region: us-west-2, desiredState: %2$s, policyRef: {name: %3$s}}
                """.formatted(instance, desiredState, policy);
    }

    @Test
    void anInstanceThatDoesNotExistIsSaidToBeMissingAndNeverTakenForGone() {
        world.startOperator();
        world.cluster().create("""
                        apiVersion: ec2quarantine.io/v1alpha1
                        kind: QuarantinedInstance
                        metadata: {name: i-0123456789abcdef0}
                        spec: {instanceID: i-0123456789abcdef0, region: us-west-2, desiredState: Isolated}
                        """);

        QuarantinedInstance object =
                world.await("i-0123456789abcdef0", ConditionType.STALLED, Status.TRUE, "InstanceNotFound");

        assertThat(message(object, ConditionType.STALLED))
                .contains("i-0123456789abcdef0")
                .contains("us-west-2")
                .contains("check the id, the account and the Region");
        long mark = world.simulator().calls().mark();
        world.awaitCalls("DescribeInstances", mark, 2);
    }

    @Test
    void oneInterfaceThatRefusesDoesNotStopTheOthers() {
        String stubborn = world.region()
                .attach(
                        instance,
                        details -> details.groups(scene.targetSecurityGroup()).requesterManaged("amazon-elb"))
                .id();
        start();

        QuarantinedInstance object = world.await(instance, ConditionType.ISOLATED, Status.FALSE, "Partial");

        assertThat(message(object, ConditionType.ISOLATED))
                .contains("1 of 2 interfaces isolated")
                .contains(stubborn)
                .contains("amazon-elb");
        assertThat(condition(object, ConditionType.STALLED).orElseThrow().reason())
                .isEqualTo("Unsupported");
        assertThat(isTrue(object, ConditionType.VERIFIED)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatIsIsolatedButForAnInterfaceThatOnlyAwsCanChangeIsProtectedAndKeptSo(boolean withGroups) {
        Consumer<InterfaceBuilder> ofAws = withGroups
                ? details -> details.groups(scene.targetSecurityGroup()).requesterManaged("amazon-elb")
                : details -> details.type("efa-only");
        world.region().attach(instance, ofAws);
        start();
        world.await(instance, ConditionType.STALLED, Status.TRUE, "Unsupported");
        world.await(instance, ConditionType.EVIDENCE_PRESERVED, Status.TRUE, "TerminationProtected");
        assertThat(world.region().tagsOf(instance)).containsEntry("ec2quarantine.io/state", "isolated");
        world.elapse(Duration.ofMinutes(3));
        long mark = world.simulator().calls().mark();
        world.elapse(Duration.ofMinutes(10));
        assertThat(world.calls("DescribeInstances", mark))
                .as("looks while nothing changes")
                .isZero();
        String primary = world.region().interfacesOf(instance).getFirst().id();

        world.region().setGroups(primary, scene.targetSecurityGroup());

        world.await(
                instance,
                "repaired",
                object -> Optional.ofNullable(object.getStatus().verification())
                        .map(VerificationStatus::driftCount)
                        .equals(Optional.of(1)));
        assertThat(world.region().interfaceOf(primary).groups()).containsExactly(world.isolationGroup(instance));
        world.await(instance, ConditionType.STALLED, Status.TRUE, "Unsupported");
    }

    @Test
    void aLookAtWhatIsIsolatedThatIsThrottledSaysNothingOfWhatTheSweepsRead() {
        world.simulator().faults().on("CreateTags").deny();
        start();
        world.await(instance, ConditionType.EVIDENCE_PRESERVED, Status.FALSE, "Denied");
        world.simulator().faults().on("DescribeInstances").times(4).throttle();
        long mark = world.simulator().calls().mark();

        for (int step = 0; step < 20; step++) {
            world.elapse(Duration.ofSeconds(2));
            assertThat(condition(world.quarantine(instance).orElseThrow(), ConditionType.VERIFIED)
                            .orElseThrow())
                    .returns(Status.TRUE, Condition::status);
        }
        assertThat(world.calls("DescribeInstances", mark)).isPositive();
    }

    @Test
    void oneInterfaceThatIsDeniedIsNamedWhileTheOthersAreIsolated() {
        String other = world.region()
                .attach(instance, details -> details.groups(scene.targetSecurityGroup()))
                .id();
        world.simulator()
                .faults()
                .on("ModifyNetworkInterfaceAttribute")
                .param("NetworkInterfaceId", other)
                .deny();
        start();

        QuarantinedInstance object = world.await(instance, ConditionType.ISOLATED, Status.FALSE, "Partial");

        assertThat(message(object, ConditionType.ISOLATED)).contains(other);
        assertThat(message(object, ConditionType.STALLED)).contains(other).contains("denied");
        world.simulator().faults().clear();
        world.awaitVerified(instance);
    }

    @Test
    void anInstanceOfAnotherAccountStaysOnRecordUntilItCanBeReached() {
        RegionWorld region = world.world().account("999999999999").region(OperatorWorld.REGION);
        String foreign = region.instance("elsewhere").in(region.vpc()).launch().id();
        world.cluster().create(Policies.enforcing("all", "*"));
        world.startOperator();

        world.region()
                .finding(FindingTemplate.bitcoinDns(foreign, "pool.example")
                        .edited(json -> json.put("accountId", "999999999999")));

        QuarantinedInstance object = world.await(foreign, ConditionType.STALLED, Status.TRUE, "Denied");
        assertThat(message(object, ConditionType.STALLED))
                .contains("999999999999")
                .contains(OperatorWorld.ACCOUNT);
    }

    @Test
    void aRegionWithoutADetectorIsNamedAndTheOthersGoOn() {
        world.world().account(OperatorWorld.ACCOUNT).region("eu-west-1").withoutDetector();
        world.world().account(OperatorWorld.ACCOUNT).region("eu-west-3").suspendDetector();
        world.cluster().create(Policies.workshop().replace("[us-west-2]", "[eu-west-1, eu-west-3, us-west-2]"));
        world.startOperator();

        scene.compromise(world.world());

        world.awaitVerified(instance);
        IsolationPolicy policy = world.awaitPolicy(
                "malicious-ip-callers",
                "with all sources polled",
                object -> object.getStatus().sources().stream().allMatch(source -> source.lastPollTime() != null));
        assertThat(policy.getStatus().sources())
                .extracting(source -> Optional.ofNullable(source.message()).orElse("fine"))
                .anySatisfy(message -> assertThat(message).contains("not enabled in eu-west-1"))
                .anySatisfy(message -> assertThat(message).contains("suspended in eu-west-3"))
                .contains("fine");
        assertThat(Conditions.find(policy.getStatus().conditions(), ConditionType.SOURCES_REACHABLE))
                .hasValueSatisfying(found -> assertThat(found.status()).isEqualTo(Status.FALSE));
    }

    @Test
    void aRegionThatIsMisspeltIsDoubtedByItsName() {
        world.cluster().create(Policies.workshop().replace("[us-west-2]", "[us-wets-2, us-west-2]"));
        world.startOperator();

        IsolationPolicy policy =
                world.awaitPolicy("malicious-ip-callers", "told", object -> says(object, "Unreachable"));

        assertThat(Conditions.find(policy.getStatus().conditions(), ConditionType.SOURCES_REACHABLE)
                        .orElseThrow()
                        .message())
                .contains("us-wets-2 is no Region that this version knows; did you mean us-west-2?");
    }

    @Test
    void aDetectorThatIsDeletedIsSaidToBeMissingByTheNextPoll() {
        world.cluster().create(Policies.workshop());
        world.startOperator();
        world.awaitPolicy(
                "malicious-ip-callers",
                "watching",
                policy -> Conditions.isTrue(policy.getStatus().conditions(), ConditionType.SOURCES_REACHABLE));
        world.region().withoutDetector();
        long mark = world.simulator().calls().mark();

        world.awaitCalls("ListFindings", mark, 1);

        world.awaitPolicy("malicious-ip-callers", "without a detector", policy -> says(policy, "DetectorMissing"));
        assertThat(world.calls("ListFindings", mark)).isEqualTo(1);
    }

    @Test
    void aSourceThatIsMendedReadsWhatCameInMeanwhile() {
        world.simulator().faults().on("ListFindings").deny();
        world.cluster().create(Policies.workshop());
        world.startOperator();
        scene.compromise(world.world());
        IsolationPolicy policy = world.awaitPolicy("malicious-ip-callers", "denied", object -> says(object, "Denied"));
        assertThat(policy.getStatus().sources().getFirst().message()).contains("guardduty:ListFindings");
        world.elapse(Duration.ofMinutes(20));

        world.simulator().faults().clear();

        world.awaitVerified(instance);
    }

    @Test
    void aPageThatFailsIsReadAgainAndLosesNothing() {
        world.world().pageSize(2);
        List<String> instances =
                List.of(scene.compromisedInstance(), scene.compromisedInstance2(), scene.compromisedInstance3());
        instances.forEach(id -> world.region().finding(FindingTemplate.bitcoinDns(id, "pool.example")));
        world.simulator().faults().on("ListFindings").fromPage(2).times(2).internalError();
        world.cluster().create(Policies.enforcing("all", "*"));

        world.startOperator();

        instances.forEach(world::awaitVerified);
    }

    @Test
    void anInterfaceInAnIsolationGroupBeforeAnyBaselineHasAnUnknownOne() {
        start();
        world.awaitVerified(instance);
        world.client().resources(QuarantinedInstance.class).withName(instance).delete();

        world.cluster().create(byHand(instance));

        QuarantinedInstance object = world.awaitVerified(instance);
        assertThat(object.getStatus().interfaces()).singleElement().satisfies(each -> {
            assertThat(each.baseline()).isEmpty();
            assertThat(each.baselineState()).isEqualTo(BaselineState.UNKNOWN);
        });
    }

    @Test
    void aQuarantineThatIsDeletedAndMadeAnewAtOnceIsNeverForgotten() throws InterruptedException {
        start();
        world.awaitVerified(instance);

        for (int time = 0; time < 10; time++) {
            Thread successor = Thread.startVirtualThread(() -> createAsSoonAsPossible(byHand(instance)));
            world.client()
                    .resources(QuarantinedInstance.class)
                    .withName(instance)
                    .delete();
            successor.join();

            world.awaitVerified(instance);
        }
    }

    @Test
    void readsThatAreOldForAWhileEndInTheSameState() {
        world.world().staleReads(3);
        start();

        QuarantinedInstance object = world.awaitVerified(instance);

        String group = object.getStatus().isolationGroups().getFirst().groupID();
        assertThat(world.region().groupsOf(instance).values()).containsOnly(List.of(String.valueOf(group)));
        assertThat(world.region().groups().stream().filter(found -> found.name().startsWith("Forensic")))
                .hasSize(1);
    }

    /** Why not every source is reachable. */
    private static boolean says(IsolationPolicy policy, String reason) {
        return Conditions.find(policy.getStatus().conditions(), ConditionType.SOURCES_REACHABLE)
                .filter(found -> found.reason().equals(reason))
                .isPresent();
    }

    private List<Event> events(String reason) {
        return world.client().events().v1().events().inNamespace("default").list().getItems().stream()
                .filter(event -> event.getReason().equals(reason))
                .toList();
    }

    private void start() {
        world.cluster().create(Policies.workshop());
        world.startOperator();
        scene.compromise(world.world());
    }

    private void createAsSoonAsPossible(String yaml) {
        for (boolean created = false; !created; ) {
            try {
                world.cluster().create(yaml);
                created = true;
            } catch (KubernetesClientException stillThere) {
                assertThat(stillThere.getCode()).isEqualTo(HttpURLConnection.HTTP_CONFLICT);
            }
        }
    }

    private static String byHand(String instance) {
        return """
                apiVersion: ec2quarantine.io/v1alpha1
                kind: QuarantinedInstance
                metadata: {name: %s}
                spec: {instanceID: %s, region: us-west-2, desiredState: Isolated, policyRef: {name: malicious-ip-callers}}
                """.formatted(instance, instance);
    }

    private static String message(QuarantinedInstance object, ConditionType type) {
        return condition(object, type).map(Condition::message).orElse("");
    }
}
