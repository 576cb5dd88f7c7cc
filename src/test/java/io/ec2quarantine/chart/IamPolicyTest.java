package io.ec2quarantine.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.ec2quarantine.core.isolation.Marks;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The operator's IAM policy allows the calls that the operator makes, and what they are for. */
class IamPolicyTest {
    private static final JsonNode POLICY = Manifest.read(Path.of("docs/iam/operator.json"));
    private static final Map<String, String> SERVICES = Map.ofEntries(
            Map.entry("Ec2Client", "ec2"),
            Map.entry("GuardDutyClient", "guardduty"),
            Map.entry("SnsClient", "sns"),
            Map.entry("SqsClient", "sqs"),
            Map.entry("StsClient", "sts"),
            Map.entry("AutoScalingClient", "autoscaling"),
            Map.entry("ElasticLoadBalancingV2Client", "elasticloadbalancing"));
    private static final String EVERY_SNAPSHOT = "arn:*:ec2:*::snapshot/*";
    private static final String EVERY_GROUP = "arn:*:ec2:*:*:security-group/*";

    @Test
    void thePolicyAllowsTheCallsOfTheCodeAndNoOthers() {
        Set<String> calls = callsInTheCode();

        assertThat(calls).contains("ec2:ModifyNetworkInterfaceAttribute", "guardduty:GetFindings");
        // AWS lets everybody ask who they are.
        assertThat(calls.remove("sts:GetCallerIdentity")).isTrue();
        // Only an organisation has roles to assume: OrganisationIamTest.
        assertThat(calls.remove("sts:AssumeRole")).isTrue();
        // EC2 wants this of who gives an instance a profile.
        calls.add("iam:PassRole");
        Set<String> allowed =
                statements().flatMap(each -> actions(each).stream()).collect(Collectors.toCollection(TreeSet::new));
        assertThat(allowed).isEqualTo(calls);
    }

    @Test
    void nothingButReadsIsAllowedOnEverything() {
        assertThat(statements().filter(each -> resources(each).contains("*")))
                .isNotEmpty()
                .flatExtracting(IamPolicyTest::actions)
                .allMatch(action -> action.matches("[a-z0-9]+:(Describe|List|Get)[A-Za-z]+"));
    }

    static Stream<JsonNode> statements() {
        return POLICY.path("Statement").valueStream();
    }

