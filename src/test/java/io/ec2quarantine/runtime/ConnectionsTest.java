package io.ec2quarantine.runtime;

import static io.ec2quarantine.testing.OperatorWorld.condition;
import static io.ec2quarantine.testing.OperatorWorld.isTrue;
import static org.assertj.core.api.Assertions.assertThat;

import io.ec2quarantine.api.v1alpha1.Condition;
import io.ec2quarantine.api.v1alpha1.Condition.Status;
import io.ec2quarantine.api.v1alpha1.ConditionType;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceSpec.DesiredState;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.AddressChange;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.Changes;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.InterfaceStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.OpenedInterface;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.TimeoutChange;
import io.ec2quarantine.core.WriteHooks;
import io.ec2quarantine.sim.Call;
import io.ec2quarantine.sim.FindingTemplate;
import io.ec2quarantine.sim.Flows.Flow;
import io.ec2quarantine.sim.Flows.Path;
import io.ec2quarantine.sim.Model.Group;
import io.ec2quarantine.sim.Model.Interface;
import io.ec2quarantine.sim.RegionWorld;
import io.ec2quarantine.sim.WorkshopScene;
import io.ec2quarantine.status.QuarantineReading;
import io.ec2quarantine.testing.Eventually;
import io.ec2quarantine.testing.OperatorWorld;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an isolation does about connections that were open before it, and that nothing of it outlives its time. */
class ConnectionsTest {
    private static final String ADDRESS = "198.18.7.7";

    private final OperatorWorld world = new OperatorWorld();
    private final RegionWorld region = world.region();
    private final WorkshopScene scene = WorkshopScene.build(world.world());
    private final String instance = scene.compromisedInstance();
    private final String primary = region.interfacesOf(instance).getFirst().id();

    @AfterEach
    void end() {
        world.close();
    }

    @Test
    void aSwapAloneLeavesWhatIsTrackedAndSaysSo() {
        Flow flow = region.connect(primary, Path.INSIDE);

        isolate("");

        assertThat(region.isAlive(flow)).isTrue();
        assertThat(connections().reason()).isEqualTo("TrackedConnectionsMayPersist");
    }

    @Test
    void untrackEndsWhatHasTrafficAndNothingOfTheOpeningIsLeft() {
        Flow inside = region.connect(primary, Path.INSIDE);
        Flow throughNat = region.connect(primary, Path.NAT_GATEWAY);

        isolate("trackedConnections: Untrack");

        assertThat(region.isAlive(inside)).isFalse();
        assertThat(region.isAlive(throughNat)).isTrue();
        assertThat(connections().status()).isEqualTo(Status.UNKNOWN);
        assertThat(connections().reason()).isEqualTo("Untracked");
        assertThat(connections().message()).contains("NAT gateways");
        assertThat(openings()).singleElement().satisfies(each -> {
            assertThat(each.interfaceID()).isEqualTo(primary);
            assertThat(each.groupID()).startsWith("sg-");
            assertThat(Duration.between(each.openedTime(), each.closedTime()))
                    .isBetween(Duration.ofSeconds(5), Duration.ofSeconds(20));
        });
        assertNothingIsLeftOpen();
        assertThat(baseline()).containsExactly(scene.targetSecurityGroup());
        assertThat(object().getMetadata().getFinalizers()).isEmpty();
    }

    @Test
    void anInterfaceIsWrittenDownBeforeItIsOpenedAndTheIsolationIsReadyForIt() {
        isolate("trackedConnections: Untrack");

        assertThat(world.simulator().calls().all().stream()
                        .filter(call -> call.action()
                                .matches("(Create|Delete)SecurityGroup|ModifyNetwork.*|Authorize.*|Revoke.*"))
                        .map(Call::action))
                .containsExactly(
                        "CreateSecurityGroup",
                        "RevokeSecurityGroupEgress",
                        "CreateSecurityGroup",
                        "AuthorizeSecurityGroupIngress",
                        "AuthorizeSecurityGroupEgress",
                        "ModifyNetworkInterfaceAttribute",
                        "ModifyNetworkInterfaceAttribute",
                        "DeleteSecurityGroup");
    }

