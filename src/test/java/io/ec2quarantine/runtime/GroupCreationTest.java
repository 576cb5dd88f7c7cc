package io.ec2quarantine.runtime;

import static io.ec2quarantine.testing.OperatorWorld.condition;
import static io.ec2quarantine.testing.OperatorWorld.isTrue;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.ec2quarantine.api.v1alpha1.Condition;
import io.ec2quarantine.api.v1alpha1.Condition.Status;
import io.ec2quarantine.api.v1alpha1.ConditionType;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.core.isolation.Marks;
import io.ec2quarantine.sim.Call;
import io.ec2quarantine.sim.Faults;
import io.ec2quarantine.sim.FindingTemplate;
import io.ec2quarantine.sim.Model.Group;
import io.ec2quarantine.sim.Model.Permission;
import io.ec2quarantine.sim.Model.Vpc;
import io.ec2quarantine.sim.RegionWorld;
import io.ec2quarantine.testing.Eventually;
import io.ec2quarantine.testing.OperatorWorld;
import io.ec2quarantine.testing.Policies;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever EC2 does while an isolation group is made for two instances of one VPC at once: it ends with one group of ours,
 * and no interface is put into it before the rules that EC2 gave it are revoked.
 */
class GroupCreationTest {
    private static final String INSTALL_ID = "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d";
    private static final String PLAIN = "ForensicSecurityGroup";
    private static final String BESIDE = PLAIN + "-0a1b2c3d";
    private static final String CREATE = "CreateSecurityGroup";
    private static final String REVOKE = "RevokeSecurityGroupEgress";
    private static final String SWAP = "ModifyNetworkInterfaceAttribute";
    private static final String GROUPS = "DescribeSecurityGroups";
    private static final String RULES = "DescribeSecurityGroupRules";
    /** EC2 gives a new group a rule that allows all egress over IPv4, and in this VPC another one for IPv6. */
    private static final int DEFAULT_RULES = 2;

    private final OperatorWorld world = new OperatorWorld();
    private final RegionWorld region = world.region();
    private final Faults faults = world.simulator().faults();
    private final Vpc vpc = region.vpc("vpc-0aaaaaaaaaaaaaaa6", true);
    private final Group web = region.securityGroup(vpc, "web");
    private final List<String> instances = List.of(launch("one"), launch("other"));

    @BeforeEach
    void install() {
        world.client()
                .resource(new SecretBuilder()
                        .withNewMetadata()
                        .withName("ec2-quarantine-operator")
                        .withNamespace("default")
                        .endMetadata()
                        .withData(Map.of("installID", base64(INSTALL_ID), "signingKey", base64("key")))
                        .build())
                .create();
    }

    @AfterEach
    void end() {
        world.close();
    }

    static Stream<Arguments> troubles() {
        return Stream.of(
                trouble("none", PLAIN, _ -> {}),
                trouble("old reads", PLAIN, test -> test.world.world().staleReads(4)),
                trouble(
                        "reads old for seconds",
                        PLAIN,
                        test -> test.world.world().staleFor(Duration.ofSeconds(3))),
                trouble("old groups", PLAIN, test -> test.world.world().staleReads(GROUPS, 5)),
                trouble("old rules", PLAIN, test -> test.world.world().staleReads(RULES, 4)),
                trouble(
                        "a new group that cannot be changed yet",
                        PLAIN,
                        test -> test.world.world().staleReads(REVOKE, 2)),
                trouble("a stranger's name", BESIDE, test -> test.stranger(PLAIN)),
                trouble("the name of another installation", BESIDE, GroupCreationTest::anotherInstallation),
                trouble("a stranger's name, old reads", BESIDE, test -> {
                    test.stranger(PLAIN);
                    test.world.world().staleReads(4);
                }),
                trouble("a stranger's name, reads old for seconds", BESIDE, test -> {
                    test.stranger(PLAIN);
                    test.world.world().staleFor(Duration.ofSeconds(3));
                }),
                trouble("a stranger's name, a lost answer, old reads", BESIDE, test -> {
                    test.stranger(PLAIN);
                    test.faults.on(CREATE).after(1).times(1).applyThenDrop();
                    test.world.world().staleReads(4);
                }),
                trouble(
                        "a group that was made without an answer",
                        PLAIN,
                        test -> test.faults.on(CREATE).times(1).applyThenDrop()),
                trouble("a group that was made without an answer, old groups", PLAIN, test -> {
                    test.faults.on(CREATE).times(1).applyThenInternalError();
                    // The last one by which the holder of the name is looked for is the first to show it.
                    test.world.world().staleReads(GROUPS, 3);
                }),
                trouble("a group that was made without an answer, reads old for seconds", PLAIN, test -> {
                    test.faults.on(CREATE).times(1).applyThenDrop();
                    test.world.world().staleFor(Duration.ofSeconds(3));
                }),
                trouble(
                        "rules that were revoked without an answer",
                        PLAIN,
                        test -> test.faults.on(REVOKE).times(1).applyThenDrop()),
                trouble("rules that were revoked without an answer, old rules", PLAIN, test -> {
                    test.faults.on(REVOKE).times(1).applyThenInternalError();
                    test.world.world().staleReads(RULES, 3);
                }),
                trouble(
                        "a revocation that is throttled",
                        PLAIN,
                        test -> test.faults.on(REVOKE).times(3).throttle()),
                trouble(
                        "a revocation that breaks",
                        PLAIN,
                        test -> test.faults.on(REVOKE).times(3).dropConnection()),
                trouble(
                        "rules that cannot be read",
                        PLAIN,
                        test -> test.faults.on(RULES).times(3).internalError()),
                trouble("two operators at once", PLAIN, test -> test.world.startOperator()),
                trouble("two operators at once, old reads", PLAIN, test -> {
                    test.world.world().staleReads(4);
                    test.world.startOperator();
                }));
    }

