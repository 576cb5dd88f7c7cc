package io.ec2quarantine.core.safeguard;

import static org.assertj.core.api.Assertions.assertThat;

import io.ec2quarantine.core.policy.Hold;
import io.ec2quarantine.core.policy.Safeguards;
import io.ec2quarantine.core.safeguard.Limits.Candidate;
import io.ec2quarantine.core.safeguard.Limits.Members;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LimitsTest {
    private static final Instant NOW = Instant.parse("2026-11-24T09:00:00Z");
    private static final Instant RELEASED = NOW.minus(Duration.ofMinutes(2));
    private static final ScalingGroup WEB = new ScalingGroup("111122223333", "us-west-2", "web");

    /** Isolated and decided are instance:policy, decided with its age in minutes. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', useHeadersInDisplayName = true, textBlock = """
            what                                          | maxActive | maxPerHour | isolated  | decided          | hold
            nothing is isolated                           | 1         | 1          |           |                  |
            no isolation is allowed at all                | 0         | 9          |           |                  | MAX_ACTIVE
            no isolation is allowed in any hour           | 9         | 0          |           |                  | MAX_PER_HOUR
            another is isolated                           | 1         | 9          | a:p       |                  | MAX_ACTIVE
            another of another policy is isolated         | 1         | 9          | a:q       |                  |
            another of no policy is isolated              | 1         | 9          | a:        |                  |
            there is room for one more                    | 2         | 9          | a:p       |                  |
            one was decided upon, and is not seen yet     | 1         | 9          |           | a:p:0            | MAX_ACTIVE
            one was decided upon, and was never stored    | 1         | 9          |           | a:p:6            |
            one was decided upon, and released since      | 1         | 9          |           | r:p:3            |
            one was decided upon, and terminated since    | 1         | 9          |           | t:p:0            |
            one was decided upon since its release        | 1         | 9          |           | r:p:1            | MAX_ACTIVE
            one counts once, seen and decided upon        | 2         | 9          | a:p       | a:p:0            |
            two within the hour                           | 9         | 2          |           | a:p:10 b:p:59    | MAX_PER_HOUR
            one within the hour and one before            | 9         | 2          |           | a:p:10 b:p:60    |
            another policy's within the hour              | 9         | 2          |           | a:p:10 b:q:20    |
            the same instance twice within the hour       | 9         | 2          |           | x:p:10 x:p:20    | MAX_PER_HOUR
            its own room is taken, and it is not stored   | 1         | 1          |           | x:p:1            |
            its own room is taken, and it is stored       | 1         | 1          | x:p       | x:p:1            |
            its own room is another policy's              | 1         | 1          | a:p       | x:q:1            | MAX_ACTIVE
            its own room is of before its release         | 1         | 1          |           | x:p:3            | MAX_PER_HOUR
            """)
    void aPolicyIsolatesNoMoreThanItsLimits(
            String what,
            int maxActive,
            int maxPerHour,
            @Nullable String isolated,
            @Nullable String decided,
            Hold.@Nullable Reason hold) {
        Safeguards safeguards = new Safeguards(maxActive, maxPerHour, 50, List.of(), true);
        Candidate candidate = new Candidate("x", "p", safeguards, Optional.empty(), RELEASED);

        assertThat(Limits.exceededBy(candidate, usage(isolated, decided), NOW).map(Hold::reason))
                .as(what)
                .isEqualTo(Optional.ofNullable(hold));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', useHeadersInDisplayName = true, textBlock = """
            members | isolated       | decided | percent | held
            x a     |                |         | 50      | false
            x       |                |         | 50      | true
            x       |                |         | 100     | false
            x a     | a:q            |         | 50      | true
            x a b c | a:q            |         | 50      | false
            x a b c | a:q b:         |         | 50      | true
            x a b c | y:p z:p        |         | 50      | false
            x a b c | a:q            | b:r:1   | 50      | true
            a b c   | a:q            |         | 50      | false
            x a b   |                |         | 33      | true
            x a b   |                |         | 34      | false
            x a     |                |         | 0       | true
            """)
    void noMoreOfAnAutoScalingGroupIsIsolatedWhicheverPoliciesDoIt(
            String members, @Nullable String isolated, @Nullable String decided, int percent, boolean held) {
        Candidate candidate = new Candidate(
                "x",
                "p",
                new Safeguards(100, 100, percent, List.of(), true),
                Optional.of(new Members(WEB, Set.of(members.split(" ", -1)))),
                RELEASED);

        assertThat(Limits.exceededBy(candidate, usage(isolated, decided), NOW).map(Hold::reason))
                .isEqualTo(held ? Optional.of(Hold.Reason.MAX_AUTO_SCALING_GROUP_PERCENT) : Optional.empty());
    }

    @Test
    void whatHoldsBackIsSaidWithWhatAPersonCanDo() {
        Candidate candidate = new Candidate(
                "x",
                "p",
                new Safeguards(100, 100, 50, List.of(), true),
                Optional.of(new Members(WEB, Set.of("x"))),
                RELEASED);

        assertThat(Limits.exceededBy(candidate, usage(null, null), NOW)
                        .orElseThrow()
                        .sentence())
                .isEqualTo(
                        "With this one, 1 of 1 instances of the Auto Scaling group web would be isolated, more than the"
                                + " 50 % that policy p allows (maxAutoScalingGroupPercent); this one is isolated when the group has"
                                + " room, or as soon as you set its spec.desiredState to Isolated.");
    }

    private static Usage usage(@Nullable String isolated, @Nullable String decided) {
        Map<String, String> open = words(isolated)
                .map(each -> each.split(":", -1))
                .collect(Collectors.toMap(each -> each[0], each -> each[1]));
        List<Slot> slots = words(decided)
                .map(each -> each.split(":", -1))
                .map(each -> new Slot(each[0], each[1], NOW.minus(Duration.ofMinutes(Long.parseLong(each[2])))))
                .toList();
        return new Usage(open, Map.of("r", RELEASED, "t", Instant.MAX), slots);
    }

    private static Stream<String> words(@Nullable String text) {
        return text == null ? Stream.empty() : Arrays.stream(text.split(" ", -1));
    }
}
