package io.ec2quarantine.chart;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Objects written in YAML, as they were written. */
record Manifest(String text, List<JsonNode> objects) {
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    static Manifest parse(String text) {
        try (var documents = YAML.readerFor(JsonNode.class).<JsonNode>readValues(text)) {
            return new Manifest(
                    text,
                    documents.readAll().stream().filter(JsonNode::isObject).toList());
        } catch (IOException malformed) {
            throw new UncheckedIOException(text, malformed);
        }
    }

    static JsonNode read(Path file) {
        try {
            return YAML.readTree(file.toFile());
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    Stream<JsonNode> ofKind(String kind) {
        return objects.stream().filter(each -> each.path("kind").asText().equals(kind));
    }

    JsonNode only(String kind) {
        List<JsonNode> found = ofKind(kind).toList();
        if (found.size() != 1) {
            throw new AssertionError(found.size() + " objects of kind " + kind + " in:\n" + text);
        }
        return found.getFirst();
    }

    /** The pod that the deployment makes. */
    JsonNode pod() {
        return pod(only("Deployment"));
    }

    static JsonNode pod(JsonNode deployment) {
        return deployment.at("/spec/template");
    }

    static JsonNode container(JsonNode deployment) {
        return deployment.at("/spec/template/spec/containers/0");
    }

    /** The variables of the deployment's container. */
    static Map<String, String> environment(JsonNode deployment) {
        Map<String, String> environment = new LinkedHashMap<>();
        for (JsonNode variable : container(deployment).path("env")) {
            environment.put(
                    variable.path("name").asText(), variable.path("value").asText());
        }
        return environment;
    }

    /** The texts of a list. */
    static List<String> texts(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false)
                .map(JsonNode::asText)
                .toList();
    }
}
