package io.ec2quarantine.aws;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RequestBudgetTest {
    private Instant now = Instant.parse("2026-11-24T09:00:00Z");
    private final RequestBudget budget = new RequestBudget(() -> now);

    @ParameterizedTest
    @EnumSource
    void aBurstTakesTheWholeBucketAndNoMore(RateBucket bucket) {
        assertThat(taken(bucket, Priority.URGENT)).isEqualTo(bucket.capacity());
        assertThat(budget.take(bucket, Priority.URGENT)).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void timeRefillsItUpToItsCapacity(RateBucket bucket) {
        taken(bucket, Priority.URGENT);

        now = now.plusSeconds(1);
        assertThat(taken(bucket, Priority.URGENT)).isEqualTo(bucket.refillPerSecond());

        now = now.plus(Duration.ofHours(1));
        assertThat(taken(bucket, Priority.URGENT)).isEqualTo(bucket.capacity());
    }

    @ParameterizedTest
    @EnumSource
    void theBackgroundLeavesAReserveToTheUrgent(RateBucket bucket) {
        assertThat(taken(bucket, Priority.BACKGROUND)).isEqualTo(bucket.capacity() - bucket.reserve());
        assertThat(budget.take(bucket, Priority.BACKGROUND)).isFalse();

        assertThat(taken(bucket, Priority.URGENT)).isEqualTo(bucket.reserve()).isPositive();
    }

    @Test
    void theBackgroundWaitsUntilTheReserveIsFullAgain() {
        taken(RateBucket.EC2_DESCRIBE, Priority.URGENT);

        now = now.plusSeconds(1);
        assertThat(budget.take(RateBucket.EC2_DESCRIBE, Priority.BACKGROUND)).isFalse();

        now = now.plusSeconds(1);
        assertThat(budget.take(RateBucket.EC2_DESCRIBE, Priority.BACKGROUND)).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void thereIsSomethingToSpareAsLongAsHalfIsLeft(RateBucket bucket) {
        IntStream.range(0, bucket.capacity() / 2).forEach(_ -> budget.take(bucket, Priority.URGENT));
        assertThat(budget.hasToSpare(bucket)).isTrue();

        budget.take(bucket, Priority.URGENT);
        assertThat(budget.hasToSpare(bucket)).isFalse();
    }

    @Test
    void aThrottleEmptiesOurBucketToo() {
        budget.exhausted(RateBucket.EC2_TAG);

        assertThat(budget.take(RateBucket.EC2_TAG, Priority.URGENT)).isFalse();
        now = now.plusSeconds(1);
        assertThat(taken(RateBucket.EC2_TAG, Priority.URGENT)).isEqualTo(RateBucket.EC2_TAG.refillPerSecond());
    }

    @Test
    void bucketsAreApart() {
        budget.exhausted(RateBucket.GUARDDUTY);

        assertThat(budget.take(RateBucket.EC2_DESCRIBE, Priority.URGENT)).isTrue();
    }

    private long taken(RateBucket bucket, Priority priority) {
        return IntStream.range(0, bucket.capacity() * 2)
                .filter(_ -> budget.take(bucket, priority))
                .count();
    }
}
