package io.ec2quarantine.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.ec2quarantine.api.v1alpha1.IsolationPolicy;
import io.ec2quarantine.cluster.PolicyReader.Reading;
import io.ec2quarantine.core.finding.FindingBuilder;
import io.ec2quarantine.core.finding.Involvement;
import io.ec2quarantine.core.finding.Severity;
import io.ec2quarantine.core.policy.Backlog;
import io.ec2quarantine.core.policy.MatchExpression;
import io.ec2quarantine.core.policy.Mode;
import io.ec2quarantine.core.policy.Policy;
import io.ec2quarantine.core.policy.TagRule;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Policies are read as they come from the API: as YAML, with the operator's own mapper. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PolicyReaderTest {
    private static final String WHOLE = """
            apiVersion: ec2quarantine.io/v1alpha1
            kind: IsolationPolicy
            metadata: {name: whole, creationTimestamp: "2026-11-24T09:00:00Z"}
            spec:
              mode: RequireApproval
              backlog: Ignore
              sources: [{name: org, regions: [us-west-2]}]
              match:
                findingTypes: ["CryptoCurrency:EC2/*", "Trojan:EC2/DropPoint"]
                minSeverity: High
                involvement: [Compromised, Attacked]
                accountIDs: ["111122223333"]
                threatListNames: [bad]
                maxAgeSeconds: 3600
                instanceTags: {include: [{key: env, values: [prod]}], exclude: [{key: owner}]}
              response:
                isolation:
                  securityGroupName: cage
                  forensicAccess: [{name: ssh, direction: Ingress, protocol: tcp, fromPort: 22, toPort: 22, cidr: 10.1.2.0/24}]
                  trackedConnections: Leave
                  idleTimeouts: Leave
                  publicAddress: Leave
                preserve:
                  terminationProtection: Leave
                  autoScaling: Leave
                  loadBalancers: Leave
                  volumeSnapshots: Skip
                  instanceProfile: Leave
                release: {onDelete: Leave}
                notifications: [{name: oncall, snsTopicARN: "arn:aws:sns:us-west-2:111122223333:security", events: [Isolated, Released]}]
            """;

    private final KubernetesClient client = KubernetesClients.create(Config.empty());
    private final PolicyReader reader = new PolicyReader();

    @AfterAll
    void close() {
        client.close();
    }

    @Test
    void everyFieldIsUnderstood() {
        assertThat(read(WHOLE)).isInstanceOfSatisfying(Reading.Understood.class, reading -> {
            Policy policy = reading.policy();
            assertThat(policy.name()).isEqualTo("whole");
            assertThat(policy.mode()).isEqualTo(Mode.REQUIRE_APPROVAL);
            assertThat(policy.backlog()).isEqualTo(Backlog.IGNORE);
            assertThat(policy.created()).isEqualTo(Instant.parse("2026-11-24T09:00:00Z"));
            assertThat(policy.rules().findingTypes()).hasSize(2);
            assertThat(policy.rules().findingTypes().getFirst().matches("CryptoCurrency:EC2/X"))
                    .isTrue();
            assertThat(policy.rules().minSeverity()).isEqualTo(Severity.HIGH);
            assertThat(policy.rules().involvement()).containsExactlyInAnyOrder(Involvement.values());
            assertThat(policy.rules().accountIds()).containsExactly("111122223333");
            assertThat(policy.rules().threatListNames()).containsExactly("bad");
            assertThat(policy.rules().maxAge()).isEqualTo(Duration.ofHours(1));
            assertThat(policy.rules().includeTags()).containsExactly(new TagRule("env", Set.of("prod")));
            assertThat(policy.rules().excludeTags()).containsExactly(new TagRule("owner", Set.of()));
        });
    }

    @Test
    void whatMayBeAbsentAsksForNothing() {
        String least = WHOLE.substring(0, WHOLE.indexOf("  response:"))
                .lines()
                .filter(line -> List.of("accountIDs", "threatListNames", "instanceTags").stream()
                        .noneMatch(line::contains))
                .reduce("", (text, line) -> text + line + "\n");

        assertThat(read(least)).isInstanceOfSatisfying(Reading.Understood.class, reading -> {
            assertThat(reading.policy().rules().accountIds()).isEmpty();
            assertThat(reading.policy().rules().threatListNames()).isEmpty();
            assertThat(reading.policy().rules().needTags()).isFalse();
        });
    }

    @Test
    void everyModeAndBacklogAndSeverityHasItsName() {
        assertThat(List.of("Enforce", "RequireApproval", "DryRun", "Paused"))
                .map(mode -> policy(WHOLE.replace("mode: RequireApproval", "mode: " + mode))
                        .mode())
                .containsExactly(Mode.ENFORCE, Mode.REQUIRE_APPROVAL, Mode.DRY_RUN, Mode.PAUSED);
        assertThat(List.of("RequireApproval", "Enforce", "Ignore"))
                .map(backlog -> policy(WHOLE.replace("backlog: Ignore", "backlog: " + backlog))
                        .backlog())
                .containsExactly(Backlog.REQUIRE_APPROVAL, Backlog.ENFORCE, Backlog.IGNORE);
        assertThat(List.of("Low", "Medium", "High", "Critical"))
                .map(severity -> policy(WHOLE.replace("minSeverity: High", "minSeverity: " + severity))
                        .rules()
                        .minSeverity())
                .containsExactly(Severity.LOW, Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', useHeadersInDisplayName = true, textBlock = """
            as written                                       | instead                              | field
            mode: RequireApproval                            | mode: Observe                        | spec.mode
            mode: RequireApproval                            | other: 1                             | spec.mode
            backlog: Ignore                                  | backlog: Later                       | spec.backlog
            backlog: Ignore                                  | other: 1                             | spec.backlog
            sources: [{name: org, regions: [us-west-2]}]     | other: 1                             | spec.sources
            sources: [{name: org, regions: [us-west-2]}]     | sources: []                          | spec.sources
            regions: [us-west-2]                             | regions: []                          | spec.sources
            findingTypes: ["CryptoCurrency:EC2/*", "Trojan:EC2/DropPoint"] | findingTypes: []       | spec.match.findingTypes
            findingTypes: ["CryptoCurrency:EC2/*", "Trojan:EC2/DropPoint"] | other: 1               | spec.match.findingTypes
            minSeverity: High                                | minSeverity: Apocalyptic             | spec.match.minSeverity
            minSeverity: High                                | other: 1                             | spec.match.minSeverity
            involvement: [Compromised, Attacked]             | involvement: [Compromised, Watched]  | spec.match.involvement
            involvement: [Compromised, Attacked]             | involvement: []                      | spec.match.involvement
            maxAgeSeconds: 3600                              | other: 1                             | spec.match.maxAgeSeconds
            """)
    void halfAPolicyIsNeverActedOn(String written, String instead, String field) {
        assertThat(WHOLE).contains(written);

        assertThat(read(WHOLE.replace(written, instead)))
                .isInstanceOfSatisfying(
                        Reading.NotUnderstood.class,
                        reading -> assertThat(reading.sentence()).startsWith(field + " "));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', useHeadersInDisplayName = true, textBlock = """
            as written                   | instead                         | field
            terminationProtection: Leave | terminationProtection: Perhaps  | preserve.terminationProtection
            autoScaling: Leave           | autoScaling: Suspend            | preserve.autoScaling
            loadBalancers: Leave         | loadBalancers: Drain            | preserve.loadBalancers
            volumeSnapshots: Skip        | volumeSnapshots: TakeEncrypted  | preserve.volumeSnapshots
            instanceProfile: Leave       | instanceProfile: Replace        | preserve.instanceProfile
            trackedConnections: Leave    | trackedConnections: NetworkAcl  | isolation.trackedConnections
            idleTimeouts: Leave          | idleTimeouts: Never             | isolation.idleTimeouts
            publicAddress: Leave         | publicAddress: Release          | isolation.publicAddress
            direction: Ingress           | direction: Both                 | isolation.forensicAccess[].direction
            protocol: tcp                | protocol: sctp                  | isolation.forensicAccess[].protocol
            onDelete: Leave              | onDelete: RestoreLater          | release.onDelete
            events: [Isolated, Released] | events: [Isolated, Suspected]   | notifications[].events
            """)
    void anUnknownValueOfTheResponseMeansUnsupportedAndNeverADefault(String written, String instead, String field) {
        assertThat(WHOLE).contains(written);

        assertThat(read(WHOLE.replace(written, instead)))
                .isInstanceOfSatisfying(
                        Reading.NotUnderstood.class,
                        reading -> assertThat(reading.sentence()).startsWith("spec.response." + field + " is missing"));
    }

    @Test
    void aPolicyWithoutSpecOrMatchIsNotUnderstood() {
        String head = WHOLE.substring(0, WHOLE.indexOf("spec:"));

        assertThat(read(head))
                .isInstanceOfSatisfying(
                        Reading.NotUnderstood.class,
                        reading -> assertThat(reading.sentence()).startsWith("spec "));
        assertThat(read(head
                        + "spec: {mode: Enforce, backlog: Ignore, sources: [{name: org, regions: [us-west-2]}]}\n"))
                .isInstanceOfSatisfying(
                        Reading.NotUnderstood.class,
                        reading -> assertThat(reading.sentence()).startsWith("spec.match.findingTypes "));
    }

    @Test
    void theSentenceSaysWhatToDo() {
        assertThat(read(WHOLE.replace("mode: RequireApproval", "mode: Observe")))
                .isEqualTo(new Reading.NotUnderstood(
                        "Unsupported",
                        "spec.mode is missing or has a value that this version of the operator does not know; correct"
                                + " it or upgrade the operator."));
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "==>", quoteCharacter = '`', textBlock = """
            finding.severty > 7.0    ==> line 1, column 8: undefined field 'severty'
            finding.count            ==> line 1, column 8: expected type 'bool' but found 'int'
            \\efinding.count > 3         ==> line 1, column 1: unexpected ' '
            """)
    void anExpressionThatIsWrongIsToldWithItsPlaceAndTheWholePolicyMatchesNothing(String expression, String reason) {
        assertThat(read(expressing(expression))).isInstanceOfSatisfying(Reading.NotUnderstood.class, reading -> {
            assertThat(reading.reason()).isEqualTo("InvalidExpression");
            assertThat(reading.sentence())
                    .startsWith("spec.match.expression is wrong: " + reason)
                    .endsWith("; correct it, for the policy matches nothing until then.")
                    .doesNotContain("\u001b", "\n");
        });
    }

    @Test
    void anExpressionIsCompiledOnceForEachGenerationOfEachPolicy() {
        String first = expressing("finding.count > 3").replace("{name: whole", "{name: whole, uid: u1, generation: 1");

        MatchExpression compiled = expression(first);

        assertThat(expression(first)).isSameAs(compiled);
        assertThat(expression(first.replace("generation: 1", "generation: 2"))).isNotSameAs(compiled);
        assertThat(expression(first.replace("uid: u1", "uid: u2"))).isNotSameAs(compiled);
        assertThat(expression(first.replace("uid: u1", "uid: u3"))).isNotSameAs(compiled);
        assertThat(expression(first.replace("> 3", "> 4"))).isNotSameAs(compiled);
    }

    private MatchExpression expression(String yaml) {
        return policy(yaml).rules().expression().orElseThrow();
    }

    private static String expressing(String expression) {
        return WHOLE.replace(
                "    maxAgeSeconds: 3600\n", "    maxAgeSeconds: 3600\n    expression: \"" + expression + "\"\n");
    }

    @Test
    void aPolicyWithoutACreationTimeHasNoBacklog() {
        Policy policy = policy(WHOLE.replace(", creationTimestamp: \"2026-11-24T09:00:00Z\"", ""));

        assertThat(policy.modeFor(
                        FindingBuilder.finding().updatedAt(Instant.EPOCH).build()))
                .isEqualTo(Mode.REQUIRE_APPROVAL);
    }

    private Policy policy(String yaml) {
        if (read(yaml) instanceof Reading.Understood(Policy policy)) {
            return policy;
        }
        throw new AssertionError("not understood: " + read(yaml));
    }

    private Reading read(String yaml) {
        return reader.read(client.getKubernetesSerialization().unmarshal(yaml, IsolationPolicy.class));
    }
}