    @ParameterizedTest
    @MethodSource("troubles")
    void endsWithOneGroupThatWasEmptyBeforeItsFirstMember(String group, Consumer<GroupCreationTest> cause) {
        cause.accept(this);
        start();

        assertIsolatedIn(group);
        assertEmptiedBeforeItsFirstMember();
    }

    @Test
    void whereBothNamesAreTakenARandomOneIsNotTakenTwice() {
        stranger(PLAIN);
        stranger(BESIDE);
        world.world().staleReads(4);
        start();

        instances.forEach(world::awaitVerified);

        assertThat(ours()).singleElement().satisfies(group -> {
            assertThat(group.name()).startsWith(PLAIN + "-").isNotEqualTo(BESIDE);
            assertThat(group.rules()).isEmpty();
        });
        assertEmptiedBeforeItsFirstMember();
    }

    @Test
    void aNameWhoseHolderNeverShowsIsWaitedForAndThenLeft() {
        faults.on(CREATE).times(1).applyThenDrop();
        world.world().staleReads(GROUPS, Integer.MAX_VALUE);
        start();
        world.awaitCalls(SWAP, 0, 1);

        world.world().consistent();

        instances.forEach(world::awaitVerified);
        assertThat(ours()).extracting(Group::name).containsExactly(PLAIN, BESIDE);
        assertEmptiedBeforeItsFirstMember();
    }

    @Test
    void whoFindsTheRulesRevokedByAnotherIsolationHasNothingToWaitFor() {
        Faults.Fault revocation = faults.on(REVOKE).hold();
        world.cluster().create(Policies.workshop());
        world.startOperator();
        quarantine(instances.getFirst());
        withoutTimeThatGoesBy("the first one's revocation", () -> revocation.hits() == 1);
        quarantine(instances.getLast());
        withoutTimeThatGoesBy(
                "the plan of the second one, which saw the rules",
                () -> world.quarantine(instances.getLast())
                        .map(QuarantinedInstance::getStatus)
                        .filter(status -> !status.interfaces().isEmpty())
                        .isPresent());

        revocation.remove();

        withoutTimeThatGoesBy(
                "both swaps", () -> world.simulator().calls().of(SWAP).size() == 2);
        assertIsolatedIn(PLAIN);
        assertEmptiedBeforeItsFirstMember();
    }

    @Test
    void aRevocationThatBrokeIsTriedAgainByTheNextProcess() {
        Faults.Fault broken = faults.on(REVOKE).internalError();
        start();
        awaitHits(broken, 1);
        world.stopOperator();
        assertThat(world.simulator().calls().of(SWAP)).isEmpty();
        world.world().staleReads(4);
        faults.clear();

        world.startOperator();

        assertIsolatedIn(PLAIN);
        assertEmptiedBeforeItsFirstMember();
    }

    @Test
    void aGroupWhoseRulesMayNotBeRevokedIsBetterThanTheGroupsFromBeforeButNothingIsVerified() {
        faults.on(REVOKE).deny();
        start();
        for (String instance : instances) {
            QuarantinedInstance object = world.await(
                    instance,
                    "isolated, but not verified",
                    found -> isTrue(found, ConditionType.ISOLATED) && isTrue(found, ConditionType.STALLED));
            assertThat(condition(object, ConditionType.STALLED).map(Condition::message))
                    .hasValueSatisfying(message ->
                            assertThat(message).contains("ec2:" + REVOKE).contains("allow it"));
            assertThat(condition(object, ConditionType.VERIFIED).map(Condition::status))
                    .contains(Status.FALSE);
            assertThat(isTrue(object, ConditionType.READY)).isFalse();
        }
        world.elapse(Duration.ofMinutes(3));
        assertThat(instances).noneMatch(id -> isTrue(world.quarantine(id).orElseThrow(), ConditionType.VERIFIED));

        faults.clear();

        assertIsolatedIn(PLAIN);
    }

