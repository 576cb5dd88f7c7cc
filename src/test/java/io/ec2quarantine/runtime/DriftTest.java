package io.ec2quarantine.runtime;

import static io.ec2quarantine.testing.OperatorWorld.condition;
import static io.ec2quarantine.testing.OperatorWorld.isTrue;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.ec2quarantine.api.v1alpha1.Condition.Status;
import io.ec2quarantine.api.v1alpha1.ConditionType;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceSpec.DesiredState;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.BaselineState;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.Drift;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.VerificationStatus;
import io.ec2quarantine.core.isolation.Marks;
import io.ec2quarantine.sim.Model.Group;
import io.ec2quarantine.sim.Model.Permission;
import io.ec2quarantine.sim.Model.Vpc;
import io.ec2quarantine.sim.RegionWorld;
import io.ec2quarantine.sim.WorkshopScene;
import io.ec2quarantine.testing.OperatorWorld;
import io.ec2quarantine.testing.Policies;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever somebody changes about an isolation is found by a sweep, undone, counted and told. */
class DriftTest {
    private final OperatorWorld world = new OperatorWorld();
    private final WorkshopScene scene = WorkshopScene.build(world.world());
    private final String instance = scene.compromisedInstance();

    @AfterEach
    void end() {
        world.close();
    }

    /** Somebody who changes an isolation; the words that tell of it. */
    interface Meddler {
        void meddle(RegionWorld region, Isolation isolation);
    }

    /** What there is to meddle with. */
    record Isolation(String instance, String primary, String group, WorkshopScene scene, RegionWorld region) {
        Vpc otherVpc() {
            return region.vpc();
        }

        String target() {
            return scene.targetSecurityGroup();
        }

        Group groupIn(Vpc vpc) {
            return region.securityGroup(vpc, "somebody's");
        }
    }

    static Stream<Arguments> drifts() {
        return Stream.of(
                drift(
                        "an interface put back",
                        "instead of its isolation group",
                        (region, it) -> region.setGroups(it.primary(), it.target())),
                drift(
                        "a group added beside the isolation group",
                        "instead of its isolation group",
                        (region, it) -> region.setGroups(it.primary(), it.group(), it.target())),
                drift(
                        "an interface added",
                        "instead of its isolation group",
                        (region, it) -> region.attach(it.instance(), details -> details.groups(it.target()))),
                drift(
                        "an interface added on another card",
                        "instead of its isolation group",
                        (region, it) -> region.attach(
                                it.instance(), details -> details.at(1, 0).groups(it.target()))),
                drift("an interface added in another VPC", "instead of its isolation group", (region, it) -> {
                    Vpc other = it.otherVpc();
                    String group = it.groupIn(other).id();
                    region.attach(it.instance(), details -> details.in(other).groups(group));
                }),
                drift(
                        "an egress rule for IPv4",
                        "has 1 rule",
                        (region, it) -> region.addRule(it.group(), Permission.all(true, "0.0.0.0/0"))),
                drift(
                        "an ingress rule for IPv6",
                        "has 1 rule",
                        (region, it) -> region.addRule(it.group(), Permission.all(false, "::/0"))),
                drift(
                        "a rule for another group",
                        "has 1 rule",
                        (region, it) -> region.addRule(it.group(), Permission.fromGroup(false, it.target()))),
                drift(
                        "a rule for a prefix list",
                        "has 1 rule",
                        (region, it) ->
                                region.addRule(it.group(), Permission.prefixList(true, "pl-0123456789abcdef0"))),
                drift("the isolation group deleted", "instead of its isolation group", (region, it) -> {
                    region.setGroups(it.primary(), it.target());
                    region.deleteGroup(it.group());
                }),
                drift(
                        "its ownership tag removed",
                        "lost its mark",
                        (region, it) -> region.untag(it.group(), Marks.OWNER)),
                drift(
                        "its ownership tag moved to somebody else",
                        "lost its mark",
                        (region, it) -> region.tag(it.group(), Marks.OWNER, "somebody-else")));
    }

    private static Arguments drift(String name, String told, Meddler meddler) {
        return argumentSet(name, told, meddler);
    }

