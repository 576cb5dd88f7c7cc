package io.ec2quarantine.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.ec2quarantine.api.v1alpha1.Condition;
import io.ec2quarantine.api.v1alpha1.Condition.Status;
import io.ec2quarantine.api.v1alpha1.ConditionType;
import io.ec2quarantine.api.v1alpha1.IsolationPolicy;
import io.ec2quarantine.api.v1alpha1.IsolationPolicyStatus.SourceStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceSpec.DesiredState;
import io.ec2quarantine.cluster.Responses;
import io.ec2quarantine.core.isolation.Marks;
import io.ec2quarantine.sim.AccountWorld;
import io.ec2quarantine.sim.Call;
import io.ec2quarantine.sim.FindingTemplate;
import io.ec2quarantine.sim.Model;
import io.ec2quarantine.sim.RegionWorld;
import io.ec2quarantine.status.Conditions;
import io.ec2quarantine.testing.Eventually;
import io.ec2quarantine.testing.LogCapture;
import io.ec2quarantine.testing.OperatorWorld;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Several accounts and Regions: whose identity does what, and one that fails stops no other. */
class OrganisationTest {
    private static final String HERE = "us-west-2";
    private static final String THERE = "eu-central-1";
    private static final String READER = "ec2-quarantine-reader";
    private static final String RESPONDER = "ec2-quarantine-responder";
    private static final String RELEASE = "ec2-quarantine-release";
    private static final String EXTERNAL_ID = "wanted-by-the-roles";
    private static final String ATTACKER = "198.51.100.17";
    private static final String ROLES =
            "responderRoleName: %s, releaseRoleName: %s, externalID: %s".formatted(RESPONDER, RELEASE, EXTERNAL_ID);

    private final OperatorWorld world = new OperatorWorld();
    private final AccountWorld own = world.world().account(OperatorWorld.ACCOUNT);
    private final AccountWorld administrator = world.world().account("999900001111");
    private final AccountWorld member = member("444455556666");
    private final AccountWorld other = member("777788889999");

    OrganisationTest() {
        administrator.role(READER).trusts(own.id()).externalId(EXTERNAL_ID);
    }

    @AfterEach
    void end() {
        world.close();
    }

    // --- who does what

    @Test
    void aMembersInstanceIsIsolatedByTheResponderAndGivenBackByTheReleaseRole() {
        String instance = instance(member, HERE);
        List<String> before = groups(member, HERE, instance);
        world.cluster().create(policy("org", HERE, ROLES));
        finding(member, HERE, instance);
        world.startOperator();

        QuarantinedInstance isolated = world.awaitVerified(instance);

        assertThat(isolated.getSpec().accountID()).isEqualTo(member.id());
        assertThat(groups(member, HERE, instance)).containsExactly(world.isolationGroup(instance));
        assertThat(rolesIn(administrator, 0)).containsOnly(READER);
        assertThat(rolesIn(member, 0)).containsOnly(RESPONDER);
        assertThat(world.simulator().calls().all())
                .filteredOn(call -> call.account().equals(own.id()))
                .extracting(Call::service)
                .containsOnly("sts");

        world.elapse(Duration.ofSeconds(5));
        long mark = world.simulator().calls().mark();
        world.desire(instance, DesiredState.RELEASED);
        world.await(instance, ConditionType.READY, Status.TRUE, "Released");

        assertThat(groups(member, HERE, instance)).isEqualTo(before);
        assertThat(rolesIn(member, mark)).containsOnly(RELEASE);
        assertThat(world.simulator().calls().since(mark))
                .filteredOn(call -> call.account().equals(member.id()))
                .extracting(Call::action)
                .contains("ModifyNetworkInterfaceAttribute", "DescribeNetworkInterfaces", "DeleteSecurityGroup");
        assertThat(List.of(READER, RESPONDER, RELEASE))
                .allSatisfy(role -> assertThat(callsOf(role)).isNotEmpty().isSubsetOf(allowed(role)));
    }

    @Test
    void withoutAReleaseRoleTheResponderGivesBack() {
        String instance = instance(member, HERE);
        world.cluster().create(policy("org", HERE, withExternalId("responderRoleName: " + RESPONDER)));
        finding(member, HERE, instance);
        world.startOperator();
        world.awaitVerified(instance);

        world.desire(instance, DesiredState.RELEASED);
        world.await(instance, ConditionType.READY, Status.TRUE, "Released");

        assertThat(rolesIn(member, 0)).containsOnly(RESPONDER);
    }

