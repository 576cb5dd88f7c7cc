package io.ec2quarantine.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.ec2quarantine.core.CallFailure;
import io.ec2quarantine.core.Result;
import io.ec2quarantine.testing.ManualScheduler;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Many quarantines share a group, and what is refused to one of them is asked for once. */
class RefusedAccessTest {
    private static final String GROUP = "sg-1";
    private static final Result<String> DENIED =
            Result.failed(new CallFailure.Denied("ec2:AuthorizeSecurityGroupIngress", GROUP, "UnauthorizedOperation"));

    private final ManualScheduler clock = new ManualScheduler(Instant.parse("2026-11-24T09:00:00Z"));
    private final RefusedAccess refused = new RefusedAccess(clock);
    private final AtomicInteger asked = new AtomicInteger();

    @Test
    void whatWasRefusedAMomentAgoIsNotAskedForByTheNext() {
        assertThat(refused.unlessRefused(GROUP, asking(DENIED))).isEqualTo(DENIED);
        assertThat(refused.unlessRefused(GROUP, asking(Result.ok(GROUP)))).isEqualTo(DENIED);

        clock.advance(Duration.ofSeconds(1));

        assertThat(refused.unlessRefused(GROUP, asking(Result.ok(GROUP)))).isEqualTo(Result.ok(GROUP));
        assertThat(asked).hasValue(2);
    }

    @Test
    void ofSeveralThatFallDueAtOnceOneAsksAndNobodyWaitsForIt() {
        refused.unlessRefused(GROUP, asking(DENIED));
        clock.advance(Duration.ofSeconds(1));

        Result<String> first = refused.unlessRefused(GROUP, () -> {
            assertThat(refused.unlessRefused(GROUP, asking(DENIED))).isEqualTo(DENIED);
            return Result.ok(GROUP);
        });

        assertThat(first).isEqualTo(Result.ok(GROUP));
        assertThat(asked).hasValue(1);
    }

    @Test
    void severalThatWereRefusedTogetherAreOneAttempt() {
        Supplier<Result<String>> asking = asking(DENIED);
        for (int each = 0; each < 15; each++) {
            Supplier<Result<String>> last = asking;
            asking = () -> {
                refused.unlessRefused(GROUP, last);
                return DENIED;
            };
        }
        refused.unlessRefused(GROUP, asking);
        clock.advance(Duration.ofSeconds(1));

        assertThat(refused.unlessRefused(GROUP, asking(Result.ok(GROUP)))).isEqualTo(Result.ok(GROUP));
    }

    @Test
    void whatWasGivenIsAskedForAtOnceTheNextTime() {
        refused.unlessRefused(GROUP, asking(DENIED));
        clock.advance(Duration.ofSeconds(1));
        refused.unlessRefused(GROUP, asking(Result.ok(GROUP)));

        refused.unlessRefused(GROUP, asking(Result.ok(GROUP)));

        assertThat(asked).hasValue(3);
    }

    private Supplier<Result<String>> asking(Result<String> answer) {
        return () -> {
            asked.incrementAndGet();
            return answer;
        };
    }
}
