package io.ec2quarantine.aws;

import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;

/**
 * Keeps one account and Region below AWS's own limits, so that a burst of ours is turned into a reschedule here instead of
 * a throttle there, where everything else in the account would feel it.
 */
final class RequestBudget {
    private final Map<RateBucket, Bucket> buckets = new EnumMap<>(RateBucket.class);

    RequestBudget(InstantSource time) {
        for (RateBucket bucket : RateBucket.values()) {
            buckets.put(
                    bucket,
                    Bucket.builder()
                            .withCustomTimePrecision(new SourceMeter(time))
                            .addLimit(Bandwidth.builder()
                                    .capacity(bucket.capacity())
                                    .refillGreedy(bucket.refillPerSecond(), Duration.ofSeconds(1))
                                    .build())
                            .build());
        }
    }

    /** Takes one request out of the bucket, or says that there is none for this priority. */
    boolean take(RateBucket kind, Priority priority) {
        Bucket bucket = bucket(kind);
        return switch (priority) {
            case URGENT -> bucket.tryConsume(1);
            case BACKGROUND -> bucket.getAvailableTokens() > kind.reserve() && bucket.tryConsume(1);
        };
    }

    /** Whether at least half of the bucket is left. */
    boolean hasToSpare(RateBucket kind) {
        return bucket(kind).getAvailableTokens() >= kind.capacity() / 2;
    }

    /** AWS itself throttled: its bucket is emptier than ours, shared as it is. */
    void exhausted(RateBucket kind) {
        bucket(kind).tryConsumeAsMuchAsPossible();
    }

    private Bucket bucket(RateBucket kind) {
        Bucket bucket = buckets.get(kind);
        if (bucket == null) {
            throw new IllegalStateException("no bucket for " + kind);
        }
        return bucket;
    }

    private record SourceMeter(InstantSource time) implements TimeMeter {
        @Override
        public long currentTimeNanos() {
            Instant now = time.instant();
            return Math.addExact(Math.multiplyExact(now.getEpochSecond(), 1_000_000_000L), now.getNano());
        }

        @Override
        public boolean isWallClockBased() {
            return true;
        }
    }
}
