package io.ec2quarantine.notice;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialects;
import io.ec2quarantine.api.v1alpha1.Response.NotificationEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The JSON event is what its schema says, and the schema says of every field what it is. */
class QuarantineEventTest {
    private static final Path FILE = Path.of("docs/schema/quarantine-event.schema.json");
    private static final ObjectMapper JSON = new ObjectMapper();

    @ParameterizedTest
    @EnumSource(NotificationEvent.class)
    void everyEventSatisfiesTheSchema(NotificationEvent event) throws IOException {
        JsonNode produced = JSON.readTree(QuarantineEvent.json("install", LettersTest.with(Samples.full(), event)));

        assertThat(schema().validate(produced)).isEmpty();
        assertThat(produced.at("/type").asText()).isEqualTo("io.ec2quarantine." + event.text());
        assertThat(produced.at("/data/eventID")).isEqualTo(produced.at("/id"));
    }

    static Stream<Notice> extremes() {
        return Stream.concat(
                Stream.of(Samples.bare()),
                LettersTest.hostile()
                        .map(text -> LettersTest.notice(
                                Samples.full(),
                                text,
                                Stream.generate(() -> LettersTest.finding(text))
                                        .limit(20)
                                        .toList())));
    }

    @ParameterizedTest
    @MethodSource("extremes")
    void anEventOfAlmostNothingAndOneOfTooMuchSatisfyItAsWell(Notice notice) throws IOException {
        assertThat(schema().validate(JSON.readTree(QuarantineEvent.json("install", notice))))
                .isEmpty();
    }

    @Test
    void theSchemaHasTheFieldsOfTheListAndNoOthers() throws IOException {
        Set<String> described = new HashSet<>();
        collect("", JSON.readTree(Files.readString(FILE)).at("/properties/data"), described);

        Set<String> listed = new HashSet<>(Set.of("shortened"));
        NoticeFields.ALL.forEach(field -> listed.add(field.name()));
        NoticeFields.FINDING.forEach(field -> listed.add("findings." + field.name()));
        NoticeFields.INTERFACE.forEach(field -> listed.add("isolation.interfaces." + field.name()));
        NoticeFields.GROUP.forEach(field -> listed.add("isolation.groups." + field.name()));
        assertThat(described).isEqualTo(listed);
    }

    @Test
    void aFieldThatTheSchemaDoesNotKnowIsFound() throws IOException {
        JsonNode produced = JSON.readTree(QuarantineEvent.json("install", Samples.full()));
        ((com.fasterxml.jackson.databind.node.ObjectNode) produced.at("/data")).put("mood", "calm");

        assertThat(schema().validate(produced)).isNotEmpty();
    }

    private static void collect(String prefix, JsonNode node, Set<String> names) {
        JsonNode object = node.has("items") ? node.get("items") : node;
        if (!object.has("properties")) {
            names.add(prefix);
            return;
        }
        object.get("properties")
                .properties()
                .forEach(each -> collect(
                        prefix.isEmpty() ? each.getKey() : prefix + "." + each.getKey(), each.getValue(), names));
    }

    private static Schema schema() throws IOException {
        return SchemaRegistry.withDialect(Dialects.getDraft202012()).getSchema(JSON.readTree(Files.readString(FILE)));
    }
}
