package io.ec2quarantine.runtime;

import static io.ec2quarantine.testing.OperatorWorld.condition;
import static io.ec2quarantine.testing.OperatorWorld.isTrue;
import static org.assertj.core.api.Assertions.assertThat;

import io.ec2quarantine.api.v1alpha1.Condition;
import io.ec2quarantine.api.v1alpha1.Condition.Status;
import io.ec2quarantine.api.v1alpha1.ConditionType;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceSpec.DesiredState;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.AutoScalingChange;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.Changes;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.Episode;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.EvidenceStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.Impact;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.ProfileChange;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.TargetChange;
import io.ec2quarantine.core.WriteHooks;
import io.ec2quarantine.sim.Call;
import io.ec2quarantine.sim.FindingTemplate;
import io.ec2quarantine.sim.Model.Group;
import io.ec2quarantine.sim.Model.Vpc;
import io.ec2quarantine.sim.RegionWorld;
import io.ec2quarantine.testing.OperatorWorld;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is kept of an instance once its isolation was read back, and what a release undoes of that. */
class PreservationTest {
    private static final String PROFILE = "arn:aws:iam::111122223333:instance-profile/web";
    private static final String EVERYTHING = "{instanceProfile: Disassociate}";
    private static final Set<String> STEPS = Set.of(
            "DetachInstances",
            "EnterStandby",
            "DeregisterTargets",
            "CreateSnapshots",
            "DisassociateIamInstanceProfile");

    private final OperatorWorld world = new OperatorWorld();
    private final RegionWorld region = world.region();
    private final Vpc vpc = region.vpc();
    private final Group web = region.securityGroup(vpc, "web");
    private final String instance = region.instance("web-1")
            .in(vpc)
            .groups(web)
            .firstInterface(first -> first.privateIp("10.0.7.7"))
            .volume("/dev/xvda")
            .volume("/dev/sdf")
            .instanceProfile(PROFILE)
            .launch()
            .id();
    private final String neighbour =
            region.instance("web-2").in(vpc).groups(web).launch().id();
    private final String targets = region.loadBalancing().targetGroup("web", vpc);
    private final String addresses = region.loadBalancing().targetGroup("addresses", vpc, "ip");

    PreservationTest() {
        region.scaling().group("web-asg", 5, List.of(instance, neighbour), targets);
        region.loadBalancing().register(targets, instance, 8080);
        region.loadBalancing().register(addresses, "10.0.7.7", 9000);
        region.elasticAddress(instance, "203.0.113.40");
    }

    @AfterEach
    void end() {
        world.close();
    }

    // --- the steps

    @Test
    void everyStepIsDoneAfterTheIsolationWasReadBackAndIsSaid() {
        QuarantinedInstance object = isolated(EVERYTHING);

        assertThat(region.scaling().stateOf(instance)).isEmpty();
        assertThat(region.scaling().find("web-asg").orElseThrow())
                .matches(group -> group.desired() == 2 && group.members().size() == 2, "another one took its place");
        assertThat(region.loadBalancing().targetsOf(targets)).noneMatch(each -> each.startsWith(instance));
        assertThat(region.loadBalancing().targetsOf(addresses)).isEmpty();
        assertThat(region.snapshots()).hasSize(2);
        assertThat(region.profileOf(instance)).isEmpty();
        assertThat(condition(object, ConditionType.EVIDENCE_PRESERVED).orElseThrow())
                .matches(told -> told.status() == Status.TRUE && told.reason().equals("Preserved"))
                .satisfies(told -> assertThat(told.message())
                        .contains(
                                "cannot be terminated",
                                "detached from the Auto Scaling group web-asg",
                                "out of 2 target groups (addresses, web)",
                                "snapshots of its volumes begun (snap-",
                                "without the instance profile web"));
        assertThat(order()).containsSubsequence("ModifyNetworkInterfaceAttribute", "DetachInstances");
        assertThat(order().stream().filter(STEPS::contains))
                .containsExactly(
                        "DetachInstances",
                        "DeregisterTargets",
                        "DeregisterTargets",
                        "CreateSnapshots",
                        "DisassociateIamInstanceProfile");
    }

