package io.ec2quarantine.api.v1alpha1;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.CustomResource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** One of the committed schemas under {@code crds/}, and what the API server does with one. */
enum CrdSchema {
    POLICY(IsolationPolicy.class, IsolationPolicySpec.class, IsolationPolicyStatus.class),
    QUARANTINE(QuarantinedInstance.class, QuarantinedInstanceSpec.class, QuarantinedInstanceStatus.class);

    private final Class<? extends CustomResource<?, ?>> kind;
    private final Class<? extends Record> spec;
    private final Class<? extends Record> status;

    CrdSchema(
            Class<? extends CustomResource<?, ?>> kind, Class<? extends Record> spec, Class<? extends Record> status) {
        this.kind = kind;
        this.spec = spec;
        this.status = status;
    }

    /** A node of a schema and its path, such as {@code spec.sources[].name}. */
    record Node(String path, JsonNode schema) {
        /** The node and everything below it. */
        Stream<Node> walk() {
            return Stream.concat(Stream.of(this), children().flatMap(Node::walk));
        }

        private Stream<Node> children() {
            List<Node> children = new ArrayList<>();
            schema.path("properties").properties().forEach(property -> children.add(child(property.getKey())));
            if (schema.has("items")) {
                children.add(new Node(path + "[]", schema.get("items")));
            }
            return children.stream();
        }

        Node child(String property) {
            return new Node(
                    path.isEmpty() ? property : path + "." + property,
                    schema.path("properties").path(property));
        }

        /** Its last step: the field's name, with [] after it for the items of a list. */
        String name() {
            return path.substring(path.lastIndexOf('.') + 1);
        }
    }

    static CrdSchema of(JsonNode object) {
        return Arrays.stream(values())
                .filter(schema ->
                        schema.kind.getSimpleName().equals(object.path("kind").asText()))
                .findFirst()
                .orElseThrow();
    }

    Class<? extends CustomResource<?, ?>> kind() {
        return kind;
    }

    Class<? extends Record> spec() {
        return spec;
    }

    Class<? extends Record> status() {
        return status;
    }

    Path file() {
        return Path.of("crds", CustomResource.getCRDName(kind) + ".yaml");
    }

    JsonNode crd() {
        return Yaml.read(file());
    }

    JsonNode names() {
        return crd().at("/spec/names");
    }

    /** The one version that there is. */
    JsonNode version() {
        return crd().at("/spec/versions/0");
    }

    Node root() {
        return new Node("", version().at("/schema/openAPIV3Schema"));
    }

    /** The object with the defaults filled in, which the API server does when it reads an object. */
    ObjectNode withDefaults(JsonNode object) {
        ObjectNode defaulted = object.deepCopy();
        fill(root().schema(), defaulted);
        return defaulted;
    }

    private static void fill(JsonNode schema, JsonNode value) {
        if (value instanceof ObjectNode object) {
            schema.path("properties").properties().forEach(property -> {
                JsonNode standard = property.getValue().path("default");
                if (!object.has(property.getKey()) && !standard.isMissingNode()) {
                    object.set(property.getKey(), standard.deepCopy());
                }
                fill(property.getValue(), object.path(property.getKey()));
            });
        } else if (value instanceof ArrayNode list) {
            list.forEach(item -> fill(schema.path("items"), item));
        }
    }
}
