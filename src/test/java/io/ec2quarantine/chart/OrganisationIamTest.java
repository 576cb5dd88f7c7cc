package io.ec2quarantine.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.ec2quarantine.config.OperatorConfig;
import io.ec2quarantine.core.isolation.Marks;
import io.ec2quarantine.core.preflight.Need;
import io.ec2quarantine.core.preflight.Needs;
import io.ec2quarantine.core.preflight.Part;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The roles of an organisation may do together what the operator does, and each no more than its part. */
class OrganisationIamTest {
    private static final String EVERY_GROUP = "arn:*:ec2:*:*:security-group/*";
    private static final String EVERY_INTERFACE = "arn:*:ec2:*:*:network-interface/*";

    @Test
    void togetherTheRolesAllowTheCallsOfTheCodeAndNoOthers() {
        Set<String> calls = IamPolicyTest.callsInTheCode();
        // AWS lets everybody ask who they are, and wants this of who comes with the tags of a session.
        calls.remove("sts:GetCallerIdentity");
        calls.add("sts:TagSession");
        // EC2 wants this of who gives an instance a profile.
        calls.add("iam:PassRole");

        Set<String> allowed = Stream.of("hub", "reader", "responder", "release", "rules")
                .flatMap(role -> allowed(role).stream())
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(allowed).isEqualTo(calls);
    }

    /** What the operator tries before an incident is what the documents allow, and what the code does in one. */
    @ParameterizedTest
    @CsvSource({"responder, RESPONDER", "release, RELEASE", "rules, RULES"})
    void whatTheTableOfNeedsNamesTheDocumentAllowsAndNothingElse(String role, Part part) {
        assertThat(needed(Set.of(part))).isEqualTo(Set.copyOf(allowed(role)));
    }

    @Test
    void oneIdentityForEverythingMayDoWhatTheTableOfNeedsNames() {
        assertThat(allowed("operator")).containsAll(needed(EnumSet.allOf(Part.class)));
        assertThat(allowed("hub")).containsAll(needed(Set.of(Part.OPERATOR)));
    }

    /** Sources are read whatever the responses ask for, and say themselves where they cannot be. */
    @Test
    void everyCallButThoseOfASourceIsInTheTableOfNeeds() {
        assertThat(IamPolicyTest.callsInTheCode())
                .filteredOn(call -> !call.startsWith("sts:"))
                .filteredOn(call -> !allowed("reader").contains(call))
                .isSubsetOf(needed(EnumSet.allOf(Part.class)));
    }

    private static Set<String> needed(Set<Part> parts) {
        return Needs.all().stream()
                .filter(need -> parts.contains(need.part()))
                .map(Need::action)
                .collect(Collectors.toSet());
    }

    @ParameterizedTest
    @ValueSource(strings = {"hub", "reader", "responder", "release", "rules"})
    void nothingButReadsIsAllowedOnEverythingAndEveryActionIsSpelledOut(String role) {
        assertThat(statements(role)).isNotEmpty().allSatisfy(each -> {
            assertThat(each.path("Sid").asText()).matches("[A-Za-z0-9]+");
            assertThat(actions(each)).isNotEmpty().allMatch(action -> action.matches("[a-z0-9]+:[A-Za-z]+"));
            assertThat(resources(each)).isNotEmpty();
        });
        assertThat(allowing(role).filter(each -> resources(each).contains("*")))
                .flatExtracting(OrganisationIamTest::actions)
                .allMatch(action -> action.matches("[a-z0-9]+:(Describe|List|Get)[A-Za-z]+"));
    }

    @Test
    void theHubAssumesOnlyRolesOfTheOperatorAndOfItsOwnOrganisation() {
        assertThat(allowing("hub").filter(each -> actions(each).contains("sts:AssumeRole")))
                .singleElement()
                .satisfies(each -> assertThat(resources(each))
                        .isEqualTo(OperatorConfig.from(Map.of()).roleAllowlist()))
                .satisfies(each -> assertThat(each.at("/Condition/StringEquals/aws:ResourceOrgID")
                                .asText())
                        .isEqualTo("${aws:PrincipalOrgID}"));
        assertThat(allowed("hub")).noneMatch(action -> action.startsWith("ec2:") && !action.contains(":Describe"));
    }

