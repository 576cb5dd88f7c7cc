package io.ec2quarantine.runtime;

import static io.ec2quarantine.testing.OperatorWorld.condition;
import static io.ec2quarantine.testing.OperatorWorld.isTrue;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.ec2quarantine.api.v1alpha1.Condition.Status;
import io.ec2quarantine.api.v1alpha1.ConditionType;
import io.ec2quarantine.api.v1alpha1.IsolationPolicy;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceSpec.DesiredState;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.BaselineState;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.Episode;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.InstanceStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.InterfaceStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.TerminationBaseline;
import io.ec2quarantine.core.WriteHooks;
import io.ec2quarantine.core.isolation.Marks;
import io.ec2quarantine.sim.FindingTemplate;
import io.ec2quarantine.sim.Model.Permission;
import io.ec2quarantine.sim.WorkshopScene;
import io.ec2quarantine.testing.OperatorWorld;
import io.ec2quarantine.testing.Policies;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A release gives back what was written down, is read back, and is the only thing that gives anything back. */
class ReleaseTest {
    private final OperatorWorld world = new OperatorWorld();
    private final WorkshopScene scene = WorkshopScene.build(world.world());
    private final String instance = scene.compromisedInstance();
    private final String target = scene.targetSecurityGroup();

    @AfterEach
    void end() {
        world.close();
    }

    @Test
    void aReleasedInstanceIsExactlyAsItWas() {
        String other = group("Other");
        String second = world.region()
                .attach(instance, details -> details.groups(target, other))
                .id();
        Map<String, List<String>> groups = world.region().groupsOf(instance);
        isolate();

        QuarantinedInstance released = release();

        assertThat(world.region().groupsOf(instance)).isEqualTo(groups);
        assertThat(world.region().interfaceOf(second).groups()).containsExactlyInAnyOrder(target, other);
        assertThat(world.region().tagsOf(second)).doesNotContainKeys(Marks.STATE, Marks.QUARANTINE, Marks.BASELINE);
        assertThat(world.region().tagsOf(instance))
                .containsEntry(Marks.STATE, "released")
                .containsKey(Marks.RELEASED_TIME)
                .doesNotContainKey(Marks.QUARANTINE);
        assertThat(world.region().instanceOf(instance).shutdownBehavior()).isEqualTo("stop");
        assertThat(condition(released, ConditionType.ISOLATED).orElseThrow().reason())
                .isEqualTo("Released");
        assertThat(condition(released, ConditionType.VERIFIED).orElseThrow().status())
                .isEqualTo(Status.UNKNOWN);
        assertThat(releasedTime(released)).isPresent();
    }

    @Test
    void theProtectionAgainstTerminationIsAsItWas() {
        String volatileOne = world.region()
                .instance("volatile")
                .in(world.region().vpcOf(scene.vpc()))
                .groups(world.region().groupOf(target))
                .terminatesOnShutdown()
                .launch()
                .id();
        isolateByHand(volatileOne);
        assertThat(world.region().instanceOf(volatileOne).shutdownBehavior()).isEqualTo("stop");
        assertThat(world.region().instanceOf(volatileOne).terminationProtection())
                .isTrue();

        release(volatileOne);

        assertThat(world.region().instanceOf(volatileOne).shutdownBehavior()).isEqualTo("terminate");
        assertThat(world.region().instanceOf(volatileOne).terminationProtection())
                .isFalse();
    }

    @Test
    void aProtectionThatAnEarlierQuarantineTurnedOnIsNotTakenForTheInstancesOwn() {
        isolate();
        delete(instance);

        isolateByHand(instance);

        assertThat(Optional.ofNullable(world.quarantine(instance)
                                .orElseThrow()
                                .getStatus()
                                .instance())
                        .map(InstanceStatus::terminationBaseline))
                .contains(new TerminationBaseline("Unknown", "unknown"));
    }

    @Test
    void aProtectionThatComesAfterTheReleaseByAnotherOperatorIsTakenOffAgain() {
        AtomicBoolean isolating = new AtomicBoolean(true);
        world.cluster().create(Policies.workshop());
        world.startOperator(new WriteHooks() {
            @Override
            public void before(Write write) {
                if (write.action().equals("ec2:ModifyInstanceAttribute") && isolating.getAndSet(false)) {
                    world.startOperator();
                    release();
                }
            }

            @Override
            public void after(Write write) {}
        });
        long mark = world.simulator().calls().mark();

        scene.compromise(world.world());

        world.awaitCalls("ModifyInstanceAttribute", mark, 3);
        QuarantinedInstance released = world.await(
                instance,
                "as it was",
                _ -> !world.region().instanceOf(instance).terminationProtection()
                        && "released".equals(world.region().tagsOf(instance).get(Marks.STATE)));
        assertThat(condition(released, ConditionType.EVIDENCE_PRESERVED).orElseThrow())
                .matches(told -> told.status() == Status.UNKNOWN && "Released".equals(told.reason()));
    }

