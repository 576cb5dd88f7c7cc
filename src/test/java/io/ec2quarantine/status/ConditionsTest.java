package io.ec2quarantine.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.ec2quarantine.api.v1alpha1.Condition;
import io.ec2quarantine.api.v1alpha1.Condition.Status;
import io.ec2quarantine.api.v1alpha1.ConditionType;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConditionsTest {
    private static final Instant FIRST = Instant.parse("2026-11-24T09:00:00Z");
    private static final Instant LATER = FIRST.plusSeconds(600);

    @Test
    void aNewConditionTransitionsNow() {
        List<Condition> conditions = upsert(List.of(), Claim.yes(ConditionType.READY, "Isolated", "It is."), 3, FIRST);

        assertThat(conditions).containsExactly(new Condition("Ready", Status.TRUE, 3L, FIRST, "Isolated", "It is."));
    }

    @ParameterizedTest
    @CsvSource({"TRUE, false", "FALSE, true", "UNKNOWN, true"})
    void theTransitionTimeMovesOnlyWithTheStatus(Status next, boolean moves) {
        List<Condition> before = upsert(List.of(), Claim.yes(ConditionType.READY, "A", "a"), 1, FIRST);

        List<Condition> after = upsert(before, new Claim(ConditionType.READY, next, "B", "b"), 2, LATER);

        assertThat(after).containsExactly(new Condition("Ready", next, 2L, moves ? LATER : FIRST, "B", "b"));
    }

    @Test
    void transitionTimesAreWholeSecondsAsTheApiWritesThem() {
        List<Condition> conditions =
                upsert(List.of(), Claim.yes(ConditionType.READY, "A", "a"), 1, FIRST.plusMillis(789));

        assertThat(conditions.getFirst().lastTransitionTime()).isEqualTo(FIRST);
    }

    @Test
    void otherConditionsStayAsTheyAreAndWhereTheyAre() {
        Condition foreign = new Condition("example.com/Theirs", Status.TRUE, 1L, FIRST, "Theirs", "");
        List<Condition> before = upsert(List.of(foreign), Claim.yes(ConditionType.READY, "A", "a"), 1, FIRST);

        List<Condition> after = Conditions.upsert(
                before,
                List.of(Claim.no(ConditionType.READY, "B", "b"), Claim.unknown(ConditionType.VERIFIED, "C", "c")),
                2,
                LATER);

        assertThat(after)
                .containsExactly(
                        foreign,
                        new Condition("Ready", Status.FALSE, 2L, LATER, "B", "b"),
                        new Condition("Verified", Status.UNKNOWN, 2L, LATER, "C", "c"));
    }

    @Test
    void theSchemasFirstConditionIsTakenOver() {
        Condition pending = new Condition("Ready", Status.UNKNOWN, 0L, Instant.EPOCH, "Pending", "");

        assertThat(upsert(List.of(pending), Claim.unknown(ConditionType.READY, "Throttled", "t"), 1, FIRST))
                .containsExactly(new Condition("Ready", Status.UNKNOWN, 1L, Instant.EPOCH, "Throttled", "t"));
    }

    @Test
    void aStatusThatThisVersionDoesNotKnowIsReplaced() {
        Condition unknown = new Condition("Ready", null, 1L, FIRST, "A", "a");

        assertThat(Conditions.isTrue(List.of(unknown), ConditionType.READY)).isFalse();
        assertThat(upsert(List.of(unknown), Claim.yes(ConditionType.READY, "B", "b"), 2, LATER))
                .containsExactly(new Condition("Ready", Status.TRUE, 2L, LATER, "B", "b"));
    }

    @ParameterizedTest
    @CsvSource({"1023, 1023, x", "1024, 1024, x", "1025, 1024, …", "100000, 1024, …"})
    void messagesAreBounded(int length, int kept, String last) {
        List<Condition> conditions =
                upsert(List.of(), Claim.yes(ConditionType.READY, "A", "x".repeat(length)), 1, FIRST);

        assertThat(conditions.getFirst().message()).hasSize(kept).endsWith(last);
    }

    @Test
    void onlyTrueIsTrue() {
        List<Condition> conditions = Conditions.upsert(
                List.of(),
                List.of(
                        Claim.yes(ConditionType.READY, "A", ""),
                        Claim.no(ConditionType.ISOLATED, "A", ""),
                        Claim.unknown(ConditionType.VERIFIED, "A", "")),
                1,
                FIRST);

        assertThat(Conditions.isTrue(conditions, ConditionType.READY)).isTrue();
        assertThat(Conditions.isTrue(conditions, ConditionType.ISOLATED)).isFalse();
        assertThat(Conditions.isTrue(conditions, ConditionType.VERIFIED)).isFalse();
        assertThat(Conditions.isTrue(conditions, ConditionType.STALLED)).isFalse();
    }

    private static List<Condition> upsert(List<Condition> present, Claim claim, long generation, Instant now) {
        return Conditions.upsert(present, List.of(claim), generation, now);
    }
}
