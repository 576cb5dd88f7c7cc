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
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.Episode;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.InterfaceStatus;
import io.ec2quarantine.core.WriteHooks;
import io.ec2quarantine.sim.Model.Permission;
import io.ec2quarantine.sim.WorkshopScene;
import io.ec2quarantine.testing.OperatorWorld;
import io.ec2quarantine.testing.Policies;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** From the moment at which a release begins to open an instance, whatever the instance does is news. */
class ActivityDuringReleaseTest {
    private final OperatorWorld world = new OperatorWorld();
    private final WorkshopScene scene = WorkshopScene.build(world.world());
    private final String instance = scene.compromisedInstance();
    private final String target = scene.targetSecurityGroup();

    @AfterEach
    void end() {
        world.close();
    }

    @Test
    void aRuleInTheIsolationGroupOpensAnInstanceWhoseReleaseWaits() {
        releaseThatWaits();
        world.region().addRule(world.isolationGroup(instance), Permission.all(false, "0.0.0.0/0"));
        world.await(instance, "known to have been open", ActivityDuringReleaseTest::hasBegun);
        world.elapse(Duration.ofMinutes(1));

        scene.compromise(world.world());

        awaitNextEpisode();
    }

    @Test
    void anInterfaceThatIsAttachedOpensAnInstanceWhoseReleaseWaits() {
        releaseThatWaits();
        world.region().attach(instance, details -> details.groups(target));
        world.await(instance, ConditionType.ISOLATED, Status.FALSE, "ReleaseIncomplete");
        world.elapse(Duration.ofMinutes(1));

        scene.compromise(world.world());

        awaitNextEpisode();
    }

    @Test
    void activityBeforeTheReleaseWasFinishedIsNewsWhereTheInstanceWasOpenInPart() {
        world.region().attach(instance, details -> details.groups(target, anotherGroup()));
        isolate();
        world.region().groupsPerInterface(1);
        world.desire(instance, DesiredState.RELEASED);
        world.await(instance, ConditionType.STALLED, Status.TRUE, "ReleaseIncomplete");
        world.elapse(Duration.ofMinutes(1));
        world.simulator().faults().on("ListFindings").deny();
        scene.compromise(world.world());
        world.elapse(Duration.ofMinutes(2));
        world.region().groupsPerInterface(5);
        world.await(instance, ConditionType.READY, Status.TRUE, "Released");

        world.simulator().faults().clear();

        awaitNextEpisode();
    }

    @Test
    void activityIsNewsAlsoWhereWhatWasGivenBackCannotBeReadBack() {
        AtomicBoolean releasing = new AtomicBoolean();
        isolate(new WriteHooks() {
            @Override
            public void before(Write write) {}

            @Override
            public void after(Write write) {
                if (write.action().equals("ec2:ModifyNetworkInterfaceAttribute") && releasing.getAndSet(false)) {
                    world.simulator().faults().on("DescribeInstances").internalError();
                }
            }
        });
        releasing.set(true);
        world.desire(instance, DesiredState.RELEASED);
        world.await(instance, "open", _ -> world.region().groupsOf(instance).containsValue(List.of(target)));
        world.await(instance, ConditionType.ISOLATED, Status.UNKNOWN, "Unreachable");
        world.elapse(Duration.ofMinutes(1));
        scene.compromise(world.world());
        world.elapse(Duration.ofMinutes(1));

        world.simulator().faults().clear();

        awaitNextEpisode();
    }

    @Test
    void activityIsNewsFromTheMomentAtWhichWhatWasNeverIsolatedIsLetGo() {
        world.cluster().create(Policies.workshop().replace("mode: Enforce", "mode: RequireApproval"));
        world.startOperator();
        scene.compromise(world.world());
        world.await(instance, ConditionType.READY, Status.FALSE, "AwaitingApproval");
        world.simulator().faults().on("DescribeInstances").internalError();
        world.desire(instance, DesiredState.RELEASED);
        world.await(instance, ConditionType.READY, Status.FALSE, "Unreachable");
        world.elapse(Duration.ofMinutes(1));

        scene.compromise(world.world());

        world.await(
                instance,
                "observed in its second episode",
                object -> object.getSpec().desiredState() == DesiredState.OBSERVED
                        && episodeNumber(object).equals(Optional.of(2)));
        world.simulator().faults().clear();
        world.await(instance, ConditionType.READY, Status.FALSE, "AwaitingApproval");
    }

