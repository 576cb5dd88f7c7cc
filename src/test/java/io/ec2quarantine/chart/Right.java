package io.ec2quarantine.chart;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * One thing that somebody may do, or did.
 *
 * @param namespace where; {@code *} for the whole cluster
 * @param resource with its group and its subresource
 * @param name of the one object; {@code *} for any
 */
record Right(String namespace, String verb, String resource, String name) implements Comparable<Right> {
    private static final String ANY = "*";

    /** What a role gives. */
    static List<Right> givenBy(JsonNode role) {
        List<Right> rights = new ArrayList<>();
        String namespace = role.at("/metadata/namespace").asText(ANY);
        for (JsonNode rule : role.path("rules")) {
            List<String> names = rule.has("resourceNames") ? Manifest.texts(rule.path("resourceNames")) : List.of(ANY);
            for (String group : Manifest.texts(rule.path("apiGroups"))) {
                for (String resource : Manifest.texts(rule.path("resources"))) {
                    for (String verb : Manifest.texts(rule.path("verbs"))) {
                        names.forEach(name -> rights.add(new Right(namespace, verb, resource + "." + group, name)));
                    }
                }
            }
        }
        return rights;
    }

    /** What was asked for, as the API server's log of audit events has it. */
    static Right usedIn(JsonNode event) {
        JsonNode object = event.path("objectRef");
        String subresource =
                object.has("subresource") ? "/" + object.path("subresource").asText() : "";
        return new Right(
                object.path("namespace").asText(ANY),
                event.path("verb").asText(),
                object.path("resource").asText() + subresource + "."
                        + object.path("apiGroup").asText(),
                object.path("name").asText(ANY));
    }

    /** Whether this right is enough to do that. */
    boolean covers(Right used) {
        return verb.equals(used.verb)
                && resource.equals(used.resource)
                && (namespace.equals(ANY) || namespace.equals(used.namespace))
                && (name.equals(ANY) || name.equals(used.name));
    }

    @Override
    public int compareTo(Right other) {
        return toString().compareTo(other.toString());
    }

    @Override
    public String toString() {
        return namespace + ": " + verb + " " + resource + " " + name;
    }
}
