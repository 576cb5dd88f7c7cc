package io.ec2quarantine.runtime;

import static io.ec2quarantine.testing.OperatorWorld.condition;
import static io.ec2quarantine.testing.OperatorWorld.isTrue;
import static org.assertj.core.api.Assertions.assertThat;

import io.ec2quarantine.api.v1alpha1.Condition.Status;
import io.ec2quarantine.api.v1alpha1.ConditionType;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceSpec.DesiredState;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.VerificationStatus;
import io.ec2quarantine.sim.Call;
import io.ec2quarantine.sim.Model.Group;
import io.ec2quarantine.sim.Model.Peer;
import io.ec2quarantine.sim.Model.PeerKind;
import io.ec2quarantine.sim.Model.Permission;
import io.ec2quarantine.sim.Model.Rule;
import io.ec2quarantine.sim.WorkshopScene;
import io.ec2quarantine.testing.Eventually;
import io.ec2quarantine.testing.OperatorWorld;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An isolation group has exactly the rules of the frozen response: those who investigate get in, and nobody else. */
class ForensicAccessTest {
    private static final Permission SSH = new Permission(false, "tcp", 22, 22, new Peer(PeerKind.IPV4, "10.1.2.0/24"));
    private static final Permission LOGS =
            new Permission(true, "tcp", 443, 443, new Peer(PeerKind.PREFIX_LIST, "pl-0123456789abcdef0"));
    private static final Permission PING =
            new Permission(false, "icmpv6", -1, -1, new Peer(PeerKind.IPV6, "2001:db8::/48"));
    private static final List<String> ACCESS = List.of(
            "{name: ssh, direction: Ingress, protocol: tcp, fromPort: 22, toPort: 22, cidr: 10.1.2.9/24}",
            "{name: logs, direction: Egress, protocol: tcp, fromPort: 443, toPort: 443, prefixListID: pl-0123456789abcdef0}",
            "{name: ping, direction: Ingress, protocol: icmpv6, cidr: '2001:DB8:0::/48'}");

    private final OperatorWorld world = new OperatorWorld();
    private final WorkshopScene scene = WorkshopScene.build(world.world());
    private final String instance = scene.compromisedInstance();

    @AfterEach
    void end() {
        world.close();
    }

    @Test
    void theGroupHasNothingBeforeAnInterfaceIsMovedIntoItAndTheAccessAloneAfterwards() {
        isolate(instance, policy("investigated", ACCESS));

        Group group = world.region().groupOf(world.isolationGroup(instance));
        assertThat(group.name()).matches("ForensicSecurityGroup-[0-9a-f]{10}");
        assertThat(permissions(group)).containsExactlyInAnyOrder(SSH, LOGS, PING);
        assertThat(world.region().groupsOf(instance).values()).containsOnly(List.of(group.id()));
        assertThat(writes())
                .containsSubsequence(
                        "CreateSecurityGroup",
                        "RevokeSecurityGroupEgress",
                        "ModifyNetworkInterfaceAttribute",
                        "AuthorizeSecurityGroupIngress",
                        "AuthorizeSecurityGroupEgress");
        assertThat(world.quarantine(instance).orElseThrow().getStatus().isolationGroups())
                .singleElement()
                .satisfies(each -> assertThat(each.ruleCount()).isEqualTo(3));
    }

    @Test
    void aRuleTooManyIsGoneAndOneThatIsMissingIsBackWithinASweep() {
        isolate(instance, policy("investigated", ACCESS));
        String group = world.isolationGroup(instance);
        world.region().removeRules(group);
        world.region().addRule(group, SSH);
        world.region().addRule(group, Permission.all(true, "0.0.0.0/0"));

        Instant changed = world.clock().instant();
        world.await(instance, "repaired", object -> drifts(object) == 1 && isTrue(object, ConditionType.VERIFIED));

        assertThat(permissions(world.region().groupOf(group))).containsExactlyInAnyOrder(SSH, LOGS, PING);
        assertThat(Duration.between(changed, world.clock().instant())).isLessThan(Duration.ofSeconds(80));
        world.elapse(Duration.ofMinutes(3));
        assertThat(drifts(world.quarantine(instance).orElseThrow())).isEqualTo(1);
    }

