package io.ec2quarantine.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Field;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** Compares a record with the schema of the objects that it reads, both ways. */
final class ModelDifference {
    private ModelDifference() {}

    /** The first difference, told by its path. */
    static Optional<String> first(CrdSchema.Node node, Class<? extends Record> model) {
        return ofRecord(node, model).findFirst();
    }

    private static Stream<String> ofRecord(CrdSchema.Node node, Class<?> model) {
        List<RecordComponent> components = List.of(model.getRecordComponents());
        List<String> known = components.stream().map(RecordComponent::getName).toList();
        Stream<String> onlyInSchema = node.schema().path("properties").properties().stream()
                .filter(property -> !known.contains(property.getKey()))
                .map(property -> node.child(property.getKey()).path() + " is only in the schema");
        return Stream.concat(components.stream().flatMap(component -> ofComponent(node, component)), onlyInSchema);
    }

    private static Stream<String> ofComponent(CrdSchema.Node parent, RecordComponent component) {
        CrdSchema.Node node = parent.child(component.getName());
        if (node.schema().isMissingNode()) {
            return Stream.of(node.path() + " is only in Java");
        }
        AnnotatedType type = component.getAnnotatedType();
        boolean alwaysThere = !type.isAnnotationPresent(Nullable.class) && component.getType() != List.class;
        return Stream.concat(
                ofType(node, type),
                alwaysThere && !isAlwaysWritten(parent, node)
                        ? Stream.of(node.path()
                                + " is never null in Java, but neither required nor defaulted in the schema")
                        : Stream.empty());
    }

    private static boolean isAlwaysWritten(CrdSchema.Node parent, CrdSchema.Node node) {
        return node.schema().has("default")
                || texts(parent.schema().path("required")).contains(node.name());
    }

    private static Stream<String> ofType(CrdSchema.Node node, AnnotatedType type) {
        String inJava = shape(type);
        String inSchema = shape(node.schema());
        if (!inJava.equals(inSchema)) {
            return Stream.of("%s is %s in Java, but %s in the schema".formatted(node.path(), inJava, inSchema));
        }
        if (type instanceof AnnotatedParameterizedType list) {
            CrdSchema.Node items =
                    new CrdSchema.Node(node.path() + "[]", node.schema().path("items"));
            return ofType(items, list.getAnnotatedActualTypeArguments()[0]);
        }
        Class<?> model = (Class<?>) type.getType();
        return model.isRecord() ? ofRecord(node, model) : Stream.empty();
    }

    private static String shape(AnnotatedType type) {
        if (type instanceof AnnotatedParameterizedType) {
            return "array";
        }
        Class<?> model = (Class<?>) type.getType();
        if (model.isEnum()) {
            return "string " + values(model);
        }
        return switch (model.getSimpleName()) {
            case "String" -> "string";
            case "Instant" -> "string date-time";
            case "Integer" -> "integer int32";
            case "Long" -> "integer int64";
            default -> model.isRecord() ? "object" : model.getName();
        };
    }

    private static List<String> values(Class<?> model) {
        return Arrays.stream(model.getFields())
                .filter(Field::isEnumConstant)
                .map(constant -> constant.getAnnotation(JsonProperty.class))
                .map(written -> written == null ? "(a constant without @JsonProperty)" : written.value())
                .toList();
    }

    private static String shape(JsonNode schema) {
        String shape = schema.path("type").asText();
        if (schema.has("format")) {
            shape += " " + schema.path("format").asText();
        }
        if (schema.has("enum")) {
            shape += " " + texts(schema.path("enum"));
        }
        return shape;
    }

    static List<String> texts(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false)
                .map(JsonNode::asText)
                .toList();
    }
}
