package io.ec2quarantine.api.v1alpha1;

import static io.ec2quarantine.core.finding.FindingBuilder.ON_INSTANCE;
import static io.ec2quarantine.core.finding.FindingBuilder.SEEN;
import static io.ec2quarantine.core.finding.FindingBuilder.finding;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import com.fasterxml.jackson.databind.JsonNode;
import io.ec2quarantine.core.field.Field;
import io.ec2quarantine.core.field.Field.Presence;
import io.ec2quarantine.core.field.Fields;
import io.ec2quarantine.core.finding.FindingBuilder;
import io.ec2quarantine.core.policy.MatchExpression.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The page that explains policies tells of every field there is, of no other, and nothing that does not work. */
class PolicyDocTest {
    /** Rewrites the tables of fields: {@code mvn test -Dtest=PolicyDocTest -Ddocs.write=true}. */
    private static final boolean WRITE = Boolean.getBoolean("docs.write");

    @Test
    void everyFieldOfTheSchemaHasAHeadingAndNoOtherHas() {
        assertThat(PolicyDoc.text().lines().filter(line -> line.startsWith("### `")))
                .containsExactlyInAnyOrderElementsOf(
                        PolicyFields.leaves().map(PolicyDocTest::heading).toList());
    }

    @Test
    void everyFieldHasAnExampleThatSetsIt() {
        assertThat(PolicyFields.leaves().filter(leaf -> examples().noneMatch(each -> shows(each, leaf))))
                .isEmpty();
    }

    private static boolean shows(PolicyDoc.Shown example, String leaf) {
        String pointer = "/" + leaf.replace(".", "/").replace("[]", "/0");
        return heading(leaf).equals("### `" + example.heading() + "`")
                && !example.policy().at(pointer).isMissingNode();
    }

    private static String heading(String leaf) {
        return "### `" + leaf.replaceFirst("^spec\\.", "").replaceFirst("\\[]$", "") + "`";
    }

    private static Stream<PolicyDoc.Shown> examples() {
        return PolicyDoc.examples().stream();
    }

    @ParameterizedTest
    @MethodSource("examples")
    void everyExampleIsUnderstood(PolicyDoc.Shown example) {
        assertThat(PolicyFields.understood(example.policy()).name())
                .isEqualTo(example.policy().at("/metadata/name").asText());
    }

    // --- the tables of fields

    @Test
    void theTablesOfFieldsAreTheListThatExpressionsAreCheckedAgainst() throws IOException {
        String text = PolicyDoc.text();
        String generated = with(with(text, "finding", Fields.FINDING), "instance", Fields.INSTANCE);
        if (WRITE) {
            Files.writeString(PolicyDoc.FILE, generated);
        }

        assertThat(PolicyDoc.text())
                .as("run it with -Ddocs.write=true after a change of Fields")
                .isEqualTo(generated);
    }

    private static <T> String with(String text, String variable, List<Field<T>> fields) {
        int begin = text.indexOf('\n', text.indexOf("<!-- " + variable + ": ")) + 1;
        int end = text.indexOf("<!-- end -->", begin);
        return text.substring(0, begin) + "\n" + table(variable, fields) + "\n" + text.substring(end);
    }

    private static <T> String table(String variable, List<Field<T>> fields) {
        return "| field | type | meaning |\n|---|---|---|\n"
                + fields.stream().map(field -> row(variable, field)).collect(Collectors.joining());
    }

    private static <T> String row(String variable, Field<T> field) {
        String optional = field.presence() == Presence.OPTIONAL ? ", **optional**" : "";
        return "| `%s.%s` | %s%s | %s |\n"
                .formatted(variable, field.name(), field.type().label(), optional, field.meaning());
    }

    // --- the recipes

    /**
     * A finding that the recipe is for, and one that it is not for.
     *
     * @param heading of the recipe
     */
    record Recipe(
            String heading,
            FindingBuilder matches,
            Map<String, String> itsTags,
            FindingBuilder other,
            Map<String, String> otherTags) {
        Recipe(String heading, FindingBuilder matches, FindingBuilder other) {
            this(heading, matches, Map.of(), other, Map.of());
        }
    }

    private static final Map<String, String> PRODUCTION = Map.of("environment", "production");
    private static final Instant TUESDAY_NIGHT = Instant.parse("2026-11-24T02:00:00Z");
    private static final Instant TUESDAY_NOON = Instant.parse("2026-11-24T11:00:00Z");

    private static final List<Recipe> RECIPES = List.of(
            new Recipe(
                    "Severe, and not just once",
                    finding().severity(7.5).count(4),
                    finding().severity(7.5).count(3)),
            new Recipe(
                    "Going on for an hour",
                    finding().lastSeen(SEEN.plus(Duration.ofHours(1))),
                    finding().lastSeen(SEEN.plus(Duration.ofMinutes(59)))),
            new Recipe(
                    "Any of several threat lists by their names' beginning",
                    finding().threatLists("other", "corp-b"),
                    finding().threatLists("other")),
            new Recipe(
                    "A remote country, where it is known",
                    finding().remote("198.51.100.7", "Nowhere"),
                    finding().remote("198.51.100.7", null)),
            new Recipe(
                    "A remote address of certain networks",
                    finding().remote("203.0.113.9", null),
                    finding().remote("203.0.114.9", null)),
            new Recipe(
                    "Production, or whatever is severe",
                    finding().severity(2),
                    PRODUCTION,
                    finding().severity(7.9),
                    Map.of()),
            new Recipe(
                    "Members of Auto Scaling groups only",
                    finding(),
                    Map.of("aws:autoscaling:groupName", "web"),
                    finding(),
                    PRODUCTION),
            new Recipe(
                    "Outside office hours",
                    finding().lastSeen(TUESDAY_NIGHT),
                    finding().lastSeen(TUESDAY_NOON)));

    private static Stream<Arguments> recipes() {
        return RECIPES.stream().map(recipe -> argumentSet(recipe.heading(), recipe));
    }

    @ParameterizedTest
    @MethodSource("recipes")
    void aRecipeMatchesWhatItIsForAndNothingElse(Recipe recipe) {
        JsonNode policy = PolicyDoc.examples().stream()
                .filter(example -> example.heading().equals(recipe.heading()))
                .findFirst()
                .orElseThrow()
                .policy();

        assertThat(outcome(policy, recipe.matches(), recipe.itsTags())).isEqualTo(new Outcome.Matched());
        assertThat(outcome(policy, recipe.other(), recipe.otherTags())).isEqualTo(new Outcome.NotMatched());
        assertThat(outcome(policy, finding().remote(null, null), Map.of()))
                .as("a recipe never fails, whatever is absent")
                .isNotInstanceOf(Outcome.Failed.class);
    }

    @Test
    void everyRecipeIsTried() {
        assertThat(PolicyDoc.headingsBelow("#### Recipes"))
                .containsExactlyElementsOf(RECIPES.stream().map(Recipe::heading).toList());
    }

    private static Outcome outcome(JsonNode policy, FindingBuilder finding, Map<String, String> tags) {
        return PolicyFields.understood(policy).rules().express(finding.build(), ON_INSTANCE, tags);
    }
}