    @Test
    void quarantinesWithOtherRulesNeverShareAGroup() {
        world.cluster().create(policy("silent", List.of()));
        world.cluster().create(policy("investigated", ACCESS));
        world.cluster().create(policy("alike", ACCESS));
        world.startOperator();
        quarantine(instance, "silent");
        quarantine(scene.compromisedInstance2(), "investigated");
        quarantine(scene.compromisedInstance3(), "alike");
        world.awaitVerified(instance);
        world.awaitVerified(scene.compromisedInstance2());
        world.awaitVerified(scene.compromisedInstance3());

        world.elapse(Duration.ofMinutes(2));

        String silent = world.isolationGroup(instance);
        String investigated = world.isolationGroup(scene.compromisedInstance2());
        assertThat(world.isolationGroup(scene.compromisedInstance3())).isEqualTo(investigated);
        assertThat(silent).isNotEqualTo(investigated);
        assertThat(world.region().groupOf(silent).name()).isEqualTo("ForensicSecurityGroup");
        assertThat(world.region().groupOf(silent).rules()).isEmpty();
        assertThat(permissions(world.region().groupOf(investigated))).containsExactlyInAnyOrder(SSH, LOGS, PING);
    }

    @Test
    void whoMayNotPutRulesIsolatesAllTheSameAndSaysWhatIsMissing() {
        world.simulator().faults().on("AuthorizeSecurityGroupIngress").deny();
        world.cluster().create(policy("investigated", ACCESS));
        world.startOperator();
        quarantine(instance, "investigated");

        QuarantinedInstance isolated =
                world.await(instance, ConditionType.VERIFIED, Status.FALSE, "ForensicAccessMissing");

        assertThat(condition(isolated, ConditionType.ISOLATED).orElseThrow().status())
                .isEqualTo(Status.TRUE);
        assertThat(condition(isolated, ConditionType.VERIFIED).orElseThrow().message())
                .contains("lacks ingress icmpv6 from 2001:db8::/48, ingress tcp 22 from 10.1.2.0/24");
        assertThat(condition(isolated, ConditionType.STALLED).orElseThrow().message())
                .contains("ec2:AuthorizeSecurityGroupIngress");
        assertThat(permissions(world.region().groupOf(world.isolationGroup(instance))))
                .containsExactly(LOGS);

        world.simulator().faults().clear();
        world.awaitVerified(instance);
        assertThat(permissions(world.region().groupOf(world.isolationGroup(instance))))
                .containsExactlyInAnyOrder(SSH, LOGS, PING);
    }

    @Test
    void aPeerThatIsNotFoundKeepsNoOtherAccessOutAndIsNamed() {
        world.simulator()
                .faults()
                .on("AuthorizeSecurityGroupIngress", call -> call.toString().contains("sg-0123456789abcdef0"))
                .error("InvalidGroup.NotFound", 400, "The security group 'sg-0123456789abcdef0' does not exist");
        world.cluster()
                .create(
                        policy(
                                "investigated",
                                List.of(
                                        ACCESS.getFirst(),
                                        "{name: jump, direction: Ingress, protocol: tcp, fromPort: 22, toPort: 22, groupID: sg-0123456789abcdef0}")));
        world.startOperator();
        quarantine(instance, "investigated");

        QuarantinedInstance isolated =
                world.await(instance, ConditionType.VERIFIED, Status.FALSE, "ForensicAccessMissing");

        assertThat(permissions(world.region().groupOf(world.isolationGroup(instance))))
                .containsExactly(SSH);
        assertThat(condition(isolated, ConditionType.RECONCILING).orElseThrow().message())
                .contains("ingress tcp 22 from sg-0123456789abcdef0");
    }