    @Test
    void theRoleIsUsedInTheOperatorsOwnAccountToo() {
        own.role(RESPONDER).externalId(EXTERNAL_ID);
        own.role(RELEASE).externalId(EXTERNAL_ID);
        String instance = instance(own, HERE);
        world.cluster().create(ownPolicy("mine", HERE, ROLES));
        own.region(HERE).finding(FindingTemplate.commandAndControl(instance, ATTACKER));
        world.startOperator();

        world.awaitVerified(instance);

        assertThat(world.simulator().calls().all())
                .filteredOn(call -> call.service().equals("ec2"))
                .isNotEmpty()
                .extracting(Call::role)
                .containsOnly(RESPONDER);
    }

    @Test
    void driftInAMembersAccountIsFoundByOneReadAndRepairedByTheResponder() {
        List<String> instances =
                IntStream.range(0, 3).mapToObj(_ -> instance(member, HERE)).toList();
        world.cluster().create(policy("org", HERE, ROLES));
        instances.forEach(each -> finding(member, HERE, each));
        world.startOperator();
        instances.forEach(world::awaitVerified);
        world.elapse(Duration.ofMinutes(1));
        long mark = world.simulator().calls().mark();
        world.elapse(Duration.ofMinutes(1));
        assertThat(world.calls("DescribeNetworkInterfaces", mark)).isEqualTo(1);

        RegionWorld region = member.region(HERE);
        String drifted = region.interfacesOf(instances.getFirst()).getFirst().id();
        region.setGroups(
                drifted,
                region.securityGroup(vpcOf(region, instances.getFirst()), "back-again")
                        .id());
        world.await(
                instances.getFirst(),
                "isolated again",
                object -> groups(member, HERE, instances.getFirst())
                        .equals(List.of(world.isolationGroup(instances.getFirst()))));

        assertThat(rolesIn(member, 0)).containsOnly(RESPONDER);
    }

    @Test
    void aGroupThatWasGivenUpIsDeletedAfterTheLastReleaseInItsAccountWhateverIsIsolatedInAnother() {
        String instance = instance(member, HERE);
        String elsewhere = instance(other, HERE);
        world.cluster().create(policy("org", HERE, ROLES));
        finding(member, HERE, instance);
        finding(other, HERE, elsewhere);
        world.startOperator();
        world.awaitVerified(instance);
        world.awaitVerified(elsewhere);
        RegionWorld region = member.region(HERE);
        Model.Group givenUp =
                region.securityGroupLike(region.groupOf(world.isolationGroup(instance)), vpcOf(region, instance));
        region.tag(
                givenUp.id(),
                Marks.OWNER,
                region.tagsOf(world.isolationGroup(instance)).getOrDefault(Marks.OWNER, ""));

        world.desire(instance, DesiredState.RELEASED);
        world.await(instance, ConditionType.READY, Status.TRUE, "Released");

        assertThat(region.groups()).extracting(Model.Group::id).doesNotContain(givenUp.id());
        assertThat(groups(other, HERE, elsewhere)).containsExactly(world.isolationGroup(elsewhere));
    }

    // --- which account and role