    @ParameterizedTest
    @MethodSource("drifts")
    void isUndoneByTheNextSweepAndTold(String told, Meddler meddler) {
        world.setting("OPERATOR_SWEEP_INTERVAL_SECONDS", "15");
        isolate(Policies.workshop());
        Isolation isolation = new Isolation(instance, primary(), isolationGroup(), scene, world.region());

        meddler.meddle(world.region(), isolation);

        QuarantinedInstance repaired = world.await(
                instance, "repaired", object -> driftCount(object) == 1 && isTrue(object, ConditionType.VERIFIED));
        assertIsolated();
        assertThat(lastDrift(repaired)).contains(told).contains("undone: ");
        world.elapse(Duration.ofSeconds(90));
        assertThat(driftCount(world.quarantine(instance).orElseThrow())).isEqualTo(1);
    }

    @Test
    void somebodyElsesInterfaceInTheIsolationGroupIsLeftThereAndTheInstanceMovedOut() {
        world.setting("OPERATOR_SWEEP_INTERVAL_SECONDS", "15");
        isolate(Policies.workshop());
        String group = isolationGroup();
        String stranger = world.region()
                .interfacesOf(scene.maliciousInstance())
                .getFirst()
                .id();
        world.region().setGroups(stranger, group);

        QuarantinedInstance repaired = world.await(
                instance, "moved", object -> driftCount(object) == 1 && isTrue(object, ConditionType.VERIFIED));

        assertThat(lastDrift(repaired)).contains("somebody put " + stranger);
        assertThat(isolationGroup()).isNotEqualTo(group);
        assertThat(world.region().interfaceOf(stranger).groups()).containsExactly(group);
        assertIsolated();
    }

    @Test
    void aGroupThatWasGivenUpToStrangersGoesWithTheLastQuarantineOnceTheyHaveLeft() {
        world.setting("OPERATOR_SWEEP_INTERVAL_SECONDS", "15");
        isolate(Policies.workshop());
        String given = isolationGroup();
        String stranger = world.region()
                .interfacesOf(scene.maliciousInstance())
                .getFirst()
                .id();
        world.region().setGroups(stranger, given);
        world.await(instance, "moved", object -> driftCount(object) == 1 && isTrue(object, ConditionType.VERIFIED));
        String fresh = isolationGroup();
        world.region().setGroups(stranger, scene.targetSecurityGroup());

        world.desire(instance, DesiredState.RELEASED);

        world.await(instance, ConditionType.READY, Status.TRUE, "Released");
        assertThat(world.region().groups()).extracting(Group::id).doesNotContain(given, fresh);
    }

    @Test
    void anInterfaceThatCameIsolatedIsWrittenDownWithoutABaselineByTheNextSweeps() {
        isolate(Policies.workshop());
        Instant attached = world.clock().instant();
        String late = world.region()
                .attach(instance, details -> details.groups(isolationGroup()))
                .id();

        QuarantinedInstance seen = world.await(
                instance,
                "written down",
                object -> object.getStatus().interfaces().stream()
                        .anyMatch(each -> each.id().equals(late) && each.baselineState() == BaselineState.UNKNOWN));

        assertThat(world.clock().instant())
                .as("before the sweep that looks for strangers would find it")
                .isBefore(attached.plus(Duration.ofMinutes(4)));
        assertThat(driftCount(seen)).isZero();
    }

    @Test
    void theSameDriftAgainAndAgainIsAFightThatIsToldAndRepairedAllTheSame() {
        isolate(Policies.workshop());
        for (int time = 1; time <= 5; time++) {
            assertThat(isTrue(world.quarantine(instance).orElseThrow(), ConditionType.STALLED))
                    .isFalse();
            world.region().setGroups(primary(), scene.targetSecurityGroup());
            int count = time;
            world.await(
                    instance,
                    "repaired time " + time,
                    object -> driftCount(object) == count && isTrue(object, ConditionType.VERIFIED));
        }

        QuarantinedInstance fought = world.await(instance, ConditionType.STALLED, Status.TRUE, "DriftLoop");
        assertThat(condition(fought, ConditionType.STALLED).orElseThrow().message())
                .contains(primary(), scene.targetSecurityGroup());
        assertThat(isTrue(fought, ConditionType.VERIFIED)).isTrue();
        world.await(instance, "told as an event", _ -> events().contains("DriftLoop"));

        world.elapse(Duration.ofMinutes(16));
        world.await(instance, ConditionType.STALLED, Status.FALSE, "NotStalled");
        assertIsolated();
    }