    @Test
    void theReaderChangesNothingButTheQueuesOfItsSources() {
        assertThat(allowing("reader")
                        .filter(each -> actions(each).stream()
                                .anyMatch(action -> !action.matches("[a-z0-9]+:(Describe|List|Get)[A-Za-z]+"))))
                .singleElement()
                .satisfies(each ->
                        assertThat(actions(each)).containsExactlyInAnyOrder("sqs:ReceiveMessage", "sqs:DeleteMessage"))
                .satisfies(
                        each -> assertThat(resources(each)).containsExactly("arn:*:sqs:*:*:ec2-quarantine-findings*"));
    }

    @Test
    void theResponderMovesInterfacesIntoIsolationGroupsOnlyAndGivesNothingBack() {
        assertThat(on("responder", "ec2:ModifyNetworkInterfaceAttribute", EVERY_GROUP))
                .singleElement()
                .satisfies(OrganisationIamTest::onlyOwned);
        assertThat(allowed("responder"))
                .doesNotContain(
                        "ec2:DeleteSecurityGroup",
                        "ec2:DeleteTags",
                        "autoscaling:AttachInstances",
                        "autoscaling:ExitStandby",
                        "elasticloadbalancing:RegisterTargets",
                        "ec2:AssociateIamInstanceProfile",
                        "iam:PassRole");
    }

    @Test
    void theReleaseRoleGivesProfilesToMarkedInstancesOnlyAndTakesNothingAway() {
        assertThat(on("release", "ec2:AssociateIamInstanceProfile", "arn:*:ec2:*:*:instance/*"))
                .singleElement()
                .satisfies(each -> assertThat(Manifest.texts(
                                each.at("/Condition/StringEquals").path("aws:ResourceTag/" + Marks.STATE)))
                        .containsExactly("isolated", "released"));
        assertThat(allowed("release"))
                .doesNotContain(
                        "autoscaling:DetachInstances",
                        "autoscaling:EnterStandby",
                        "elasticloadbalancing:DeregisterTargets",
                        "ec2:DisassociateIamInstanceProfile",
                        "ec2:CreateSnapshots");
    }

    @ParameterizedTest
    @CsvSource({
        "responder, ec2:RevokeSecurityGroupEgress",
        "responder, ec2:RevokeSecurityGroupIngress",
        "release, ec2:RevokeSecurityGroupEgress",
        "release, ec2:DeleteSecurityGroup",
        "rules, ec2:AuthorizeSecurityGroupIngress",
        "rules, ec2:AuthorizeSecurityGroupEgress",
        "rules, ec2:DeleteSecurityGroup"
    })
    void onlyOwnedGroupsAreFilledEmptiedAndDeleted(String role, String action) {
        assertThat(on(role, action, EVERY_GROUP)).singleElement().satisfies(OrganisationIamTest::onlyOwned);
    }

    @Test
    void rulesArePutByARoleThatMovesNoInterfaceAndNobodyElsePutsAny() {
        assertThat(allowed("rules")).doesNotContain("ec2:ModifyNetworkInterfaceAttribute");
        assertThat(Stream.of("responder", "release").flatMap(role -> allowed(role).stream()))
                .noneMatch(action -> action.startsWith("ec2:Authorize"));
    }

    @Test
    void addressesAreTakenOffByTheOneAndGivenBackByTheOther() {
        assertThat(allowed("responder")).contains("ec2:DisassociateAddress").doesNotContain("ec2:AssociateAddress");
        assertThat(allowed("release")).contains("ec2:AssociateAddress").doesNotContain("ec2:DisassociateAddress");
    }

