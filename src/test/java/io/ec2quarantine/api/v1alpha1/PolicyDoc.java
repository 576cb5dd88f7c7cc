package io.ec2quarantine.api.v1alpha1;

import static io.ec2quarantine.api.v1alpha1.CrdSchema.POLICY;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The page that explains policies, taken apart: its headings, and the examples below each. */
final class PolicyDoc {
    static final Path FILE = Path.of("docs/policy.md");
    private static final String FENCE = "```";

    private PolicyDoc() {}

    /**
     * An example as the API server is given it.
     *
     * @param heading under which it stands, without marks
     * @param policy a whole one: a fragment is put into the least policy that there is
     */
    record Shown(String heading, JsonNode policy) {
        @Override
        public String toString() {
            return heading + ": " + policy.path("spec");
        }
    }

    static String text() {
        try {
            return Files.readString(FILE);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    static List<Shown> examples() {
        List<Shown> examples = new ArrayList<>();
        StringBuilder fenced = new StringBuilder();
        String heading = "";
        boolean inside = false;
        for (String line : text().lines().toList()) {
            if (line.startsWith(FENCE)) {
                if (inside) {
                    examples.add(new Shown(heading, policy(fenced.toString())));
                }
                inside = !inside;
                fenced.setLength(0);
            } else if (inside) {
                fenced.append(line).append('\n');
            } else if (line.startsWith("#")) {
                heading = line.replaceFirst("^#+ ", "").replace("`", "");
            }
        }
        return examples;
    }

    /** What stands below a heading of its own, up to the next of any rank. */
    static Stream<String> headingsBelow(String section) {
        String rank = section.substring(0, section.indexOf(' '));
        return text().lines()
                .dropWhile(line -> !line.equals(section))
                .skip(1)
                .takeWhile(line -> !line.startsWith("#") || line.startsWith(rank + "#"))
                .filter(line -> line.startsWith(rank + "# "))
                .map(line -> line.replaceFirst("^#+ ", ""));
    }

    private static JsonNode policy(String yaml) {
        JsonNode parsed = Yaml.parse(yaml);
        return parsed.has("apiVersion")
                ? parsed
                : Example.edited(Example.minimal(POLICY), "{\"spec\": " + parsed + "}");
    }
}