    @Test
    void groupsOfOnesOwnAreUsedAsTheyAre() {
        String forensic = forensicGroup();
        world.region().removeRules(forensic);

        isolate(withExisting(forensic));

        assertThat(isolationGroup()).isEqualTo(forensic);
        assertThat(world.calls("CreateSecurityGroup", 0)).isZero();
        assertThat(world.region().tagsOf(forensic)).doesNotContainKey(Marks.OWNER);
    }

    @Test
    void aGroupOfOnesOwnThatGetsARuleIsNamedAndIsNoDriftHoweverOftenItIsLookedAt() {
        String forensic = forensicGroup();
        world.region().removeRules(forensic);
        isolate(withExisting(forensic));

        world.region().addRule(forensic, Permission.all(false, "0.0.0.0/0"));

        QuarantinedInstance refused = world.await(instance, ConditionType.STALLED, Status.TRUE, "Refused");
        assertThat(condition(refused, ConditionType.STALLED).orElseThrow().message())
                .contains(forensic, "1 rule");
        world.elapse(Duration.ofMinutes(10));
        QuarantinedInstance later = world.quarantine(instance).orElseThrow();
        assertThat(driftCount(later)).isZero();
        assertThat(condition(later, ConditionType.VERIFIED).orElseThrow())
                .matches(verified ->
                        verified.status() == Status.FALSE && verified.message().contains(forensic));

        world.region().removeRules(forensic);
        world.awaitVerified(instance);
    }

    @Test
    void aGroupOfOnesOwnWithRulesIsRefusedUntilTheyAreGone() {
        String forensic = forensicGroup();
        world.cluster().create(withExisting(forensic));
        world.startOperator();
        scene.compromise(world.world());

        QuarantinedInstance refused = world.await(instance, ConditionType.STALLED, Status.TRUE, "Refused");
        assertThat(condition(refused, ConditionType.STALLED).orElseThrow().message())
                .contains(forensic, "1 rule");
        assertThat(world.calls("ModifyNetworkInterfaceAttribute", 0)).isZero();
        assertThat(world.calls("RevokeSecurityGroupEgress", 0)).isZero();

        world.region().removeRules(forensic);
        world.awaitVerified(instance);
    }

    private String forensicGroup() {
        return world.region()
                .securityGroup(world.region().vpcOf(scene.vpc()), "Forensic")
                .id();
    }

    private String withExisting(String group) {
        return Policies.workshop()
                .replace(
                        "response: {isolation: {",
                        "response: {isolation: {existingGroups: [{vpcID: %s, groupID: %s}], "
                                .formatted(scene.vpc(), group));
    }

    private void isolate(String policy) {
        world.cluster().create(policy);
        world.startOperator();
        scene.compromise(world.world());
        world.awaitVerified(instance);
    }

    private void assertIsolated() {
        List<String> groups = world.quarantine(instance).orElseThrow().getStatus().isolationGroups().stream()
                .map(group -> Objects.requireNonNull(group.groupID()))
                .toList();
        assertThat(world.region().groupsOf(instance))
                .allSatisfy((_, carried) -> assertThat(carried).hasSize(1).isSubsetOf(groups));
        assertThat(groups)
                .allSatisfy(group ->
                        assertThat(world.region().groupOf(group).rules()).isEmpty());
        assertThat(world.quarantine(instance).orElseThrow().getStatus().interfaces())
                .allSatisfy(each -> assertThat(each.baseline()).doesNotContainAnyElementsOf(groups));
    }

    private String primary() {
        return world.region().interfacesOf(instance).getFirst().id();
    }

    private String isolationGroup() {
        return world.isolationGroup(instance);
    }

    private List<String> events() {
        return world.client().events().v1().events().inNamespace("default").list().getItems().stream()
                .map(Event::getReason)
                .toList();
    }

    private static int driftCount(QuarantinedInstance object) {
        return verification(object).map(VerificationStatus::driftCount).orElse(0);
    }

    private static String lastDrift(QuarantinedInstance object) {
        return verification(object)
                .map(VerificationStatus::lastDrift)
                .map(Drift::detail)
                .orElse("");
    }

    private static Optional<VerificationStatus> verification(QuarantinedInstance object) {
        return Optional.ofNullable(object.getStatus().verification());
    }
}
