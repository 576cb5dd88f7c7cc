package io.ec2quarantine.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Fills in the defaults of the committed schemas, which the embedded API does not do. */
public final class SchemaDefaults {
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
    private static final Map<String, Path> SCHEMAS = Map.of(
            "IsolationPolicy", Path.of("crds/isolationpolicies.ec2quarantine.io.yaml"),
            "QuarantinedInstance", Path.of("crds/quarantinedinstances.ec2quarantine.io.yaml"));

    private SchemaDefaults() {}

    /** The object with every default that the API server would set; objects of other kinds stay as they are. */
    public static ObjectNode apply(ObjectNode object) {
        Path schema = SCHEMAS.get(object.path("kind").asText());
        if (schema != null) {
            try {
                JsonNode root = YAML.readTree(Files.readString(schema)).at("/spec/versions/0/schema/openAPIV3Schema");
                fill(object, root);
            } catch (IOException exception) {
                throw new UncheckedIOException(exception);
            }
        }
        return object;
    }

    private static void fill(JsonNode value, JsonNode schema) {
        if (value instanceof ObjectNode object) {
            schema.path("properties").properties().forEach(property -> {
                JsonNode inner = property.getValue();
                if (!object.has(property.getKey()) && inner.has("default")) {
                    object.set(property.getKey(), inner.get("default").deepCopy());
                }
                if (object.has(property.getKey())) {
                    fill(object.get(property.getKey()), inner);
                }
            });
        } else if (value.isArray()) {
            value.forEach(element -> fill(element, schema.path("items")));
        }
    }
}
