package io.ec2quarantine.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.ec2quarantine.core.CallFailure;
import io.ec2quarantine.core.access.Access;
import io.ec2quarantine.core.preflight.Answer;
import io.ec2quarantine.core.preflight.Checked;
import io.ec2quarantine.core.preflight.Need;
import io.ec2quarantine.core.preflight.Needs;
import io.ec2quarantine.core.preflight.Place;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Which stop of the preflight comes next, and what becomes of one that fails. */
class PreflightDiaryTest {
    private static final Instant NOW = Instant.parse("2026-11-24T09:00:00Z");
    private static final PreflightStop FIRST = stop("111122223333", true);
    private static final PreflightStop SECOND = stop("444455556666", true);
    private static final PreflightStop PERHAPS = stop("000000000000", false);

    private final PreflightDiary diary = new PreflightDiary();

    @Test
    void whatFailsEndsNoRoundAndIsNeverDueAgain() {
        diary.check(FIRST, failing("it was carried out"), NOW);
        diary.check(SECOND, PreflightDiaryTest::allowed, NOW);

        assertThat(diary.found(List.of(FIRST, SECOND)))
                .containsExactly(new Checked.GivenUp(FIRST.place(), "it was carried out"), allowed(SECOND));
        assertThat(diary.due(Set.of(FIRST, SECOND), 10, NOW.plus(Duration.ofDays(365))))
                .containsExactly(SECOND);
    }

    @Test
    void whatIsDueForLongestComesFirstHoweverOftenAnotherIsTriedAgain() {
        Set<PreflightStop> both = Set.of(FIRST, SECOND);
        diary.check(SECOND, PreflightDiaryTest::allowed, NOW);
        diary.check(FIRST, PreflightDiaryTest::unreadable, NOW.plus(Duration.ofMinutes(57)));

        assertThat(diary.due(both, 1, NOW.plus(Duration.ofMinutes(59)))).isEmpty();
        assertThat(diary.due(both, 1, NOW.plus(Duration.ofMinutes(61)))).containsExactly(SECOND);
        assertThat(diary.due(both, 2, NOW.plus(Duration.ofMinutes(62)))).containsExactly(SECOND, FIRST);
    }

    @Test
    void whatWasNeverCheckedComesFirstAndThereWhatIsKnownToBeUsed() {
        diary.check(FIRST, PreflightDiaryTest::unreadable, NOW);

        assertThat(diary.knowsAll(List.of(FIRST, PERHAPS))).isFalse();
        assertThat(diary.due(Set.of(FIRST, SECOND, PERHAPS), 10, NOW.plus(Duration.ofMinutes(5))))
                .containsExactly(SECOND, PERHAPS, FIRST);
    }

    @Test
    void whatIsDeniedIsTriedAgainSoonAndWhatIsAllowedByTheHour() {
        Need need = Needs.all().getFirst();
        diary.check(FIRST, stop -> tried(stop, Map.of(need, new Answer.Denied())), NOW);
        diary.check(SECOND, stop -> tried(stop, Map.of(need, new Answer.Allowed())), NOW);
        Set<PreflightStop> both = Set.of(FIRST, SECOND);

        assertThat(diary.due(both, 2, NOW.plus(Duration.ofMinutes(4)))).isEmpty();
        assertThat(diary.due(both, 2, NOW.plus(Duration.ofMinutes(5)))).containsExactly(FIRST);
        assertThat(diary.due(both, 2, NOW.plus(Duration.ofMinutes(60)))).containsExactly(FIRST, SECOND);
    }

    @Test
    void aStopThatIsNoMoreIsForgotten() {
        diary.check(FIRST, failing("gone"), NOW);
        diary.retain(Set.of(SECOND));

        assertThat(diary.due(Set.of(FIRST), 1, NOW)).containsExactly(FIRST);
    }

    private static Checked allowed(PreflightStop stop) {
        return tried(stop, Map.of());
    }

    private static Checked tried(PreflightStop stop, Map<Need, Answer> answers) {
        return new Checked.Tried(stop.place(), answers, new Answer.Denied());
    }

    private static Checked unreadable(PreflightStop stop) {
        return new Checked.Unreadable(stop.place(), new CallFailure.Transient("ec2:X", "t", "timed out"));
    }

    private static Function<PreflightStop, Checked> failing(String message) {
        return _ -> {
            throw new IllegalStateException(message);
        };
    }

    private static PreflightStop stop(String account, boolean certain) {
        return new PreflightStop(new Place(account, "us-west-2", certain), Access.OWN, Set.of(), Map.of());
    }
}