    @Test
    void theReleaseIsReadBackBeforeItIsTold() {
        isolate();
        world.simulator().faults().on("ModifyNetworkInterfaceAttribute").deny();

        patch(instance, "Released");

        QuarantinedInstance stalled = world.await(instance, ConditionType.STALLED, Status.TRUE, "ReleaseIncomplete");
        assertThat(condition(stalled, ConditionType.READY).orElseThrow().message())
                .contains("ec2:ModifyNetworkInterfaceAttribute", "denied");
        assertThat(condition(stalled, ConditionType.ISOLATED).orElseThrow())
                .matches(isolated -> isolated.status() == Status.TRUE && "Isolated".equals(isolated.reason()));
        assertThat(releasedTime(stalled)).isEmpty();

        world.simulator().faults().clear();
        awaitReleased(instance);
    }

    @Test
    void aReleaseGoesOnWithinHalfAMinuteOfItsBeingMendedHoweverLongItWaited() {
        isolate();
        world.simulator().faults().on("ModifyNetworkInterfaceAttribute").deny();
        patch(instance, "Released");
        world.await(instance, ConditionType.STALLED, Status.TRUE, "ReleaseIncomplete");
        world.elapse(Duration.ofMinutes(10));
        // Right after an attempt, so that the whole wait is before the next.
        long mark = world.simulator().calls().mark();
        world.awaitCalls("ModifyNetworkInterfaceAttribute", mark, 1);
        Instant tried = world.clock().instant();

        world.awaitCalls("ModifyNetworkInterfaceAttribute", mark, 2);

        assertThat(Duration.between(tried, world.clock().instant())).isLessThan(Duration.ofSeconds(35));
    }

    @Test
    void whatIsReleasedIsNoActiveQuarantineOfItsPolicy() {
        isolate();
        world.awaitPolicy(
                "malicious-ip-callers",
                "one active",
                policy -> Objects.equals(policy.getStatus().activeQuarantines(), 1L));

        release();

        world.awaitPolicy(
                "malicious-ip-callers",
                "none active",
                policy -> Objects.equals(policy.getStatus().activeQuarantines(), 0L));
    }

