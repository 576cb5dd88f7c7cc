package io.ec2quarantine.expression;

import static io.ec2quarantine.core.finding.FindingBuilder.ON_INSTANCE;
import static io.ec2quarantine.core.finding.FindingBuilder.finding;
import static org.assertj.core.api.Assertions.assertThat;

import io.ec2quarantine.core.field.Field;
import io.ec2quarantine.core.field.Fields;
import io.ec2quarantine.core.finding.FindingBuilder;
import io.ec2quarantine.core.policy.MatchExpression;
import io.ec2quarantine.core.policy.MatchExpression.Outcome;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An expression is wrong before it is used, or it answers; it never takes long, and what strangers write is data to it. */
class ExpressionCompilerTest {
    private static final ExpressionCompiler COMPILER = new ExpressionCompiler();
    private static final Map<String, String> TAGS = Map.of("environment", "production", "team", "payments");

    @ParameterizedTest
    @CsvSource(delimiterString = "==>", quoteCharacter = '`', useHeadersInDisplayName = true, textBlock = """
            expression                                                                      ==> says
            finding.severity >= 7.5 && finding.count > 3                                    ==> NotMatched
            finding.severity >= 5.0 && finding.count == 1                                   ==> Matched
            finding.severity >= 5 && finding.count < 1.5                                    ==> Matched
            finding.type.startsWith("UnauthorizedAccess:")                                  ==> Matched
            finding.title.matches(r"^a\\pZt(?P<rest>.*)$")                                   ==> Matched
            finding.title.matches("(?i)^A TITLE$")                                          ==> Matched
            finding.lastSeen == timestamp("2026-11-24T09:00:00Z")                           ==> Matched
            finding.lastSeen - finding.firstSeen < duration("1h")                           ==> Matched
            finding.lastSeen.getHours("Europe/Berlin") == 10                                ==> Matched
            has(finding.remoteIP)                                                           ==> Matched
            has(finding.remoteCountry)                                                      ==> NotMatched
            has(finding.remoteCountry) && finding.remoteCountry == "X"                      ==> NotMatched
            !has(finding.remoteCountry) || finding.remoteCountry == "X"                     ==> Matched
            finding.remoteCountry == "X" || finding.severity > 1.0                          ==> Matched
            finding.threatListNames == []                                                   ==> NotMatched
            finding.threatListNames.exists(name, name.startsWith("list-"))                  ==> Matched
            finding.threatListNames.filter(name, name.endsWith("-2")).size() == 1           ==> Matched
            finding.threatListNames.map(name, name.size()).all(size, size > 5)              ==> Matched
            "list-1" in finding.threatListNames                                             ==> Matched
            instance.instanceID.startsWith("i-0123")                                        ==> Matched
            instance.accountID in ["111122223333", "444455556666"]                          ==> Matched
            instance.tags.environment == "production"                                       ==> Matched
            instance.tags["environment"] == "production"                                    ==> Matched
            "owner" in instance.tags                                                        ==> NotMatched
            has(instance.tags.owner) && instance.tags.owner == "me"                         ==> NotMatched
            instance.tags.exists(key, instance.tags[key] == "payments")                     ==> Matched
            instance.tags.size() == 2                                                       ==> Matched
            """)
    void anExpressionThatIsRightAnswers(String expression, String says) {
        assertThat(evaluate(expression, finding().threatLists("list-1", "list-2"))
                        .getClass()
                        .getSimpleName())
                .isEqualTo(says);
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "==>", quoteCharacter = '`', useHeadersInDisplayName = true, textBlock = """
            expression                                          ==> reason
            finding.severty > 7.0                               ==> line 1, column 8: undefined field 'severty'
            finding.severity > 'high'                           ==> line 1, column 18: a number cannot be compared with a text
            finding.severity >                                  ==> line 1, column 19: the expression ends too soon
            finding.count > 3 and finding.severity > 7.0        ==> line 1, column 19: unexpected 'and'; CEL writes &&
            finding.lastSeen > '2026-01-01'                     ==> line 1, column 18: a time cannot be compared with a text
            finding.count = 3                                   ==> line 1, column 15: unexpected '='; CEL writes ==
            finding.count                                       ==> line 1, column 8: expected type 'bool' but found 'int'
            sevrity > 7.0                                       ==> line 1, column 1: undeclared reference to 'sevrity'
            finding.title.matches('(')                          ==> line 1, column 23: the regular expression is wrong: missing closing )
            finding.title.matches('(a{1000}){100}')             ==> line 1, column 23: the regular expression is too large
            finding.lastSeen > timestamp('yesterday')           ==> line 1, column 30: timestamp validation failed. Reason: evaluation error: Text 'yesterday'
            finding.lastSeen - finding.firstSeen > duration('x') ==> line 1, column 49: duration validation failed. Reason: evaluation error: invalid duration format
            finding.title + 'x' == 'ax'                         ==> line 1, column 15: '+' cannot be applied to a text and a text
            dyn(finding.title) == 1                             ==> line 1, column 4: undeclared reference to 'dyn'
            [1, 'x'].size() == 2                                ==> line 1, column 1: a list or map must hold plain values of one type
            [[1]] == [[1]]                                      ==> line 1, column 1: a list or map must hold plain values of one type
            {'a': [1]}.size() == 1                              ==> line 1, column 1: a list or map must hold plain values of one type
            finding.threatListNames.map(x, [x, x]).size() == 1  ==> line 1, column 28: a list or map must hold plain values of one type
            Finding{severity: 9.0}.severity > 8.0               ==> line 1, column 8: an object cannot be made in an expression
            finding.threatListNames.exists(x, y == 'x')         ==> line 1, column 35: undeclared reference to 'y'
            cel.bind(x, 1, x == 1)                              ==> line 1, column 1: undeclared reference to 'cel'
            """)
    void anExpressionThatIsWrongIsToldByItsPlace(String expression, String reason) {
        assertThat(COMPILER.compile(expression))
                .isInstanceOfSatisfying(
                        Compilation.Unusable.class,
                        unusable -> assertThat(unusable.reason()).startsWith(reason));
    }

