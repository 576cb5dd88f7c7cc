package io.ec2quarantine.api.v1alpha1;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.cel.bundle.Cel;
import dev.cel.bundle.CelFactory;
import dev.cel.common.CelValidationException;
import dev.cel.common.types.SimpleType;
import dev.cel.extensions.CelExtensions;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Evaluates the CEL rules of a schema against an object, in the way of the API server. */
final class CelRules {
    private static final ObjectMapper PLAIN = new ObjectMapper().enable(DeserializationFeature.USE_LONG_FOR_INTS);
    private static final Cel CEL = CelFactory.plannerCelBuilder()
            .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
            .addVar("self", SimpleType.DYN)
            .addVar("oldSelf", SimpleType.DYN)
            .addCompilerLibraries(CelExtensions.strings())
            .addRuntimeLibraries(CelExtensions.strings())
            .setResultType(SimpleType.BOOL)
            .build();

    private CelRules() {}

    /** One rule of a schema and where it stands. */
    record Rule(String path, String expression, String message) {
        /** Whether it compares with what was there before; the API server skips it when an object is created. */
        boolean comparesWithBefore() {
            return expression.contains("oldSelf");
        }

        boolean holds(JsonNode self, Optional<JsonNode> before) {
            Map<String, Object> variables = before.<Map<String, Object>>map(
                            old -> Map.of("self", plain(self), "oldSelf", plain(old)))
                    .orElseGet(() -> Map.of("self", plain(self)));
            try {
                return CEL.createProgram(CEL.compile(expression).getAst())
                        .eval(variables)
                        .equals(true);
            } catch (CelValidationException | CelEvaluationException broken) {
                throw new AssertionError("%s at %s cannot be evaluated".formatted(expression, path), broken);
            }
        }

        private static Object plain(JsonNode node) {
            return PLAIN.convertValue(node, Object.class);
        }
    }

    /** The rules that stand at the node itself. */
    static List<Rule> at(CrdSchema.Node node) {
        return StreamSupport.stream(
                        node.schema().path("x-kubernetes-validations").spliterator(), false)
                .map(rule -> new Rule(
                        node.path(),
                        rule.path("rule").asText(),
                        rule.path("message").asText()))
                .toList();
    }

    /** The messages of the rules that the object, which may replace another, breaks. */
    static List<String> broken(CrdSchema schema, JsonNode object, Optional<JsonNode> before) {
        List<String> messages = new ArrayList<>();
        collect(schema.root(), object, before, messages);
        return messages;
    }

    private static void collect(CrdSchema.Node node, JsonNode value, Optional<JsonNode> before, List<String> messages) {
        at(node).stream()
                .filter(rule -> before.isPresent() || !rule.comparesWithBefore())
                .filter(rule -> !rule.holds(value, before))
                .forEach(rule -> messages.add(rule.message()));
        // An item of a list has no before here: rules that compare stand outside of lists, which a test makes sure of.
        value.properties()
                .forEach(field -> collect(
                        node.child(field.getKey()),
                        field.getValue(),
                        before.map(old -> old.path(field.getKey())).filter(old -> !old.isMissingNode()),
                        messages));
        if (value.isArray()) {
            CrdSchema.Node items =
                    new CrdSchema.Node(node.path() + "[]", node.schema().path("items"));
            value.forEach(item -> collect(items, item, Optional.empty(), messages));
        }
    }

    static Stream<Rule> all(CrdSchema schema) {
        return schema.root().walk().flatMap(node -> at(node).stream());
    }
}
