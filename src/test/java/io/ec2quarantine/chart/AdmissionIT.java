package io.ec2quarantine.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.ec2quarantine.real.Answer;
import io.ec2quarantine.real.Kubectl;
import io.ec2quarantine.real.RealWorld;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Who may do what under the chart's roles and admission policies; the API server answers and stores nothing. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AdmissionIT {
    private static final String OBSERVED = "i-0000000000000000a";
    private static final String ISOLATED = "i-0000000000000000b";
    private static final String RELEASED = "i-0000000000000000c";
    private static final String NEW = "i-0000000000000000d";
    private static final String DRY = "--dry-run=server";
    private static final String PATH = "/apis/ec2quarantine.io/v1alpha1/quarantinedinstances";
    private static final String DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

    private final RealWorld world;
    private final Kubectl kubectl;
    private final Installation installation;

    AdmissionIT(@TempDir Path directory) {
        this.world = RealWorld.withoutSchemas(directory);
        this.kubectl = world.kubectl();
        this.installation = new Installation(world, directory);
    }

    @BeforeAll
    void thereAreQuarantinesInEveryState() {
        installation.install();
        Person.bindAll(kubectl);
        List.of(OBSERVED, ISOLATED, RELEASED)
                .forEach(id -> Person.OPERATOR
                        .asks(kubectl, opened(id), "create", "-f", "-")
                        .succeeds());
        kubectl.apply("""
                apiVersion: ec2quarantine.io/v1alpha1
                kind: IsolationPolicy
                metadata: {name: miners}
                spec:
                  mode: DryRun
                  sources: [{name: here, regions: [us-west-2]}]
                  match: {findingTypes: ["CryptoCurrency:EC2/*"]}
                """);
        decide(Person.APPROVE, "isolated", "Isolated");
        decide(Person.APPROVE, "released", "Isolated");
        decide(Person.RELEASE, "released", "Released");
        installation.awaitAdmission("miners");
    }

    @AfterAll
    void close() {
        world.close();
    }

    // --- roles

    @ParameterizedTest
    @CsvSource(delimiter = '|', useHeadersInDisplayName = true, textBlock = """
            verb             | resource                         | holders
            list             | isolationpolicies                | view edit approve release
            watch            | quarantinedinstances             | view edit approve release
            list             | events                           | view edit approve release
            watch            | events.events.k8s.io             | view edit approve release
            create           | isolationpolicies                | edit
            patch            | isolationpolicies                | edit
            delete           | isolationpolicies                | edit
            deletecollection | isolationpolicies                | edit
            create           | quarantinedinstances             | approve
            patch            | quarantinedinstances             | approve release
            update           | quarantinedinstances             | approve release
            approve          | quarantinedinstances             | approve
            release          | quarantinedinstances             | release
            delete           | quarantinedinstances             | release
            deletecollection | quarantinedinstances             | release
            patch            | quarantinedinstances --subresource=status |
            patch            | isolationpolicies --subresource=status |
            delete           | customresourcedefinitions        |
            delete           | validatingadmissionpolicies      |
            patch            | validatingadmissionpolicybindings |
            """)
    void aRoleGivesWhatItsNameSays(String verb, String resource, String holders) {
        for (Person each : new Person[] {Person.VIEW, Person.EDIT, Person.APPROVE, Person.RELEASE, Person.NOBODY}) {
            boolean holds = holders != null && (" " + holders + " ").contains(" " + each.user() + " ");
            assertThat(each.asks(kubectl, "", ("auth can-i " + verb + " " + resource).split(" ", -1))
                            .output())
                    .as(each.user())
                    .startsWith(holds ? "yes" : "no");
        }
    }

    @Test
    void onlyReadingJoinsKubernetesOwnRoles() {
        Manifest manifest = Helm.alone().render();

        assertThat(manifest.ofKind("ClusterRole")
                        .filter(each -> each.at("/metadata/labels")
                                .propertyStream()
                                .anyMatch(label -> label.getKey().startsWith("rbac.authorization.k8s.io/")))
                        .map(each -> each.at("/metadata/name").asText()))
                .containsExactly(Helm.NAME + "-view");
        assertThat(Helm.alone().render("--set", "rbac.aggregateToView=false").text())
                .doesNotContain("rbac.authorization.k8s.io/aggregate-to");
    }

    @Test
    void withoutRolesAndPoliciesThereAreNone() {
        Manifest manifest = Helm.alone().render("--set", "rbac.userRoles=false,admissionPolicy.enabled=false");

        assertThat(manifest.ofKind("ClusterRole")).hasSize(1);
        assertThat(manifest.text()).doesNotContain("ValidatingAdmissionPolicy");
    }

    // --- changes

    @ParameterizedTest
    @CsvSource(delimiter = '|', useHeadersInDisplayName = true, textBlock = """
            who       | which    | patch                                                                 | answer
            NOBODY    | isolated | {spec: {desiredState: Released, decision: {by: nobody}}}              | cannot
            VIEW      | isolated | {spec: {desiredState: Released, decision: {by: view}}}                | cannot patch resource
            EDIT      | isolated | {spec: {desiredState: Released, decision: {by: edit}}}                | cannot patch resource
            APPROVE   | isolated | {spec: {desiredState: Released, decision: {by: approve}}}             | You may not release
            APPROVE   | observed | {spec: {desiredState: Released, decision: {by: approve}}}             | You may not release
            PLAIN     | isolated | {spec: {desiredState: Released, decision: {by: plain}}}               | You may not release
            OPERATOR  | isolated | {spec: {desiredState: Released}}                                      | You may not release
            RELEASE   | isolated | {spec: {desiredState: Released, decision: {by: release}}}             | patched
            RELEASE   | observed | {spec: {desiredState: Released, decision: {by: release}}}              | patched
            ADMIN     | isolated | {spec: {desiredState: Released, decision: {by: admin}}}               | patched
            # In whose name.
            RELEASE   | isolated | {spec: {desiredState: Released}}                                      | user name, which is release,
            RELEASE   | isolated | {spec: {desiredState: Released, decision: {by: alice}}}               | user name, which is release,
            RELEASE   | isolated | {spec: {desiredState: Released, decision: {reason: other}}}           | user name, which is release,
            RELEASE   | isolated | {spec: {desiredState: Released, decision: null}}                      | user name, which is release,
            ADMIN     | isolated | {spec: {desiredState: Released, decision: {by: alice}}}               | user name, which is admin,
            APPROVE   | observed | {spec: {desiredState: Isolated, decision: {by: alice}}}               | user name, which is approve,
            APPROVE   | observed | {spec: {desiredState: Isolated}}                                      | user name, which is approve,
            RELEASE   | isolated | {spec: {decision: null}}                                              | user name, which is release,
            RELEASE   | isolated | {spec: {decision: {reason: other}}}                                   | user name, which is release,
            APPROVE   | isolated | {spec: {decision: {by: release}}}                                     | user name, which is approve,
            APPROVE   | isolated | {spec: {decision: {reason: more}}}                                    | patched
            APPROVE   | released | {spec: {decision: {by: approve}}}                                     | You may not release
            OPERATOR  | isolated | {spec: {decision: {by: release}}}                                     | nobody's name
            OPERATOR  | isolated | {spec: {decision: {reason: other}}}                                   | nobody's name
            # Approvals.
            APPROVE   | observed | {spec: {desiredState: Isolated, decision: {by: approve}}}             | patched
            APPROVE   | released | {spec: {desiredState: Isolated, decision: {by: approve}}}             | patched
            RELEASE   | observed | {spec: {desiredState: Isolated, decision: {by: release}}}             | You may not approve
            RELEASE   | released | {spec: {desiredState: Observed, decision: {by: release}}}             | You may not approve
            PLAIN     | observed | {spec: {desiredState: Isolated, decision: {by: plain}}}               | You may not approve
            IMPOSTOR  | observed | {spec: {desiredState: Isolated}}                                      | You may not approve
            APPROVE   | isolated | {spec: {desiredState: Observed, decision: {by: approve}}}             | cannot go from Isolated back to Observed
            # What a release gives.
            APPROVE   | isolated | {spec: {releaseTo: [{interfaceID: eni-0123456789abcdef0}]}}           | You may not choose the groups
            PLAIN     | released | {spec: {releaseTo: [{interfaceID: eni-0123456789abcdef0}]}}           | You may not choose the groups
            APPROVE   | released | {spec: {releaseTo: null}}                                             | You may not choose the groups
            OPERATOR  | isolated | {spec: {releaseTo: [{interfaceID: eni-0123456789abcdef0}]}}           | You may not choose the groups
            RELEASE   | isolated | {spec: {releaseTo: [{interfaceID: eni-0123456789abcdef0}]}}           | patched
            # The operator's own.
            APPROVE   | isolated | {metadata: {finalizers: null}}                                        | what holds up a deletion
            PLAIN     | isolated | {metadata: {finalizers: [example.com/other]}}                         | what holds up a deletion
            PLAIN     | isolated | {metadata: {finalizers: [ec2quarantine.io/other]}}                    | what holds up a deletion
            RELEASE   | isolated | {metadata: {finalizers: null}}                                        | patched
            OPERATOR  | isolated | {metadata: {finalizers: null}}                                        | patched
            RELEASE   | isolated | {metadata: {labels: {ec2quarantine.io/policy: other}}}                | The operator alone writes labels
            APPROVE   | isolated | {metadata: {labels: {ec2quarantine.io/policy: null}}}                 | The operator alone writes labels
            PLAIN     | isolated | {metadata: {labels: null}}                                            | The operator alone writes labels
            IMPOSTOR  | isolated | {metadata: {labels: {ec2quarantine.io/more: x}}}                      | The operator alone writes labels
            RELEASE   | released | {metadata: {annotations: {ec2quarantine.io/released-before: "2030"}}} | The operator alone writes labels
            RELEASE   | released | {metadata: {annotations: null}}                                       | The operator alone writes labels
            PLAIN     | isolated | {metadata: {labels: {team: blue}, annotations: {note: seen}}}         | patched
            OPERATOR  | isolated | {metadata: {labels: {ec2quarantine.io/policy: other}}}                | patched
            RELEASE   | isolated | {spec: {findings: [{id: dealt-with}]}}                                | The operator alone lists findings
            APPROVE   | isolated | {spec: {findings: null}}                                              | The operator alone lists findings
            APPROVE   | observed | {spec: {hold: {reason: MaxActive}}}                                   | The operator alone writes spec.hold
            RELEASE   | observed | {spec: {hold: {reason: MaxActive}}}                                   | The operator alone writes spec.hold
            OPERATOR  | observed | {spec: {hold: {reason: MaxActive}}}                                   | patched
            PLAIN     | isolated | {spec: {policyRef: {name: other}}}                                    | You may not write quarantines
            RELEASE   | isolated | {spec: {policyRef: {name: other}}}                                    | user name, which is release,
            APPROVE   | isolated | {spec: {policyRef: {name: other}, decision: {by: approve}}}           | patched
            # What the operator does.
            OPERATOR  | observed | {spec: {desiredState: Isolated, policyRef: {name: other}}}            | patched
            OPERATOR  | released | {spec: {desiredState: Isolated, decision: null, releaseTo: null}}     | patched
            OPERATOR  | released | {spec: {desiredState: Observed, decision: null, releaseTo: null}}     | patched
            OPERATOR  | released | {spec: {findings: [{id: one}, {id: more}]}}                           | patched
            """)
    void aChangeIsForThoseWhoMayMakeIt(Person who, String which, String patch, String answer) {
        assertSays(who.asks(kubectl, "", "patch", "qi", id(which), DRY, "--type=merge", "-p", patch), answer);
    }

    @ParameterizedTest
    @EnumSource(names = {"PLAIN", "IMPOSTOR", "APPROVE", "ADMIN"})
    void noOtherWayOfWritingGetsRound(Person who) {
        String answer = who == Person.ADMIN ? "user name, which is admin," : "You may not release";

        assertSays(who.asks(kubectl, "", "patch", "qi", ISOLATED, DRY, "--type=json", "-p", """
                        [{"op": "replace", "path": "/spec/desiredState", "value": "Released"}]"""), answer);
        assertSays(
                who.asks(
                        kubectl,
                        written(ISOLATED, "{desiredState: Released}"),
                        "apply",
                        "--server-side",
                        "--force-conflicts",
                        DRY,
                        "-f",
                        "-"),
                answer);
        assertSays(
                who.asks(
                        kubectl,
                        kubectl.does("get", "qi", ISOLATED, "-o", "yaml")
                                .replace("desiredState: Isolated", "desiredState: Released"),
                        "replace",
                        DRY,
                        "-f",
                        "-"),
                answer);
    }

    @ParameterizedTest
    @CsvSource({"PLAIN, qi", "IMPOSTOR, qi", "ADMIN, qi", "PLAIN, isopol", "IMPOSTOR, isopol", "ADMIN, isopol"})
    void onlyTheOperatorWritesStatus(Person who, String kind) {
        String name = kind.equals("qi") ? ISOLATED : "miners";
        String only = "The operator alone writes status";

        assertSays(
                who.asks(kubectl, "", "patch", kind, name, DRY, "--subresource=status", "--type=merge", "-p", """
                        {"status": {"observedGeneration": 7}}"""),
                only);
        assertSays(
                who.asks(kubectl, "", "patch", kind, name, DRY, "--subresource=status", "--type=json", "-p", """
                        [{"op": "add", "path": "/status/observedGeneration", "value": 7}]"""),
                only);
        assertSays(
                who.asks(
                        kubectl,
                        kubectl.does("get", kind, name, "-o", "yaml")
                                .replace("observedGeneration: 0", "observedGeneration: 7"),
                        "replace",
                        DRY,
                        "--subresource=status",
                        "-f",
                        "-"),
                only);
        String applied =
                "{apiVersion: ec2quarantine.io/v1alpha1, kind: %s, metadata: {name: %s}, status: {observedGeneration: 7}}"
                        .formatted(kind.equals("qi") ? "QuarantinedInstance" : "IsolationPolicy", name);
        assertSays(
                who.asks(
                        kubectl,
                        applied,
                        "apply",
                        "--server-side",
                        "--force-conflicts",
                        DRY,
                        "--subresource=status",
                        "-f",
                        "-"),
                only);
    }

    @Test
    void aStatusThatComesWithTheSpecIsNotTaken() {

        JsonNode changed = Manifest.parse(Person.APPROVE
                        .asks(kubectl, "", "patch", "qi", ISOLATED, DRY, "--type=merge", "-o", "yaml", "-p", """
                                {"status": {"observedGeneration": 7}, "metadata": {"labels": {"team": "blue"}}}""")
                        .succeeds())
                .objects()
                .getFirst();
        JsonNode created = Manifest.parse(Person.APPROVE
                        .asks(
                                kubectl,
                                written(NEW, "{desiredState: Isolated}") + "status: {observedGeneration: 7}\n",
                                "create",
                                DRY,
                                "-o",
                                "yaml",
                                "-f",
                                "-")
                        .succeeds())
                .objects()
                .getFirst();

        assertThat(changed.at("/status/observedGeneration").asInt(-1)).isZero();
        assertThat(created.at("/status/observedGeneration").asInt(-1)).isZero();
    }

    // --- new ones

    @ParameterizedTest
    @CsvSource(delimiter = '|', useHeadersInDisplayName = true, textBlock = """
            who      | spec                                                                               | answer
            APPROVE  | {desiredState: Isolated}                                                           | created
            APPROVE  | {desiredState: Isolated, decision: {by: approve, reason: seen}}                    | created
            APPROVE  | {desiredState: Observed}                                                           | created
            OPERATOR | {desiredState: Isolated, findings: [{id: one}]}                                    | created
            APPROVE  | {desiredState: Isolated, decision: {by: alice}}                                    | user name, which is approve,
            APPROVE  | {desiredState: Isolated, decision: {reason: seen}}                                 | user name, which is approve,
            OPERATOR | {desiredState: Isolated, decision: {by: alice}}                                    | nobody's name
            APPROVE  | {desiredState: Released, decision: {by: approve}}                                  | You may not release
            PLAIN    | {desiredState: Released, decision: {by: plain}}                                    | You may not release
            OPERATOR | {desiredState: Released}                                                           | You may not release
            APPROVE  | {desiredState: Isolated, releaseTo: [{interfaceID: eni-0123456789abcdef0}]}        | You may not choose the groups
            APPROVE  | {desiredState: Observed, findings: [{id: dealt-with}]}                             | The operator alone lists findings
            APPROVE  | {desiredState: Observed, hold: {reason: MaxActive}}                                | The operator alone writes spec.hold
            PLAIN    | {desiredState: Isolated}                                                           | You may not approve
            IMPOSTOR | {desiredState: Observed}                                                           | You may not approve
            RELEASE  | {desiredState: Isolated}                                                           | cannot create resource
            EDIT     | {desiredState: Isolated}                                                           | cannot create resource
            """)
    void aNewQuarantineIsForThoseWhoMayWriteIt(Person who, String spec, String answer) {
        assertSays(who.asks(kubectl, written(NEW, spec), "create", DRY, "-f", "-"), answer);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', useHeadersInDisplayName = true, textBlock = """
            metadata                                                        | answer
            labels: {ec2quarantine.io/policy: other}                        | The operator alone writes labels
            annotations: {ec2quarantine.io/released-before: "2030"}         | The operator alone writes labels
            finalizers: [ec2quarantine.io/restore-on-delete]                | what holds up a deletion
            labels: {team: blue}                                            | created
            """)
    void aNewQuarantineCarriesNothingOfTheOperators(String metadata, String answer) {
        String yaml =
                written(NEW, "{desiredState: Isolated}").replace("metadata:\n", "metadata:\n  " + metadata + "\n");

        assertSays(Person.APPROVE.asks(kubectl, yaml, "create", DRY, "-f", "-"), answer);
    }

    @Test
    void aNameThatIsMadeUpIsNoWayRound() {
        String yaml = written(NEW, "{desiredState: Released}").replace("  name: " + NEW, "  generateName: i-");

        assertSays(Person.APPROVE.asks(kubectl, yaml, "create", DRY, "-f", "-"), "metadata.name must equal");
    }

    // --- deletion

    @ParameterizedTest
    @CsvSource(delimiter = '|', useHeadersInDisplayName = true, textBlock = """
            who       | answer
            RELEASE   | deleted
            ADMIN     | deleted
            APPROVE   | cannot delete resource
            EDIT      | cannot delete resource
            OPERATOR  | cannot delete resource
            PLAIN     | You may not delete quarantines
            IMPOSTOR  | You may not delete quarantines
            COLLECTOR | You may not delete quarantines
            """)
    void aDeletionIsForThoseWhoMayRelease(Person who, String answer) {
        assertSays(who.asks(kubectl, "", "delete", "qi", ISOLATED, DRY), answer);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', useHeadersInDisplayName = true, textBlock = """
            who       | answer
            RELEASE   | QuarantinedInstanceList
            APPROVE   | cannot deletecollection resource
            PLAIN     | You may not delete quarantines
            IMPOSTOR  | You may not delete quarantines
            """)
    void aCollectionIsDeletedByThoseWhoMayReleaseEach(Person who, String answer) {
        assertSays(who.asks(kubectl, "", "delete", "--raw", PATH + "?dryRun=All"), answer);
    }

    @ParameterizedTest
    @CsvSource({"quarantinedinstances.ec2quarantine.io", "isolationpolicies.ec2quarantine.io"})
    void noDefinitionIsDeletedWhileAQuarantineIsOpen(String definition) {
        assertSays(
                Person.ADMIN.asks(kubectl, "", "delete", "crd", definition, DRY),
                "is open, and the definition holds what its instance had; release it");
    }

    @Test
    void noCollectionOfDefinitionsIsDeletedThatHoldsTheOperators() {
        assertSays(
                Person.ADMIN.asks(kubectl, "", "delete", "--raw", DEFINITIONS + "?dryRun=All"),
                "isolationpolicies.ec2quarantine.io by its name");
    }

    @Test
    void otherDefinitionsAreNoneOfItsBusiness() {
        kubectl.apply("""
                apiVersion: apiextensions.k8s.io/v1
                kind: CustomResourceDefinition
                metadata: {name: others.example.com}
                spec:
                  group: example.com
                  scope: Cluster
                  names: {kind: Other, plural: others}
                  versions:
                  - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}
                """);

        assertSays(Person.ADMIN.asks(kubectl, "", "delete", "crd", "others.example.com", DRY), "deleted");
        assertThat(kubectl.does(
                        "delete",
                        "--raw",
                        DEFINITIONS + "?dryRun=All&fieldSelector=metadata.name%3Dothers.example.com"))
                .contains("others.example.com");
    }

    // --- helpers

    private void decide(Person who, String which, String state) {
        who.asks(
                        kubectl,
                        "",
                        "patch",
                        "qi",
                        id(which),
                        "--type=merge",
                        "-p",
                        "{spec: {desiredState: %s, decision: {by: %s}}}".formatted(state, who.user()))
                .succeeds();
        if (state.equals("Released")) {
            who.asks(kubectl, "", "patch", "qi", id(which), "--type=merge", "-p", """
                            {"spec": {"releaseTo": [{"interfaceID": "eni-0fedcba9876543210"}]}}""")
                    .succeeds();
        }
    }

    private static String id(String which) {
        return switch (which) {
            case "observed" -> OBSERVED;
            case "isolated" -> ISOLATED;
            case "released" -> RELEASED;
            default -> throw new IllegalArgumentException(which);
        };
    }

    /** A quarantine as the operator opens and marks it. */
    private static String opened(String id) {
        return written(id, "{desiredState: Observed, policyRef: {name: miners}, findings: [{id: one}]}")
                .replace("metadata:\n", """
                        metadata:
                          labels: {ec2quarantine.io/policy: miners, ec2quarantine.io/region: us-west-2}
                          annotations: {ec2quarantine.io/released-before: "2026-01-01T00:00:00Z"}
                          finalizers: [ec2quarantine.io/restore-on-delete]
                        """);
    }

    private static String written(String id, String spec) {
        return """
                apiVersion: ec2quarantine.io/v1alpha1
                kind: QuarantinedInstance
                metadata:
                  name: %s
                spec: {instanceID: %s, region: us-west-2, %s
                """.formatted(id, id, spec.substring(1));
    }

    private static void assertSays(Answer answer, String words) {
        boolean refused = answer.exitCode() != 0;
        assertThat(answer.output() + answer.errors()).as(answer::toString).contains(words);
        assertThat(refused).as(answer::toString).isEqualTo(!answer.output().contains(words));
    }
}