    @Test
    void whatCannotBeOpenedIsIsolatedAtOnce() {
        world.simulator().faults().on("AuthorizeSecurityGroupIngress").deny();
        Flow flow = region.connect(primary, Path.INSIDE);
        begin("trackedConnections: Untrack");

        Eventually.holds(
                "the isolation, without any time that goes by",
                () -> !region.interfaceOf(primary).groups().equals(List.of(scene.targetSecurityGroup())),
                () -> {},
                () -> world.simulator().calls().all().toString());
        world.awaitVerified(instance);
        assertThat(region.isAlive(flow)).isTrue();
        assertThat(connections().reason()).isEqualTo("TrackedConnectionsMayPersist");
        assertNothingIsLeftOpen();
    }

    @Test
    void whoIsAskedToApproveIsToldThatInterfacesWouldBeOpen() {
        create("trackedConnections: Untrack", instance, DesiredState.OBSERVED);
        world.startOperator();

        QuarantinedInstance observed = world.await(instance, ConditionType.READY, Status.FALSE, "AwaitingApproval");
        assertThat(condition(observed, ConditionType.READY).orElseThrow().message())
                .contains("open " + primary + " to everybody for 5 seconds");
    }

    @Test
    void anInstanceThatDoesNotRunHasNothingToUntrackAndIsNotOpened() {
        region.stop(instance);

        isolate("trackedConnections: Untrack");

        assertThat(openings()).isEmpty();
        assertNothingIsLeftOpen();
    }

    @Test
    void whatWasIsolatedIsNeverOpenedAgainWhateverSomebodyDoesToIt() {
        isolate("trackedConnections: Untrack");
        List<OpenedInterface> before = openings();
        long mark = world.simulator().calls().mark();

        region.setGroups(primary, scene.targetSecurityGroup());
        region.attach(instance, details -> details.groups(scene.targetSecurityGroup()));
        world.await(
                instance,
                "drifted",
                object -> Optional.ofNullable(object.getStatus().verification())
                        .filter(each -> Objects.equals(each.driftCount(), 1))
                        .isPresent());
        world.awaitVerified(instance);

        assertThat(openings()).isEqualTo(before);
        assertThat(world.calls("AuthorizeSecurityGroupIngress", mark)).isZero();
        assertNothingIsLeftOpen();
    }

    @Test
    void anObjectThatIsDeletedWhileItsInstanceIsOpenIsClosedFirst() {
        Flow flow = region.connect(primary, Path.INSIDE);
        begin("trackedConnections: Untrack");
        world.await(
                instance,
                "opened",
                object -> !region.interfaceOf(primary).groups().equals(List.of(scene.targetSecurityGroup())));

        world.client().resources(QuarantinedInstance.class).withName(instance).delete();
        world.awaitGone(instance);

        assertThat(region.isAlive(flow)).isFalse();
        assertNothingIsLeftOpen();
    }

    @Test
    void aGroupThatCouldNotBeDeletedGoesWithTheNextSweep() {
        world.simulator().faults().on("DeleteSecurityGroup").times(1).internalError();
        isolate("trackedConnections: Untrack");

        world.elapse(Duration.ofSeconds(130));

        assertNothingIsLeftOpen();
    }

    @Test
    void aGroupThatCanNeitherBeDeletedNorEmptiedIsToldAndTriedAgainUntilItCan() {
        begin("trackedConnections: Untrack");
        world.await(
                instance,
                "opened",
                object -> !region.interfaceOf(primary).groups().equals(List.of(scene.targetSecurityGroup())));
        world.simulator().faults().on("DeleteSecurityGroup").deny();
        world.simulator().faults().on("RevokeSecurityGroupIngress").deny();
        world.awaitVerified(instance);

        awaitConnections("CutIncomplete");
        assertThat(connections().message())
                .contains("ec2:RevokeSecurityGroupIngress")
                .contains("denied");
        world.elapse(Duration.ofMinutes(12));
        assertThat(connections().reason()).as("said as long as it lasts").isEqualTo("CutIncomplete");

        world.simulator().faults().clear();
        awaitConnections("Untracked");
        world.elapse(Duration.ofMinutes(1));
        assertNothingIsLeftOpen();
    }

