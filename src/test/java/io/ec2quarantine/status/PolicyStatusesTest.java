package io.ec2quarantine.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.ec2quarantine.api.v1alpha1.Condition;
import io.ec2quarantine.api.v1alpha1.ConditionType;
import io.ec2quarantine.api.v1alpha1.IsolationPolicyStatus;
import io.ec2quarantine.api.v1alpha1.IsolationPolicyStatus.SourceStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyStatusesTest {
    private static final Instant NOW = Instant.parse("2026-11-24T09:00:00Z");
    private static final SourceReport.Problem DENIED = new SourceReport.Problem("Denied", "It was denied; allow it.");

    @Test
    void itSaysWhatEverySourceSaid() {
        IsolationPolicyStatus status = PolicyStatuses.after(
                IsolationPolicyStatus.empty(),
                new PolicyReport.Understood(),
                false,
                List.of(polled("us-west-2", NOW), failed("eu-west-1", NOW, DENIED)),
                17,
                3,
                List.of(),
                5,
                NOW);

        assertThat(status.observedGeneration()).isEqualTo(5);
        assertThat(status.matchedFindings()).isEqualTo(17);
        assertThat(status.activeQuarantines()).isEqualTo(3);
        assertThat(status.sources())
                .containsExactly(
                        new SourceStatus("org", "us-west-2", "d-1", NOW, NOW.minusSeconds(60), null),
                        new SourceStatus(
                                "org", "eu-west-1", "d-1", NOW, NOW.minusSeconds(60), "It was denied; allow it."));
    }

    @Test
    void whatAnEarlierProcessHadStoredStandsUntilTheFirstPollIsDone() {
        IsolationPolicyStatus before = after(IsolationPolicyStatus.empty(), NOW, polled("us-west-2", NOW));

        IsolationPolicyStatus restarted = after(before, NOW.plusSeconds(600), report("us-west-2", "not yet"));

        assertThat(restarted.sources())
                .singleElement()
                .returns(NOW, SourceStatus::lastPollTime)
                .returns(NOW.minusSeconds(60), SourceStatus::lastFindingUpdateTime);
    }

    @Test
    void whatIsNotPolledYetIsNamed() {
        IsolationPolicyStatus status =
                after(IsolationPolicyStatus.empty(), NOW, polled("us-west-2", NOW), report("eu-west-1", "not yet"));

        assertThat(Conditions.find(status.conditions(), ConditionType.READY)
                        .orElseThrow()
                        .message())
                .contains("org in eu-west-1")
                .doesNotContain("us-west-2");
    }

    @ParameterizedTest
    @CsvSource(useHeadersInDisplayName = true, textBlock = """
            understood , paused , us-west-2 , eu-west-1 , Ready               , SourcesReachable
            true       , false  , polled    , polled    , TRUE/Watching       , TRUE/Polled
            true       , true   , polled    , polled    , TRUE/Paused         , TRUE/Polled
            true       , false  , polled    , not yet   , UNKNOWN/Pending     , UNKNOWN/Pending
            true       , false  , polled    , denied    , FALSE/Denied        , FALSE/Denied
            true       , false  , not yet   , denied    , FALSE/Denied        , FALSE/Denied
            true       , true   , denied    , polled    , FALSE/Denied        , FALSE/Denied
            false      , false  , polled    , polled    , FALSE/Unsupported   , TRUE/Polled
            false      , true   , denied    , polled    , FALSE/Unsupported   , FALSE/Denied
            """)
    void oneRegionThatFailsIsEnoughAndNoneIsTakenForPolled(
            boolean understood, boolean paused, String west, String east, String ready, String reachable) {
        IsolationPolicyStatus status = PolicyStatuses.after(
                IsolationPolicyStatus.empty(),
                understood
                        ? new PolicyReport.Understood()
                        : new PolicyReport.NotUnderstood("Unsupported", "spec.mode is missing."),
                paused,
                List.of(report("us-west-2", west), report("eu-west-1", east)),
                0,
                0,
                List.of(),
                1,
                NOW);

        assertThat(show(status, ConditionType.READY)).isEqualTo(ready);
        assertThat(show(status, ConditionType.SOURCES_REACHABLE)).isEqualTo(reachable);
    }

    @ParameterizedTest
    @CsvSource(useHeadersInDisplayName = true, textBlock = """
            expression , source  , paused , Ready                      , ExpressionEvaluated
            holds      , polled  , false  , TRUE/Watching              , TRUE/Evaluated
            holds      , polled  , true   , TRUE/Paused                , TRUE/Evaluated
            holds      , not yet , false  , UNKNOWN/Pending            , UNKNOWN/Pending
            fails      , polled  , false  , FALSE/ExpressionFailed     , FALSE/ExpressionFailed
            fails      , polled  , true   , FALSE/ExpressionFailed     , FALSE/ExpressionFailed
            fails      , denied  , false  , FALSE/Denied               , FALSE/ExpressionFailed
            wrong      , polled  , false  , FALSE/InvalidExpression    , none
            none       , polled  , false  , TRUE/Watching              , none
            """)
    void anExpressionThatFailsIsToldAndThePolicyIsNotReady(
            String expression, String source, boolean paused, String ready, String evaluated) {
        IsolationPolicyStatus status = PolicyStatuses.after(
                IsolationPolicyStatus.empty(),
                policy(expression),
                paused,
                List.of(report("us-west-2", source)),
                0,
                0,
                List.of(),
                1,
                NOW);

        assertThat(show(status, ConditionType.READY)).isEqualTo(ready);
        assertThat(Conditions.find(status.conditions(), ConditionType.EXPRESSION_EVALUATED)
                        .map(_ -> show(status, ConditionType.EXPRESSION_EVALUATED))
                        .orElse("none"))
                .isEqualTo(evaluated);
    }

    @Test
    void whatAnEarlierProcessSaidOfTheExpressionStandsUntilEveryFindingWasReadAgainOrThePolicyChanges() {
        IsolationPolicyStatus failed = expressed(IsolationPolicyStatus.empty(), "fails", "polled", 1);

        assertThat(show(expressed(failed, "holds", "not yet", 1), ConditionType.EXPRESSION_EVALUATED))
                .isEqualTo("FALSE/ExpressionFailed");
        assertThat(show(expressed(failed, "holds", "not yet", 2), ConditionType.EXPRESSION_EVALUATED))
                .isEqualTo("UNKNOWN/Pending");
        assertThat(show(expressed(failed, "holds", "polled", 1), ConditionType.EXPRESSION_EVALUATED))
                .isEqualTo("TRUE/Evaluated");
        assertThat(Conditions.find(
                        expressed(failed, "none", "polled", 2).conditions(), ConditionType.EXPRESSION_EVALUATED))
                .isEmpty();
    }

    private static IsolationPolicyStatus expressed(
            IsolationPolicyStatus before, String expression, String source, long generation) {
        return PolicyStatuses.after(
                before,
                policy(expression),
                false,
                List.of(report("us-west-2", source)),
                0,
                0,
                List.of(),
                generation,
                NOW);
    }

    private static PolicyReport policy(String expression) {
        return switch (expression) {
            case "holds" -> new PolicyReport.ExpressionHolds();
            case "fails" -> new PolicyReport.ExpressionFails("It fails.");
            case "wrong" -> new PolicyReport.NotUnderstood("InvalidExpression", "It is wrong.");
            default -> new PolicyReport.Understood();
        };
    }

    @Test
    void everyFailingRegionIsNamed() {
        IsolationPolicyStatus status =
                after(IsolationPolicyStatus.empty(), NOW, report("us-west-2", "denied"), report("eu-west-1", "denied"));

        assertThat(Conditions.find(status.conditions(), ConditionType.SOURCES_REACHABLE)
                        .map(Condition::message))
                .contains("org in us-west-2: It was denied; allow it. org in eu-west-1: It was denied; allow it.");
    }

    @ParameterizedTest
    @CsvSource({"15, false", "299, false", "300, true", "3600, true"})
    void aPollTimeAloneIsWrittenOnlyEveryFiveMinutes(long seconds, boolean written) {
        IsolationPolicyStatus first = after(IsolationPolicyStatus.empty(), NOW, polled("us-west-2", NOW));
        Instant later = NOW.plusSeconds(seconds);

        IsolationPolicyStatus next = after(first, later, polled("us-west-2", later));

        assertThat(next.sources().getFirst().lastPollTime()).isEqualTo(written ? later : NOW);
        assertThat(next.equals(first)).isEqualTo(!written);
    }

    @Test
    void anythingElseThatChangesIsWrittenAtOnceWithItsPollTime() {
        IsolationPolicyStatus first = after(IsolationPolicyStatus.empty(), NOW, polled("us-west-2", NOW));
        Instant later = NOW.plusSeconds(15);

        IsolationPolicyStatus failing = after(first, later, failed("us-west-2", later, DENIED));
        IsolationPolicyStatus well = after(failing, later.plusSeconds(15), polled("us-west-2", later.plusSeconds(15)));

        assertThat(failing.sources().getFirst().lastPollTime()).isEqualTo(later);
        assertThat(failing.sources().getFirst().message()).isEqualTo(DENIED.sentence());
        assertThat(well.sources().getFirst().message()).isNull();
        assertThat(well.sources().getFirst().lastPollTime()).isEqualTo(later.plusSeconds(15));
    }

    @Test
    void manyPollsWithinFiveMinutesDoNotPutTheWriteOffForEver() {
        IsolationPolicyStatus status = after(IsolationPolicyStatus.empty(), NOW, polled("us-west-2", NOW));
        for (Instant time = NOW; !time.isAfter(NOW.plus(Duration.ofMinutes(11))); time = time.plusSeconds(15)) {
            status = after(status, time, polled("us-west-2", time));
        }

        assertThat(status.sources().getFirst().lastPollTime()).isEqualTo(NOW.plus(Duration.ofMinutes(10)));
    }

    @Test
    void everySourceAndRegionIsPrintedByItsOwnTime() {
        SourceReport other = new SourceReport(
                "other", "us-west-2", Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
        IsolationPolicyStatus first = after(
                IsolationPolicyStatus.empty(), NOW, other, report("eu-west-1", "not yet"), polled("us-west-2", NOW));
        Instant later = NOW.plusSeconds(15);

        IsolationPolicyStatus next =
                after(first, later, other, report("eu-west-1", "not yet"), polled("us-west-2", later));

        assertThat(next.sources()).extracting(SourceStatus::lastPollTime).containsExactly(null, null, NOW);
    }

    @Test
    void aSourceThatIsNoLongerWatchedIsNoLongerListed() {
        IsolationPolicyStatus both =
                after(IsolationPolicyStatus.empty(), NOW, polled("us-west-2", NOW), polled("eu-west-1", NOW));

        assertThat(after(both, NOW, polled("eu-west-1", NOW)).sources())
                .extracting(SourceStatus::region)
                .containsExactly("eu-west-1");
    }

    @Test
    void aRemarkIsToldAndLeavesTheSourceReachable() {
        IsolationPolicyStatus status = after(
                IsolationPolicyStatus.empty(), NOW, polled("us-west-2", NOW).remarked("Its queue is gone."));

        assertThat(show(status, ConditionType.SOURCES_REACHABLE)).isEqualTo("TRUE/QueueUnreadable");
        assertThat(show(status, ConditionType.READY)).isEqualTo("TRUE/Watching");
        assertThat(status.sources().getFirst().message()).isEqualTo("Its queue is gone.");
    }

    @Test
    void aSourceThatDoesNotAnswerIsNotReachableWhateverElseThereIsToRemark() {
        IsolationPolicyStatus status = after(
                IsolationPolicyStatus.empty(),
                NOW,
                failed("us-west-2", NOW, DENIED).remarked("Its queue is gone."));

        assertThat(show(status, ConditionType.SOURCES_REACHABLE)).isEqualTo("FALSE/Denied");
        assertThat(status.sources().getFirst().message()).isEqualTo(DENIED.sentence() + " Its queue is gone.");
    }

    private static IsolationPolicyStatus after(IsolationPolicyStatus before, Instant now, SourceReport... reports) {
        return PolicyStatuses.after(
                before, new PolicyReport.Understood(), false, List.of(reports), 0, 0, List.of(), 1, now);
    }

    private static SourceReport report(String region, String state) {
        return switch (state) {
            case "polled" -> polled(region, NOW);
            case "denied" -> failed(region, NOW, DENIED);
            default ->
                new SourceReport("org", region, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
        };
    }

    private static SourceReport polled(String region, Instant time) {
        return new SourceReport(
                "org",
                region,
                Optional.of("d-1"),
                Optional.of(time),
                Optional.of(NOW.minusSeconds(60)),
                Optional.empty());
    }

    private static SourceReport failed(String region, Instant time, SourceReport.Problem problem) {
        return new SourceReport(
                "org",
                region,
                Optional.of("d-1"),
                Optional.of(time),
                Optional.of(NOW.minusSeconds(60)),
                Optional.of(problem));
    }

    private static String show(IsolationPolicyStatus status, ConditionType type) {
        return Conditions.find(status.conditions(), type)
                .map(condition -> condition.status() + "/" + condition.reason())
                .orElse("");
    }
}
