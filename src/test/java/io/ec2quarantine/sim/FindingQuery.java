package io.ec2quarantine.sim;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The criteria and the order of ListFindings. */
final class FindingQuery {
    private static final Set<String> PLAIN = Set.of(
            "accountId", "id", "region", "severity", "type", "updatedAt", "createdAt", "confidence", "title", "arn");
    private static final Set<String> TIMES = Set.of("updatedAt", "createdAt");

    private FindingQuery() {}

    static Predicate<Finding> criteria(JsonNode criterion) {
        Predicate<Finding> all = finding -> true;
        for (var entry : criterion.properties()) {
            var attribute = known(entry.getKey());
            for (var operator : entry.getValue().properties()) {
                var condition = condition(operator.getKey(), operator.getValue());
                all = all.and(finding ->
                        condition.test(values(finding.json(), attribute).toList()));
            }
        }
        return all;
    }

    private static Predicate<List<String>> condition(String operator, JsonNode operand) {
        return switch (operator) {
            case "eq", "equals" -> values -> values.stream().anyMatch(texts(operand)::contains);
            case "neq", "notEquals" -> values -> values.stream().noneMatch(texts(operand)::contains);
            case "gt", "greaterThan" -> compare(operand, sign -> sign > 0);
            case "gte", "greaterThanOrEqual" -> compare(operand, sign -> sign >= 0);
            case "lt", "lessThan" -> compare(operand, sign -> sign < 0);
            case "lte", "lessThanOrEqual" -> compare(operand, sign -> sign <= 0);
            case "matches" -> values -> values.stream().anyMatch(wild(operand));
            case "notMatches" -> values -> values.stream().noneMatch(wild(operand));
            default -> throw rejected("an invalid criterion operator '" + operator + "' is specified");
        };
    }

    private static Predicate<List<String>> compare(JsonNode operand, Predicate<Integer> wanted) {
        if (!operand.isIntegralNumber()) {
            throw rejected("a criterion needs a whole number, not " + operand);
        }
        var bound = operand.decimalValue();
        return values -> values.stream()
                .flatMap(value -> number(value).stream())
                .anyMatch(value -> wanted.test(value.compareTo(bound)));
    }

    private static Optional<BigDecimal> number(String value) {
        try {
            return Optional.of(new BigDecimal(value));
        } catch (NumberFormatException e) {
            return Optional.empty(); // Text is neither above nor below a number.
        }
    }

    private static Set<String> texts(JsonNode operand) {
        return StreamSupport.stream(operand.spliterator(), false)
                .map(JsonNode::asText)
                .collect(java.util.stream.Collectors.toUnmodifiableSet());
    }

    private static Predicate<String> wild(JsonNode operand) {
        return texts(operand).stream()
                .map(text -> Filters.pattern(text).asMatchPredicate())
                .reduce(value -> false, Predicate::or);
    }

    private static String known(String attribute) {
        if (!PLAIN.contains(attribute) && !attribute.startsWith("resource.") && !attribute.startsWith("service.")) {
            throw rejected("an invalid or out-of-range value '" + attribute + "' is specified as an input parameter");
        }
        return attribute;
    }

    /** The order of the answer; findings that are equal in it come in the order of their ids, so that pages are stable. */
    static Comparator<Position> order(JsonNode sortCriteria) {
        Comparator<Position> byKey = (a, b) -> {
            var left = number(a.key());
            var right = number(b.key());
            return left.isPresent() && right.isPresent()
                    ? left.get().compareTo(right.get())
                    : a.key().compareTo(b.key());
        };
        var directed = sortCriteria.path("orderBy").asText("ASC").equals("DESC") ? byKey.reversed() : byKey;
        return directed.thenComparing(Position::id);
    }

    /** Where a finding stands in the order. */
    record Position(String key, String id) {
        static Position of(Finding finding, JsonNode sortCriteria) {
            var attribute = known(sortCriteria.path("attributeName").asText("updatedAt"));
            return new Position(values(finding.json(), attribute).findFirst().orElse(""), finding.id());
        }

        String encoded() {
            return key + "|" + id;
        }

        static Position decoded(String text) {
            int bar = text.lastIndexOf('|');
            return new Position(text.substring(0, Math.max(bar, 0)), text.substring(bar + 1));
        }
    }

    /** What a finding says at a path such as {@code resource.instanceDetails.instanceId}; times as epoch milliseconds. */
    private static Stream<String> values(JsonNode json, String attribute) {
        var found = Stream.of(json);
        for (var step : attribute.split("\\.", -1)) {
            found = found.flatMap(
                            node -> node.isArray() ? StreamSupport.stream(node.spliterator(), false) : Stream.of(node))
                    .map(node -> node.path(step));
        }
        return found.filter(node -> !node.isMissingNode() && !node.isNull())
                .map(node -> TIMES.contains(attribute) ? milliseconds(node.asText()) : node.asText());
    }

    private static String milliseconds(String time) {
        try {
            return Long.toString(Instant.parse(time).toEpochMilli());
        } catch (DateTimeParseException e) {
            // Some real findings say +0000 instead of Z.
            return Long.toString(OffsetDateTime.parse(time.replaceFirst("\\+0000$", "Z"))
                    .toInstant()
                    .toEpochMilli());
        }
    }

    static AwsError rejected(String why) {
        return new AwsError("BadRequestException", 400, "The request is rejected because " + why + ".");
    }
}
