package io.ec2quarantine.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.ec2quarantine.api.v1alpha1.Condition;
import io.ec2quarantine.api.v1alpha1.ConditionType;
import io.ec2quarantine.api.v1alpha1.IsolationPolicy;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceSpec.DesiredState;
import io.ec2quarantine.sim.AccountWorld;
import io.ec2quarantine.sim.Call;
import io.ec2quarantine.sim.FindingTemplate;
import io.ec2quarantine.sim.IamDocument;
import io.ec2quarantine.sim.RegionWorld;
import io.ec2quarantine.status.Conditions;
import io.ec2quarantine.testing.Eventually;
import io.ec2quarantine.testing.LogCapture;
import io.ec2quarantine.testing.OperatorWorld;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The preflight of the whole operator: it says before an incident what would fail in one, and changes nothing. */
class PreflightTest {
    private static final String READER = "ec2-quarantine-reader";
    private static final String RESPONDER = "ec2-quarantine-responder";
    private static final String RELEASE = "ec2-quarantine-release";
    private static final String RULES = "ec2-quarantine-rules";
    private static final String ROLES = "responderRoleName: %s, releaseRoleName: %s".formatted(RESPONDER, RELEASE);
    private static final String EXTERNAL_ID = "for-no-eyes-but-aws";

    private final OperatorWorld world = new OperatorWorld()
            .setting("OPERATOR_PREFLIGHT", "Hourly")
            .setting("OPERATOR_POLL_INTERVAL_SECONDS", "600")
            .setting("OPERATOR_SWEEP_INTERVAL_SECONDS", "600");
    private final AccountWorld own = world.world().account(OperatorWorld.ACCOUNT);
    private final AccountWorld administrator = world.world().account("999900001111");
    private final AccountWorld member = world.world().account("444455556666").administeredBy(administrator);
    private final RegionWorld region = member.region(OperatorWorld.REGION);

    PreflightTest() {
        own.userMay("simulated", document("hub"));
        own.role("something-else");
        administrator.role(READER).trusts(own.id()).externalId(EXTERNAL_ID).may(document("reader"));
        member.role(RESPONDER).trusts(own.id()).externalId(EXTERNAL_ID).may(document("responder"));
        member.role(RELEASE).trusts(own.id()).externalId(EXTERNAL_ID).may(document("release"));
        member.role(RULES).trusts(own.id()).externalId(EXTERNAL_ID).may(document("rules"));
    }

    @AfterEach
    void end() {
        world.close();
    }

    @Test
    void theDocumentsAreEnoughAndNotTooMuch() {
        isolateOne();

        IsolationPolicy policy = says("AllAllowed");

        assertThat(message(policy)).startsWith("Whatever could be tried is allowed in 444455556666/us-west-2.");
        assertThat(allowedToOpen()).containsOnly("UnauthorizedOperation");
        assertThat(dryRuns()).extracting(Call::role).containsOnly(RESPONDER, RELEASE);
    }

    @Test
    void itChangesNothing() {
        isolateOne();
        says("AllAllowed");
        long mark = world.simulator().calls().mark();

        world.elapse(Duration.ofMinutes(61));

        assertThat(world.simulator().calls().since(mark))
                .filteredOn(call -> call.params().containsKey("DryRun"))
                .extracting(Call::action)
                .contains(
                        "ModifyNetworkInterfaceAttribute", "CreateSecurityGroup", "DeleteSecurityGroup", "DeleteTags");
        assertThat(world.simulator().calls().since(mark)).noneMatch(Call::changedTheWorld);
    }

    @Test
    void itIsDoneOnceAnHourAndNotOftener() {
        isolateOne();
        says("AllAllowed");
        long once = dryRuns().size();

        world.elapse(Duration.ofMinutes(50));
        assertThat(dryRuns()).hasSize((int) once);

        world.elapse(Duration.ofMinutes(12));
        assertThat(dryRuns().size()).isGreaterThan((int) once).isLessThanOrEqualTo((int) (2 * once));
    }

