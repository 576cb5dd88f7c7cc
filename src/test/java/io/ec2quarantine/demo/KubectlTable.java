package io.ec2quarantine.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The table that {@code kubectl get} prints, made out of a schema's printer columns. */
public final class KubectlTable {
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
    private static final int LEAST_WIDTH = 6;
    private static final int GAP = 3;

    private record Column(String name, String type, ColumnPath path) {
        String cell(JsonNode object, Instant now) {
            return path.find(object).map(value -> show(value, now)).orElse("");
        }

        private String show(JsonNode value, Instant now) {
            return switch (type) {
                case "date" -> age(value.asText(), now);
                case "integer" -> value.isNumber() ? Long.toString(value.asLong()) : "";
                case "boolean" -> value.isBoolean() ? value.asText() : "";
                case "string" -> value.isValueNode() ? value.asText() : value.toString();
                default -> throw new IllegalArgumentException("Column " + name + " is of type " + type + ".");
            };
        }
    }

    private final List<Column> columns;

    private KubectlTable(List<Column> columns) {
        this.columns = columns;
    }

    /** Reads the columns that are shown without {@code -o wide} out of a CustomResourceDefinition. */
    public static KubectlTable of(Path definition) {
        List<Column> columns = new ArrayList<>();
        columns.add(new Column("NAME", "string", ColumnPath.parse(".metadata.name")));
        try {
            for (JsonNode column : YAML.readTree(definition.toFile()).at("/spec/versions/0/additionalPrinterColumns")) {
                if (column.path("priority").asInt(0) == 0) {
                    columns.add(new Column(
                            column.path("name").asText().toUpperCase(Locale.ROOT),
                            column.path("type").asText(),
                            ColumnPath.parse(column.path("jsonPath").asText())));
                }
            }
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        return new KubectlTable(List.copyOf(columns));
    }

    /** The same table without one of its columns. */
    public KubectlTable without(String name) {
        return new KubectlTable(
                columns.stream().filter(column -> !column.name().equals(name)).toList());
    }

    /** The lines as kubectl prints them, the header first. */
    public List<String> lines(List<JsonNode> objects, Instant now) {
        List<List<String>> rows = rows(objects, now);
        return lines(rows, widths(rows), 0, columns.size());
    }

    /** The same, with the columns that are too many for the width below the others instead of beside them. */
    public List<String> folded(List<JsonNode> objects, Instant now, int width) {
        List<List<String>> rows = rows(objects, now);
        List<Integer> widths = widths(rows);
        List<String> lines = new ArrayList<>();
        int from = 0;
        while (from < columns.size()) {
            int to = from + 1;
            int used = widths.get(from);
            while (to < columns.size() && used + widths.get(to) - GAP <= width) {
                used += widths.get(to);
                to++;
            }
            lines.addAll(lines(rows, widths, from, to));
            from = to;
        }
        return lines;
    }

    private List<List<String>> rows(List<JsonNode> objects, Instant now) {
        Stream<List<String>> header =
                Stream.of(columns.stream().map(Column::name).toList());
        Stream<List<String>> body = objects.stream()
                .map(object ->
                        columns.stream().map(column -> column.cell(object, now)).toList());
        return Stream.concat(header, body).toList();
    }

    private List<Integer> widths(List<List<String>> rows) {
        return IntStream.range(0, columns.size())
                .map(column -> rows.stream()
                        .mapToInt(row -> row.get(column).length() + GAP)
                        .max()
                        .orElse(0))
                .map(width -> Math.max(width, LEAST_WIDTH))
                .boxed()
                .toList();
    }

    private static List<String> lines(List<List<String>> rows, List<Integer> widths, int from, int to) {
        return rows.stream()
                .map(row -> {
                    StringBuilder line = new StringBuilder();
                    for (int column = from; column < to; column++) {
                        line.append(row.get(column));
                        line.repeat(
                                ' ',
                                column == to - 1
                                        ? 0
                                        : widths.get(column) - row.get(column).length());
                    }
                    return line.toString();
                })
                .toList();
    }

    private static String age(String text, Instant now) {
        try {
            return age(Duration.between(OffsetDateTime.parse(text).toInstant(), now));
        } catch (DateTimeException _) {
            return "<invalid>";
        }
    }

    /** Two or three figures, as kubectl shows a time span. */
    static String age(Duration age) {
        long seconds = age.toMillis() / 1000;
        long minutes = seconds / 60;
        long hours = minutes / 60;
        long days = hours / 24;
        if (seconds < 0) {
            return seconds < -1 ? "<invalid>" : "0s";
        } else if (minutes < 2) {
            return seconds + "s";
        } else if (minutes < 10) {
            return with(minutes, "m", seconds % 60, "s");
        } else if (hours < 3) {
            return minutes + "m";
        } else if (hours < 8) {
            return with(hours, "h", minutes % 60, "m");
        } else if (days < 2) {
            return hours + "h";
        } else if (days < 8) {
            return with(days, "d", hours % 24, "h");
        } else if (days < 2 * 365) {
            return days + "d";
        } else if (days < 8 * 365) {
            return with(days / 365, "y", days % 365, "d");
        }
        return days / 365 + "y";
    }

    private static String with(long whole, String unit, long rest, String restUnit) {
        return whole + unit + (rest == 0 ? "" : rest + restUnit);
    }
}
