package io.ec2quarantine.demo;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The JSONPath of a printer column: fields, indices, and the one element of a list that a field tells apart. */
final class ColumnPath {
    private static final Pattern STEP = Pattern.compile(
            "\\.(?<field>[A-Za-z0-9_-]+)|\\[(?<index>[0-9]+)]|\\[\\?\\(@\\.(?<key>[A-Za-z0-9_-]+)==\"(?<value>[^\"]*)\"\\)]");

    private sealed interface Step {
        Stream<JsonNode> from(JsonNode node);
    }

    private record Field(String name) implements Step {
        @Override
        public Stream<JsonNode> from(JsonNode node) {
            return Stream.ofNullable(node.get(name));
        }
    }

    private record Index(int number) implements Step {
        @Override
        public Stream<JsonNode> from(JsonNode node) {
            return Stream.ofNullable(node.get(number));
        }
    }

    private record Where(String key, String value) implements Step {
        @Override
        public Stream<JsonNode> from(JsonNode node) {
            return StreamSupport.stream(node.spliterator(), false)
                    .filter(element -> element.path(key).asText().equals(value));
        }
    }

    private final List<Step> steps;

    private ColumnPath(List<Step> steps) {
        this.steps = steps;
    }

    /** Reads a path such as {@code .status.conditions[?(@.type=="Ready")].status}. */
    static ColumnPath parse(String text) {
        List<Step> steps = new ArrayList<>();
        Matcher matcher = STEP.matcher(text);
        int end = 0;
        while (matcher.find() && matcher.start() == end) {
            steps.add(step(matcher));
            end = matcher.end();
        }
        if (steps.isEmpty() || end != text.length()) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is no JSONPath of a kind that printer columns use here.");
        }
        return new ColumnPath(List.copyOf(steps));
    }

    private static Step step(Matcher matcher) {
        if (matcher.group("field") != null) {
            return new Field(matcher.group("field"));
        }
        return matcher.group("index") != null
                ? new Index(Integer.parseInt(matcher.group("index")))
                : new Where(matcher.group("key"), matcher.group("value"));
    }

    /** The first value at this path. */
    Optional<JsonNode> find(JsonNode object) {
        Stream<JsonNode> found = Stream.of(object);
        for (Step step : steps) {
            found = found.flatMap(step::from);
        }
        return found.findFirst().filter(value -> !value.isNull());
    }
}