    @Test
    void aGroupThatSomebodyHasJoinedOpensNothingAnyMoreAndIsLookedForEverMoreSeldom() {
        begin("trackedConnections: Untrack");
        world.await(
                instance,
                "opened",
                object -> !region.interfaceOf(primary).groups().equals(List.of(scene.targetSecurityGroup())));
        String opening = region.interfaceOf(primary).groups().getFirst();
        String stranger =
                region.interfacesOf(scene.compromisedInstance2()).getFirst().id();
        region.setGroups(stranger, opening);
        world.awaitVerified(instance);
        assertThat(region.groupOf(opening).rules()).isEmpty();
        world.elapse(Duration.ofHours(2));
        long mark = world.simulator().calls().mark();

        world.elapse(Duration.ofHours(2));

        assertThat(world.calls("DeleteSecurityGroup", mark)).isBetween(1L, 3L);
        region.setGroups(stranger, scene.targetSecurityGroup());
        world.elapse(Duration.ofHours(2));
        assertNothingIsLeftOpen();
    }

    @Test
    void anOpenInterfaceThatCannotBeMovedAnyMoreIsIsolatedWhereItIs() {
        begin("trackedConnections: Untrack");
        world.await(
                instance,
                "opened",
                object -> !region.interfaceOf(primary).groups().equals(List.of(scene.targetSecurityGroup())));
        world.simulator().faults().on("ModifyNetworkInterfaceAttribute").deny();

        world.await(
                instance,
                "in a group without rules",
                object -> region.groupOf(region.interfaceOf(primary).groups().getFirst())
                        .rules()
                        .isEmpty());
        world.simulator().faults().clear();
        world.awaitVerified(instance);
        world.elapse(Duration.ofSeconds(130));
        assertNothingIsLeftOpen();
    }

    @Test
    void anElasticAddressIsTakenOffAfterTheSwapAndGivenBackWithTheRelease() {
        String allocation = region.elasticAddress(instance, ADDRESS);
        Flow outside = region.connect(primary, Path.PUBLIC_ADDRESS);
        Flow inside = region.connect(primary, Path.INSIDE);

        isolate("publicAddress: Disassociate");
        awaitConnections("PublicAddressTakenOff");

        assertThat(region.publicIpOf(instance)).isEmpty();
        assertThat(region.isAlive(outside)).isFalse();
        assertThat(region.isAlive(inside)).isTrue();
        assertThat(connections().message()).contains(ADDRESS, "IPv6");
        assertThat(changes().addresses())
                .containsExactly(new AddressChange(
                        primary, ADDRESS, region.interfaceOf(primary).privateIp(), allocation));
        assertThat(actions("ModifyNetworkInterfaceAttribute", "DescribeNetworkInterfaces", "DisassociateAddress"))
                .containsSubsequence(
                        "ModifyNetworkInterfaceAttribute", "DescribeNetworkInterfaces", "DisassociateAddress");

        release();
        assertThat(region.publicIpOf(instance)).contains(ADDRESS);
    }

    @Test
    void anElasticAddressThatIsInUseElsewhereIsLeftThereAndTold() {
        String allocation = region.elasticAddress(instance, ADDRESS);
        isolate("publicAddress: Disassociate");
        awaitConnections("PublicAddressTakenOff");
        region.moveAddress(allocation, scene.compromisedInstance2());

        release();

        assertThat(region.publicIpOf(scene.compromisedInstance2())).contains(ADDRESS);
        assertThat(timeline()).contains(ADDRESS + " of " + primary + " is in use elsewhere and was left there");
    }

