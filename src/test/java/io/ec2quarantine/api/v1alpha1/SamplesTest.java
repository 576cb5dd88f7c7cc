package io.ec2quarantine.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What people may do with the samples beyond reading them. */
class SamplesTest {
    private final List<JsonNode> samples =
            Example.sampleFiles().stream().map(Yaml::read).toList();

    @Test
    void appliedTogetherNoneOverwritesAnother() {
        assertThat(samples)
                .extracting(each -> each.path("kind").asText() + " "
                        + each.at("/metadata/name").asText())
                .doesNotHaveDuplicates();
    }

    /** It is taken out of every message, and with it what it is a part of. */
    @Test
    void anExternalIdIsNoPartOfTheNameOfARole() {
        assertThat(samples.stream()
                        .flatMap(SamplesTest::allTexts)
                        .filter(text -> text.contains("role/") || text.startsWith("ec2-quarantine-")))
                .isNotEmpty()
                .noneMatch(role -> samples.stream()
                        .flatMap(each -> each.findValuesAsText("externalID").stream())
                        .anyMatch(role::contains));
    }

    private static Stream<String> allTexts(JsonNode node) {
        return node.isContainerNode() ? node.valueStream().flatMap(SamplesTest::allTexts) : Stream.of(node.asText());
    }
}