    @Test
    void whatIsTakenAwayIsMissedWithinTheHour() {
        isolateOne();
        says("AllAllowed");
        member.role(RELEASE).may(document("release"), denying("ec2:DeleteTags"));

        world.elapse(Duration.ofMinutes(62));

        assertThat(message(says("MissingPermissions"))).contains("ec2:DeleteTags in 444455556666/us-west-2");
    }

    /** What each role needs beside looking, taken away from it before the next start. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', useHeadersInDisplayName = true, textBlock = """
            document  | action                              | told
            responder | ec2:ModifyNetworkInterfaceAttribute | for the role ec2-quarantine-responder (without it no interface can be isolated)
            responder | ec2:CreateSecurityGroup             | no isolation group can be made
            responder | ec2:RevokeSecurityGroupEgress       | rules stay in isolation groups
            responder | ec2:CreateTags                      | is not tagged
            responder | ec2:ModifyInstanceAttribute         | not protected against termination
            responder | ec2:DescribeSecurityGroupRules      | nothing can be looked at
            release   | ec2:ModifyNetworkInterfaceAttribute | for the role ec2-quarantine-release (without it no instance can be given back
            release   | ec2:DeleteTags                      | no instance can be given back
            release   | ec2:DeleteSecurityGroup             | no instance can be given back
            """)
    void whatIsMissingIsNamedBeforeItIsNeeded(String document, String action, String told) {
        isolateOne();
        says("AllAllowed");
        member.role("ec2-quarantine-" + document).may(document(document), denying(action));

        world.stopOperator().startOperator();

        assertThat(message(says("MissingPermissions")))
                .contains(action + " in 444455556666/us-west-2")
                .contains(told);
        Eventually.holds(
                "the event", () -> events().contains("MissingPermissions"), () -> {}, () -> events().toString());
    }

    /** What is asked for beside the isolation, taken away from the role whose part it is. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', useHeadersInDisplayName = true, textBlock = """
            document  | action                            | told
            responder | ec2:CreateSnapshots               | for the role ec2-quarantine-responder (without it no snapshot is taken)
            rules     | ec2:AuthorizeSecurityGroupIngress | for the role ec2-quarantine-rules (without it those who investigate cannot
            rules     | ec2:AuthorizeSecurityGroupEgress  | connections that are tracked stay open
            rules     | ec2:CreateSecurityGroup           | connections that are tracked stay open
            rules     | ec2:CreateTags                    | connections that are tracked stay open
            rules     | ec2:DeleteSecurityGroup           | connections that are tracked stay open
            """)
    void whatTheResponseAsksForBesideIsTriedAsWhoeverDoesIt(String document, String action, String told) {
        isolateOneWithEverything();
        assertThat(message(says("AllAllowed"))).doesNotContain(action);
        assertThat(dryRuns()).extracting(Call::role).containsOnly(RESPONDER, RELEASE, RULES);
        member.role("ec2-quarantine-" + document).may(document(document), denying(action));

        world.stopOperator().startOperator();

        assertThat(message(says("MissingPermissions")))
                .contains(action + " in 444455556666/us-west-2")
                .contains(told);
    }

    @Test
    void aRoleForRulesThatCannotBeAssumedIsMissing() {
        isolateOneWithEverything();
        says("AllAllowed");
        member.role(RULES).deny();
        world.clock().advance(Duration.ofMinutes(62));

        assertThat(message(says("MissingPermissions")))
                .contains("sts:AssumeRole in 444455556666/us-west-2 for the role " + RULES);
    }

    @Test
    void aResponderThatMayOpenIsToldOf() {
        member.role(RESPONDER).may(document("operator"));
        isolateOne();

        assertThat(message(says("TooMuchAllowed"))).contains(RESPONDER).contains("444455556666/us-west-2");
    }

    @Test
    void whereOneRoleDoesBothItIsNotAccusedButTheSplitIsMissed() {
        member.role(RESPONDER).may(document("operator"));
        isolateOne("responderRoleName: " + RESPONDER);

        assertThat(message(says("AllAllowed"))).contains("spec.response.access names no release role");
    }

    @Test
    void aRoleThatCannotBeAssumedWhereAnInstanceIsQuarantinedIsMissing() {
        isolateOne();
        says("AllAllowed");
        member.role(RELEASE).deny();
        world.clock().advance(Duration.ofMinutes(62));

        assertThat(message(says("MissingPermissions")))
                .contains("sts:AssumeRole in 444455556666/us-west-2 for the role " + RELEASE);
    }

    @Test
    void aRoleThatIsNotOnTheOperatorsAllowListIsToldAsWhatItIsAndNotAsARightThatIsMissing() {
        member.role("AdminRole").trusts(own.id()).externalId(EXTERNAL_ID).may(document("operator"));
        world.cluster().create(policy("responderRoleName: AdminRole", "accountIDs: [\"444455556666\"]", ""));
        world.startOperator();

        assertThat(message(says("RoleNotAllowed")))
                .contains("arn:aws:iam::444455556666:role/AdminRole", "allow-list", "OPERATOR_ROLE_ALLOWLIST")
                .doesNotContain("docs/iam");
        assertThat(world.simulator().calls().of("AssumeRole"))
                .extracting(call -> call.param("RoleArn"))
                .noneMatch(role -> role.endsWith("AdminRole"));
    }

    @Test
    void aRoleWhoseNameIsMisspeltIsLookedForInItsName() {
        world.cluster()
                .create(policy("responderRoleName: ec2-quarantine-respnder", "accountIDs: [\"444455556666\"]", ""));
        world.startOperator();

        assertThat(message(says("MissingPermissions")))
                .contains("for the role ec2-quarantine-respnder")
                .contains("Check the names under spec.response.access");
    }

    @Test
    void aRightThatIsGivenIsSeenWithinMinutes() {
        isolateOne();
        says("AllAllowed");
        member.role(RESPONDER).may(document("responder"), denying("ec2:CreateTags"));
        world.elapse(Duration.ofMinutes(62));
        assertThat(message(says("MissingPermissions"))).contains("about every five minutes");
        world.elapse(Duration.ofMinutes(30));
        member.role(RESPONDER).may(document("responder"));

        world.elapse(Duration.ofMinutes(7));

        assertThat(message(policyNow())).startsWith("Whatever could be tried is allowed");
    }

    @Test
    void beforeTheFirstQuarantineAnAccountThatThePolicyNamesIsTried() {
        region.instance("web").in(region.vpc()).launch();
        world.cluster().create(policy(ROLES, "accountIDs: [\"444455556666\"]", ""));
        world.startOperator();

        assertThat(message(says("NotCheckable")))
                .contains("ec2:ModifyNetworkInterfaceAttribute in 444455556666/us-west-2");
    }

    @Test
    void anUnreadableAccountIsUnknownAndNeitherAllowedNorMissing() {
        isolateOne();
        says("AllAllowed");
        world.simulator()
                .faults()
                .on("DescribeSecurityGroups")
                .inAccount(member.id())
                .dropConnection();

        world.elapse(Duration.ofMinutes(62));

        says("Unreadable");
    }

    @Test
    void switchedOffItAsksNothingAndSaysNothing() {
        world.setting("OPERATOR_PREFLIGHT", "Off");
        isolateOne();
        world.elapse(Duration.ofMinutes(5));

        assertThat(dryRuns()).isEmpty();
        assertThat(Conditions.find(
                        world.awaitPolicy("org", "has a status", _ -> true)
                                .getStatus()
                                .conditions(),
                        ConditionType.PERMISSIONS_SUFFICIENT))
                .isEmpty();
    }

    @Test
    void theExternalIdIsNotTold() {
        try (LogCapture log = new LogCapture("io.ec2quarantine")) {
            isolateOne();
            member.role(RELEASE).deny();
            world.clock().advance(Duration.ofMinutes(62));

            assertThat(message(says("MissingPermissions"))).doesNotContain(EXTERNAL_ID);
            assertThat(log.everything()).isNotEmpty().noneMatch(line -> line.contains(EXTERNAL_ID));
        }
    }

    private void isolateOne() {
        isolateOne(ROLES);
    }

    /** An instance is isolated, and another in the same VPC is not. */
    private void isolateOne(String roles) {
        isolateOne(roles, "");
    }