    @ParameterizedTest
    @MethodSource("statements")
    void everyStatementAllowsAndNamesWholeActions(JsonNode statement) {
        assertThat(statement.path("Effect").asText()).isEqualTo("Allow");
        assertThat(statement.path("Sid").asText()).matches("[A-Za-z0-9]+");
        assertThat(actions(statement)).isNotEmpty().allMatch(action -> action.matches("[a-z0-9]+:[A-Za-z]+"));
        assertThat(resources(statement))
                .isNotEmpty()
                .allMatch(resource -> resource.equals("*")
                        || resource.matches("arn:\\*:(sns|sqs):\\*:\\*:ec2-quarantine-(findings)?\\*")
                        || resource.matches("arn:\\*:(ec2|elasticloadbalancing):\\*:\\*?:[a-z-]+/\\*")
                        || resource.equals("arn:*:autoscaling:*:*:autoScalingGroup:*")
                        || resource.equals("arn:*:iam::*:role/*"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', useHeadersInDisplayName = true, textBlock = """
            action                              | key
            ec2:RevokeSecurityGroupEgress       | aws:ResourceTag/
            ec2:RevokeSecurityGroupIngress      | aws:ResourceTag/
            ec2:DeleteSecurityGroup             | aws:ResourceTag/
            ec2:AuthorizeSecurityGroupIngress   | aws:ResourceTag/
            ec2:AuthorizeSecurityGroupEgress    | aws:ResourceTag/
            ec2:CreateSecurityGroup             | aws:RequestTag/
            """)
    void onlyGroupsThatCarryTheOwnershipTagAreUsedMadeAndEmptied(String action, String key) {
        assertThat(on(action, EVERY_GROUP))
                .singleElement()
                .satisfies(each -> assertThat(each.at("/Condition/Null")
                                .path(key + Marks.OWNER)
                                .asText())
                        .isEqualTo("false"));
    }

    @Test
    void withoutTheRightToReleaseTheRoleMovesInterfacesIntoIsolationGroupsOnly() {
        assertThat(on("ec2:ModifyNetworkInterfaceAttribute", EVERY_GROUP))
                .filteredOn(each -> !each.path("Sid").asText().equals("GiveAnyGroupBackAndUseExistingGroups"))
                .singleElement()
                .satisfies(each -> assertThat(each.at("/Condition/Null")
                                .path("aws:ResourceTag/" + Marks.OWNER)
                                .asText())
                        .isEqualTo("false"));
    }

    @Test
    void aGroupIsOwnedAsItIsMadeAndNeverLater() {
        assertThat(on("ec2:CreateTags", EVERY_GROUP))
                .singleElement()
                .satisfies(each -> assertThat(each.at("/Condition/StringEquals/ec2:CreateAction")
                                .asText())
                        .isEqualTo("CreateSecurityGroup"));
    }

    @ParameterizedTest
    @CsvSource({
        "ec2:CreateTags, instance",
        "ec2:CreateTags, network-interface",
        "ec2:DeleteTags, instance",
        "ec2:DeleteTags, network-interface"
    })
    void onlyTheOperatorsOwnTagsAreSetAndTakenAway(String action, String kind) {
        assertThat(on(action, "arn:*:ec2:*:*:" + kind + "/*")).singleElement().satisfies(each -> {
            JsonNode condition = each.path("Condition");
            String pattern = condition
                    .path("ForAllValues:StringLike")
                    .path("aws:TagKeys")
                    .asText();
            assertThat(pattern).endsWith("/*");
            assertThat(List.of(Marks.STATE, Marks.QUARANTINE, Marks.BASELINE, Marks.BASELINE_2, Marks.RELEASED_TIME))
                    .allMatch(tag -> tag.startsWith(pattern.substring(0, pattern.length() - 1)));
            // No key at all satisfies "all values".
            assertThat(condition.path("Null").path("aws:TagKeys").asText()).isEqualTo("false");
        });
    }

    @Test
    void snapshotsAreMarkedAsTheyAreTakenAndNeverLater() {
        assertThat(on("ec2:CreateSnapshots", EVERY_SNAPSHOT))
                .singleElement()
                .satisfies(each -> assertThat(each.at("/Condition/Null")
                                .path("aws:RequestTag/" + Marks.QUARANTINE)
                                .asText())
                        .isEqualTo("false"));
        assertThat(on("ec2:CreateTags", EVERY_SNAPSHOT))
                .singleElement()
                .satisfies(each -> assertThat(each.at("/Condition/StringEquals/ec2:CreateAction")
                                .asText())
                        .isEqualTo("CreateSnapshots"));
    }

    @Test
    void rolesArePassedToInstancesOnly() {
        assertThat(statements().filter(each -> actions(each).contains("iam:PassRole")))
                .singleElement()
                .satisfies(each -> assertThat(each.at("/Condition/StringEquals/iam:PassedToService")
                                .asText())
                        .isEqualTo("ec2.amazonaws.com"));
    }

    @Test
    void anInstancesOtherAttributesAreOutOfReach() {
        assertThat(on("ec2:ModifyInstanceAttribute", "arn:*:ec2:*:*:instance/*"))
                .singleElement()
                .satisfies(each -> assertThat(Manifest.texts(each.path("Condition")
                                .path("StringEqualsIgnoreCaseIfExists")
                                .path("ec2:Attribute")))
                        .containsExactlyInAnyOrder("DisableApiTermination", "InstanceInitiatedShutdownBehavior"));
    }

    private static List<JsonNode> on(String action, String resource) {
        return statements()
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

    /** Every method of the SDK's clients that is called, as IAM names it. */
    static Set<String> callsInTheCode() {
        return ArchConfiguration.withThreadLocalScope(configuration -> {
            configuration.setResolveMissingDependenciesFromClassPath(false);
            return new ClassFileImporter()
                            .withImportOption(new ImportOption.DoNotIncludeTests())
                            .importPackages("io.ec2quarantine.aws")
                            .stream()
                            .flatMap(each -> each.getMethodCallsFromSelf().stream())
                            .filter(call ->
                                    SERVICES.containsKey(call.getTargetOwner().getSimpleName()))
                            .filter(call -> !call.getName().equals("builder"))
                            .map(call ->
                                    SERVICES.get(call.getTargetOwner().getSimpleName()) + ":" + action(call.getName()))
                            .collect(Collectors.toCollection(TreeSet::new));
        });
    }

    /** A batch of messages takes the right to each. */
    private static String action(String method) {
        String name = method.replaceFirst("Paginator$", "").replaceFirst("MessageBatch$", "Message");
        return Character.toUpperCase(name.charAt(0)) + name.substring(1);
    }
}