    @Test
    void anAccessThatIsRefusedForGoodIsTriedEverMoreSeldom() {
        world.simulator().faults().on("AuthorizeSecurityGroupIngress").deny();
        world.cluster().create(policy("investigated", List.of(ACCESS.getFirst())));
        List<String> all = List.of(instance, scene.compromisedInstance2(), scene.compromisedInstance3());
        all.forEach(each -> quarantine(each, "investigated"));
        world.startOperator();
        all.forEach(each -> world.await(each, ConditionType.VERIFIED, Status.FALSE, "ForensicAccessMissing"));
        world.elapse(Duration.ofMinutes(60));
        long mark = world.simulator().calls().mark();

        world.elapse(Duration.ofMinutes(60));

        assertThat(world.calls("AuthorizeSecurityGroupIngress", mark))
                .as("not one for each instance, for they share the group")
                .isBetween(1L, 7L);
        world.simulator().faults().clear();
        world.elapse(Duration.ofMinutes(12));
        all.forEach(world::awaitVerified);
    }

    @Test
    void anAccessThatHangsKeepsNoInstanceFromBeingIsolated() {
        var hanging =
                world.simulator().faults().on("AuthorizeSecurityGroupIngress").hold();
        world.cluster().create(policy("investigated", ACCESS));
        world.startOperator();
        quarantine(instance, "investigated");
        quarantine(scene.compromisedInstance2(), "investigated");
        try {
            Eventually.holds(
                    "both isolations, without any time that goes by",
                    () -> List.of(instance, scene.compromisedInstance2()).stream()
                            .allMatch(this::isInNoGroupOfItsOwn),
                    () -> {},
                    () -> writes().toString());
        } finally {
            hanging.remove();
        }
        world.awaitVerified(instance);
        world.awaitVerified(scene.compromisedInstance2());
    }

    private boolean isInNoGroupOfItsOwn(String id) {
        return world.region().groupsOf(id).values().stream()
                .noneMatch(groups -> groups.contains(scene.targetSecurityGroup()));
    }

    @Test
    void theNextQuarantineTakesNoGroupWithAccessForWhatAnInterfaceHadBefore() {
        isolate(instance, policy("investigated", ACCESS));
        world.client().resources(QuarantinedInstance.class).withName(instance).delete();
        world.awaitGone(instance);

        quarantine(instance, "investigated");
        QuarantinedInstance again = world.awaitVerified(instance);

        assertThat(again.getStatus().interfaces())
                .allSatisfy(each -> assertThat(each.baseline()).isEmpty());
    }

    @Test
    void aReleaseGivesBackAndDeletesTheGroup() {
        isolate(instance, policy("investigated", ACCESS));
        String group = world.isolationGroup(instance);

        world.desire(instance, DesiredState.RELEASED);
        world.await(instance, ConditionType.READY, Status.TRUE, "Released");

        assertThat(world.region().groupsOf(instance).values()).containsOnly(List.of(scene.targetSecurityGroup()));
        assertThat(world.region().groups()).extracting(Group::id).doesNotContain(group);
    }

    private void isolate(String id, String policy) {
        world.cluster().create(policy);
        world.startOperator();
        quarantine(id, "investigated");
        world.awaitVerified(id);
    }

    private void quarantine(String id, String policy) {
        world.cluster().create("""
                apiVersion: ec2quarantine.io/v1alpha1
                kind: QuarantinedInstance
                metadata: {name: %1$s}
                spec: {instanceID: %1$s, region: us-west-2, desiredState: Isolated, policyRef: {name: %2$s}}
                """.formatted(id, policy));
    }

    private static String policy(String name, List<String> access) {
        return """
                apiVersion: ec2quarantine.io/v1alpha1
                kind: IsolationPolicy
                metadata: {name: %s}
                spec:
                  mode: Enforce
                  sources: [{name: workshop, regions: [us-west-2]}]
                  match: {findingTypes: ["*"]}
                  response:
                    isolation: {securityGroupName: ForensicSecurityGroup, forensicAccess: [%s]}
                """.formatted(name, String.join(", ", access));
    }

    private List<String> writes() {
        return world.simulator().calls().all().stream().map(Call::action).toList();
    }

    private static List<Permission> permissions(Group group) {
        return group.rules().stream().map(Rule::permission).toList();
    }

    private static int drifts(QuarantinedInstance object) {
        return Optional.ofNullable(object.getStatus().verification())
                .map(VerificationStatus::driftCount)
                .orElse(0);
    }
}