    private void isolateOneWithEverything() {
        isolateOne(ROLES + ", rulesRoleName: " + RULES, """
                , isolation: {trackedConnections: Untrack, forensicAccess: [{name: ssh, direction: Ingress, \
                protocol: tcp, fromPort: 22, toPort: 22, cidr: 10.9.0.0/16}]}, preserve: {volumeSnapshots: Take}""");
    }

    private void isolateOne(String roles, String more) {
        var vpc = region.vpc();
        region.instance("untouched").in(vpc).launch();
        String instance = region.instance("web").in(vpc).launch().id();
        region.finding(FindingTemplate.commandAndControl(instance, "198.51.100.17"));
        world.cluster().create(policy(roles, "", more));
        world.startOperator();
        world.awaitVerified(instance);
        world.await(
                instance,
                "marked",
                object -> object.getSpec().desiredState() == DesiredState.ISOLATED
                        && region.interfacesOf(instance).stream()
                                .allMatch(each -> !region.tagsOf(each.id()).isEmpty()));
    }

    private IsolationPolicy policyNow() {
        return world.awaitPolicy("org", "is there", _ -> true);
    }

    private IsolationPolicy says(String reason) {
        return world.awaitPolicy(
                "org",
                "says " + reason,
                policy -> Conditions.find(policy.getStatus().conditions(), ConditionType.PERMISSIONS_SUFFICIENT)
                        .filter(each -> each.reason().equals(reason))
                        .isPresent());
    }

