package io.ec2quarantine.notice;

import static org.assertj.core.api.Assertions.assertThat;

import io.ec2quarantine.api.v1alpha1.Response.NotificationEvent;
import io.ec2quarantine.core.field.Field;
import io.ec2quarantine.core.field.Field.Presence;
import io.ec2quarantine.core.field.Fields;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page on notifications lists the fields and the words that there are. */
class NotificationsDocTest {
    private static final Path FILE = Path.of("docs/notifications.md");

    private static final String HEAD = "\n| field | type | meaning |\n|---|---|---|\n";

    /** Rewrites what is generated: {@code mvn test -Dtest=NotificationsDocTest -Ddocs.write=true}. */
    private static final boolean WRITE = Boolean.getBoolean("docs.write");

    @Test
    void theTablesAreTheFieldsAndTheMessageIsTheDefault() throws IOException {
        String text = Files.readString(FILE);
        String generated = with(text, "fields", HEAD + rows("", NoticeFields.ALL) + "\n");
        generated = with(
                generated,
                "lists",
                HEAD
                        + rows("isolation.interfaces.", NoticeFields.INTERFACE)
                        + rows("isolation.groups.", NoticeFields.GROUP)
                        + "\n");
        generated = with(generated, "message", "\n```text\n" + Letters.DEFAULT_BODY + "```\n\n");
        if (WRITE) {
            Files.writeString(FILE, generated);
        }

        assertThat(Files.readString(FILE))
                .as("run it with -Ddocs.write=true after a change of NoticeFields or Letters")
                .isEqualTo(generated);
    }

    @Test
    void everyEventIsExplained() throws IOException {
        String text = Files.readString(FILE);

        assertThat(NotificationEvent.values())
                .allSatisfy(event -> assertThat(text).contains("\n| `" + event.text() + "` | "));
    }

    @Test
    void whatExpressionsKnowAsWellHasTheirNameAndMeaning() {
        Map<String, String> meanings = Stream.concat(
                        Fields.FINDING.stream().map(field -> Map.entry("finding." + field.name(), field.meaning())),
                        Fields.INSTANCE.stream().map(field -> Map.entry("instance." + field.name(), field.meaning())))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));

        assertThat(NoticeFields.ALL.stream().filter(field -> meanings.containsKey(field.name())))
                .hasSize(NoticeFields.FINDING.size() + 3)
                .allSatisfy(field -> assertThat(field.meaning()).isEqualTo(meanings.get(field.name())));
    }

    private static String with(String text, String mark, String content) {
        int begin = text.indexOf('\n', text.indexOf("<!-- " + mark + " -->")) + 1;
        int end = text.indexOf("<!-- end -->", begin);
        return text.substring(0, begin) + content + text.substring(end);
    }

    private static <T> String rows(String prefix, List<Field<T>> fields) {
        Function<Field<T>, String> row = field -> "| `%s%s` | %s%s | %s |\n"
                .formatted(
                        prefix,
                        field.name(),
                        field.type().label(),
                        field.presence() == Presence.OPTIONAL ? ", **optional**" : "",
                        field.meaning());
        return fields.stream().map(row).collect(Collectors.joining());
    }
}
