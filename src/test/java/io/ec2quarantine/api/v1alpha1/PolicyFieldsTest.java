package io.ec2quarantine.api.v1alpha1;

import static io.ec2quarantine.core.finding.FindingBuilder.ON_INSTANCE;
import static io.ec2quarantine.core.finding.FindingBuilder.SEEN;
import static io.ec2quarantine.core.finding.FindingBuilder.finding;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import com.fasterxml.jackson.databind.JsonNode;
import io.ec2quarantine.cluster.Responses;
import io.ec2quarantine.core.finding.FindingBuilder;
import io.ec2quarantine.core.policy.Decision;
import io.ec2quarantine.core.policy.FindingDecider;
import io.ec2quarantine.sim.FindingTemplate;
import io.ec2quarantine.sim.WorkshopScene;
import io.ec2quarantine.testing.OperatorWorld;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every field of a policy counts: two values of it lead to two outcomes, by the code that the operator itself runs. */
class PolicyFieldsTest {
    /** Made an hour before the finding, which is on a production instance, was last updated. */
    private static final JsonNode POLICY = Yaml.parse("""
            apiVersion: ec2quarantine.io/v1alpha1
            kind: IsolationPolicy
            metadata: {name: fields, creationTimestamp: "2026-11-24T08:00:00Z"}
            spec:
              mode: Enforce
              sources: [{name: org, regions: [us-west-2]}]
              match: {findingTypes: ["*"]}
            """);

    private static final Map<String, String> TAGS = Map.of("environment", "production");

    /**
     * A field, two values of it, and what each leads to.
     *
     * @param judge what a policy leads to, in a word
     */
    record Row(String path, Function<JsonNode, String> judge, Case one, Case other) {}

    /** @param spec what is set below {@code spec} */
    record Case(String spec, String outcome) {}

    private static final List<Row> ROWS = List.of(
            decides("spec.mode", of("mode: Enforce", "ENFORCE"), of("mode: DryRun", "DRY_RUN")),
            decides(
                    "spec.backlog",
                    finding().updatedAt(SEEN.minus(Duration.ofHours(2))),
                    of("backlog: RequireApproval", "REQUIRE_APPROVAL"),
                    of("backlog: Ignore", "PAUSED_OR_BACKLOG")),
            new Row(
                    "spec.sources[].name",
                    PolicyFieldsTest::opensInTheWholeOperator,
                    of("sources: [{name: one, regions: [us-west-2]}]", "opened by one"),
                    of("sources: [{name: other, regions: [us-west-2]}]", "opened by other")),
            new Row(
                    "spec.sources[].regions[]",
                    PolicyFieldsTest::opensInTheWholeOperator,
                    of("sources: [{name: org, regions: [us-west-2]}]", "opened by org"),
                    of("sources: [{name: org, regions: [eu-west-1]}]", "nothing")),
            matches(
                    "spec.match.findingTypes[]",
                    of("match: {findingTypes: ['UnauthorizedAccess:EC2/*']}", "ENFORCE"),
                    of("match: {findingTypes: ['CryptoCurrency:EC2/*']}", "NO_MATCH")),
            matches(
                    "spec.match.minSeverity",
                    of("match: {minSeverity: Medium}", "ENFORCE"),
                    of("match: {minSeverity: High}", "NO_MATCH")),
            matches(
                    "spec.match.involvement[]",
                    of("match: {involvement: [Compromised]}", "ENFORCE"),
                    of("match: {involvement: [Attacked]}", "NO_MATCH")),
            matches(
                    "spec.match.accountIDs[]",
                    of("match: {accountIDs: ['111122223333']}", "ENFORCE"),
                    of("match: {accountIDs: ['444455556666']}", "NO_MATCH")),
            decides(
                    "spec.match.threatListNames[]",
                    finding().threatLists("bad"),
                    of("match: {threatListNames: [bad]}", "ENFORCE"),
                    of("match: {threatListNames: [other]}", "NO_MATCH")),
            decides(
                    "spec.match.maxAgeSeconds",
                    finding().lastSeen(SEEN.minus(Duration.ofHours(2))),
                    of("match: {maxAgeSeconds: 7200}", "ENFORCE"),
                    of("match: {maxAgeSeconds: 3600}", "NO_MATCH")),
            matches(
                    "spec.match.instanceTags.include[].key",
                    of("match: {instanceTags: {include: [{key: environment}]}}", "ENFORCE"),
                    of("match: {instanceTags: {include: [{key: owner}]}}", "NO_MATCH")),
            matches(
                    "spec.match.instanceTags.include[].values[]",
                    of("match: {instanceTags: {include: [{key: environment, values: [production]}]}}", "ENFORCE"),
                    of("match: {instanceTags: {include: [{key: environment, values: [staging]}]}}", "NO_MATCH")),
            matches(
                    "spec.match.instanceTags.exclude[].key",
                    of("match: {instanceTags: {exclude: [{key: owner}]}}", "ENFORCE"),
                    of("match: {instanceTags: {exclude: [{key: environment}]}}", "NO_MATCH")),
            matches(
                    "spec.match.instanceTags.exclude[].values[]",
                    of("match: {instanceTags: {exclude: [{key: environment, values: [staging]}]}}", "ENFORCE"),
                    of("match: {instanceTags: {exclude: [{key: environment, values: [production]}]}}", "NO_MATCH")),
            matches(
                    "spec.match.expression",
                    of("match: {expression: finding.severity < 5.1}", "ENFORCE"),
                    of("match: {expression: finding.severity > 5.1}", "NO_MATCH")),
            responds(
                    "spec.response.isolation.securityGroupName",
                    policy -> Responses.target("install", Responses.of(Optional.of(policy)))
                            .groupName(),
                    of("response: {isolation: {securityGroupName: cage}}", "cage"),
                    of("response: {isolation: {securityGroupName: other}}", "other")),
            responds(
                    "spec.response.isolation.existingGroups[].vpcID",
                    PolicyFieldsTest::existingGroups,
                    of(existingGroup("vpc-01234567", "sg-01234567"), "{vpc-01234567=sg-01234567}"),
                    of(existingGroup("vpc-89abcdef", "sg-01234567"), "{vpc-89abcdef=sg-01234567}")),
            responds(
                    "spec.response.isolation.existingGroups[].groupID",
                    PolicyFieldsTest::existingGroups,
                    of(existingGroup("vpc-01234567", "sg-01234567"), "{vpc-01234567=sg-01234567}"),
                    of(existingGroup("vpc-01234567", "sg-89abcdef"), "{vpc-01234567=sg-89abcdef}")),
            responds(
                    "spec.response.preserve.terminationProtection",
                    policy -> Responses.terminationProtection(Responses.of(Optional.of(policy)))
                            .name(),
                    of("response: {preserve: {terminationProtection: Enable}}", "ENABLE"),
                    of("response: {preserve: {terminationProtection: Leave}}", "LEAVE")),
            responds(
                    "spec.response.release.onDelete",
                    policy -> Responses.onDelete(Responses.of(Optional.of(policy)))
                            .name(),
                    of("response: {release: {onDelete: Leave}}", "LEAVE"),
                    of("response: {release: {onDelete: Restore}}", "RESTORE")));