    @Test
    void anAutomaticAddressIsReplacedByAnotherAndThatIsTold() {
        String other = region.instance("with an automatic address")
                .in(region.vpcOf(scene.vpc()))
                .groups(scene.targetSecurityGroup())
                .firstInterface(first -> first.publicAddress(ADDRESS))
                .launch()
                .id();
        begin("publicAddress: Disassociate", other);
        world.awaitVerified(other);
        world.await(other, ConditionType.CONNECTIONS_CUT, Status.UNKNOWN, "PublicAddressTakenOff");
        assertThat(region.publicIpOf(other)).isEmpty();

        world.desire(other, DesiredState.RELEASED);
        world.await(other, ConditionType.READY, Status.TRUE, "Released");

        assertThat(region.publicIpOf(other)).isPresent().isNotEqualTo(Optional.of(ADDRESS));
        assertThat(timeline(other)).contains("another public address, for " + ADDRESS + " was automatic");
    }

    @Test
    void anAddressThatMayNotBeTakenOffIsToldAndTriedAgain() {
        region.elasticAddress(instance, ADDRESS);
        world.simulator().faults().on("DisassociateAddress").deny();

        isolate("publicAddress: Disassociate");
        awaitConnections("CutIncomplete");

        assertThat(connections().message()).contains("ec2:DisassociateAddress");
        assertThat(isTrue(object(), ConditionType.READY)).isTrue();
        world.simulator().faults().clear();
        awaitConnections("PublicAddressTakenOff");
    }

    @Test
    void idleTimeoutsAreShortenedAndSetAgainWithTheRelease() {
        isolate("idleTimeouts: Shorten");
        awaitConnections("IdleTimeoutsShortened");

        assertThat(timeouts()).isEqualTo("60/60/30");
        assertThat(changes().idleTimeouts()).containsExactly(new TimeoutChange(primary, null, null, null));

        release();
        assertThat(timeouts()).isEqualTo("432000/180/30");
    }

    @Test
    void idleTimeoutsThatAnInterfaceDoesNotKnowAreToldAndNotAskedForAgain() {
        world.simulator()
                .faults()
                .on("ModifyNetworkInterfaceAttribute")
                .param("ConnectionTrackingSpecification.TcpEstablishedTimeout", "60")
                .error("UnsupportedOperation", 400, "The instance type does not support connection tracking settings.");
        isolate("idleTimeouts: Shorten");
        awaitConnections("CutIncomplete");
        long mark = world.simulator().calls().mark();

        world.elapse(Duration.ofMinutes(15));

        assertThat(world.calls("ModifyNetworkInterfaceAttribute", mark)).isZero();
        assertThat(connections().message()).contains("does not support");
        assertThat(isTrue(object(), ConditionType.READY)).isTrue();
    }

    @Test
    void activityAfterTheIsolationPagesAlsoWhereItIsTheSameFindingThatIsUpdated() {
        FindingTemplate finding = FindingTemplate.maliciousIpCallerCustom(
                        instance, scene.maliciousIp(), "Custom-Threat-List")
                .id("0123456789abcdef0123456789abcdef");
        region.finding(finding);
        begin("");
        world.awaitVerified(instance);
        assertThat(connections().reason()).isEqualTo("TrackedConnectionsMayPersist");

        world.elapse(Duration.ofMinutes(2));
        world.world().seenAgain("0123456789abcdef0123456789abcdef");

        world.await(instance, ConditionType.CONNECTIONS_CUT, Status.FALSE, "StillActive");
        // Told right after the status is written.
        Eventually.holds("the event", () -> events().contains("StillActive"), () -> {}, () -> events().toString());
    }

    private List<String> events() {
        return world.client().events().v1().events().inNamespace("default").list().getItems().stream()
                .map(Event::getReason)
                .toList();
    }

