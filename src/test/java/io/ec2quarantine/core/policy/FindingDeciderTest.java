package io.ec2quarantine.core.policy;

import static io.ec2quarantine.core.finding.FindingBuilder.ON_INSTANCE;
import static io.ec2quarantine.core.finding.FindingBuilder.SEEN;
import static io.ec2quarantine.core.finding.FindingBuilder.finding;
import static org.assertj.core.api.Assertions.assertThat;

import io.ec2quarantine.core.finding.FindingBuilder;
import io.ec2quarantine.core.finding.InstanceRef;
import io.ec2quarantine.core.finding.Involvement;
import io.ec2quarantine.core.finding.Severity;
import io.ec2quarantine.core.policy.MatchExpression.Outcome;
import io.ec2quarantine.core.policy.QuarantineView.Stage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FindingDeciderTest {
    private static final Instant BEFORE = SEEN.minusSeconds(60);
    private static final Instant AFTER = SEEN.plusSeconds(60);

    private final FindingDecider decider = new FindingDecider(false);

    /** The policies that quarantines of the tables were opened by; none of them matches the finding itself. */
    private static final List<Policy> OPENERS = List.of(
            policy("dry-runner", Mode.DRY_RUN, "Other:*"),
            policy("asker", Mode.REQUIRE_APPROVAL, "Other:*"),
            policy("enforcer", Mode.ENFORCE, "Other:*"),
            policy("sleeper", Mode.PAUSED, "Other:*"));

    @ParameterizedTest
    @CsvSource(useHeadersInDisplayName = true, textBlock = """
            present                    , PAUSED            , DRY_RUN      , REQUIRE_APPROVAL       , ENFORCE
            absent                     , PAUSED_OR_BACKLOG , Open DRY_RUN , Open REQUIRE_APPROVAL  , Open ENFORCE
            observed by dry-runner     , AddFinding        , AddFinding   , Raise REQUIRE_APPROVAL , Raise ENFORCE
            observed by asker          , AddFinding        , AddFinding   , AddFinding             , Raise ENFORCE
            observed by enforcer       , AddFinding        , AddFinding   , AddFinding             , Raise ENFORCE
            observed by sleeper        , AddFinding        , AddFinding   , Raise REQUIRE_APPROVAL , Raise ENFORCE
            observed by gone           , AddFinding        , AddFinding   , Raise REQUIRE_APPROVAL , Raise ENFORCE
            observed by hand           , AddFinding        , AddFinding   , Raise REQUIRE_APPROVAL , Raise ENFORCE
            isolated by asker          , AddFinding        , AddFinding   , AddFinding             , AddFinding
            isolated by gone           , AddFinding        , AddFinding   , AddFinding             , AddFinding
            """)
    void theModeMeetsWhatIsThere(String present, String paused, String dryRun, String requireApproval, String enforce) {
        Map<Mode, String> expected = Map.of(
                Mode.PAUSED,
                paused,
                Mode.DRY_RUN,
                dryRun,
                Mode.REQUIRE_APPROVAL,
                requireApproval,
                Mode.ENFORCE,
                enforce);

        expected.forEach((mode, decision) -> {
            List<Policy> policies = with(OPENERS, policy("matching", mode, "*"));
            assertThat(show(decide(finding(), policies, view(present, Set.of("another")))))
                    .as("%s meets %s", mode, present)
                    .isEqualTo(decision);
            assertThat(show(decide(finding(), policies, view(present, Set.of("f1")))))
                    .as("%s meets %s, which lists the finding already", mode, present)
                    .isEqualTo(decision.replace("AddFinding", "ALREADY_LISTED"));
        });
    }

    @ParameterizedTest
    @CsvSource(useHeadersInDisplayName = true, textBlock = """
            mode             , backlog          , old finding       , new finding
            ENFORCE          , REQUIRE_APPROVAL , REQUIRE_APPROVAL  , ENFORCE
            ENFORCE          , ENFORCE          , ENFORCE           , ENFORCE
            ENFORCE          , IGNORE           , PAUSED            , ENFORCE
            REQUIRE_APPROVAL , REQUIRE_APPROVAL , REQUIRE_APPROVAL  , REQUIRE_APPROVAL
            REQUIRE_APPROVAL , ENFORCE          , REQUIRE_APPROVAL  , REQUIRE_APPROVAL
            REQUIRE_APPROVAL , IGNORE           , PAUSED            , REQUIRE_APPROVAL
            DRY_RUN          , REQUIRE_APPROVAL , DRY_RUN           , DRY_RUN
            DRY_RUN          , ENFORCE          , DRY_RUN           , DRY_RUN
            DRY_RUN          , IGNORE           , PAUSED            , DRY_RUN
            PAUSED           , REQUIRE_APPROVAL , PAUSED            , PAUSED
            PAUSED           , ENFORCE          , PAUSED            , PAUSED
            PAUSED           , IGNORE           , PAUSED            , PAUSED
            """)
    void theBacklogIsWhatWasLastUpdatedBeforeThePolicyWasCreated(Mode mode, Backlog backlog, Mode ofOld, Mode ofNew) {
        Policy policy = new Policy("p", mode, backlog, SEEN, rules("*"));

        assertThat(policy.modeFor(finding().updatedAt(SEEN.minusNanos(1)).build()))
                .isEqualTo(ofOld);
        assertThat(policy.modeFor(finding().updatedAt(SEEN).build())).isEqualTo(ofNew);
        assertThat(policy.modeFor(finding().updatedAt(AFTER).build())).isEqualTo(ofNew);
    }

    @Test
    void anIgnoredBacklogOpensNothingButAnUpdateOfTheSameFindingDoes() {
        List<Policy> policies = List.of(new Policy("p", Mode.ENFORCE, Backlog.IGNORE, SEEN, rules("*")));

        assertThat(show(decide(finding().updatedAt(BEFORE), policies, Optional.empty())))
                .isEqualTo("PAUSED_OR_BACKLOG");
        assertThat(show(decide(finding().updatedAt(AFTER), policies, Optional.empty())))
                .isEqualTo("Open ENFORCE");
    }

    @Test
    void theBacklogOfAnEnforcingPolicyWaitsForAPersonAndNewActivityRaisesIt() {
        List<Policy> policies = List.of(new Policy("p", Mode.ENFORCE, Backlog.REQUIRE_APPROVAL, SEEN, rules("*")));
        Optional<QuarantineView> waiting =
                Optional.of(new QuarantineView(new Stage.Observed(), Optional.of("p"), Set.of("f1")));

        assertThat(decide(finding().updatedAt(BEFORE), policies, Optional.empty()))
                .isEqualTo(new Decision.Open("p", Mode.REQUIRE_APPROVAL));
        assertThat(show(decide(finding().updatedAt(BEFORE), policies, waiting))).isEqualTo("ALREADY_LISTED");
        assertThat(decide(finding().updatedAt(AFTER), policies, waiting))
                .isEqualTo(new Decision.Raise("p", Mode.ENFORCE));
    }

    @ParameterizedTest
    @CsvSource({
        "ENFORCE,          later,   Reopen ENFORCE",
        "REQUIRE_APPROVAL, later,   Reopen REQUIRE_APPROVAL",
        "DRY_RUN,          later,   Reopen DRY_RUN",
        "PAUSED,           later,   PAUSED_OR_BACKLOG",
        "ENFORCE,          at once, BEFORE_RELEASE",
        "ENFORCE,          earlier, BEFORE_RELEASE",
    })
    void onlyActivityAfterTheReleaseOpensTheNextEpisode(Mode mode, String activity, String decided) {
        Instant released = SEEN.minus(Duration.ofMinutes(10));
        Instant lastSeen = switch (activity) {
            case "later" -> released.plusMillis(1);
            case "earlier" -> released.minusMillis(1);
            default -> released;
        };
        List<Policy> policies = List.of(policy("p", mode, "*"));

        for (QuarantineView view : List.of(
                QuarantineView.remembered(released),
                new QuarantineView(new Stage.Released(released), Optional.of("other"), Set.of("f1")))) {
            assertThat(show(decide(finding().id("f1").lastSeen(lastSeen), policies, Optional.of(view))))
                    .isEqualTo(decided);
        }
    }

    @ParameterizedTest
    @CsvSource(useHeadersInDisplayName = true, textBlock = """
            mode             , open    , activity , decided
            ENFORCE          , in part , later    , TakeBack by p
            ENFORCE          , in part , at once  , AddFinding
            ENFORCE          , in part , earlier  , AddFinding
            ENFORCE          , nowhere , later    , AddFinding
            REQUIRE_APPROVAL , in part , later    , AddFinding
            DRY_RUN          , in part , later    , AddFinding
            PAUSED           , in part , later    , AddFinding
            """)
    void aReleaseThatWaitsWithARestIsTakenBackByLaterActivityUnderAnEnforcement(
            Mode mode, String open, String activity, String decided) {
        Instant since = SEEN.minus(Duration.ofMinutes(10));
        Instant lastSeen = switch (activity) {
            case "later" -> since.plusMillis(1);
            case "earlier" -> since.minusMillis(1);
            default -> since;
        };
        List<Policy> policies = List.of(policy("p", mode, "*"));
        Stage stage = new Stage.Releasing(open.equals("nowhere") ? Optional.empty() : Optional.of(since));

        for (Set<String> listed : List.of(Set.of("f1"), Set.of("another"))) {
            String expected = listed.contains("f1") ? decided.replace("AddFinding", "ALREADY_LISTED") : decided;
            assertThat(show(decide(
                            finding().id("f1").lastSeen(lastSeen),
                            policies,
                            Optional.of(new QuarantineView(stage, Optional.of("other"), listed)))))
                    .isEqualTo(expected);
        }
    }

    @Test
    void samplesCountOnlyInADrill() {
        List<Policy> policies = List.of(policy("p", Mode.ENFORCE, "*"));
        var sample = finding().sample(true).build();

        assertThat(show(decider.decide(sample, ON_INSTANCE, Map.of(), policies, Optional.empty(), SEEN)))
                .isEqualTo("SAMPLE");
        assertThat(show(new FindingDecider(true)
                        .decide(sample, ON_INSTANCE, Map.of(), policies, Optional.empty(), SEEN)))
                .isEqualTo("Open ENFORCE");
    }

    @Test
    void anArchivedFindingNeitherOpensNorRaises() {
        List<Policy> policies = List.of(policy("p", Mode.ENFORCE, "*"));

        assertThat(show(decide(finding().archived(true), policies, Optional.empty())))
                .isEqualTo("ARCHIVED");
        assertThat(show(decide(finding().archived(true), policies, view("observed by hand", Set.of()))))
                .isEqualTo("ARCHIVED");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "i-",
                "i-0123456",
                "i-012345678",
                "i-0123456789abcdef",
                "i-0123456789abcdef01",
                "i-0123456789ABCDEF0",
                "I-0123456789abcdef0",
                "mi-0123456789abcdef0",
                "i-0123456789abcdef0 ",
                "i-0123456789abcdef0\n",
                "i-0123456789abcdeg0",
                "../i-01234567"
            })
    void whatIsNoInstanceIdOpensNothing(String id) {
        assertThat(show(decideOn(id, "111122223333", "us-west-2"))).isEqualTo("MALFORMED_INSTANCE");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "11112222333", "1111222233334", "11112222333x", "111122223333\n"})
    void whatIsNoAccountOpensNothing(String account) {
        assertThat(show(decideOn("i-01234567", account, "us-west-2"))).isEqualTo("MALFORMED_INSTANCE");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "us", "us-west", "US-WEST-2", "us-west-2 ", "us-west-200", "us/west-2"})
    void whatIsNoRegionOpensNothing(String region) {
        assertThat(show(decideOn("i-01234567", "111122223333", region))).isEqualTo("MALFORMED_INSTANCE");
    }

    @ParameterizedTest
    @CsvSource({
        "i-0123456789abcdef0, us-west-2",
        "i-01234567, us-west-2",
        "i-01234567, us-gov-west-1",
        "i-01234567, ap-southeast-5"
    })
    void everyInstanceThatAwsKnowsOpens(String id, String region) {
        assertThat(show(decideOn(id, "111122223333", region))).isEqualTo("Open ENFORCE");
    }

    @ParameterizedTest
    @CsvSource(useHeadersInDisplayName = true, textBlock = """
            a                , b                , c                , decided by , mode
            DRY_RUN          , REQUIRE_APPROVAL , ENFORCE          , c          , ENFORCE
            ENFORCE          , REQUIRE_APPROVAL , DRY_RUN          , a          , ENFORCE
            DRY_RUN          , REQUIRE_APPROVAL , PAUSED           , b          , REQUIRE_APPROVAL
            PAUSED           , PAUSED           , DRY_RUN          , c          , DRY_RUN
            ENFORCE          , ENFORCE          , ENFORCE          , a          , ENFORCE
            DRY_RUN          , ENFORCE          , ENFORCE          , b          , ENFORCE
            REQUIRE_APPROVAL , REQUIRE_APPROVAL , DRY_RUN          , a          , REQUIRE_APPROVAL
            """)
    void ofSeveralPoliciesTheFurthestDecidesThenTheName(Mode a, Mode b, Mode c, String name, Mode mode) {
        List<Policy> policies = List.of(policy("c", c, "*"), policy("a", a, "*"), policy("b", b, "*"));

        assertThat(decide(finding(), policies, Optional.empty())).isEqualTo(new Decision.Open(name, mode));
    }

    @Test
    void aPolicyWhoseBacklogWaitsIsOvertakenByOneThatEnforces() {
        List<Policy> policies = List.of(
                new Policy("a", Mode.ENFORCE, Backlog.REQUIRE_APPROVAL, AFTER, rules("*")),
                new Policy("b", Mode.ENFORCE, Backlog.REQUIRE_APPROVAL, BEFORE, rules("*")));

        assertThat(decide(finding(), policies, Optional.empty())).isEqualTo(new Decision.Open("b", Mode.ENFORCE));
    }

    @Test
    void onlyPoliciesThatMatchCount() {
        List<Policy> policies = List.of(policy("a", Mode.ENFORCE, "Other:*"), policy("b", Mode.DRY_RUN, "*"));

        assertThat(decide(finding(), policies, Optional.empty())).isEqualTo(new Decision.Open("b", Mode.DRY_RUN));
        assertThat(show(decide(finding(), policies.subList(0, 1), Optional.empty())))
                .isEqualTo("NO_MATCH");
        assertThat(show(decide(finding(), List.of(), view("isolated by gone", Set.of()))))
                .isEqualTo("NO_MATCH");
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            observed , after the release  , Raise ENFORCE
            observed , before the release , BEFORE_RELEASE
            isolated , after the release  , AddFinding
            isolated , before the release , BEFORE_RELEASE
            """)
    void whatWasReleasedNeitherRaisesTheNextEpisodeNorJoinsIt(String stage, String seen, String expected) {
        QuarantineView view = new QuarantineView(
                stage.equals("isolated") ? new Stage.Isolated() : new Stage.Observed(),
                Optional.of("dry-runner"),
                Set.of(),
                Optional.of(seen.startsWith("after") ? BEFORE : SEEN));

        Decision decision = decide(finding(), List.of(policy("p", Mode.ENFORCE, "*")), Optional.of(view));

        assertThat(show(decision)).isEqualTo(expected);
    }

    @Test
    void theTagsOfTheInstanceCountAsWell() {
        MatchRules production = new MatchRules(
                List.of(Glob.of("*")),
                Severity.LOW,
                Set.of(Involvement.COMPROMISED),
                Set.of(),
                Set.of(),
                Duration.ofDays(1),
                List.of(new TagRule("env", Set.of("prod"))),
                List.of());
        List<Policy> policies = List.of(new Policy("p", Mode.ENFORCE, Backlog.ENFORCE, BEFORE, production));

        assertThat(decider.candidates(finding().build(), ON_INSTANCE, policies, SEEN))
                .as("they may match until the tags are read")
                .isEqualTo(policies);
        assertThat(show(decider.decide(
                        finding().build(), ON_INSTANCE, Map.of("env", "prod"), policies, Optional.empty(), SEEN)))
                .isEqualTo("Open ENFORCE");
        assertThat(show(decider.decide(
                        finding().build(), ON_INSTANCE, Map.of("env", "dev"), policies, Optional.empty(), SEEN)))
                .isEqualTo("NO_MATCH");
    }

    @ParameterizedTest
    @CsvSource(useHeadersInDisplayName = true, textBlock = """
            mode             , backlog          , matched               , fails                 , not matched
            ENFORCE          , ENFORCE          , Open ENFORCE          , Open REQUIRE_APPROVAL , NO_MATCH
            REQUIRE_APPROVAL , ENFORCE          , Open REQUIRE_APPROVAL , Open REQUIRE_APPROVAL , NO_MATCH
            DRY_RUN          , ENFORCE          , Open DRY_RUN          , Open DRY_RUN          , NO_MATCH
            PAUSED           , ENFORCE          , PAUSED_OR_BACKLOG     , PAUSED_OR_BACKLOG     , NO_MATCH
            ENFORCE          , REQUIRE_APPROVAL , Open REQUIRE_APPROVAL , Open REQUIRE_APPROVAL , NO_MATCH
            ENFORCE          , IGNORE           , PAUSED_OR_BACKLOG     , PAUSED_OR_BACKLOG     , NO_MATCH
            """)
    void whereAnExpressionFailsAPersonDecides(
            Mode mode, Backlog backlog, String matched, String fails, String notMatched) {
        Map<Outcome, String> expected = Map.of(
                new Outcome.Matched(), matched, new Outcome.Failed("why"), fails, new Outcome.NotMatched(), notMatched);

        expected.forEach((outcome, decision) -> {
            Policy policy = new Policy("p", mode, backlog, AFTER, expressing(outcome));
            assertThat(show(decide(finding(), List.of(policy), Optional.empty())))
                    .as("%s", outcome)
                    .isEqualTo(decision);
        });
    }

    @Test
    void anExpressionThatFailsHoldsUpNoOtherPolicy() {
        List<Policy> policies = List.of(
                new Policy("failing", Mode.ENFORCE, Backlog.ENFORCE, BEFORE, expressing(new Outcome.Failed("why"))),
                policy("enforcing", Mode.ENFORCE, "*"));

        assertThat(decide(finding(), policies, Optional.empty()))
                .isEqualTo(new Decision.Open("enforcing", Mode.ENFORCE));
    }

    @Test
    void whatHadToWaitBecauseAnExpressionFailedIsRaisedOnceItHolds() {
        Optional<QuarantineView> waiting =
                Optional.of(new QuarantineView(new Stage.Observed(), Optional.of("p"), Set.of("f1")));

        assertThat(show(decide(finding(), List.of(failing("p", new Outcome.Failed("why"))), waiting)))
                .isEqualTo("ALREADY_LISTED");
        assertThat(show(decide(finding(), List.of(failing("p", new Outcome.Matched())), waiting)))
                .isEqualTo("Raise ENFORCE");
    }

    @Test
    void onlyTheExpressionsOfPoliciesWhoseOtherRulesMatchAreAsked() {
        List<Policy> policies = List.of(
                failing("asked", new Outcome.NotMatched()),
                policy("without", Mode.DRY_RUN, "*"),
                policy("other", Mode.ENFORCE, "Other:*"));

        assertThat(decider.judge(finding().build(), ON_INSTANCE, Map.of(), policies, SEEN))
                .containsExactly(
                        new FindingDecider.Judgement(policies.get(0), new Outcome.NotMatched()),
                        new FindingDecider.Judgement(policies.get(1), new Outcome.Matched()));
    }

    private static Policy failing(String name, Outcome outcome) {
        return new Policy(name, Mode.ENFORCE, Backlog.ENFORCE, BEFORE, expressing(outcome));
    }

    private static MatchRules expressing(Outcome outcome) {
        return Expressions.rules(rules("*"), Expressions.saying(outcome));
    }

    private Decision decide(FindingBuilder finding, List<Policy> policies, Optional<QuarantineView> present) {
        return decider.decide(finding.build(), ON_INSTANCE, Map.of(), policies, present, SEEN);
    }

    private Decision decideOn(String instanceId, String accountId, String region) {
        return decider.decide(
                finding().build(),
                new InstanceRef(instanceId, accountId, region),
                Map.of(),
                List.of(policy("p", Mode.ENFORCE, "*")),
                Optional.empty(),
                SEEN);
    }

    private static String show(Decision decision) {
        return switch (decision) {
            case Decision.Open open -> "Open " + open.mode();
            case Decision.Reopen reopen -> "Reopen " + reopen.mode();
            case Decision.Raise raise -> "Raise " + raise.mode();
            case Decision.TakeBack back -> "TakeBack by " + back.policy();
            case Decision.AddFinding _ -> "AddFinding";
            case Decision.Ignore ignore -> ignore.why().name();
        };
    }

    /** Written as {@code absent}, or {@code observed|isolated by NAME}, where {@code hand} is no policy. */
    private static Optional<QuarantineView> view(String text, Set<String> findingIds) {
        if (text.equals("absent")) {
            return Optional.empty();
        }
        String by = text.substring(text.lastIndexOf(' ') + 1);
        return Optional.of(new QuarantineView(
                text.startsWith("isolated") ? new Stage.Isolated() : new Stage.Observed(),
                by.equals("hand") ? Optional.empty() : Optional.of(by),
                findingIds));
    }

    // --- what a safeguard holds back

    @ParameterizedTest
    @CsvSource(delimiter = '|', useHeadersInDisplayName = true, textBlock = """
            asked  | the quarantine is held back for | under | and lists it | becomes
            open   |                                 |       | false        | Open p REQUIRE_APPROVAL
            reopen |                                 |       | false        | Reopen p REQUIRE_APPROVAL
            raise  |                                 | other | false        | Raise p REQUIRE_APPROVAL
            raise  | MAX_ACTIVE                      | p     | false        | AddFinding
            raise  | MAX_ACTIVE                      | p     | true         | ALREADY_LISTED
            raise  | PROTECTED_TAG                   | p     | true         | Raise p REQUIRE_APPROVAL
            raise  | MAX_ACTIVE                      | other | true         | Raise p REQUIRE_APPROVAL
            """)
    void whatASafeguardHoldsBackWaitsAndSaysWhyOnce(
            String asked, Hold.@Nullable Reason before, @Nullable String policy, boolean listed, String becomes) {
        Hold hold = new Hold(Hold.Reason.MAX_ACTIVE, "There is no room.");
        Decision decision = switch (asked) {
            case "open" -> new Decision.Open("p", Mode.ENFORCE);
            case "reopen" -> new Decision.Reopen("p", Mode.ENFORCE);
            default -> new Decision.Raise("p", Mode.ENFORCE);
        };
        Optional<QuarantineView> present = Optional.ofNullable(policy)
                .map(name -> new QuarantineView(
                        new Stage.Observed(),
                        Optional.of(name),
                        listed ? Set.of(finding().build().id()) : Set.of(),
                        Optional.empty(),
                        Optional.ofNullable(before)));

        Decision held =
                FindingDecider.heldBack(decision, hold, present, finding().build());

        assertThat(
                        switch (held) {
                            case Decision.Open open -> "Open " + open.policy() + " " + open.mode();
                            case Decision.Reopen reopen -> "Reopen " + reopen.policy() + " " + reopen.mode();
                            case Decision.Raise raise -> "Raise " + raise.policy() + " " + raise.mode();
                            case Decision.Ignore ignore -> ignore.why().name();
                            case Decision.AddFinding _, Decision.TakeBack _ ->
                                held.getClass().getSimpleName();
                        })
                .isEqualTo(becomes);
        assertThat(held.isolates()).isFalse();
    }

    private static Policy policy(String name, Mode mode, String findingType) {
        return new Policy(name, mode, Backlog.REQUIRE_APPROVAL, BEFORE, rules(findingType));
    }

    private static MatchRules rules(String findingType) {
        return new MatchRules(
                List.of(Glob.of(findingType)),
                Severity.LOW,
                Set.of(Involvement.COMPROMISED),
                Set.of(),
                Set.of(),
                Duration.ofDays(1),
                List.of(),
                List.of());
    }

    private static List<Policy> with(List<Policy> policies, Policy added) {
        return Stream.concat(policies.stream(), Stream.of(added)).toList();
    }
}