    private static String message(IsolationPolicy policy) {
        return Conditions.find(policy.getStatus().conditions(), ConditionType.PERMISSIONS_SUFFICIENT)
                .map(Condition::message)
                .orElse("");
    }

    private List<Call> dryRuns() {
        return world.simulator().calls().matching(call -> call.params().containsKey("DryRun"));
    }

    /** The outcomes of the responder's tries to move an interface that is not isolated into its own groups. */
    private List<String> allowedToOpen() {
        return dryRuns().stream()
                .filter(call -> call.action().equals("ModifyNetworkInterfaceAttribute"))
                .filter(call -> call.role().equals(RESPONDER))
                .filter(call -> !region.tagsOf(call.param("SecurityGroupId.1")).containsKey("ec2quarantine.io/owner"))
                .map(Call::outcome)
                .toList();
    }

    private List<String> events() {
        return world.client().resources(Event.class).inNamespace("default").list().getItems().stream()
                .map(Event::getReason)
                .toList();
    }

    private String policy(String roles, String match, String more) {
        return """
                apiVersion: ec2quarantine.io/v1alpha1
                kind: IsolationPolicy
                metadata: {name: org}
                spec:
                  mode: Enforce
                  sources:
                    - {name: org, regions: [us-west-2], roleARN: "arn:aws:iam::%s:role/%s", externalID: %s}
                  match: {findingTypes: ["*"]%s}
                  response: {access: {%s, externalID: %s}%s}
                """.formatted(
                administrator.id(), READER, EXTERNAL_ID, match.isEmpty() ? "" : ", " + match, roles, EXTERNAL_ID, more);
    }

    private static IamDocument document(String name) {
        return IamDocument.of(Path.of("docs/iam", name + ".json"));
    }

    private static IamDocument denying(String action) {
        return IamDocument.of(
                "{\"Statement\": {\"Effect\": \"Deny\", \"Action\": \"%s\", \"Resource\": \"*\"}}".formatted(action));
    }
}