    private static Stream<Arguments> rows() {
        return ROWS.stream().map(row -> argumentSet(row.path(), row));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void twoValuesOfAFieldLeadToTwoOutcomes(Row row) {
        assertThat(row.one().outcome()).isNotEqualTo(row.other().outcome());
        for (Case each : List.of(row.one(), row.other())) {
            JsonNode policy = Example.edited(POLICY, "spec: {%s}".formatted(each.spec()));
            assertThat(policy.at("/" + row.path().replace(".", "/").replace("[]", "/0"))
                            .isMissingNode())
                    .as("%s sets %s", each.spec(), row.path())
                    .isFalse();
            assertThat(row.judge().apply(policy)).as(each.spec()).isEqualTo(each.outcome());
        }
    }

    @Test
    void everyFieldOfTheSchemaIsInTheTable() {
        assertThat(ROWS.stream().map(Row::path))
                .containsExactlyInAnyOrderElementsOf(PolicyFields.leaves().toList());
    }

    // --- the judges

    /** What is decided on the plain finding. */
    private static Row matches(String path, Case one, Case other) {
        return decides(path, finding(), one, other);
    }

    private static Row decides(String path, Case one, Case other) {
        return decides(path, finding(), one, other);
    }

    /** What is decided on a finding: how far the quarantine goes, or why there is none. */
    private static Row decides(String path, FindingBuilder finding, Case one, Case other) {
        return new Row(path, policy -> decision(policy, finding), one, other);
    }

    /** What is made of the response. */
    private static Row responds(String path, Function<IsolationPolicy, String> response, Case one, Case other) {
        return new Row(path, policy -> response.apply(PolicyFields.read(policy)), one, other);
    }

    private static Case of(String spec, String outcome) {
        return new Case(spec, outcome);
    }

    private static String decision(JsonNode policy, FindingBuilder finding) {
        Decision decision = new FindingDecider(false)
                .decide(
                        finding.build(),
                        ON_INSTANCE,
                        TAGS,
                        List.of(PolicyFields.understood(policy)),
                        Optional.empty(),
                        SEEN);
        return switch (decision) {
            case Decision.Open open -> open.mode().name();
            case Decision.Ignore ignore -> ignore.why().name();
            case Decision.Raise _, Decision.Reopen _, Decision.TakeBack _, Decision.AddFinding _ ->
                throw new AssertionError(decision);
        };
    }

    private static String existingGroups(IsolationPolicy policy) {
        return Responses.target("install", Responses.of(Optional.of(policy)))
                .existingGroups()
                .toString();
    }

    private static String existingGroup(String vpc, String group) {
        return "response: {isolation: {existingGroups: [{vpcID: %s, groupID: %s}]}}".formatted(vpc, group);
    }

    /** What the whole operator opens for a finding in us-west-2, once it has polled what the policy names. */
    private static String opensInTheWholeOperator(JsonNode policy) {
        try (OperatorWorld world = new OperatorWorld()) {
            WorkshopScene scene = WorkshopScene.build(world.world());
            world.cluster().create(policy.toString());
            world.startOperator();
            world.region().finding(FindingTemplate.bitcoinDns(scene.compromisedInstance(), "pool.example"));
            String name = policy.at("/metadata/name").asText();
            world.awaitPolicy(
                    name,
                    "polled again",
                    object -> object.getStatus().sources().stream().allMatch(source -> source.lastPollTime() != null)
                            && world.calls("ListDetectors", 0) > 0);
            world.elapse(Duration.ofMinutes(1));
            String opened = world.quarantine(scene.compromisedInstance()).stream()
                    .flatMap(object -> object.getSpec().findings().stream())
                    .map(finding -> "opened by " + finding.source())
                    .collect(Collectors.joining(" "));
            return opened.isEmpty() ? "nothing" : opened;
        }
    }
}
