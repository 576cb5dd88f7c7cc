package io.ec2quarantine.aws;

import io.ec2quarantine.core.Result;
import io.ec2quarantine.core.evidence.TargetRegistration;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;

/**
 * What the target groups of one account and Region were seen to hold, for a short time: a storm of quarantines asks each
 * target group once. An account with more of them than the request budget allows at once is read in a series of attempts,
 * to which its own answers count until it ends, however long the budget makes it.
 */
final class RegistrationCache {
    private static final Duration FRESH = Duration.ofMinutes(2);

    private final Kept<Group> groups;
    private final ConcurrentMap<String, Kept<TargetRegistration>> targets = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, Instant> series = new ConcurrentHashMap<>();
    private final InstantSource time;

    RegistrationCache(InstantSource time) {
        this.time = time;
        this.groups = new Kept<>(time);
    }

    record Group(String arn, String vpcId) {}

    /** When the series of attempts to read all of it for an instance began; one begins now where none is under way. */
    Instant seriesBegun(String instanceId) {
        return series.computeIfAbsent(instanceId, _ -> time.instant());
    }

    /** All of it was read, or something else than the budget stands in the way. */
    void seriesEnded(String instanceId) {
        series.remove(instanceId);
    }

    /** The target groups, read unless they are known since then; a failure is not kept. */
    Result<List<Group>> groups(Instant since, Supplier<Result<List<Group>>> read) {
        return groups.get(
                since,
                Instant.MAX,
                () -> read.get().map(found -> {
                    targets.keySet().retainAll(found.stream().map(Group::arn).toList());
                    return found;
                }));
    }

    /**
     * What is registered with one of them, read unless it is known since then; a failure is not kept.
     *
     * @param begun when the series of attempts began that this one is of
     */
    Result<List<TargetRegistration>> targets(
            String arn, Instant since, Instant begun, Supplier<Result<List<TargetRegistration>>> read) {
        return targets.computeIfAbsent(arn, _ -> new Kept<>(time)).get(since, begun, read);
    }

    /** A target group was changed. */
    void forget(String arn) {
        targets.remove(arn);
    }

    /** One answer; who asks while it is on its way waits for it. */
    private static final class Kept<T> {
        private final InstantSource time;
        private Optional<List<T>> things = Optional.empty();
        private Instant readTime = Instant.MIN;

        Kept(InstantSource time) {
            this.time = time;
        }

        synchronized Result<List<T>> get(Instant since, Instant begun, Supplier<Result<List<T>>> read) {
            Instant now = time.instant();
            boolean fresh = things.isPresent() && readTime.plus(FRESH).isAfter(now);
            if (things.isPresent() && !readTime.isBefore(since) && (fresh || !readTime.isBefore(begun))) {
                return Result.ok(things.get());
            }
            return read.get().map(found -> {
                things = Optional.of(List.copyOf(found));
                readTime = now;
                return found;
            });
        }
    }
}