    @Test
    void whatTheIsolationAffectsAndWhatIsChangedIsWrittenDownBefore() {
        AtomicReference<Optional<QuarantinedInstanceStatus>> atTheFirstStep = new AtomicReference<>(Optional.empty());
        policy(EVERYTHING);
        world.startOperator(before(
                "autoscaling:DetachInstances",
                () -> atTheFirstStep.compareAndSet(
                        Optional.empty(), world.quarantine(instance).map(QuarantinedInstance::getStatus))));

        compromise();
        world.awaitVerified(instance);

        QuarantinedInstanceStatus then = atTheFirstStep.get().orElseThrow();
        assertThat(then.impact())
                .isEqualTo(new Impact(
                        "web-asg",
                        List.of(addresses, targets).stream().sorted().toList(),
                        List.of("203.0.113.40"),
                        null));
        assertThat(changes(then).autoScaling()).isEqualTo(new AutoScalingChange("web-asg", "Detach", "InService"));
        assertThat(changes(then).targets())
                .containsExactlyInAnyOrder(
                        new TargetChange(targets, 80, instance, null),
                        new TargetChange(targets, 8080, instance, null),
                        new TargetChange(addresses, 9000, "10.0.7.7", null));
        assertThat(Optional.ofNullable(changes(then).instanceProfile()).map(ProfileChange::arn))
                .contains(PROFILE);
        assertThat(Optional.ofNullable(then.episode()).map(Episode::isolatedTime))
                .isPresent();
        assertThat(status().impact()).isEqualTo(then.impact());
        assertThat(status().changes()).isEqualTo(then.changes());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "DescribeAutoScalingInstances",
                "DetachInstances",
                "DescribeTargetGroups",
                "DescribeTargetHealth",
                "DeregisterTargets",
                "CreateSnapshots",
                "DescribeIamInstanceProfileAssociations",
                "DisassociateIamInstanceProfile"
            })
    void oneStepThatIsDeniedNamesTheActionAndDelaysAndUndoesNothing(String action) {
        world.simulator().faults().on(action).deny();
        policy(EVERYTHING);
        world.startOperator();
        compromise();

        QuarantinedInstance object = world.await(instance, ConditionType.EVIDENCE_PRESERVED, Status.FALSE, "Denied");

        assertThat(isTrue(object, ConditionType.READY)).isTrue();
        assertThat(isTrue(object, ConditionType.VERIFIED)).isTrue();
        assertThat(condition(object, ConditionType.EVIDENCE_PRESERVED).map(Condition::message))
                .hasValueSatisfying(message -> assertThat(message).contains(action, "allow it"));
        Set<String> done = Set.copyOf(order());
        assertThat(STEPS.stream()
                        .filter(step -> !step.equals("EnterStandby"))
                        .filter(step -> !step.equals(action) && !isReadFor(action, step)))
                .allMatch(done::contains);
        world.simulator().faults().clear();
        world.awaitVerified(instance);
        assertThat(region.scaling().stateOf(instance)).isEmpty();
        assertThat(region.loadBalancing().targetsOf(addresses)).isEmpty();
        assertThat(region.snapshots()).hasSize(2);
        assertThat(region.profileOf(instance)).isEmpty();
    }

    private static boolean isReadFor(String read, String step) {
        return switch (read) {
            case "DescribeAutoScalingInstances" -> step.equals("DetachInstances");
            case "DescribeTargetGroups", "DescribeTargetHealth" -> step.equals("DeregisterTargets");
            case "DescribeIamInstanceProfileAssociations" -> step.equals("DisassociateIamInstanceProfile");
            default -> false;
        };
    }

    @Test
    void anEndpointThatDoesNotKnowAServiceIsNamedWithWhatToDo() {
        world.simulator()
                .faults()
                .on("DescribeAutoScalingInstances")
                .error("InternalFailure", 501, "The API action is not implemented");
        policy("{}");
        world.startOperator();
        compromise();

        QuarantinedInstance object = world.await(instance, ConditionType.EVIDENCE_PRESERVED, Status.FALSE, "Refused");

        assertThat(isTrue(object, ConditionType.READY)).isTrue();
        assertThat(condition(object, ConditionType.EVIDENCE_PRESERVED).map(Condition::message))
                .hasValueSatisfying(message -> assertThat(message)
                        .contains(
                                "autoscaling:DescribeAutoScalingInstances",
                                "is not known to the endpoint",
                                "set what needs it to Leave",
                                "AWS_ENDPOINT_URL_<SERVICE>"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', useHeadersInDisplayName = true, textBlock = """
            preserve                                                                       | steps
            {autoScaling: Leave, loadBalancers: Leave, volumeSnapshots: Skip}              |
            {autoScaling: Standby, loadBalancers: Leave, volumeSnapshots: Skip}            | EnterStandby
            {autoScaling: Leave, volumeSnapshots: Skip}                                    | DeregisterTargets
            {autoScaling: Leave, loadBalancers: Leave}                                     | CreateSnapshots
            """)
    void onlyWhatIsAskedForIsDone(String preserve, String steps) {
        QuarantinedInstance object = isolated(preserve);

        assertThat(order().stream().filter(STEPS::contains).distinct())
                .containsExactlyElementsOf(Optional.ofNullable(steps).stream().toList());
        assertThat(object.getStatus().impact()).isNotNull();
        assertThat(region.profileOf(instance)).contains(PROFILE);
    }

    @Test
    void aGroupThatTerminatesTheInstanceIsSaidAndTriedAgain() {
        region.scaling().state(instance, "Terminating:Wait");
        policy(EVERYTHING);
        world.startOperator();
        compromise();

        QuarantinedInstance object = world.await(instance, ConditionType.EVIDENCE_PRESERVED, Status.FALSE, "Refused");

        assertThat(condition(object, ConditionType.EVIDENCE_PRESERVED).map(Condition::message))
                .hasValueSatisfying(
                        message -> assertThat(message).contains("Terminating:Wait", "web-asg", "lifecycle hook"));
        assertThat(region.snapshots()).hasSize(2);
    }

    @Test
    void aNameWithLineBreaksStaysOnOneLine() {
        region.scaling().delete("web-asg");
        region.scaling().group("a\n{{name}}\u202e group", 5, List.of(instance, neighbour));

        QuarantinedInstance object = isolated("{}");

        assertThat(impact(object).autoScalingGroup()).isEqualTo("a {{name}}  group");
        assertThat(condition(object, ConditionType.EVIDENCE_PRESERVED).map(Condition::message))
                .hasValueSatisfying(message -> assertThat(message).doesNotContain("\n", "\r", "\u202e"));
    }

    @Test
    void theProfileThatIsWrittenDownIsNeverOverwrittenWithinAnEpisode() {
        world.simulator().faults().on("DetachInstances").deny();
        policy(EVERYTHING);
        world.startOperator();
        compromise();
        world.await(instance, ConditionType.EVIDENCE_PRESERVED, Status.FALSE, "Denied");
        assertThat(region.profileOf(instance)).isEmpty();

        region.giveProfile(instance, "arn:aws:iam::111122223333:instance-profile/somebody-elses");
        world.elapse(Duration.ofMinutes(15));

        assertThat(region.profileOf(instance)).isEmpty();
        assertThat(Optional.ofNullable(changes(status()).instanceProfile()).map(ProfileChange::arn))
                .contains(PROFILE);
    }

    // --- snapshots

    @Test
    void aTagOnSomebodyElsesSnapshotIsNoProofThatTheVolumesAreCopied() {
        String stranger = region.instance("stranger")
                .in(vpc)
                .groups(web)
                .volume("/dev/xvda")
                .launch()
                .id();
        policy("{}");
        world.startOperator();
        compromise(stranger);
        world.awaitVerified(stranger);
        String theirs = region.snapshots().getFirst().id();
        String mark = Optional.ofNullable(region.tagsOf(theirs).get("ec2quarantine.io/quarantine"))
                .orElseThrow();
        region.tag(theirs, "ec2quarantine.io/quarantine", mark.replace(stranger, instance));

        compromise();
        world.awaitVerified(instance);
        world.elapse(Duration.ofMinutes(2));

        assertThat(region.snapshots()).hasSize(3);
    }

    @Test
    void snapshotsThatAnOperatorTookBeforeItDiedAreFoundAndNotTakenAgain() {
        world.simulator().faults().on("CreateSnapshots").times(1).applyThenDrop();

        QuarantinedInstance object = isolated("{}");

        assertThat(region.snapshots()).hasSize(2);
        assertThat(snapshotIds(object)).hasSize(2);
        assertThat(world.calls("CreateSnapshots", 0)).isEqualTo(1);
    }

    @Test
    void whatMayHaveBeenCopiedIsNotCopiedAgainWhileSnapshotsCannotBeRead() {
        world.simulator().faults().on("CreateSnapshots").times(1).applyThenDrop();
        world.simulator().faults().on("DescribeSnapshots").deny();
        policy("{}");
        world.startOperator();
        compromise();

        QuarantinedInstance object = world.await(instance, ConditionType.EVIDENCE_PRESERVED, Status.FALSE, "Denied");

        assertThat(condition(object, ConditionType.EVIDENCE_PRESERVED).map(Condition::message))
                .hasValueSatisfying(message -> assertThat(message).contains("ec2:DescribeSnapshots", "allow it"));
        assertThat(world.calls("CreateSnapshots", 0)).isEqualTo(1);
    }

    @Test
    void twoOperatorsTakeOneSetOfSnapshots() {
        policy("{}");
        world.startOperator(before("ec2:CreateSnapshots", () -> world.elapse(Duration.ofSeconds(5))));
        world.startOperator(before("ec2:CreateSnapshots", () -> world.elapse(Duration.ofSeconds(5))));
        compromise();

        world.awaitVerified(instance);
        world.elapse(Duration.ofMinutes(2));

        assertThat(region.snapshots()).hasSize(2);
    }

    @Test
    void theNextEpisodeHasSnapshotsOfItsOwn() {
        isolated("{}");
        release();
        world.desire(instance, DesiredState.ISOLATED);
        QuarantinedInstance object = world.await(
                instance,
                "preserved in its second episode",
                each -> isInItsSecondEpisode(each) && isTrue(each, ConditionType.EVIDENCE_PRESERVED));

        assertThat(region.snapshots()).hasSize(4);
        assertThat(snapshotIds(object)).hasSize(2);
        assertThat(region.scaling().stateOf(instance)).isEmpty();
    }

    // --- impact

    @Test
    void aPersonWhoIsAskedToApproveSeesWhatAnIsolationWouldAffect() {
        world.client()
                .resource(new NodeBuilder()
                        .withNewMetadata()
                        .withName("ip-10-0-7-7")
                        .endMetadata()
                        .withNewSpec()
                        .withProviderID("aws:///us-west-2a/" + instance)
                        .endSpec()
                        .build())
                .create();
        world.cluster().create(policyOf("RequireApproval", "{}"));
        world.startOperator();
        compromise();

        QuarantinedInstance object = world.await(
                instance, "told of its impact", each -> each.getStatus().impact() != null);

        assertThat(object.getStatus().impact())
                .isEqualTo(new Impact(
                        "web-asg",
                        List.of(addresses, targets).stream().sorted().toList(),
                        List.of("203.0.113.40"),
                        "ip-10-0-7-7"));
        assertThat(world.simulator().calls().changes().stream().map(Call::action))
                .noneMatch(STEPS::contains);
    }

    @Test
    void whatCannotBeReadIsNotTakenForAbsent() {
        world.simulator().faults().on("DescribeTargetGroups").deny();
        world.cluster().create(policyOf("DryRun", "{}"));
        world.startOperator();
        compromise();

        QuarantinedInstance object = world.await(
                instance, "told of its impact", each -> each.getStatus().impact() != null);
        world.elapse(Duration.ofMinutes(2));

        assertThat(impact(object).autoScalingGroup()).isEqualTo("web-asg");
        assertThat(status().timeline())
                .filteredOn(each -> "ImpactUnknown".equals(each.action()))
                .singleElement()
                .satisfies(each -> assertThat(each.detail()).contains("elasticloadbalancing:DescribeTargetGroups"));
    }

    @Test
    void aTargetGroupThatCameSinceOthersWereAskedForIsSeenByAnIsolation() {
        String other = region.instance("first").in(vpc).groups(web).launch().id();
        policy("{autoScaling: Leave, volumeSnapshots: Skip}");
        world.startOperator();
        region.finding(FindingTemplate.maliciousIpCallerCustom(other, "198.51.100.17", "Custom-Threat-List"));
        world.awaitVerified(other);
        String late = region.loadBalancing().targetGroup("late", vpc);
        region.loadBalancing().register(late, instance);
        region.loadBalancing().register(targets, instance, 8081);

        compromise();
        world.awaitVerified(instance);

        assertThat(region.loadBalancing().targetsOf(late)).isEmpty();
        assertThat(region.loadBalancing().targetsOf(targets)).noneMatch(each -> each.startsWith(instance));
    }

    @Test
    void anAccountWithEightHundredTargetGroupsIsReadInTheEnd() {
        IntStream.range(0, 800).forEach(each -> region.loadBalancing().targetGroup("tg-" + each, vpc));
        policy("{}");
        world.startOperator();
        compromise();
        world.await(instance, ConditionType.VERIFIED, Status.TRUE, "Verified");

        for (int minutes = 0;
                minutes < 60 && !region.loadBalancing().targetsOf(addresses).isEmpty();
                minutes++) {
            world.elapse(Duration.ofMinutes(1));
        }

        assertThat(region.loadBalancing().targetsOf(addresses)).isEmpty();
        assertThat(world.calls("DescribeTargetHealth", 0)).isLessThan(1000);
        assertThat(status().timeline())
                .filteredOn(each -> "ImpactUnknown".equals(each.action()))
                .hasSizeLessThanOrEqualTo(1);
    }

    @Test
    void aStormOfFindingsThatPeopleDecideUponAsksEachTargetGroupOnce() {
        world.cluster().create(policyOf("RequireApproval", "{}"));
        world.startOperator();
        List<String> instances = IntStream.range(0, 6)
                .mapToObj(each ->
                        region.instance("storm").in(vpc).groups(web).launch().id())
                .toList();
        instances.forEach(each ->
                region.finding(FindingTemplate.maliciousIpCallerCustom(each, "198.51.100.17", "Custom-Threat-List")));
        instances.forEach(each -> world.await(each, ConditionType.READY, Status.FALSE, "AwaitingApproval"));

        assertThat(world.calls("DescribeTargetGroups", 0)).isEqualTo(1);
        assertThat(world.calls("DescribeTargetHealth", 0)).isEqualTo(2);
    }

    // --- release

    @Test
    void aReleaseUndoesWhatWasChangedAndKeepsTheSnapshots() {
        isolated(EVERYTHING);

        QuarantinedInstance released = release();

        assertThat(region.scaling().stateOf(instance)).contains("InService");
        assertThat(region.scaling().find("web-asg").orElseThrow().desired()).isEqualTo(3);
        assertThat(region.loadBalancing().targetsOf(targets)).contains(instance + ":80", instance + ":8080");
        assertThat(region.loadBalancing().targetsOf(addresses)).containsExactly("10.0.7.7:9000");
        assertThat(region.profileOf(instance)).contains(PROFILE);
        assertThat(region.snapshots()).hasSize(2);
        List<String> order = order();
        assertThat(order.lastIndexOf("AttachInstances"))
                .as("after the interfaces were given back")
                .isGreaterThan(order.lastIndexOf("ModifyNetworkInterfaceAttribute"));
        assertThat(condition(released, ConditionType.READY).map(Condition::message))
                .hasValueSatisfying(message -> assertThat(message).doesNotContain("Not everything"));
    }

    @Test
    void aReleaseEndsAStandby() {
        isolated("{autoScaling: Standby}");
        assertThat(region.scaling().stateOf(instance)).contains("Standby");

        release();

        assertThat(region.scaling().stateOf(instance)).contains("InService");
    }

    @Test
    void aReleaseEndsAlsoWhereAGroupHasNoRoomOrIsGone() {
        isolated(EVERYTHING);
        region.scaling().most("web-asg", 2);
        region.loadBalancing().delete(addresses);

        QuarantinedInstance released = release();

        assertThat(region.scaling().stateOf(instance)).isEmpty();
        assertThat(condition(released, ConditionType.READY).map(Condition::message))
                .hasValueSatisfying(message -> assertThat(message)
                        .contains(
                                "Not everything else is as it was",
                                "the Auto Scaling group web-asg has no room (it wants 2 of at most 2 instances)",
                                "elasticloadbalancing:RegisterTargets"));
        assertThat(region.loadBalancing().targetsOf(targets)).contains(instance + ":8080");
        world.elapse(Duration.ofMinutes(5));
        assertThat(world.calls("AttachInstances", 0)).isZero();
    }

    @Test
    void aReleaseThatMayNotAttachSaysSoAndGoesOnWhenItMay() {
        isolated(EVERYTHING);
        world.simulator().faults().on("AttachInstances").deny();
        world.desire(instance, DesiredState.RELEASED);

        QuarantinedInstance object = world.await(instance, ConditionType.READY, Status.FALSE, "ReleaseIncomplete");

        assertThat(condition(object, ConditionType.READY).map(Condition::message))
                .hasValueSatisfying(message -> assertThat(message).contains("autoscaling:AttachInstances"));
        assertThat(region.profileOf(instance)).contains(PROFILE);
        world.simulator().faults().clear();
        world.await(instance, ConditionType.READY, Status.TRUE, "Released");
        assertThat(region.scaling().stateOf(instance)).contains("InService");
    }

    @Test
    void aCleaningUpThatIsTriedAgainDoesNotRegisterAgainNorFillTheTimeline() {
        isolated("{instanceProfile: Disassociate, terminationProtection: Leave}");
        world.simulator().faults().on("AttachInstances").deny();
        world.desire(instance, DesiredState.RELEASED);
        world.await(instance, ConditionType.READY, Status.FALSE, "ReleaseIncomplete");
        world.elapse(Duration.ofMinutes(5));
        long mark = world.simulator().calls().mark();
        int before = status().timeline().size();

        world.elapse(Duration.ofMinutes(20));

        assertThat(world.calls("AttachInstances", mark)).isPositive();
        assertThat(world.calls("RegisterTargets", mark)).isZero();
        assertThat(status().timeline()).hasSize(before);
    }

    @Test
    void whatIsRegisteredAgainOrRefusedForGoodIsNotAskedForAgainByAnyProcess() {
        isolated("{instanceProfile: Disassociate, terminationProtection: Leave}");
        region.loadBalancing().delete(addresses);
        world.simulator().faults().on("AttachInstances").deny();
        world.desire(instance, DesiredState.RELEASED);
        world.await(instance, ConditionType.READY, Status.FALSE, "ReleaseIncomplete");
        world.elapse(Duration.ofMinutes(5));
        region.loadBalancing().takeOut(targets, instance);
        long mark = world.simulator().calls().mark();

        world.elapse(Duration.ofMinutes(20));
        assertThat(world.calls("AttachInstances", mark)).isPositive();
        assertThat(world.calls("RegisterTargets", mark)).isZero();

        world.stopOperator();
        world.startOperator();
        world.elapse(Duration.ofMinutes(5));
        assertThat(region.loadBalancing().targetsOf(targets))
                .as("somebody took it out since")
                .noneMatch(each -> each.startsWith(instance));
        assertThat(world.calls("RegisterTargets", mark))
                .as("what was refused, once by each process")
                .isLessThanOrEqualTo(1);

        world.simulator().faults().clear();
        QuarantinedInstance released = world.await(instance, ConditionType.READY, Status.TRUE, "Released");
        assertThat(condition(released, ConditionType.READY).map(Condition::message))
                .hasValueSatisfying(message -> assertThat(message).contains("elasticloadbalancing:RegisterTargets"));
    }

    @Test
    void aReleaseRegistersNoAddressThatIsSomebodyElsesByNow() {
        String second = region.attach(
                        instance, details -> details.groups(web.id()).privateIp("10.0.7.8"))
                .id();
        region.loadBalancing().register(addresses, "10.0.7.8", 9000);
        isolated("{}");
        assertThat(region.loadBalancing().targetsOf(addresses)).isEmpty();
        region.removeInterface(second);
        region.instance("stranger")
                .in(vpc)
                .groups(web)
                .firstInterface(first -> first.privateIp("10.0.7.8"))
                .launch();

        world.client()
                .resources(QuarantinedInstance.class)
                .withName(instance)
                .patch(PatchContext.of(PatchType.JSON_MERGE), """
                        {"spec": {"desiredState": "Released", "releaseTo": [{"interfaceID": "%s", "groupIDs": []}]}}
                        """.formatted(second));
        QuarantinedInstance released = world.await(instance, ConditionType.READY, Status.TRUE, "Released");

        assertThat(region.loadBalancing().targetsOf(addresses)).containsExactly("10.0.7.7:9000");
        assertThat(condition(released, ConditionType.READY).map(Condition::message))
                .hasValueSatisfying(message -> assertThat(message).contains("10.0.7.8 is not the instance's any more"));
    }

    @Test
    void aReleasePutsBackNothingThatWasRefusedAndThatSomebodyElseTookAwaySince() {
        for (String action : List.of("DetachInstances", "DeregisterTargets", "DisassociateIamInstanceProfile")) {
            world.simulator().faults().on(action).deny();
        }
        policy(EVERYTHING);
        world.startOperator();
        compromise();
        world.await(instance, ConditionType.EVIDENCE_PRESERVED, Status.FALSE, "Denied");
        world.elapse(Duration.ofMinutes(2));
        // An attempt that is under way has written down what it asks for, and forgets it with the refusal.
        world.await(
                instance,
                "nothing to be written down as changed",
                each -> each.getStatus() != null && each.getStatus().changes() == null);

        region.scaling().delete("web-asg");
        region.scaling().group("web-asg", 5, List.of(neighbour), targets);
        List.of(instance, "10.0.7.7").forEach(each -> {
            region.loadBalancing().takeOut(targets, each);
            region.loadBalancing().takeOut(addresses, each);
        });
        release();

        assertThat(region.scaling().stateOf(instance)).isEmpty();
        assertThat(region.loadBalancing().targetsOf(addresses)).isEmpty();
        assertThat(order()).doesNotContain("AttachInstances", "RegisterTargets");
    }

    @Test
    void whatGotNoAnswerMayHaveBeenDoneAndIsUndone() {
        world.simulator().faults().on("DetachInstances").times(1).applyThenDrop();
        isolated(EVERYTHING);
        assertThat(changes(status()).autoScaling()).isNotNull();

        release();

        assertThat(region.scaling().stateOf(instance)).contains("InService");
    }

    @Test
    void theNextEpisodeTakesOverNoRecordOfTheLast() {
        isolated(EVERYTHING);
        release();
        region.scaling().delete("web-asg");
        List.of(targets, addresses).forEach(region.loadBalancing()::delete);
        world.elapse(Duration.ofMinutes(3));
        world.desire(instance, DesiredState.ISOLATED);
        world.await(
                instance,
                "preserved in its second episode",
                each -> isInItsSecondEpisode(each) && isTrue(each, ConditionType.EVIDENCE_PRESERVED));

        Changes changes = changes(status());
        assertThat(changes.autoScaling()).isNull();
        assertThat(changes.targets()).isEmpty();
        assertThat(status().impact()).isEqualTo(new Impact(null, List.of(), List.of("203.0.113.40"), null));
    }

    @Test
    void aProfileThatAnOldReadStillShowsAfterItWasTakenAwayIsGivenBack() {
        world.simulator().faults().on("DetachInstances").times(1).throttle();
        world.world().staleReads("DescribeIamInstanceProfileAssociations", 1);
        isolated(EVERYTHING);
        world.await(instance, "its evidence kept", each -> isTrue(each, ConditionType.EVIDENCE_PRESERVED));
        assertThat(region.profileOf(instance)).isEmpty();
        world.world().consistent();
        release();
        assertThat(region.profileOf(instance)).isPresent();
    }

    @Test
    void aGroupThatTwoOperatorsDetachFromAtOnceStaysWrittenDown() {
        CountDownLatch both = new CountDownLatch(2);
        policy(EVERYTHING);
        WriteHooks meet = before("autoscaling:DetachInstances", () -> {
            both.countDown();
            try {
                both.await(5, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        world.startOperator(meet);
        world.startOperator(meet);
        compromise();
        world.awaitVerified(instance);
        world.await(instance, "its evidence kept", each -> isTrue(each, ConditionType.EVIDENCE_PRESERVED));
        assertThat(region.scaling().stateOf(instance)).isEmpty();
        assertThat(changes(status()).autoScaling()).isNotNull();
    }

    @Test
    void aProfileThatAPersonTakesAwayInTheMiddleOfAReleaseStaysAway() {
        isolated("{instanceProfile: Disassociate, terminationProtection: Leave}");
        world.simulator().faults().on("AttachInstances").deny();
        world.desire(instance, DesiredState.RELEASED);
        world.await(instance, ConditionType.READY, Status.FALSE, "ReleaseIncomplete");
        assertThat(region.profileOf(instance)).isPresent();
        region.takeProfileAway(instance);
        world.elapse(Duration.ofMinutes(5));
        assertThat(region.profileOf(instance)).isEmpty();
    }

    // --- means

    private QuarantinedInstance isolated(String preserve) {
        policy(preserve);
        world.startOperator();
        compromise();
        return world.awaitVerified(instance);
    }

    private QuarantinedInstance release() {
        world.desire(instance, DesiredState.RELEASED);
        return world.await(instance, ConditionType.READY, Status.TRUE, "Released");
    }

    private void policy(String preserve) {
        world.cluster().create(policyOf("Enforce", preserve));
    }

    private static String policyOf(String mode, String preserve) {
        return """
                apiVersion: ec2quarantine.io/v1alpha1
                kind: IsolationPolicy
                metadata: {name: evidence}
                spec:
                  mode: %s
                  sources: [{name: workshop, regions: [us-west-2]}]
                  match: {findingTypes: ["*"]}
                  response: {preserve: %s}
                """.formatted(mode, preserve);
    }

    private void compromise() {
        compromise(instance);
    }

    private void compromise(String id) {
        region.finding(FindingTemplate.maliciousIpCallerCustom(id, "198.51.100.17", "Custom-Threat-List"));
    }

    private QuarantinedInstanceStatus status() {
        return world.quarantine(instance).orElseThrow().getStatus();
    }

    private static Changes changes(QuarantinedInstanceStatus status) {
        return Optional.ofNullable(status.changes()).orElseThrow();
    }

    private static Impact impact(QuarantinedInstance object) {
        return Optional.ofNullable(object.getStatus().impact()).orElseThrow();
    }

    private static List<String> snapshotIds(QuarantinedInstance object) {
        return Optional.ofNullable(object.getStatus().evidence())
                .map(EvidenceStatus::snapshotIDs)
                .orElseThrow();
    }

    private static boolean isInItsSecondEpisode(QuarantinedInstance object) {
        return Optional.ofNullable(object.getStatus().episode())
                .map(Episode::number)
                .filter(number -> number == 2)
                .isPresent();
    }

    private List<String> order() {
        return world.simulator().calls().changes().stream().map(Call::action).toList();
    }

    private static WriteHooks before(String action, Runnable what) {
        return new WriteHooks() {
            @Override
            public void before(Write write) {
                if (write.action().equals(action)) {
                    what.run();
                }
            }

            @Override
            public void after(Write write) {}
        };
    }
}