    @Test
    void aGroupThatOpensOutlivesNoStepInTheSecondEpisodeOfOneProcessEither() {
        isolate("trackedConnections: Untrack");
        world.elapse(Duration.ofSeconds(130));
        release();
        world.elapse(Duration.ofSeconds(130));
        world.simulator().faults().on("DeleteSecurityGroup").times(1).internalError();
        isolateAgain();

        world.elapse(Duration.ofMinutes(30));

        assertThat(region.groups()).extracting(Group::name).noneMatch(name -> name.contains("untrack"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "isolation: {securityGroupName: ForensicSecurityGroup, trackedConnections: Untrack}",
                "isolation: {securityGroupName: ForensicSecurityGroup}, onDelete: Restore"
            })
    void whatCannotBeHeldIsIsolatedWithoutBeingOpened(String response) {
        world.cluster().create(policy("cutting", response));
        world.cluster().create(quarantine("cutting"));
        Flow flow = region.connect(primary, Path.INSIDE);
        world.startOperator(refusing("finalizer of"));

        world.awaitVerified(instance);

        assertThat(region.isAlive(flow)).isTrue();
        assertNothingIsLeftOpen();
    }

    @Test
    void anInstanceThatAnEarlierQuarantineLeftInAnExistingGroupIsNeverOpened() {
        Group existing =
                region.securityGroup(region.vpcOf(region.interfaceOf(primary).vpc()), "cage");
        region.removeRules(existing.id());
        isolate("existingGroups: [{vpcID: " + existing.vpc() + ", groupID: " + existing.id() + "}]");
        world.elapse(Duration.ofMinutes(2));
        world.client().resources(QuarantinedInstance.class).withName(instance).delete();
        world.awaitGone(instance);
        assertThat(region.interfaceOf(primary).groups()).containsExactly(existing.id());
        world.cluster()
                .create(policy(
                        "opening",
                        "isolation: {securityGroupName: ForensicSecurityGroup, trackedConnections: Untrack}"));
        world.cluster().create(quarantine("opening"));

        world.awaitVerified(instance);

        assertThat(actions("AuthorizeSecurityGroupIngress", "AuthorizeSecurityGroupEgress"))
                .isEmpty();
    }

    @Test
    void nothingThatAnotherOperatorIsolatedAndVerifiedIsOpenedByALateCall() {
        create("trackedConnections: Untrack", instance, DesiredState.ISOLATED);
        AtomicBoolean begun = new AtomicBoolean();
        CompletableFuture<Integer> rulesAfterTheLateCall = new CompletableFuture<>();
        world.startOperator(new WriteHooks() {
            @Override
            public void before(Write write) {
                if (write.action().equals("ec2:ModifyNetworkInterfaceAttribute") && begun.compareAndSet(false, true)) {
                    world.startOperator();
                    Eventually.holds(
                            "the other operator's isolation",
                            () -> isTrue(object(), ConditionType.VERIFIED),
                            () -> world.elapse(Duration.ofSeconds(1)),
                            () -> object().toString());
                }
            }

            @Override
            public void after(Write write) {
                if (begun.get() && write.action().equals("ec2:ModifyNetworkInterfaceAttribute")) {
                    rulesAfterTheLateCall.complete(region.interfaceOf(primary).groups().stream()
                            .mapToInt(group -> region.groupOf(group).rules().size())
                            .sum());
                }
            }
        });

        Eventually.holds("the late call", rulesAfterTheLateCall::isDone, () -> {}, () -> object().toString());

        assertThat(rulesAfterTheLateCall).isCompletedWithValue(0);
    }

    @Test
    void whatWasRefusedInOneEpisodeIsAskedForInTheNext() {
        world.simulator()
                .faults()
                .on("ModifyNetworkInterfaceAttribute", call -> call.toString().contains("ConnectionTracking"))
                .error("IncorrectState", 400, "not now");
        begin("idleTimeouts: Shorten");
        awaitConnections("CutIncomplete");
        assertThat(connections().message()).contains("it is asked for again with the next isolation");
        world.simulator().faults().clear();
        release();
        world.elapse(Duration.ofMinutes(3));

        isolateAgain();

        awaitConnections("IdleTimeoutsShortened");
    }

    private void isolateAgain() {
        world.desire(instance, DesiredState.ISOLATED);
        world.await(
                instance,
                "the second episode",
                each -> QuarantineReading.episodeNumber(each.getStatus()) == 2 && isTrue(each, ConditionType.VERIFIED));
    }

    private static WriteHooks refusing(String target) {
        return new WriteHooks() {
            @Override
            public void before(Write write) {
                if (write.target().startsWith(target)) {
                    throw new KubernetesClientException("an admission webhook denied the request");
                }
            }

            @Override
            public void after(Write write) {}
        };
    }

    private String quarantine(String policy) {
        return """
                apiVersion: ec2quarantine.io/v1alpha1
                kind: QuarantinedInstance
                metadata: {name: %1$s}
                spec: {instanceID: %1$s, region: us-west-2, desiredState: Isolated, policyRef: {name: %2$s}}
                """.formatted(instance, policy);
    }

    private static String policy(String name, String response) {
        return """
                apiVersion: ec2quarantine.io/v1alpha1
                kind: IsolationPolicy
                metadata: {name: %s}
                spec:
                  mode: Enforce
                  sources: [{name: workshop, regions: [us-west-2]}]
                  match: {findingTypes: ["*"]}
                  response: {%s}
                """.formatted(name, response);
    }

    private void isolate(String options) {
        begin(options);
        world.awaitVerified(instance);
    }

    private void begin(String options) {
        begin(options, instance);
    }

    private void begin(String options, String id) {
        create(options, id, DesiredState.ISOLATED);
        world.startOperator();
    }

    private void create(String options, String id, DesiredState desired) {
        world.cluster().create("""
                apiVersion: ec2quarantine.io/v1alpha1
                kind: IsolationPolicy
                metadata: {name: cutting}
                spec:
                  mode: Enforce
                  sources: [{name: workshop, regions: [us-west-2]}]
                  match: {findingTypes: ["*"]}
                  response: {isolation: {securityGroupName: ForensicSecurityGroup%s}}
                """.formatted(options.isEmpty() ? "" : ", " + options));
        world.cluster().create("""
                apiVersion: ec2quarantine.io/v1alpha1
                kind: QuarantinedInstance
                metadata: {name: %1$s}
                spec: {instanceID: %1$s, region: us-west-2, desiredState: %2$s, policyRef: {name: cutting}}
                """.formatted(id, desired == DesiredState.OBSERVED ? "Observed" : "Isolated"));
    }

    private void release() {
        world.desire(instance, DesiredState.RELEASED);
        world.await(instance, ConditionType.READY, Status.TRUE, "Released");
    }

    private void assertNothingIsLeftOpen() {
        assertThat(region.groups()).extracting(Group::name).noneMatch(name -> name.contains("untrack"));
        assertThat(region.interfacesOf(instance))
                .flatExtracting(Interface::groups)
                .allSatisfy(group -> assertThat(region.groupOf(group).rules()).isEmpty());
    }

    private void awaitConnections(String reason) {
        world.await(instance, ConditionType.CONNECTIONS_CUT, Status.UNKNOWN, reason);
    }

    private QuarantinedInstance object() {
        return world.quarantine(instance).orElseThrow();
    }

    private Condition connections() {
        return condition(object(), ConditionType.CONNECTIONS_CUT).orElseThrow();
    }

    private Changes changes() {
        return Optional.ofNullable(object().getStatus().changes()).orElseGet(Changes::none);
    }

    private List<OpenedInterface> openings() {
        return changes().opened();
    }

    private List<String> baseline() {
        return object().getStatus().interfaces().stream()
                .filter(each -> each.id().equals(primary))
                .map(InterfaceStatus::baseline)
                .findFirst()
                .orElseThrow();
    }

    private String timeouts() {
        var tracking = region.interfaceOf(primary).tracking();
        return tracking.tcpEstablished().orElse(0) + "/" + tracking.udpStream().orElse(0) + "/"
                + tracking.udp().orElse(0);
    }

    private String timeline() {
        return timeline(instance);
    }

    private String timeline(String id) {
        return world.quarantine(id).orElseThrow().getStatus().timeline().toString();
    }

    private List<String> actions(String... wanted) {
        return world.simulator().calls().all().stream()
                .map(Call::action)
                .filter(List.of(wanted)::contains)
                .toList();
    }
}