    @Test
    void theCleaningUpOfAReleaseIsNotToldOfAnEpisodeThatWasOpenedMeanwhile() {
        AtomicBoolean releasing = new AtomicBoolean();
        AtomicBoolean told = new AtomicBoolean();
        isolate(new WriteHooks() {
            @Override
            public void before(Write write) {
                if (write.action().equals("kubernetes:patchStatus")
                        && releasing.get()
                        && hasBegun()
                        && releasing.getAndSet(false)) {
                    world.desire(instance, DesiredState.ISOLATED);
                    world.client()
                            .resources(QuarantinedInstance.class)
                            .withName(instance)
                            .subresource("status")
                            .patch(
                                    PatchContext.of(PatchType.JSON_MERGE),
                                    "{\"status\":{\"episode\":{\"number\":2,\"partlyReleasedTime\":null}}}");
                }
            }

            @Override
            public void after(Write write) {
                world.quarantine(instance)
                        .filter(object -> episodeNumber(object).equals(Optional.of(2)))
                        .flatMap(object -> condition(object, ConditionType.READY))
                        .map(Condition::reason)
                        .filter("Released"::equals)
                        .ifPresent(_ -> told.set(true));
            }
        });
        releasing.set(true);

        world.desire(instance, DesiredState.RELEASED);

        awaitNextEpisode();
        world.elapse(Duration.ofMinutes(3));
        assertThat(told).isFalse();
        assertThat(world.quarantine(instance).flatMap(ActivityDuringReleaseTest::episodeNumber))
                .contains(2);
        assertThat(world.region().instanceOf(instance).terminationProtection()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void activityDuringADeletionThatGivesBackIsDecidedUponOnceTheObjectIsGone(boolean ofTheListedFinding) {
        world.region().attach(instance, details -> details.groups(target, anotherGroup()));
        world.cluster().create(Policies.workshop().replace("response: {", "response: {release: {onDelete: Restore}, "));
        world.startOperator();
        String finding = scene.compromise(world.world());
        String first = world.awaitVerified(instance).getMetadata().getUid();
        world.region().groupsPerInterface(1);
        world.client().resources(QuarantinedInstance.class).withName(instance).delete();
        world.await(instance, ConditionType.STALLED, Status.TRUE, "ReleaseIncomplete");
        world.elapse(Duration.ofMinutes(1));
        if (ofTheListedFinding) {
            world.world().seenAgain(finding);
        } else {
            scene.compromise(world.world());
        }
        world.elapse(Duration.ofMinutes(1));
        String said = sourceMessage();
        assertThat(world.quarantine(instance).map(ActivityDuringReleaseTest::findings))
                .contains(1);

        world.region().groupsPerInterface(5);

        QuarantinedInstance next = world.await(
                instance,
                "isolated by another quarantine",
                object -> !first.equals(object.getMetadata().getUid()) && isTrue(object, ConditionType.VERIFIED));
        assertThat(next.getStatus().interfaces())
                .extracting(InterfaceStatus::baselineState)
                .containsExactly(BaselineState.RECORDED, BaselineState.RECORDED);
        assertThat(said)
                .contains("waits: the quarantine of " + instance
                        + " is being deleted; it is decided upon when that is done.");
    }

    @Test
    void activityWhileAReleaseWaitedIsNewsAlsoToWhoFindsOnlyTheMemoryOfIt() {
        world.region().attach(instance, details -> details.groups(target, anotherGroup()));
        isolate();
        setMode("RequireApproval");
        world.region().groupsPerInterface(1);
        world.desire(instance, DesiredState.RELEASED);
        world.await(instance, ConditionType.STALLED, Status.TRUE, "ReleaseIncomplete");
        world.elapse(Duration.ofMinutes(1));
        scene.compromise(world.world());
        world.await(instance, "with both findings", object -> findings(object) == 2);
        world.elapse(Duration.ofMinutes(1));
        world.region().groupsPerInterface(5);
        world.await(instance, ConditionType.READY, Status.TRUE, "Released");
        world.client().resources(QuarantinedInstance.class).withName(instance).delete();
        world.awaitGone(instance);

        setMode("Enforce");

        world.awaitVerified(instance);
    }

    private void setMode(String mode) {
        world.client()
                .resources(IsolationPolicy.class)
                .withName("malicious-ip-callers")
                .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"mode\":\"" + mode + "\"}}");
        world.awaitPolicy(
                "malicious-ip-callers",
                "seen to " + mode,
                policy -> policy.getMetadata()
                        .getGeneration()
                        .equals(policy.getStatus().observedGeneration()));
    }

    private String sourceMessage() {
        return String.valueOf(world.client()
                .resources(IsolationPolicy.class)
                .withName("malicious-ip-callers")
                .get()
                .getStatus()
                .sources()
                .getFirst()
                .message());
    }

    private static int findings(QuarantinedInstance object) {
        return object.getSpec().findings().size();
    }

    /** Whether the release has stored that it begins. */
    private boolean hasBegun() {
        return world.quarantine(instance)
                .filter(ActivityDuringReleaseTest::hasBegun)
                .isPresent();
    }

    private static boolean hasBegun(QuarantinedInstance object) {
        return Optional.ofNullable(object.getStatus().episode())
                .map(Episode::partlyReleasedTime)
                .isPresent();
    }

    @Test
    void aGroupThatAPolicyNamesIsNotDeletedThoughItWasMadeHere() {
        isolate();
        String group = world.isolationGroup(instance);
        world.cluster()
                .create(Policies.enforcing("other", "Trojan:EC2/*")
                        .replace(
                                "securityGroupName: ForensicSecurityGroup",
                                "existingGroups: [{vpcID: " + scene.vpc() + ", groupID: " + group + "}]"));

        world.desire(instance, DesiredState.RELEASED);

        world.await(instance, ConditionType.READY, Status.TRUE, "Released");
        assertThat(world.region().groups()).extracting(each -> each.id()).contains(group);
    }

    private void isolate() {
        isolate(WriteHooks.NONE);
    }

    private void isolate(WriteHooks hooks) {
        world.cluster().create(Policies.workshop());
        world.startOperator(hooks);
        scene.compromise(world.world());
        world.awaitVerified(instance);
    }

    /** Nothing is known of what the interface had: its first quarantine was deleted, and another made by hand. */
    private void releaseThatWaits() {
        isolate();
        world.client().resources(QuarantinedInstance.class).withName(instance).delete();
        world.awaitGone(instance);
        world.cluster().create("""
                apiVersion: ec2quarantine.io/v1alpha1
                kind: QuarantinedInstance
                metadata: {name: %1$s}
                spec:
                  instanceID: %1$s
                  region: us-west-2
                  desiredState: Isolated
                  policyRef: {name: malicious-ip-callers}
                """.formatted(instance));
        world.awaitVerified(instance);
        world.desire(instance, DesiredState.RELEASED);
        world.await(instance, ConditionType.STALLED, Status.TRUE, "ReleaseIncomplete");
    }

    private void awaitNextEpisode() {
        world.await(
                instance,
                "isolated in its second episode",
                object -> object.getSpec().desiredState() == DesiredState.ISOLATED
                        && episodeNumber(object).equals(Optional.of(2))
                        && isTrue(object, ConditionType.VERIFIED)
                        && isTrue(object, ConditionType.EVIDENCE_PRESERVED));
    }

    private static Optional<Integer> episodeNumber(QuarantinedInstance object) {
        return Optional.ofNullable(object.getStatus())
                .flatMap(status -> Optional.ofNullable(status.episode()))
                .map(Episode::number);
    }

    private String anotherGroup() {
        return world.region()
                .securityGroup(world.region().vpcOf(scene.vpc()), "Other")
                .id();
    }
}
