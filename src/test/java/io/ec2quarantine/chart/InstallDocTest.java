package io.ec2quarantine.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The table of settings that people read is the operator's and the chart's. */
class InstallDocTest {
    private static final Pattern ROW = Pattern.compile(
            "\\| `(?<variable>OPERATOR_[A-Z_]+)` \\| `(?<value>[A-Za-z]+)` \\| (?:`(?<standard>[^`]+)`|none) \\|.*");

    @Test
    void theTableOfSettingsNamesEveryVariableWithItsDefault() throws IOException {
        assertThat(column("variable", "standard")).isEqualTo(SettingsRead.defaults());
    }

    @Test
    void theTableOfSettingsNamesEveryValueWithItsDefault() throws IOException {
        Map<String, String> values = new TreeMap<>();
        JsonNode settings = Manifest.read(Helm.CHART.resolve("values.yaml")).path("settings");
        settings.properties()
                .forEach(each -> values.put(each.getKey(), each.getValue().asText()));

        assertThat(column("value", "standard")).isEqualTo(values).isNotEmpty();
    }

    private static Map<String, String> column(String key, String value) throws IOException {
        Map<String, String> rows = new TreeMap<>();
        Files.readAllLines(Path.of("docs/install.md")).stream()
                .map(ROW::matcher)
                .filter(Matcher::matches)
                .forEach(row -> rows.put(
                        row.group(key), Optional.ofNullable(row.group(value)).orElse("")));
        return rows;
    }
}