    @Test
    void anInterfaceWaitsWhileItsGroupHasRulesThatARetryWillTakeAway() {
        start();
        assertIsolatedIn(PLAIN);
        Faults.Fault throttled = faults.on("RevokeSecurityGroupIngress").throttle();
        region.addRule(ours().getFirst().id(), Permission.all(false, "0.0.0.0/0"));
        region.attach(instances.getFirst(), details -> details.groups(web.id()));
        long mark = world.simulator().calls().mark();
        awaitHits(throttled, 3);
        assertThat(world.calls(SWAP, mark)).isZero();

        faults.clear();

        world.awaitCalls(SWAP, mark, 1);
        assertIsolatedIn(PLAIN);
        assertThat(world.simulator().calls().since(mark))
                .filteredOn(Call::changedTheWorld)
                .extracting(Call::action)
                .containsSubsequence("RevokeSecurityGroupIngress", SWAP);
    }

    private static Arguments trouble(String name, String group, Consumer<GroupCreationTest> cause) {
        return argumentSet(name, group, cause);
    }

    private String launch(String name) {
        return region.instance(name).in(vpc).groups(web).launch().id();
    }

    private Group stranger(String name) {
        return region.securityGroup(vpc, name);
    }

    private void anotherInstallation() {
        region.tag(stranger(PLAIN).id(), Marks.OWNER, "another-installation");
    }

    private void start() {
        world.cluster().create(Policies.workshop());
        instances.forEach(id ->
                region.finding(FindingTemplate.maliciousIpCallerCustom(id, "198.51.100.17", "Custom-Threat-List")));
        world.startOperator();
    }

    private void quarantine(String id) {
        world.cluster().create("""
                apiVersion: ec2quarantine.io/v1alpha1
                kind: QuarantinedInstance
                metadata: {name: %1$s}
                spec: {instanceID: %1$s, region: us-west-2, desiredState: Isolated, policyRef: {name: malicious-ip-callers}}
                """.formatted(id));
    }

    private void withoutTimeThatGoesBy(String what, Supplier<Boolean> condition) {
        Eventually.holds(
                what, condition, () -> {}, () -> world.simulator().calls().all().toString());
    }

    private void awaitHits(Faults.Fault fault, int hits) {
        Eventually.holds(
                hits + " calls that fail",
                () -> fault.hits() >= hits,
                () -> world.clock().advance(Duration.ofMillis(200)),
                () -> world.simulator().calls().all().toString());
    }

    private List<Group> ours() {
        return region.groups().stream()
                .filter(group -> INSTALL_ID.equals(region.tagsOf(group.id()).get(Marks.OWNER)))
                .toList();
    }

    private void assertIsolatedIn(String name) {
        instances.forEach(world::awaitVerified);
        assertThat(ours()).singleElement().satisfies(group -> {
            assertThat(group.name()).isEqualTo(name);
            assertThat(group.rules()).isEmpty();
            assertThat(instances)
                    .allSatisfy(id -> assertThat(region.groupsOf(id).values()).containsOnly(List.of(group.id())));
        });
        assertThat(region.groups())
                .filteredOn(group -> group.name().startsWith(PLAIN) && !ours().contains(group))
                .allSatisfy(strangers -> assertThat(strangers.rules()).hasSize(DEFAULT_RULES));
    }

    /** By the order in which the calls took effect. */
    private void assertEmptiedBeforeItsFirstMember() {
        Map<String, Long> revoked = new HashMap<>();
        List<Call> changes = world.simulator().calls().changes();
        for (Call call : changes) {
            if (call.action().equals(REVOKE)) {
                revoked.merge(call.param("GroupId"), rules(call), Long::sum);
            }
            if (call.action().equals(SWAP)) {
                assertThat(revoked)
                        .as("rules revoked before %s", call)
                        .containsEntry(call.param("SecurityGroupId.1"), (long) DEFAULT_RULES);
            }
        }
        assertThat(changes).extracting(Call::action).contains(SWAP);
    }

    private static long rules(Call revocation) {
        return revocation.params().keySet().stream()
                .filter(parameter -> parameter.startsWith("SecurityGroupRuleId."))
                .count();
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