    @Test
    void thePlaceIsCountedInLines() {
        assertThat(COMPILER.compile("finding.severity > 7.0 &&\n  finding.cuont > 3"))
                .isEqualTo(new Compilation.Unusable("line 2, column 10: undefined field 'cuont'"));
    }

    @Test
    void manyFaultsAreToldShortly() {
        String many = IntStream.range(0, 50).mapToObj(i -> "unknown" + i).collect(Collectors.joining(" && "));

        assertThat(COMPILER.compile(many))
                .isInstanceOfSatisfying(
                        Compilation.Unusable.class,
                        unusable -> assertThat(unusable.reason())
                                .contains("unknown0", "unknown2")
                                .doesNotContain("unknown3")
                                .hasSizeLessThan(700));
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "==>", quoteCharacter = '`', useHeadersInDisplayName = true, textBlock = """
            expression                                          ==> reason
            finding.remoteCountry == 'X'                        ==> line 1, column 8: "remoteCountry" is absent here
            instance.tags.owner == 'me'                         ==> line 1, column 14: "owner" is absent here
            instance.tags['owner'] == 'me'                      ==> line 1, column 14: "owner" is absent here
            1 / (finding.count - 1) == 1                        ==> line 1, column 3: a number is divided by zero
            finding.count + 9223372036854775807 > 1             ==> line 1, column 15: a number is too large
            finding.threatListNames[7] == 'x'                   ==> line 1, column 24: a list is shorter than the index asks for
            int(finding.title) == 1                             ==> line 1, column 4: a text is not of the form that it is converted from
            finding.title.matches(instance.tags.hostile)        ==> line 1, column 22: a function is given what it cannot take, such as a wrong or too large regular expression
            instance.tags[instance.tags.hostile] == 'x'         ==> line 1, column 14: "( [31m hostile" is absent here
            """)
    void whatGoesWrongWhenItIsEvaluatedIsAnAnswerInOurOwnWords(String expression, String reason) {
        Map<String, String> hostile = Map.of("hostile", "(\u001b[31m\nhostile");

        assertThat(usable(expression).evaluate(finding().build(), ON_INSTANCE, hostile))
                .isEqualTo(new Outcome.Failed(reason));
    }

    @Test
    void thePlaceOfAFailureIsCountedInLinesToo() {
        assertThat(evaluate("finding.severity > 1.0 &&\n  finding.remoteCountry == 'X'", finding()))
                .isEqualTo(new Outcome.Failed("line 2, column 10: \"remoteCountry\" is absent here"));
    }

    // --- bounds

    private static Stream<String> tooLarge() {
        return Stream.of(
                "true" + " ".repeat(2_048),
                "(".repeat(40) + "true" + ")".repeat(40),
                "[" + "1,".repeat(1_010) + "1].size() > 0",
                "1" + " + 1".repeat(400) + " == 2");
    }

    @ParameterizedTest
    @MethodSource("tooLarge")
    void whatIsTooLongOrTooDeepIsRefused(String expression) {
        assertThat(COMPILER.compile(expression)).isInstanceOf(Compilation.Unusable.class);
    }

