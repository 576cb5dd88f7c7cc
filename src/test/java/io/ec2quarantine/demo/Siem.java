package io.ec2quarantine.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ec2quarantine.demo.Screen.Style;
import io.ec2quarantine.sim.OrganisationScene;
import io.ec2quarantine.sim.Queue;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What lies in the queue that the SIEM reads. */
record Siem(OrganisationScene scene, Screen screen) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String RELEASED = "io.ec2quarantine.Released";

    /** Shows how many events there are of each kind, and one of them. */
    void show(Patience patience, Operator.Running operator) {
        Queue queue = scene.security().region(scene.stormed().name()).queue(OrganisationScene.QUEUE);
        JsonNode released = patience.await(
                () -> events(queue).stream()
                        .filter(event -> event.path("type").asText().equals(RELEASED))
                        .findFirst(),
                operator::ended,
                () -> "The SIEM was not told of the release");
        screen.heading("What the SIEM got", "in its queue " + OrganisationScene.QUEUE);
        Map<String, Long> counts = events(queue).stream()
                .collect(Collectors.groupingBy(
                        event -> event.at("/data/event").asText(), TreeMap::new, Collectors.counting()));
        screen.paragraph(
                "  ",
                2,
                Style.PLAIN,
                counts.entrySet().stream()
                        .map(each -> each.getValue() + " " + each.getKey())
                        .collect(Collectors.joining(", ")));
        screen.heading("One of the events", "without its findings");
        shown(released).lines().forEach(this::line);
    }

    private void line(String text) {
        String start =
                "  " + text.substring(0, text.length() - text.stripLeading().length());
        screen.paragraph(start, start.length() + 4, Style.PLAIN, text.strip());
    }

    private static List<JsonNode> events(Queue queue) {
        return queue.sent().stream().map(Siem::read).toList();
    }

    private static JsonNode read(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException notJson) {
            throw new UncheckedIOException(notJson);
        }
    }

    private static String shown(JsonNode event) {
        ObjectNode shown = event.deepCopy();
        Optional.of(shown.path("data"))
                .filter(ObjectNode.class::isInstance)
                .map(ObjectNode.class::cast)
                .ifPresent(data -> data.remove(List.of("finding", "findings")));
        return shown.toPrettyString();
    }
}