    @Test
    void anInstanceOfAnotherAccountAsksForTheRoleThatReachesItAndTakesItFromThePolicyOnceItSaysSo() {
        String instance = instance(member, HERE);
        world.cluster().create(policy("org", HERE, ""));
        finding(member, HERE, instance);
        world.startOperator();

        QuarantinedInstance denied = world.await(instance, ConditionType.READY, Status.FALSE, "Denied");

        assertThat(message(denied, ConditionType.READY))
                .contains("account " + member.id())
                .contains("the operator's identity belongs to account " + own.id())
                .contains("set spec.response.access.responderRoleName of the policy to a role of that account");
        assertThat(rolesIn(member, 0)).isEmpty();
        patch(
                "org",
                "{\"spec\":{\"response\":{\"access\":{\"responderRoleName\":\"%s\",\"externalID\":\"%s\"}}}}"
                        .formatted(RESPONDER, EXTERNAL_ID));

        QuarantinedInstance isolated = world.awaitVerified(instance);

        assertThat(Responses.access(isolated.getStatus().response()).toRespond())
                .contains(RESPONDER);
        patch("org", "{\"spec\":{\"response\":{\"access\":{\"responderRoleName\":\"ec2-quarantine-none\"}}}}");
        world.elapse(Duration.ofMinutes(3));
        assertThat(OperatorWorld.isTrue(world.quarantine(instance).orElseThrow(), ConditionType.VERIFIED))
                .as("what was written down is kept with the role that it was written down with")
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', useHeadersInDisplayName = true, textBlock = """
            reader                                                      | responder
            arn:aws:iam::999900001111:role/Admin                        | Admin
            arn:aws:iam::999900001111:role/ec2-quarantine-x/Admin       | OrganizationAccountAccessRole
            arn:aws:iam::999900001111:role/x/ec2-quarantine-reader      | my-ec2-quarantine-responder
            """)
    void aRoleThatIsNotAllowedIsNeverAssumed(String reader, String responder) {
        administrator.role("Admin");
        member.role(responder);
        String instance = instance(member, HERE);
        world.cluster().create(policy("reading", List.of(HERE), reader, ""));
        world.cluster().create(policy("acting", HERE, "responderRoleName: " + responder));
        finding(member, HERE, instance);
        world.startOperator();

        IsolationPolicy policy = world.awaitPolicy("reading", "refused", each -> says(each, "RoleNotAllowed"));
        QuarantinedInstance object = world.await(instance, ConditionType.READY, Status.FALSE, "RoleNotAllowed");
        world.elapse(Duration.ofMinutes(3));

        assertThat(source(policy, HERE).message()).contains(reader).contains("OPERATOR_ROLE_ALLOWLIST");
        assertThat(message(object, ConditionType.READY))
                .contains("arn:aws:iam::444455556666:role/" + responder)
                .contains("OPERATOR_ROLE_ALLOWLIST");
        assertThat(world.simulator().calls().of("AssumeRole"))
                .extracting(call -> call.param("RoleArn"))
                .containsOnly("arn:aws:iam::999900001111:role/" + READER);
    }

    @Test
    void theAllowlistIsASetting() {
        member.role("quarantine").externalId(EXTERNAL_ID);
        world.setting(
                "OPERATOR_ROLE_ALLOWLIST", "arn:aws:iam::444455556666:role/quarantine,arn:aws:iam::*:role/*-reader");
        String instance = instance(member, HERE);
        world.cluster().create(policy("org", HERE, withExternalId("responderRoleName: quarantine")));
        finding(member, HERE, instance);
        world.startOperator();

        world.awaitVerified(instance);
    }

    @Test
    void tagsAreReadAsOneOfTheMatchingPoliciesActs() {
        String instance = instance(member, HERE);
        member.region(HERE).tag(instance, "environment", "production");
        String tags = "instanceTags: {include: [{key: environment, values: [production]}]}";
        world.cluster().create(matching(policy("blind", HERE, ""), tags));
        world.cluster().create(matching(policy("seeing", HERE, ROLES), tags));
        finding(member, HERE, instance);
        world.startOperator();

        // Which of the two opens it is the name's order; the other way round nothing would have been opened at all.
        world.await(instance, "opened", object -> object.getSpec().policyRef() != null);

        assertThat(rolesIn(member, 0)).containsOnly(RESPONDER);
    }

    // --- one that fails stops no other

    @Test
    void aRegionThatIsDeniedIsNamedAndTheOtherGoesOn() {
        String instance = instance(member, HERE);
        world.simulator().faults().on("ListDetectors").inRegion(THERE).deny();
        world.cluster().create(policy("org", HERE + ", " + THERE, ROLES));
        finding(member, HERE, instance);
        world.startOperator();

        world.awaitVerified(instance);
        IsolationPolicy policy = world.awaitPolicy("org", "told", each -> says(each, "Denied"));

        assertThat(source(policy, HERE).message()).isNull();
        assertThat(source(policy, HERE).detectorID()).isNotNull();
        assertThat(source(policy, THERE).message())
                .contains("guardduty:ListDetectors")
                .contains("denied");
    }

    @Test
    void aReaderThatIsRefusedIsNamedAndTheOtherSourceGoesOn() {
        String instance = instance(own, HERE);
        administrator.role(READER).deny();
        world.cluster().create(policy("org", HERE, ""));
        world.cluster().create(ownPolicy("mine", HERE, ""));
        own.region(HERE).finding(FindingTemplate.commandAndControl(instance, ATTACKER));
        world.startOperator();

        world.awaitVerified(instance);
        IsolationPolicy refused = world.awaitPolicy("org", "told", each -> says(each, "Denied"));

        assertThat(source(refused, HERE).message())
                .contains("sts:AssumeRole for arn:aws:iam::999900001111:role/" + READER + " was denied")
                .contains("let the role's trust policy name that identity");
        world.awaitPolicy("mine", "polled", each -> says(each, "Polled"));
        administrator.role(READER).allow();
        world.awaitPolicy("org", "polled once it is allowed", each -> says(each, "Polled"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', useHeadersInDisplayName = true, textBlock = """
            effect        | reason
            internalError | Unreachable
            deny          | Denied
            """)
    void anAccountWhoseRoleCannotBeAssumedIsNamedAndTheOtherGoesOn(String effect, String reason) {
        String failing = instance(member, HERE);
        String going = instance(other, HERE);
        var fault = world.simulator()
                .faults()
                .on("AssumeRole", request -> request.param("RoleArn").contains(member.id()));
        var inForce = switch (effect) {
            case "internalError" -> fault.internalError();
            default -> fault.deny();
        };
        world.cluster().create(policy("org", HERE, ROLES));
        finding(member, HERE, failing);
        finding(other, HERE, going);
        world.startOperator();

        world.awaitVerified(going);
        QuarantinedInstance object = world.await(
                failing,
                "told",
                each -> message(each, ConditionType.READY).contains("arn:aws:iam::444455556666:role/" + RESPONDER));

        assertThat(Conditions.find(object.getStatus().conditions(), ConditionType.READY))
                .get()
                .extracting(Condition::reason)
                .isEqualTo(reason);
        inForce.remove();
        world.awaitVerified(failing);
    }

    // --- sessions

    @Test
    void oneSessionServesManyInstancesAndIsOpenedAnewBeforeItEnds() {
        List<String> instances = new ArrayList<>();
        IntStream.range(0, 8).forEach(_ -> instances.add(instance(member, HERE)));
        member.role(RESPONDER).lasting(Duration.ofMinutes(15));
        world.cluster().create(policy("org", HERE, ROLES));
        instances.forEach(each -> finding(member, HERE, each));
        world.startOperator();
        instances.forEach(world::awaitVerified);
        assertThat(sessions(RESPONDER)).isEqualTo(1);
        assertThat(sessions(READER)).isEqualTo(1);

        world.elapse(Duration.ofMinutes(5));
        assertThat(sessions(RESPONDER)).isEqualTo(1);

        world.elapse(Duration.ofMinutes(40));
        assertThat(sessions(RESPONDER)).isBetween(3L, 5L);
        assertThat(world.simulator().calls().all())
                .filteredOn(call -> call.account().equals(member.id()))
                .extracting(Call::outcome)
                .containsOnly(Call.OK);
        assertThat(instances)
                .allMatch(each -> OperatorWorld.isTrue(world.quarantine(each).orElseThrow(), ConditionType.VERIFIED));
    }

    @Test
    void aSessionThatCannotBeRenewedIsUsedUntilItsEnd() {
        String instance = instance(member, HERE);
        member.role(RESPONDER).lasting(Duration.ofMinutes(15));
        world.cluster().create(policy("org", HERE, ROLES));
        finding(member, HERE, instance);
        world.startOperator();
        world.awaitVerified(instance);
        member.role(RESPONDER).deny();

        // Ten minutes after its beginning it would be renewed.
        world.elapse(Duration.ofMinutes(12));
        assertThat(OperatorWorld.isTrue(world.quarantine(instance).orElseThrow(), ConditionType.VERIFIED))
                .isTrue();

        world.await(instance, ConditionType.VERIFIED, Status.UNKNOWN, "Stale");
        member.role(RESPONDER).allow();
        world.awaitVerified(instance);
    }

    @ParameterizedTest
    @CsvSource({"ExpiredToken", "RequestExpired"})
    void aSessionThatAwsEndsBeforeItsTimeIsOpenedAnew(String code) {
        String instance = instance(member, HERE);
        world.cluster().create(policy("org", HERE, ROLES));
        finding(member, HERE, instance);
        world.startOperator();
        world.awaitVerified(instance);
        long before = sessions(RESPONDER);

        world.simulator().faults().on("DescribeNetworkInterfaces").times(1).error(code, 400, "The session is over.");

        Eventually.holds(
                "another session",
                () -> sessions(RESPONDER) == before + 1,
                () -> world.clock().advance(Duration.ofMillis(200)),
                () -> world.simulator().calls().all().toString());
        world.elapse(Duration.ofMinutes(3));
        assertThat(OperatorWorld.isTrue(world.quarantine(instance).orElseThrow(), ConditionType.VERIFIED))
                .isTrue();
    }

    // --- the external id

    @Test
    void theExternalIdGoesToAwsAndNowhereElse() {
        String reachable = instance(member, HERE);
        String refused = instance(other, HERE);
        other.role(RESPONDER).externalId("another-one");
        world.simulator()
                .faults()
                .on("AssumeRole", request -> request.param("RoleArn").contains(administrator.id()))
                .times(2)
                .error("ValidationError", 400, "Value '" + EXTERNAL_ID + "' at 'externalId' is not welcome");
        try (LogCapture log = new LogCapture("io.ec2quarantine")) {
            world.cluster().create(policy("org", HERE, ROLES));
            finding(member, HERE, reachable);
            finding(other, HERE, refused);
            world.startOperator();
            world.awaitPolicy("org", "refused", each -> says(each, "Refused"));
            world.awaitVerified(reachable);
            world.await(refused, ConditionType.READY, Status.FALSE, "Denied");
            world.elapse(Duration.ofMinutes(1));

            assertThat(world.simulator().calls().of("AssumeRole"))
                    .isNotEmpty()
                    .allMatch(call -> call.param("ExternalId").equals(EXTERNAL_ID))
                    .allMatch(call -> call.param("RoleSessionName").equals("ec2-quarantine-operator"));
            assertThat(log.everything()).isNotEmpty().noneMatch(line -> line.contains(EXTERNAL_ID));
            assertThat(log.everything()).anyMatch(line -> line.contains("(not shown)"));
        }
        IsolationPolicy policy =
                world.client().resources(IsolationPolicy.class).withName("org").get();
        assertThat(Serialization.asYaml(policy.getStatus())).doesNotContain(EXTERNAL_ID);
        assertThat(List.of(reachable, refused)).allSatisfy(each -> {
            var status = world.quarantine(each).orElseThrow().getStatus();
            assertThat(Serialization.asYaml(status.response())).contains(EXTERNAL_ID);
            assertThat(Serialization.asYaml(status).split(EXTERNAL_ID, -1)).hasSize(2);
        });
        assertThat(Serialization.asYaml(
                        world.client().events().v1().events().inAnyNamespace().list()))
                .contains("org")
                .doesNotContain(EXTERNAL_ID);
    }

    // --- every Region

    @Test
    void aStarIsEveryRegionThatIsEnabledAlsoOneThatComesLater() {
        String instance = instance(member, "us-east-2");
        administrator.disable("us-west-1");
        administrator.region("ap-northeast-1").withoutDetector();
        world.cluster().create(policy("org", "'*'", ROLES));
        finding(member, "us-east-2", instance);
        world.startOperator();

        world.awaitVerified(instance);
        IsolationPolicy policy = world.awaitPolicy("org", "polled everywhere", each -> says(each, "Polled"));

        assertThat(policy.getStatus().sources())
                .extracting(SourceStatus::region)
                .contains(HERE, THERE, "us-east-2", "ap-northeast-1")
                .doesNotContain("us-west-1", "eu-south-2", "*");
        assertThat(source(policy, "ap-northeast-1").message())
                .isEqualTo(
                        "GuardDuty is not enabled in ap-northeast-1, so nothing is read there; enable it there if the"
                                + " Region is in use.");
        assertThat(world.simulator().calls().of("DescribeRegions"))
                .singleElement()
                .satisfies(call -> assertThat(call.account()).isEqualTo(administrator.id()))
                .satisfies(call -> assertThat(call.role()).isEqualTo(READER));

        administrator.enable("eu-south-2");
        member.enable("eu-south-2");
        String later = instance(member, "eu-south-2");
        finding(member, "eu-south-2", later);
        world.tick(Duration.ofHours(1));
        world.awaitVerified(later);
    }

    @Test
    void aListOfRegionsThatCannotBeReadIsToldAndTheLastOneStands() {
        var denied = world.simulator().faults().on("DescribeRegions").deny();
        world.cluster().create(policy("org", "'*'", ROLES));
        world.startOperator();
        IsolationPolicy unread = world.awaitPolicy("org", "without a list", each -> says(each, "Denied"));
        assertThat(unread.getStatus().sources())
                .singleElement()
                .satisfies(each -> assertThat(each.region()).isEqualTo("*"))
                .satisfies(each -> assertThat(each.message())
                        .contains("ec2:DescribeRegions")
                        .contains("denied"));
        denied.remove();
        world.awaitPolicy("org", "polled everywhere", each -> says(each, "Polled"));

        world.simulator().faults().on("DescribeRegions").deny();
        world.tick(Duration.ofHours(1));
        IsolationPolicy policy = world.awaitPolicy("org", "with an old list", each -> says(each, "Denied"));

        assertThat(policy.getStatus().sources())
                .extracting(SourceStatus::region)
                .contains("*", HERE, THERE);
        assertThat(source(policy, "*").message()).contains("ec2:DescribeRegions");
        String instance = instance(member, HERE);
        finding(member, HERE, instance);
        world.awaitVerified(instance);
    }

    @Test
    void whereNoRegionHasADetectorTheSourceIsNotReachable() {
        administrator.regionNames().forEach(each -> administrator.region(each).withoutDetector());
        world.cluster().create(policy("org", "'*'", ROLES));
        world.startOperator();

        world.awaitPolicy("org", "told", each -> says(each, "DetectorMissing"));
    }

    @Test
    void sourcesThatShareAReaderAndARegionShareTheirReads() {
        world.cluster().create(policy("one", HERE + ", " + THERE, ROLES));
        world.cluster().create(policy("two", "'*'", ROLES));
        world.cluster().create(ownPolicy("mine", HERE, ""));
        world.startOperator();
        world.awaitPolicy("one", "polled", each -> says(each, "Polled"));
        world.awaitPolicy("two", "polled", each -> says(each, "Polled"));
        world.awaitPolicy("mine", "polled", each -> says(each, "Polled"));

        assertThat(world.simulator().calls().of("ListDetectors"))
                .filteredOn(call -> call.region().equals(HERE))
                .extracting(Call::account)
                .containsExactlyInAnyOrder(administrator.id(), own.id());
    }

    /** How far back a new process reads: what it finds there is put before a person, however old it is. */
    @Test
    void whatAnotherReaderHadStoredIsNoBeginningForASourceOfTheSameName() {
        String instance =
                world.region().instance("web").in(world.region().vpc()).launch().id();
        Instant now = world.clock().instant();
        world.region()
                .finding(FindingTemplate.commandAndControl(instance, ATTACKER).at(now.minus(Duration.ofDays(2))));
        world.cluster().create(policy("org", HERE, ROLES));
        world.cluster().create(ownPolicy("mine", HERE, "").replace("name: here", "name: org"));
        world.client()
                .resources(IsolationPolicy.class)
                .withName("org")
                .subresource("status")
                .patch(PatchContext.of(PatchType.JSON_MERGE), """
                        {"status":{"sources":[{"name":"org","region":"%s","lastPollTime":"%s","lastFindingUpdateTime":"%s"}]}}
                        """.formatted(HERE, now, now.minus(Duration.ofDays(3))));

        world.startOperator();
        world.awaitPolicy("mine", "polled", each -> says(each, "Polled"));

        assertThat(world.quarantine(instance)).isEmpty();
    }

    // --- the scene

    private AccountWorld member(String id) {
        AccountWorld account = world.world().account(id).administeredBy(administrator);
        account.role(RESPONDER).trusts(own.id()).externalId(EXTERNAL_ID);
        account.role(RELEASE).trusts(own.id()).externalId(EXTERNAL_ID);
        return account;
    }

    private static String instance(AccountWorld account, String region) {
        RegionWorld where = account.region(region);
        return where.instance("web").in(where.vpc()).launch().id();
    }

    private static Model.Vpc vpcOf(RegionWorld region, String instance) {
        return region.vpcOf(region.interfacesOf(instance).getFirst().vpc());
    }

    /** Told by the administrator's detector. */
    private static void finding(AccountWorld account, String region, String instance) {
        account.region(region).finding(FindingTemplate.commandAndControl(instance, ATTACKER));
    }

    private static List<String> groups(AccountWorld account, String region, String instance) {
        return account.region(region).groupsOf(instance).values().stream()
                .flatMap(List::stream)
                .toList();
    }

    private static String withExternalId(String access) {
        return access + ", externalID: " + EXTERNAL_ID;
    }

    private String policy(String name, String regions, String access) {
        return policy(name, List.of(regions), "arn:aws:iam::" + administrator.id() + ":role/" + READER, access);
    }

    private static String policy(String name, List<String> regions, String reader, String access) {
        return """
                apiVersion: ec2quarantine.io/v1alpha1
                kind: IsolationPolicy
                metadata: {name: %s}
                spec:
                  mode: Enforce
                  sources: [{name: org, regions: [%s], roleARN: "%s", externalID: %s}]
                  match: {findingTypes: ["*"]}
                  response: {access: {%s}}
                """.formatted(name, String.join(", ", regions), reader, EXTERNAL_ID, access);
    }

    private static String ownPolicy(String name, String regions, String access) {
        return """
                apiVersion: ec2quarantine.io/v1alpha1
                kind: IsolationPolicy
                metadata: {name: %s}
                spec:
                  mode: Enforce
                  sources: [{name: here, regions: [%s]}]
                  match: {findingTypes: ["*"]}
                  response: {access: {%s}}
                """.formatted(name, regions, access);
    }

    private static String matching(String policy, String more) {
        return policy.replace("findingTypes: [\"*\"]", "findingTypes: [\"*\"], " + more);
    }

    private List<String> rolesIn(AccountWorld account, long mark) {
        return world.simulator().calls().since(mark).stream()
                .filter(call -> call.account().equals(account.id()))
                .map(Call::role)
                .distinct()
                .toList();
    }

    /** What a role did, as IAM names it. */
    private Set<String> callsOf(String role) {
        return world.simulator().calls().all().stream()
                .filter(call -> call.role().equals(role))
                .map(call -> call.service() + ":" + call.action())
                .collect(Collectors.toSet());
    }

    /** What the document for the role allows. */
    private static Set<String> allowed(String role) {
        try {
            String file = role.substring("ec2-quarantine-".length()) + ".json";
            return new ObjectMapper()
                    .readTree(Files.readString(Path.of("docs/iam", file)))
                    .path("Statement")
                    .valueStream()
                    .filter(each -> each.path("Effect").asText().equals("Allow"))
                    .map(each -> each.path("Action"))
                    .flatMap(actions -> actions.isTextual() ? Stream.of(actions) : actions.valueStream())
                    .map(JsonNode::asText)
                    .collect(Collectors.toSet());
        } catch (IOException exception) {
            throw new UncheckedIOException(exception);
        }
    }

    private long sessions(String role) {
        return world.simulator().calls().of("AssumeRole").stream()
                .filter(call -> call.param("RoleArn").endsWith("/" + role))
                .count();
    }

    private void patch(String policy, String change) {
        world.client()
                .resources(IsolationPolicy.class)
                .withName(policy)
                .patch(PatchContext.of(PatchType.JSON_MERGE), change);
    }

    private static boolean says(IsolationPolicy policy, String reason) {
        return Conditions.find(policy.getStatus().conditions(), ConditionType.SOURCES_REACHABLE)
                .filter(found -> found.reason().equals(reason))
                .isPresent();
    }

    private static SourceStatus source(IsolationPolicy policy, String region) {
        Predicate<SourceStatus> there = each -> each.region().equals(region);
        return policy.getStatus().sources().stream().filter(there).findFirst().orElseThrow();
    }

    private static String message(QuarantinedInstance object, ConditionType type) {
        return Optional.ofNullable(object.getStatus()).stream()
                .flatMap(status -> Conditions.find(status.conditions(), type).stream())
                .map(Condition::message)
                .findFirst()
                .orElse("");
    }
}