    @Test
    void theResponderOwnsAGroupAsItMakesItAndNeverLater() {
        assertThat(on("responder", "ec2:CreateTags", EVERY_GROUP))
                .singleElement()
                .satisfies(each -> assertThat(each.at("/Condition/StringEquals/ec2:CreateAction")
                                .asText())
                        .isEqualTo("CreateSecurityGroup"));
        assertThat(statements("responder")
                        .filter(each -> each.path("Effect").asText().equals("Deny")))
                .hasSize(2)
                .allMatch(each -> resources(each).equals(List.of(EVERY_GROUP)))
                .flatExtracting(OrganisationIamTest::actions)
                .containsExactlyInAnyOrder("ec2:CreateTags", "ec2:DeleteTags");
    }

    @Test
    void theReleaseRoleTouchesOnlyInterfacesThatAreIsolatedAndMakesNoGroup() {
        assertThat(on("release", "ec2:ModifyNetworkInterfaceAttribute", EVERY_INTERFACE))
                .singleElement()
                .satisfies(each -> assertThat(each.at("/Condition/StringEquals")
                                .path("aws:ResourceTag/" + Marks.STATE)
                                .asText())
                        .isEqualTo("isolated"));
        assertThat(allowed("release")).doesNotContain("ec2:CreateSecurityGroup");
    }

    @ParameterizedTest
    @CsvSource({
        "responder, ec2:CreateTags, instance",
        "responder, ec2:CreateTags, network-interface",
        "release, ec2:CreateTags, instance",
        "release, ec2:DeleteTags, network-interface"
    })
    void onlyTheOperatorsOwnTagsAreSetAndTakenAway(String role, String action, String kind) {
        assertThat(on(role, action, "arn:*:ec2:*:*:" + kind + "/*"))
                .singleElement()
                .satisfies(each -> assertThat(each.at("/Condition")
                                .path("ForAllValues:StringLike")
                                .path("aws:TagKeys")
                                .asText())
                        .isEqualTo("ec2quarantine.io/*"))
                .satisfies(each -> assertThat(
                                each.at("/Condition/Null/aws:TagKeys").asText())
                        .isEqualTo("false"));
    }

    @Test
    void aRoleTrustsTheOperatorAloneAndAsksForTheExternalId() {
        JsonNode trust = document("trust-of-roles");

        assertThat(trust.path("Statement").valueStream())
                .filteredOn(each -> actions(each).contains("sts:AssumeRole"))
                .singleElement()
                .satisfies(each -> assertThat(each.at("/Principal/AWS").asText())
                        .matches("arn:aws:iam::[0-9]{12}:role/ec2-quarantine-operator"))
                .satisfies(each -> assertThat(each.at("/Condition/StringEquals/sts:ExternalId")
                                .asText())
                        .isNotEmpty());
        assertThat(document("trust-of-hub").at("/Statement/0/Principal/Service").asText())
                .isEqualTo("pods.eks.amazonaws.com");
    }

    private static void onlyOwned(JsonNode statement) {
        assertThat(statement
                        .at("/Condition/Null")
                        .path("aws:ResourceTag/" + Marks.OWNER)
                        .asText())
                .isEqualTo("false");
    }

    private static JsonNode document(String name) {
        return Manifest.read(Path.of("docs/iam").resolve(name + ".json"));
    }

    private static Stream<JsonNode> statements(String role) {
        return document(role).path("Statement").valueStream();
    }

    private static Stream<JsonNode> allowing(String role) {
        return statements(role).filter(each -> each.path("Effect").asText().equals("Allow"));
    }

    private static List<String> allowed(String role) {
        return allowing(role).flatMap(each -> actions(each).stream()).toList();
    }

    private static List<JsonNode> on(String role, String action, String resource) {
        return allowing(role)
                .filter(each -> actions(each).contains(action))
                .filter(each -> resources(each).contains(resource))
                .toList();
    }

    private static List<String> actions(JsonNode statement) {
        return oneOrMany(statement.path("Action"));
    }

    private static List<String> resources(JsonNode statement) {
        return oneOrMany(statement.path("Resource"));
    }

    private static List<String> oneOrMany(JsonNode node) {
        return node.isTextual() ? List.of(node.asText()) : Manifest.texts(node);
    }
}
