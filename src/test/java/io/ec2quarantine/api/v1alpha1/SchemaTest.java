package io.ec2quarantine.api.v1alpha1;

import static io.ec2quarantine.api.v1alpha1.CrdSchema.POLICY;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Error;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialects;
import io.ec2quarantine.cluster.KubernetesClients;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Singular;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds the committed schemas against the Java model, the samples, and the rules for schemas of this project. */
class SchemaTest {
    private static final Set<String> MISREAD_BY_YAML =
            Set.of("on", "off", "yes", "no", "y", "n", "true", "false", "null");

    // --- the Java model and the schema agree

    @ParameterizedTest
    @EnumSource
    void theRecordsAndTheSchemaHaveTheSameFields(CrdSchema schema) {
        CrdSchema.Node root = schema.root();

        assertThat(ModelDifference.first(root.child("spec"), schema.spec())).isEmpty();
        assertThat(ModelDifference.first(root.child("status"), schema.status())).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void theClassAndTheSchemaHaveTheSameNames(CrdSchema schema) {
        JsonNode names = schema.names();

        assertThat(schema.crd().at("/metadata/name").asText()).isEqualTo(CustomResource.getCRDName(schema.kind()));
        assertThat(schema.crd().at("/spec/group").asText()).isEqualTo(ApiGroup.NAME);
        assertThat(schema.version().path("name").asText()).isEqualTo(ApiGroup.VERSION);
        assertThat(names.path("kind").asText()).isEqualTo(schema.kind().getSimpleName());
        assertThat(names.path("plural").asText())
                .isEqualTo(schema.kind().getAnnotation(Plural.class).value());
        assertThat(names.path("singular").asText())
                .isEqualTo(schema.kind().getAnnotation(Singular.class).value());
        assertThat(ModelDifference.texts(names.path("shortNames")))
                .containsExactly(schema.kind().getAnnotation(ShortNames.class).value());
        assertThat(Namespaced.class.isAssignableFrom(schema.kind())).isFalse();
        assertThat(schema.crd().at("/spec/scope").asText()).isEqualTo("Cluster");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {mode: null}                                 | spec.mode is only in Java
                    {other: {type: string}}                      | spec.other is only in the schema
                    {mode: {enum: [Enforce, Pause]}}             | spec.mode is string [Enforce, RequireApproval, DryRun, Paused] in Java, but string [Enforce, Pause] in the schema
                    {match: {properties: {maxAgeSeconds: {format: int32}}}} | spec.match.maxAgeSeconds is integer int64 in Java, but integer int32 in the schema
                    {sources: {items: {properties: {regions: {items: {type: integer}}}}}} | spec.sources[].regions[] is string in Java, but integer in the schema
                    {sources: {items: {required: []}}}           | spec.sources[].name is never null in Java, but neither required nor defaulted in the schema
                    """)
    void aDifferenceIsToldByItsPath(String edit, String difference) {
        CrdSchema.Node spec = POLICY.root().child("spec");
        JsonNode edited = Example.edited(spec.schema(), "properties: " + edit);

        assertThat(ModelDifference.first(new CrdSchema.Node("spec", edited), IsolationPolicySpec.class))
                .contains(difference);
    }

    // --- samples and examples

    private static Stream<Arguments> validObjects() {
        Stream<Arguments> files = Stream.concat(
                        Example.sampleFiles().stream(),
                        Arrays.stream(CrdSchema.values()).map(Example::completeFile))
                .map(file -> Arguments.argumentSet(String.valueOf(file.getFileName()), Yaml.read(file)));
        Stream<Arguments> documented = PolicyDoc.examples().stream()
                .map(example -> Arguments.argumentSet(example.toString(), example.policy()));
        return Stream.concat(files, documented);
    }

    @ParameterizedTest
    @MethodSource("validObjects")
    void aValidObjectSatisfiesItsSchema(JsonNode object) {
        CrdSchema schema = CrdSchema.of(object);

        assertThat(errors(schema, object)).isEmpty();
        assertThat(errors(schema, schema.withDefaults(object))).isEmpty();
        assertThat(CelRules.broken(schema, schema.withDefaults(object), Optional.empty()))
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("validObjects")
    void aValidObjectSurvivesReadingAndWriting(JsonNode object) throws JsonProcessingException {
        ObjectMapper mapper = new ObjectMapper();
        KubernetesClients.serialization(mapper);
        mapper.enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
        mapper.disable(DeserializationFeature.READ_UNKNOWN_ENUM_VALUES_AS_NULL);

        Object read = mapper.readValue(object.toString(), CrdSchema.of(object).kind());

        assertThat(mapper.readTree(mapper.writeValueAsString(read))).isEqualTo(mapper.readTree(object.toString()));
    }

    @ParameterizedTest
    @EnumSource
    void theCompleteObjectHasEveryFieldOfItsSchema(CrdSchema schema) {
        JsonNode object = Yaml.read(Example.completeFile(schema));

        assertThat(schema.root().walk().filter(node -> isAbsent(object, node)))
                .extracting(CrdSchema.Node::path)
                .isEmpty();
    }

    private static boolean isAbsent(JsonNode object, CrdSchema.Node node) {
        String pointer =
                node.path().isEmpty() ? "" : "/" + node.path().replace(".", "/").replace("[]", "/0");
        return object.at(pointer).isMissingNode();
    }

    // --- defaults

    @Test
    void aMinimalPolicyGetsEveryDefault() {
        assertThat(POLICY.withDefaults(Example.minimal(POLICY)).path("spec")).isEqualTo(Yaml.parse("""
                        mode: Enforce
                        sources: [{name: org, regions: [us-west-2]}]
                        match:
                          findingTypes: ["*"]
                          minSeverity: Medium
                          involvement: [Compromised]
                          maxAgeSeconds: 86400
                        backlog: RequireApproval
                        safeguards:
                          maxActive: 20
                          maxPerHour: 10
                          maxAutoScalingGroupPercent: 50
                          protectedTags: [{key: ec2quarantine.io/protected}]
                          kubernetesNodes: RequireApproval
                        response:
                          isolation: {securityGroupName: ec2quarantine-isolation}
                          preserve: {terminationProtection: Enable}
                          release: {onDelete: Leave}
                        """));
    }

    @ParameterizedTest
    @EnumSource
    void aNewObjectIsPendingAndNobodyTakesItForReconciled(CrdSchema schema) {
        ObjectNode created = schema.withDefaults(Example.minimal(schema));

        assertThat(errors(schema, created)).isEmpty();
        // No object has generation 0: to kstatus the status is older than the object, whatever its conditions say.
        assertThat(created.at("/status/observedGeneration")).hasToString("0");
        assertThat(created.at("/status/conditions")).hasSize(1);
        JsonNode condition = created.at("/status/conditions/0");
        assertThat(condition.path("type").asText()).isEqualTo("Ready");
        assertThat(condition.path("status").asText()).isEqualTo("Unknown");
        assertThat(condition.path("reason").asText()).isEqualTo("Pending");
        assertThat(condition.path("observedGeneration")).hasToString("0");
        assertThat(Instant.parse(condition.path("lastTransitionTime").asText())).isEqualTo(Instant.EPOCH);
    }

    @ParameterizedTest
    @EnumSource
    void whatTheOperatorWritesIsNeitherRefusedByARuleNorCompletedByADefault(CrdSchema schema) {
        assertThat(schema.root().child("status").walk().skip(1).toList())
                .allSatisfy(node -> assertThat(CelRules.at(node)).isEmpty())
                .filteredOn(node -> node.schema().has("default"))
                .extracting(CrdSchema.Node::path)
                .containsExactly("status.conditions[].message");
    }

    // --- what every schema of this project keeps

    @ParameterizedTest
    @EnumSource
    void everythingIsBoundedTypedAndDescribed(CrdSchema schema) {
        assertThat(schema.root().walk().flatMap(node -> faults(node).stream())).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    x  | {type: string, description: It.}                             | x has no bound
                    x  | {type: integer, description: It., minimum: 1}                | x has no bound
                    x  | {type: array, description: It., maxItems: 1}                 | x has no list type
                    x  | {type: array, description: It., x-kubernetes-list-type: set} | x has no bound
                    x  | {type: array, description: It., maxItems: 1, x-kubernetes-list-type: map} | x has no list keys
                    x  | {type: object, description: It.}                             | x has no properties
                    x  | {type: string, maxLength: 1}                                 | x has no description
                    x  | {type: string, maxLength: 1, description: no full stop}      | x has no description
                    x  | {description: It.}                                           | x has no type
                    no | {type: string, maxLength: 1, description: It.}               | no has no name that every YAML reader takes for a text
                    """)
    void aFaultOfASchemaIsFound(String field, String schema, String fault) {
        assertThat(faults(new CrdSchema.Node(field, Yaml.parse(schema)))).containsExactly(fault);
    }

    private static List<String> faults(CrdSchema.Node node) {
        JsonNode schema = node.schema();
        List<String> lacks = new ArrayList<>();
        switch (schema.path("type").asText()) {
            case "string" -> {
                if (!schema.has("maxLength")
                        && !schema.has("enum")
                        && !schema.path("format").asText().equals("date-time")) {
                    lacks.add("bound");
                }
            }
            case "integer" -> {
                if (!schema.has("minimum") || !schema.has("maximum")) {
                    lacks.add("bound");
                }
            }
            case "array" -> {
                if (!schema.has("maxItems")) {
                    lacks.add("bound");
                }
                if (!schema.has("x-kubernetes-list-type")) {
                    lacks.add("list type");
                }
                if (schema.path("x-kubernetes-list-type").asText().equals("map")
                        && !schema.has("x-kubernetes-list-map-keys")) {
                    lacks.add("list keys");
                }
            }
            case "object" -> {
                if (schema.path("properties").isEmpty()) {
                    lacks.add("properties");
                }
            }
            default -> lacks.add("type");
        }
        // The API server lets nobody describe its own metadata, and items are described with their list.
        boolean described = !node.path().startsWith("metadata") && !node.name().endsWith("[]");
        if (described && !schema.path("description").asText().endsWith(".")) {
            lacks.add("description");
        }
        if (MISREAD_BY_YAML.contains(node.name())) {
            lacks.add("name that every YAML reader takes for a text");
        }
        return lacks.stream().map(lack -> node.path() + " has no " + lack).toList();
    }

    @ParameterizedTest
    @EnumSource
    void everyColumnShowsAFieldThatExists(CrdSchema schema) {
        Set<String> conditions = Set.copyOf(
                Arrays.stream(ConditionType.values()).map(ConditionType::text).toList());
        List<String> fields =
                schema.root().walk().map(node -> "." + node.path()).toList();
        Pattern condition =
                Pattern.compile("\\.status\\.conditions\\[\\?\\(@\\.type==\"(\\w+)\"\\)]\\.(status|reason)");

        for (JsonNode column : schema.version().path("additionalPrinterColumns")) {
            String path = column.path("jsonPath").asText();
            var ofCondition = condition.matcher(path);
            if (ofCondition.matches()) {
                assertThat(conditions).contains(ofCondition.group(1));
            } else if (!path.equals(".metadata.creationTimestamp")) {
                assertThat(fields).contains(path.replace("[0]", "[]"));
            }
        }
    }

    // --- the rules in CEL

    @ParameterizedTest
    @FieldSource("io.ec2quarantine.api.v1alpha1.Example#REFUSED")
    void aRuleRefusesABadObjectWithOneSentence(Example example) {
        CrdSchema schema = example.schema();

        assertThat(CelRules.broken(schema, example.object(), example.before())).isEqualTo(example.sentences());
        // The API server reads no rule while the structure is wrong: the sentence must be what refuses it.
        assertThat(errors(schema, example.object())).isEmpty();
        assertThat(example.before().stream()
                        .flatMap(before -> CelRules.broken(schema, before, Optional.empty()).stream()))
                .isEmpty();
    }

    @ParameterizedTest
    @FieldSource("io.ec2quarantine.api.v1alpha1.Example#ACCEPTED")
    void noRuleRefusesAGoodObject(Example example) {
        assertThat(errors(example.schema(), example.object())).isEmpty();
        assertThat(CelRules.broken(example.schema(), example.object(), example.before()))
                .isEmpty();
    }

    @Test
    void everyRuleIsInTheTableOfRefusedObjects() {
        assertThat(rules().map(CelRules.Rule::message))
                .doesNotHaveDuplicates()
                .containsExactlyInAnyOrderElementsOf(Example.REFUSED.stream()
                        .flatMap(example -> example.sentences().stream())
                        .distinct()
                        .toList());
    }

    @Test
    void everyMessageIsOneSentence() {
        assertThat(rules().map(CelRules.Rule::message))
                .allSatisfy(message -> assertThat(message).endsWith(".").doesNotContain(". ", "\n"));
    }

    @Test
    void noRuleInsideAListComparesWithBefore() {
        assertThat(rules().filter(CelRules.Rule::comparesWithBefore))
                .isNotEmpty()
                .noneMatch(rule -> rule.path().contains("[]"));
    }

    private static Stream<CelRules.Rule> rules() {
        return Arrays.stream(CrdSchema.values()).flatMap(CelRules::all);
    }

    private static List<String> errors(CrdSchema schema, JsonNode object) {
        return SchemaRegistry.withDialect(Dialects.getOpenApi30())
                .getSchema(schema.root().schema())
                .validate(object, run -> run.executionConfig(config -> config.formatAssertionsEnabled(true)))
                .stream()
                .map(Error::toString)
                .toList();
    }
}
