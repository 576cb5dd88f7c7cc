package io.ec2quarantine.core.policy;

import static io.ec2quarantine.core.finding.FindingBuilder.ON_INSTANCE;
import static io.ec2quarantine.core.finding.FindingBuilder.SEEN;
import static io.ec2quarantine.core.finding.FindingBuilder.finding;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.ec2quarantine.core.finding.FindingBuilder;
import io.ec2quarantine.core.finding.InstanceRef;
import io.ec2quarantine.core.finding.Involvement;
import io.ec2quarantine.core.finding.Severity;
import io.ec2quarantine.core.policy.MatchExpression.Outcome;
import io.ec2quarantine.core.policy.MatchRules.Mismatch;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every rule on its own: a finding that satisfies it, one that does not, and the edge between them. */
class MatchRulesTest {
    private static final Duration DAY = Duration.ofDays(1);
    private static final MatchRules RULES = rules(Set.of(), Set.of(), List.of(), List.of());

    static Stream<Arguments> rows() {
        MatchRules ours = rules(Set.of("111122223333", "444455556666"), Set.of(), List.of(), List.of());
        MatchRules lists = rules(Set.of(), Set.of("bad", "worse"), List.of(), List.of());
        return Stream.of(
                row("a type that no glob fits", RULES, finding().type("Backdoor:EC2/Spambot"), Mismatch.FINDING_TYPE),
                row("the first glob", RULES, finding().type("CryptoCurrency:EC2/X")),
                row("the second glob", RULES, finding().type("Trojan:EC2/DropPoint")),
                row("just below the least severity", RULES, finding().severity(3.9), Mismatch.SEVERITY),
                row("the least severity", RULES, finding().severity(4.0)),
                row("more than the least severity", RULES, finding().severity(9.5)),
                row(
                        "an involvement that is not asked for",
                        RULES,
                        finding().involvement(Involvement.ATTACKED),
                        Mismatch.INVOLVEMENT),
                row("the involvement that is asked for", RULES, finding().involvement(Involvement.COMPROMISED)),
                row("one of the accounts", ours, finding()),
                row("no account asked for", RULES, finding()),
                row("no threat list", lists, finding(), Mismatch.THREAT_LIST),
                row("other threat lists", lists, finding().threatLists("good", "Bad"), Mismatch.THREAT_LIST),
                row("one of the threat lists", lists, finding().threatLists("good", "worse")),
                row("no threat list asked for", RULES, finding().threatLists("good")),
                row("as old as allowed", RULES, finding().lastSeen(SEEN.minus(DAY))),
                row(
                        "older than allowed",
                        RULES,
                        finding().lastSeen(SEEN.minus(DAY).minusNanos(1)),
                        Mismatch.AGE),
                row("a clock ahead of ours", RULES, finding().lastSeen(SEEN.plus(DAY))),
                row(
                        "old activity in a finding that was updated just now",
                        RULES,
                        finding().lastSeen(SEEN.minus(DAY.multipliedBy(2))).updatedAt(SEEN),
                        Mismatch.AGE));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void aRuleAlone(MatchRules rules, FindingBuilder finding, Optional<Mismatch> mismatch) {
        assertThat(rules.mismatchOf(finding.build(), ON_INSTANCE, SEEN)).isEqualTo(mismatch);
    }

    @Test
    void theAccountIsTheInstancesNotTheFindings() {
        InstanceRef elsewhere = new InstanceRef(ON_INSTANCE.instanceId(), "999900001111", ON_INSTANCE.region());
        MatchRules ours = rules(Set.of(ON_INSTANCE.accountId()), Set.of(), List.of(), List.of());

        assertThat(ours.mismatchOf(finding().build(), elsewhere, SEEN)).contains(Mismatch.ACCOUNT);
    }

    @ParameterizedTest
    @CsvSource(useHeadersInDisplayName = true, textBlock = """
            include  , exclude , env     , owner , matches
            ''       , ''      , ''      , ''    , true
            env      , ''      , ''      , ''    , false
            env      , ''      , prod    , ''    , true
            env=prod , ''      , prod    , ''    , true
            env=prod , ''      , staging , ''    , false
            env=prod , ''      , Prod    , ''    , false
            env=a|b  , ''      , b       , ''    , true
            ''       , env=dev , dev     , ''    , false
            ''       , env=dev , prod    , ''    , true
            ''       , env     , prod    , ''    , false
            env=prod , owner   , prod    , me    , false
            env=prod , owner   , prod    , ''    , true
            """)
    void tags(String include, String exclude, String env, String owner, boolean matches) {
        MatchRules rules = rules(Set.of(), Set.of(), tagRules(include), tagRules(exclude));

        assertThat(rules.tagsMatch(tags(env, owner))).isEqualTo(matches);
        assertThat(rules.needTags()).isEqualTo(!include.isEmpty() || !exclude.isEmpty());
    }

    @Test
    void everyIncludedTagIsNeededAndOneExcludedTagIsEnough() {
        List<TagRule> both = List.of(new TagRule("env", Set.of()), new TagRule("owner", Set.of()));
        Map<String, String> one = Map.of("env", "prod");

        assertThat(rules(Set.of(), Set.of(), both, List.of()).tagsMatch(one)).isFalse();
        assertThat(rules(Set.of(), Set.of(), List.of(), both).tagsMatch(one)).isFalse();
        assertThat(rules(Set.of(), Set.of(), both, List.of()).tagsMatch(Map.of("env", "prod", "owner", "me")))
                .isTrue();
    }

    @Test
    void aTagWithoutAValueIsThereAllTheSame() {
        assertThat(new TagRule("protected", Set.of()).holdsFor(Map.of("protected", "")))
                .isTrue();
    }

    @Test
    void anExpressionAsksForTheTagsWhereItReadsThem() {
        assertThat(Expressions.rules(RULES, Expressions.saying(new Outcome.Matched()))
                        .needTags())
                .isFalse();
        assertThat(Expressions.rules(RULES, Expressions.readingTags(new Outcome.Matched()))
                        .needTags())
                .isTrue();
    }

    @Test
    void withoutAnExpressionWhatTheOtherRulesLetThroughMatches() {
        assertThat(RULES.express(finding().build(), ON_INSTANCE, Map.of())).isEqualTo(new Outcome.Matched());
        assertThat(Expressions.rules(RULES, Expressions.saying(new Outcome.Failed("why")))
                        .express(finding().build(), ON_INSTANCE, Map.of()))
                .isEqualTo(new Outcome.Failed("why"));
    }

    private static Arguments row(String name, MatchRules rules, FindingBuilder finding) {
        return argumentSet(name, rules, finding, Optional.empty());
    }

    private static Arguments row(String name, MatchRules rules, FindingBuilder finding, Mismatch mismatch) {
        return argumentSet(name, rules, finding, Optional.of(mismatch));
    }

    private static MatchRules rules(
            Set<String> accounts, Set<String> lists, List<TagRule> include, List<TagRule> exclude) {
        return new MatchRules(
                List.of(Glob.of("CryptoCurrency:EC2/*"), Glob.of("*:EC2/DropPoint"), Glob.of("*MaliciousIPCaller*")),
                Severity.MEDIUM,
                Set.of(Involvement.COMPROMISED),
                accounts,
                lists,
                DAY,
                include,
                exclude);
    }

    /** Written as {@code key} or {@code key=value|value}. */
    private static List<TagRule> tagRules(String text) {
        if (text.isEmpty()) {
            return List.of();
        }
        int equals = text.indexOf('=');
        return List.of(
                equals < 0
                        ? new TagRule(text, Set.of())
                        : new TagRule(
                                text.substring(0, equals),
                                Set.of(text.substring(equals + 1).split("\\|", -1))));
    }

    private static Map<String, String> tags(String env, String owner) {
        return owner.isEmpty() ? env.isEmpty() ? Map.of() : Map.of("env", env) : Map.of("env", env, "owner", owner);
    }
}