    @Test
    void nestedStepsAreCountedTogether() {
        String[] lists = IntStream.range(0, 20).mapToObj(i -> "list" + i).toArray(String[]::new);
        Map<String, String> tags =
                IntStream.range(0, 50).boxed().collect(Collectors.toMap(i -> "key" + i, i -> "value" + i));
        String once = "finding.threatListNames.all(a, instance.tags.all(b, a != b))";
        String nested = "finding.threatListNames.all(a, finding.threatListNames.all(b, instance.tags.all(c, "
                + "finding.threatListNames.all(d, a != c && b != c && d != c))))";

        assertThat(usable(once).evaluate(finding().threatLists(lists).build(), ON_INSTANCE, tags))
                .as("the largest finding on an instance with as many tags as EC2 allows")
                .isEqualTo(new Outcome.Matched());
        assertThat(usable(nested).evaluate(finding().threatLists(lists).build(), ON_INSTANCE, tags))
                .isInstanceOfSatisfying(
                        Outcome.Failed.class,
                        failed -> assertThat(failed.reason()).endsWith("it takes too many steps"));
    }

    @Test
    void aRegularExpressionThatWouldBacktrackForEverDoesNot() {
        assertThat(evaluate("finding.title.matches('^(a+)+$')", finding().title("a".repeat(255) + "!")))
                .isEqualTo(new Outcome.NotMatched());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "' || true || '",
                "\" || true || \"",
                "finding.severity > 0.0",
                "${jndi:ldap://x}",
                "\u0000\u001b[2J",
                "*"
            })
    void whatAStrangerWritesIsDataAndNothingElse(String hostile) {
        String expression =
                "finding.title == 'good' || instance.tags.Name == 'good' || 'good' in finding.threatListNames";

        assertThat(usable(expression)
                        .evaluate(
                                finding().title(hostile).threatLists(hostile).build(),
                                ON_INSTANCE,
                                Map.of("Name", hostile, hostile, "good")))
                .isEqualTo(new Outcome.NotMatched());
    }

    // --- tags

    @ParameterizedTest
    @CsvSource(delimiterString = "==>", quoteCharacter = '`', useHeadersInDisplayName = true, textBlock = """
            expression                                                  ==> tags
            finding.severity > 1.0                                      ==> false
            instance.instanceID == 'i' && instance.region == 'r'        ==> false
            finding.title == 'instance.tags'                            ==> false
            finding.threatListNames.exists(tags, tags == 'x')           ==> false
            instance.tags.size() == 0                                   ==> true
            has(instance.tags.env)                                      ==> true
            'env' in instance.tags                                      ==> true
            finding.severity > 1.0 || .instance.tags.env == 'x'         ==> true
            instance == instance                                        ==> true
            [instance].exists(one, one.tags.size() == 0)                ==> true
            """)
    void theTagsAreReadOnlyWhereTheExpressionSpeaksOfThem(String expression, boolean tags) {
        assertThat(usable(expression).needsTags()).isEqualTo(tags);
    }

    // --- the list of fields

    private static Stream<String> names() {
        return Stream.concat(
                Fields.FINDING.stream().map(field -> "finding." + field.name()),
                Fields.INSTANCE.stream().map(field -> "instance." + field.name()));
    }

    @ParameterizedTest
    @MethodSource("names")
    void everyFieldOfTheListIsThereAndHasTheTypeThatTheListSays(String name) {
        // Equal to itself: a value of another type than the checked one would not be.
        assertThat(evaluate("has(" + name + ") ? " + name + " == " + name + " : false", everything()))
                .isEqualTo(new Outcome.Matched());
    }

    @Test
    void exactlyTheOptionalFieldsMayBeAbsent() {
        Map<String, Object> least =
                Fields.values(Fields.FINDING, finding().remote(null, null).build());

        assertThat(Fields.FINDING.stream()
                        .filter(field -> !least.containsKey(field.name()))
                        .map(Field::name))
                .containsExactlyElementsOf(Fields.FINDING.stream()
                        .filter(field -> field.presence() == Field.Presence.OPTIONAL)
                        .map(Field::name)
                        .toList())
                .isNotEmpty();
        assertThat(Fields.INSTANCE).noneMatch(field -> field.presence() == Field.Presence.OPTIONAL);
    }

    private static FindingBuilder everything() {
        return finding().remote("198.51.100.7", "Nowhere").threatLists("list");
    }

    private static Outcome evaluate(String expression, FindingBuilder finding) {
        return usable(expression).evaluate(finding.build(), ON_INSTANCE, TAGS);
    }

    private static MatchExpression usable(String expression) {
        if (COMPILER.compile(expression) instanceof Compilation.Usable(MatchExpression compiled)) {
            return compiled;
        }
        throw new AssertionError(COMPILER.compile(expression).toString());
    }
}