    @Test
    void groupsThatAreGoneAreNamedAndTheOthersGivenBack() {
        String doomed = group("Doomed");
        String primary = world.region().interfacesOf(instance).getFirst().id();
        world.region().setGroups(primary, target, doomed);
        isolate();
        world.region().deleteGroup(doomed);

        patch(instance, "Released");

        QuarantinedInstance stalled = world.await(instance, ConditionType.STALLED, Status.TRUE, "ReleaseIncomplete");
        assertThat(world.region().interfaceOf(primary).groups()).containsExactly(target);
        assertThat(condition(stalled, ConditionType.STALLED).orElseThrow().message())
                .contains(primary, doomed, "spec.releaseTo");

        releaseTo(instance, primary, target);
        awaitReleased(instance);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anApplicationGroupThatSomebodyTaggedAsAnIsolationGroupIsWrittenDownAndGivenBackAllTheSame(boolean ours) {
        isolate();
        String marker = group("MarkerWithoutRules");
        world.region().removeRules(marker);
        String owner = ours ? world.region().tagsOf(isolationGroup()).getOrDefault(Marks.OWNER, "") : "somebody-else";
        world.region().tag(target, Marks.OWNER, owner);
        world.region().tag(marker, Marks.OWNER, owner);
        String second = scene.compromisedInstance2();
        String primary = world.region().interfacesOf(second).getFirst().id();
        world.region().setGroups(primary, target, marker);

        isolateByHand(second);

        assertThat(world.quarantine(second).orElseThrow().getStatus().interfaces())
                .extracting(InterfaceStatus::baseline, InterfaceStatus::baselineState)
                .containsExactly(tuple(Stream.of(target, marker).sorted().toList(), BaselineState.RECORDED));
        release(second);
        assertThat(world.region().interfaceOf(primary).groups()).containsExactlyInAnyOrder(target, marker);
        assertThat(world.region().groups()).extracting(each -> each.id()).contains(target, marker);
    }

    @Test
    void theGroupOfAnotherPolicyThatADeletedQuarantineLeftTheInstanceInIsNotGivenBack() {
        String cage = group("Cage");
        world.region().removeRules(cage);
        world.cluster()
                .create(Policies.policy("caging", "Enforce", "Recon:*", "")
                        .replace(
                                "securityGroupName: ForensicSecurityGroup",
                                "existingGroups: [{vpcID: " + scene.vpc() + ", groupID: " + cage + "}]"));
        isolateByHand(instance, "caging");
        world.client().resources(QuarantinedInstance.class).withName(instance).delete();
        world.awaitGone(instance);
        world.cluster().create(Policies.workshop());

        isolateByHand(instance);

        assertThat(world.quarantine(instance).orElseThrow().getStatus().interfaces())
                .extracting(InterfaceStatus::baseline, InterfaceStatus::baselineState)
                .containsOnly(tuple(List.of(), BaselineState.UNKNOWN));
    }

    @Test
    void aGroupThatAnotherPolicyNamesByMistakeIsGivenBack() {
        String app = group("Application");
        String other = world.region()
                .instance("other")
                .in(world.region().vpcOf(scene.vpc()))
                .launch()
                .id();
        world.region().interfacesOf(instance).forEach(each -> world.region().setGroups(each.id(), app));
        world.cluster()
                .create(Policies.policy("caging", "Enforce", "Recon:*", "")
                        .replace(
                                "securityGroupName: ForensicSecurityGroup",
                                "existingGroups: [{vpcID: " + scene.vpc() + ", groupID: " + app + "}]"));
        world.cluster().create("""
                apiVersion: ec2quarantine.io/v1alpha1
                kind: QuarantinedInstance
                metadata: {name: %1$s}
                spec: {instanceID: %1$s, region: us-west-2, desiredState: Isolated, policyRef: {name: caging}}
                """.formatted(other));
        world.startOperator();
        world.await(
                other,
                "to be refused the group",
                each -> each.getStatus() != null
                        && !each.getStatus().isolationGroups().isEmpty());
        world.cluster().create(Policies.workshop());

        isolateByHand(instance);

        assertThat(world.quarantine(instance).orElseThrow().getStatus().interfaces())
                .extracting(InterfaceStatus::baseline, InterfaceStatus::baselineState)
                .containsOnly(tuple(List.of(app), BaselineState.RECORDED));
    }

    @Test
    void theGroupOfADeletedPolicyThatADeletedQuarantineLeftTheInstanceInIsNotGivenBack() {
        String cage = group("Cage");
        world.region().removeRules(cage);
        world.cluster()
                .create(Policies.policy("caging", "Enforce", "Recon:*", "")
                        .replace(
                                "securityGroupName: ForensicSecurityGroup",
                                "existingGroups: [{vpcID: " + scene.vpc() + ", groupID: " + cage + "}]"));
        isolateByHand(instance, "caging");
        world.await(
                instance,
                "to be marked",
                _ -> world.region().interfacesOf(instance).stream()
                        .allMatch(each -> world.region().tagsOf(each.id()).containsKey(Marks.BASELINE)));
        world.client().resources(QuarantinedInstance.class).withName(instance).delete();
        world.awaitGone(instance);
        world.client().resources(IsolationPolicy.class).withName("caging").delete();
        world.elapse(Duration.ofMinutes(1));
        world.cluster().create(Policies.workshop());

        isolateByHand(instance);

        assertThat(world.quarantine(instance).orElseThrow().getStatus().interfaces())
                .extracting(InterfaceStatus::baseline, InterfaceStatus::baselineState)
                .containsOnly(tuple(List.of(), BaselineState.UNKNOWN));
    }

    @Test
    void groupsThatAPersonChoseGoBeforeTheBaseline() {
        String chosen = group("Clean");
        String primary = world.region().interfacesOf(instance).getFirst().id();
        isolate();
        releaseTo(instance, primary, chosen);

        release();

        assertThat(world.region().interfaceOf(primary).groups()).containsExactly(chosen);
    }

    @Test
    void anInterfaceWithoutABaselineAsksForGroupsAndStaysIsolated() {
        isolate();
        String group = isolationGroup();
        String late = world.region()
                .attach(instance, details -> details.groups(group))
                .id();
        world.await(
                instance,
                "the new interface seen",
                object -> object.getStatus().interfaces().size() == 2);

        patch(instance, "Released");

        QuarantinedInstance stalled = world.await(instance, ConditionType.STALLED, Status.TRUE, "ReleaseIncomplete");
        assertThat(condition(stalled, ConditionType.STALLED).orElseThrow().message())
                .contains(late, "not known");
        assertThat(world.region().interfaceOf(late).groups()).containsExactly(group);
        assertThat(world.region().groupsOf(instance)).containsValue(List.of(target));

        releaseTo(instance, late, target);
        awaitReleased(instance);
        assertThat(world.region().groupsOf(instance).values()).containsOnly(List.of(target));
    }

    @Test
    void whatWaitsForItsReleaseInAGroupThatSomebodyOpensIsNotCalledIsolated() {
        isolate();
        delete(instance);
        isolateByHand(instance);
        patch(instance, "Released");
        QuarantinedInstance stalled = world.await(instance, ConditionType.STALLED, Status.TRUE, "ReleaseIncomplete");
        assertThat(isTrue(stalled, ConditionType.ISOLATED)).isTrue();

        world.simulator().faults().on("RevokeSecurityGroupIngress").deny();

        world.region().addRule(isolationGroup(), Permission.all(false, "0.0.0.0/0"));

        QuarantinedInstance open = world.await(instance, ConditionType.ISOLATED, Status.FALSE, "ReleaseIncomplete");
        assertThat(condition(open, ConditionType.STALLED).orElseThrow().message())
                .contains("ec2:RevokeSecurityGroupIngress", "denied");
    }

    @Test
    void rulesThatSomebodyAddsWhileAReleaseWaitsAreTakenAway() {
        isolate();
        delete(instance);
        isolateByHand(instance);
        patch(instance, "Released");
        world.await(instance, ConditionType.STALLED, Status.TRUE, "ReleaseIncomplete");
        String group = isolationGroup();

        world.region().addRule(group, Permission.all(false, "0.0.0.0/0"));
        world.elapse(Duration.ofMinutes(1).plusSeconds(5));

        assertThat(world.region().groupOf(group).rules()).isEmpty();
        world.await(
                instance,
                "told to be closed again",
                object -> isTrue(object, ConditionType.ISOLATED)
                        && object.getStatus().timeline().stream()
                                .anyMatch(entry ->
                                        String.valueOf(entry.detail()).contains("took the rules out of " + group)));
    }

    @Test
    void anInterfaceThatBelongsToAnotherQuarantineByNowIsLeftToIt() {
        String second = scene.compromisedInstance2();
        String moved = isolatedAndMovedTo(second);
        String group = isolationGroup();
        long mark = world.simulator().calls().mark();

        release();

        assertThat(world.region().interfaceOf(moved).groups()).containsExactly(group);
        assertThat(world.region().tagsOf(moved)).containsEntry(Marks.STATE, "isolated");
        assertThat(world.calls("ModifyNetworkInterfaceAttribute", mark)).isEqualTo(1);
    }

    @Test
    void anInterfaceThatOutlivedTheOtherQuarantinesInstanceIsGivenBackWithTheFirst() {
        String second = scene.compromisedInstance2();
        String moved = isolatedAndMovedTo(second);
        world.region().terminate(second);
        world.await(second, ConditionType.ISOLATED, Status.FALSE, "InstanceTerminated");

        release();

        assertThat(world.region().interfaceOf(moved).groups()).containsExactly(target);
    }

    @Test
    void whatAnUnfinishedReleaseOpenedIsLookedAtBeforeAnythingIsSaidOfItAgain() {
        AtomicBoolean releasing = new AtomicBoolean();
        AtomicBoolean opened = new AtomicBoolean();
        world.cluster().create(Policies.workshop());
        world.startOperator(new WriteHooks() {
            @Override
            public void before(Write write) {
                if (write.action().equals("kubernetes:patchStatus") && opened.getAndSet(false)) {
                    patch(instance, "Isolated");
                    throw new KubernetesClientException("the API server is away for a moment");
                }
            }

            @Override
            public void after(Write write) {
                if (write.action().equals("ec2:ModifyNetworkInterfaceAttribute") && releasing.getAndSet(false)) {
                    opened.set(true);
                }
            }
        });
        scene.compromise(world.world());
        world.awaitVerified(instance);
        String group = isolationGroup();

        releasing.set(true);
        patch(instance, "Released");

        QuarantinedInstance again = world.await(
                instance,
                "verified in its second episode",
                object -> episode(object).map(Episode::number).equals(Optional.of(2))
                        && isTrue(object, ConditionType.VERIFIED));
        assertThat(world.region().groupsOf(instance).values()).containsOnly(List.of(group));
        assertThat(episode(again).map(Episode::isolatedTime)).isPresent();
    }

    @Test
    void anInterfaceThatIsGoneIsNamedUntilAPersonLetsItGo() {
        String second = world.region()
                .attach(instance, details -> details.groups(target))
                .id();
        isolate();
        world.region().removeInterface(second);

        patch(instance, "Released");

        QuarantinedInstance stalled = world.await(instance, ConditionType.STALLED, Status.TRUE, "ReleaseIncomplete");
        assertThat(condition(stalled, ConditionType.STALLED).orElseThrow().message())
                .contains(second, "no more");

        releaseTo(instance, second);
        awaitReleased(instance);
    }

    @Test
    void onlyInterfacesOfTheInstanceAreGivenGroups() {
        String stranger = world.region()
                .interfacesOf(scene.maliciousInstance())
                .getFirst()
                .id();
        isolate();
        String group = isolationGroup();
        releaseTo(instance, stranger, group);

        patch(instance, "Released");

        QuarantinedInstance stalled = world.await(instance, ConditionType.STALLED, Status.TRUE, "ReleaseIncomplete");
        assertThat(condition(stalled, ConditionType.STALLED).orElseThrow().message())
                .contains(stranger, "no interface of this instance");
        assertThat(world.region().interfaceOf(stranger).groups()).containsExactly(target);
    }

    @Test
    void aQuotaThatWasLoweredIsNamed() {
        String other = group("Other");
        String primary = world.region().interfacesOf(instance).getFirst().id();
        world.region().setGroups(primary, target, other);
        isolate();
        world.region().groupsPerInterface(1);

        patch(instance, "Released");

        QuarantinedInstance stalled = world.await(instance, ConditionType.STALLED, Status.TRUE, "ReleaseIncomplete");
        assertThat(condition(stalled, ConditionType.STALLED).orElseThrow().message())
                .contains(primary, "SecurityGroupsPerInterfaceLimitExceeded");

        world.region().groupsPerInterface(5);
        awaitReleased(instance);
        assertThat(world.region().interfaceOf(primary).groups()).containsExactlyInAnyOrder(target, other);
    }

    @Test
    void theIsolationGroupGoesWithItsLastUserAndNotBefore() {
        isolate();
        String second = scene.compromisedInstance2();
        isolateByHand(second);
        String group = isolationGroup();

        release();
        assertThat(world.region().groupOf(group).id()).isEqualTo(group);
        assertThat(world.region().groupsOf(second).values()).containsOnly(List.of(group));
        assertThat(world.calls("DeleteSecurityGroup", 0)).isZero();

        release(second);
        assertThat(world.region().groups()).extracting(each -> each.id()).doesNotContain(group);
    }

    @Test
    void whatPeopleChangeAfterTheReleaseIsTheirs() {
        isolate();
        release();
        String primary = world.region().interfacesOf(instance).getFirst().id();
        String other = group("Other");
        world.region().setGroups(primary, other);
        long mark = world.simulator().calls().mark();

        merge(instance, "{\"spec\":{\"decision\":{\"reason\":\"done\"}}}");
        world.await(
                instance,
                "seen to be edited",
                object -> object.getMetadata()
                        .getGeneration()
                        .equals(object.getStatus().observedGeneration()));
        world.elapse(Duration.ofMinutes(10));

        assertThat(world.region().interfaceOf(primary).groups()).containsExactly(other);
        assertThat(world.calls("ModifyNetworkInterfaceAttribute", mark)).isZero();
        assertThat(world.calls("DescribeInstances", mark)).isZero();
    }

    @Test
    void whatPeopleChangeWhileTheCleaningUpGoesOnIsTheirsToo() {
        isolate();
        world.simulator().faults().on("DeleteTags").deny();
        patch(instance, "Released");
        QuarantinedInstance unclean = world.await(instance, ConditionType.STALLED, Status.TRUE, "ReleaseIncomplete");
        assertThat(condition(unclean, ConditionType.STALLED).orElseThrow().message())
                .contains("Every interface was given its groups back", "ec2:DeleteTags", "denied");
        assertThat(releasedTime(unclean)).isPresent();
        String primary = world.region().interfacesOf(instance).getFirst().id();
        String other = group("Other");

        world.region().setGroups(primary, other);
        world.elapse(Duration.ofMinutes(5));
        world.simulator().faults().clear();

        awaitReleased(instance);
        assertThat(world.region().interfaceOf(primary).groups()).containsExactly(other);
    }

    @Test
    void newActivityAfterTheReleaseOpensTheNextEpisodeWithANewBaseline() {
        isolate();
        release();
        String primary = world.region().interfacesOf(instance).getFirst().id();
        String other = group("Other");
        world.region().setGroups(primary, other);
        world.elapse(Duration.ofMinutes(1));

        scene.compromise(world.world());

        QuarantinedInstance second = world.await(
                instance,
                "isolated in its second episode",
                object -> episode(object).map(Episode::number).equals(Optional.of(2))
                        && isTrue(object, ConditionType.EVIDENCE_PRESERVED)
                        && isTrue(object, ConditionType.VERIFIED));
        assertThat(second.getStatus().interfaces())
                .extracting(InterfaceStatus::baseline)
                .containsExactly(List.of(other));
        assertThat(releasedTime(second)).isEmpty();

        release();
        assertThat(world.region().interfaceOf(primary).groups()).containsExactly(other);
    }

    @Test
    void newActivityWhileAReleaseWaitsWithARestIsolatesAgainAndLosesNothingOfWhatTheInstanceHad() {
        String other = group("Other");
        String second = world.region()
                .attach(instance, details -> details.groups(target, other))
                .id();
        isolate();
        String primary = world.region().interfacesOf(instance).getFirst().id();
        world.region().groupsPerInterface(1);
        patch(instance, "Released");
        world.await(instance, ConditionType.STALLED, Status.TRUE, "ReleaseIncomplete");
        assertThat(world.region().interfaceOf(primary).groups()).containsExactly(target);
        assertThat(world.region().interfaceOf(second).groups()).containsExactly(isolationGroup());
        world.elapse(Duration.ofMinutes(1));

        scene.compromise(world.world());

        QuarantinedInstance again = world.await(
                instance,
                "isolated in its second episode",
                object -> episode(object).map(Episode::number).equals(Optional.of(2))
                        && isTrue(object, ConditionType.VERIFIED));
        assertThat(again.getStatus().interfaces())
                .extracting(InterfaceStatus::id, InterfaceStatus::baseline, InterfaceStatus::baselineState)
                .containsExactlyInAnyOrder(
                        tuple(primary, List.of(target), BaselineState.RECORDED),
                        tuple(second, Stream.of(target, other).sorted().toList(), BaselineState.RECORDED));
        assertThat(condition(again, ConditionType.CONNECTIONS_CUT).orElseThrow().reason())
                .isEqualTo("TrackedConnectionsMayPersist");

        world.region().groupsPerInterface(5);
        release();
        assertThat(world.region().interfaceOf(second).groups()).containsExactlyInAnyOrder(target, other);
        assertThat(world.region().interfaceOf(primary).groups()).containsExactly(target);
    }

    @Test
    void whatAPersonChoseForOneReleaseIsNotTakenOverByTheNextEpisode() {
        String primary = world.region().interfacesOf(instance).getFirst().id();
        isolate();
        releaseTo(instance, primary, group("Clean"));
        release();
        world.region().setGroups(primary, target);
        world.elapse(Duration.ofMinutes(1));

        scene.compromise(world.world());
        world.await(
                instance,
                "isolated in its second episode",
                object -> episode(object).map(Episode::number).equals(Optional.of(2))
                        && isTrue(object, ConditionType.EVIDENCE_PRESERVED));

        assertThat(world.quarantine(instance).orElseThrow().getSpec().releaseTo())
                .isEmpty();
        release();
        assertThat(world.region().interfaceOf(primary).groups()).containsExactly(target);
    }

    @Test
    void whatIsToldOfAReleaseIsNotToldOfAnEpisodeThatWasOpenedMeanwhile() {
        AtomicBoolean released = new AtomicBoolean();
        world.cluster().create(Policies.workshop());
        world.startOperator(new WriteHooks() {
            @Override
            public void before(Write write) {
                if (write.action().equals("kubernetes:patchStatus") && released.getAndSet(false)) {
                    openTheNextEpisode();
                }
            }

            @Override
            public void after(Write write) {}
        });
        scene.compromise(world.world());
        world.awaitVerified(instance);

        released.set(true);
        patch(instance, "Released");

        QuarantinedInstance again = world.await(
                instance,
                "isolated again",
                object -> Objects.equals(
                                object.getStatus().observedGeneration(),
                                object.getMetadata().getGeneration())
                        && object.getSpec().desiredState() == DesiredState.ISOLATED
                        && isTrue(object, ConditionType.VERIFIED));
        assertThat(episode(again).map(Episode::number)).contains(2);
        assertThat(releasedTime(again)).isEmpty();
    }

    /** As another operator does, to which new activity was reported. */
    private void openTheNextEpisode() {
        patch(instance, "Isolated");
        world.client()
                .resources(QuarantinedInstance.class)
                .withName(instance)
                .subresource("status")
                .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"status\":{\"episode\":{\"number\":2}}}");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theSameOldFindingDoesNotRaiseTheNextEpisodeWhichAnotherPolicyOnlyObserves(boolean objectStays) {
        isolate();
        release();
        world.elapse(Duration.ofMinutes(1));
        if (!objectStays) {
            delete(instance);
        }
        world.cluster().create(Policies.policy("dry", "DryRun", "CryptoCurrency:EC2/*", ""));
        world.region().finding(FindingTemplate.bitcoinDns(instance, "pool.example"));
        world.await(instance, "observed again", object -> object.getSpec().desiredState() == DesiredState.OBSERVED);
        long mark = world.simulator().calls().mark();

        world.elapse(Duration.ofMinutes(75));

        assertThat(world.calls("ListFindings", mark)).isPositive();
        QuarantinedInstance later = world.quarantine(instance).orElseThrow();
        assertThat(later.getSpec().desiredState()).isEqualTo(DesiredState.OBSERVED);
        assertThat(later.getSpec().findings()).hasSize(1);
        assertThat(world.region().groupsOf(instance).values()).containsOnly(List.of(target));
    }

    @Test
    void whatAPersonReleasesAndObservesIsRaisedByNewActivityAndNotByWhatTheReleaseWasDecidedOn() {
        isolate();
        release();
        world.elapse(Duration.ofMinutes(1));
        world.desire(instance, DesiredState.OBSERVED);
        world.await(instance, ConditionType.READY, Status.FALSE, "AwaitingApproval");
        long mark = world.simulator().calls().mark();

        // A full read comes by the hour.
        world.elapse(Duration.ofMinutes(75));

        assertThat(world.calls("ListFindings", mark)).isPositive();
        assertThat(world.quarantine(instance).orElseThrow().getSpec().desiredState())
                .isEqualTo(DesiredState.OBSERVED);
        assertThat(world.region().groupsOf(instance).values()).containsOnly(List.of(target));

        scene.compromise(world.world());

        world.awaitVerified(instance);
    }

    @Test
    void theSameOldFindingOpensNoEpisode() {
        isolate();
        release();
        long mark = world.simulator().calls().mark();

        world.elapse(Duration.ofMinutes(75));

        assertThat(world.calls("ListFindings", mark)).isPositive();
        QuarantinedInstance object = world.quarantine(instance).orElseThrow();
        assertThat(episode(object).map(Episode::number)).contains(1);
        assertThat(world.region().groupsOf(instance).values()).containsOnly(List.of(target));
    }

    @Test
    void theMemoryOfAReleaseOutlivesItsObject() {
        isolate();
        release();
        delete(instance);
        world.stopOperator();
        world.startOperator();
        long mark = world.simulator().calls().mark();

        world.awaitCalls("GetFindings", mark, 1);
        world.elapse(Duration.ofMinutes(1));
        assertThat(world.quarantine(instance)).isEmpty();

        scene.compromise(world.world());
        world.awaitVerified(instance);
    }

    @Test
    void whileEc2DoesNotAnswerNoReleaseIsForgotten() {
        isolate();
        release();
        delete(instance);
        world.stopOperator();
        world.clock().advance(Duration.ofMinutes(6));
        world.simulator().faults().on("DescribeInstances").internalError();
        world.startOperator();

        world.awaitPolicy(
                "malicious-ip-callers",
                "waits for the tags",
                policy -> policy.getStatus().sources().stream()
                        .anyMatch(source ->
                                String.valueOf(source.message()).contains("waits for the tags of " + instance)));
        assertThat(world.quarantine(instance)).isEmpty();

        world.simulator().faults().clear();
        world.awaitPolicy(
                "malicious-ip-callers",
                "waits no more",
                policy -> policy.getStatus().sources().stream().allMatch(source -> source.message() == null));
        assertThat(world.quarantine(instance)).isEmpty();
    }

    @Test
    void aForgedMemoryIsNoMemory() {
        world.region()
                .tag(
                        instance,
                        Marks.RELEASED_TIME,
                        Instant.now().plus(Duration.ofDays(365)) + " AAAAAAAAAAAAAAAAAAAAAA");

        isolate();
    }

    @Test
    void thePersonThatSetsAReleasedOneToIsolatedOpensTheNextEpisode() {
        isolate();
        release();

        patch(instance, "Isolated");

        world.await(
                instance,
                "isolated in its second episode",
                object -> episode(object).map(Episode::number).equals(Optional.of(2))
                        && isTrue(object, ConditionType.VERIFIED));
    }

    @Test
    void deletingAQuarantineLeavesTheInstanceIsolated() {
        isolate();
        String group = isolationGroup();

        delete(instance);

        world.elapse(Duration.ofMinutes(3));
        assertThat(world.quarantine(instance)).isEmpty();
        assertThat(world.region().groupsOf(instance).values()).containsOnly(List.of(group));
    }

    @Test
    void deletingGivesBackWhereTheResponseSaysSo() {
        isolateWith(restoring());

        world.client().resources(QuarantinedInstance.class).withName(instance).delete();

        world.awaitGone(instance);
        assertThat(world.region().groupsOf(instance).values()).containsOnly(List.of(target));
        assertThat(world.region().tagsOf(instance)).containsKey(Marks.RELEASED_TIME);
    }

    @Test
    void aDefinitionThatIsDeletedGivesNothingBack() {
        isolateWith(restoring());
        String group = isolationGroup();
        world.cluster().deleteDefinition(QuarantinedInstance.class);

        world.client().resources(QuarantinedInstance.class).withName(instance).delete();

        world.awaitGone(instance);
        assertThat(world.region().groupsOf(instance).values()).containsOnly(List.of(group));
    }

    @Test
    void editingOrDeletingThePolicyReleasesNothingAndKeepsTheResponse() {
        isolateWith(restoring());
        world.client()
                .resources(IsolationPolicy.class)
                .withName("malicious-ip-callers")
                .delete();
        world.elapse(Duration.ofMinutes(2));

        assertThat(isTrue(world.quarantine(instance).orElseThrow(), ConditionType.VERIFIED))
                .isTrue();
    }

    private String group(String name) {
        return world.region()
                .securityGroup(world.region().vpcOf(scene.vpc()), name)
                .id();
    }

    /** An interface of the isolated instance that somebody has attached to another one, which is isolated as well. */
    private String isolatedAndMovedTo(String other) {
        String moved = world.region()
                .attach(instance, details -> details.groups(target))
                .id();
        isolate();
        isolateByHand(other);
        world.region().moveInterface(moved, other);
        world.await(
                other,
                "with the interface written down",
                object -> object.getStatus().interfaces().stream()
                        .anyMatch(each -> each.id().equals(moved) && each.baselineState() == BaselineState.UNKNOWN));
        return moved;
    }

    private static String restoring() {
        return Policies.workshop().replace("response: {", "response: {release: {onDelete: Restore}, ");
    }

    private void isolate() {
        isolateWith(Policies.workshop());
    }

    private void isolateWith(String policy) {
        world.cluster().create(policy);
        world.startOperator();
        scene.compromise(world.world());
        world.awaitVerified(instance);
    }

    private void isolateByHand(String name) {
        isolateByHand(name, "malicious-ip-callers");
    }

    private void isolateByHand(String name, String policy) {
        world.cluster().create("""
                apiVersion: ec2quarantine.io/v1alpha1
                kind: QuarantinedInstance
                metadata: {name: %1$s}
                spec:
                  instanceID: %1$s
                  region: us-west-2
                  desiredState: Isolated
                  policyRef: {name: %2$s}
                """.formatted(name, policy));
        if (!world.isOperatorRunning()) {
            world.startOperator();
        }
        world.awaitVerified(name);
    }

    private QuarantinedInstance release() {
        return release(instance);
    }

    private QuarantinedInstance release(String name) {
        patch(name, "Released");
        return awaitReleased(name);
    }

    private QuarantinedInstance awaitReleased(String name) {
        return world.await(name, ConditionType.READY, Status.TRUE, "Released");
    }

    private void patch(String name, String desiredState) {
        merge(name, "{\"spec\":{\"desiredState\":\"" + desiredState + "\"}}");
    }

    private void releaseTo(String name, String interfaceId, String... groups) {
        String ids = groups.length == 0 ? "" : "\"" + String.join("\",\"", groups) + "\"";
        merge(
                name,
                "{\"spec\":{\"releaseTo\":[{\"interfaceID\":\"" + interfaceId + "\",\"groupIDs\":[" + ids + "]}]}}");
    }

    private void merge(String name, String patch) {
        world.client()
                .resources(QuarantinedInstance.class)
                .withName(name)
                .patch(PatchContext.of(PatchType.JSON_MERGE), patch);
    }

    private void delete(String name) {
        world.client().resources(QuarantinedInstance.class).withName(name).delete();
        world.awaitGone(name);
    }

    private String isolationGroup() {
        return world.isolationGroup(instance);
    }

    private static Optional<Episode> episode(QuarantinedInstance object) {
        return Optional.ofNullable(object.getStatus().episode());
    }

    private static Optional<Instant> releasedTime(QuarantinedInstance object) {
        return episode(object).map(Episode::releasedTime);
    }
}
