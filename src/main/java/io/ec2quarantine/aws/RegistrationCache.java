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
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * What the target groups of one account and Region were seen to hold, for a short time: a storm of quarantines asks each
 * target group once, and an account with more of them than the request budget allows at once is read in several attempts.
 */
final class RegistrationCache {
    private static final Duration FRESH = Duration.ofMinutes(2);

    private final InstantSource time;
    private final AtomicReference<Optional<Known<Group>>> groups = new AtomicReference<>(Optional.empty());
    private final ConcurrentMap<String, Known<TargetRegistration>> targets = new ConcurrentHashMap<>();

    RegistrationCache(InstantSource time) {
        this.time = time;
    }

    record Group(String arn, String vpcId) {}

    private record Known<T>(List<T> things, Instant time) {}

    /** The target groups, read unless they are known; a failure is not kept. */
    Result<List<Group>> groups(Supplier<Result<List<Group>>> read) {
        Optional<Known<Group>> known = groups.get().filter(this::isFresh);
        if (known.isPresent()) {
            return Result.ok(known.get().things());
        }
        targets.values().removeIf(each -> !isFresh(each));
        Instant now = time.instant();
        return read.get().map(found -> {
            groups.set(Optional.of(new Known<>(List.copyOf(found), now)));
            return found;
        });
    }

    /** What is registered with one of them, read unless it is known; a failure is not kept. */
    Result<List<TargetRegistration>> targets(String arn, Supplier<Result<List<TargetRegistration>>> read) {
        Optional<Known<TargetRegistration>> known =
                Optional.ofNullable(targets.get(arn)).filter(this::isFresh);
        if (known.isPresent()) {
            return Result.ok(known.get().things());
        }
        Instant now = time.instant();
        return read.get().map(found -> {
            targets.put(arn, new Known<>(List.copyOf(found), now));
            return found;
        });
    }

    /** A target group was changed. */
    void forget(String arn) {
        targets.remove(arn);
    }

    private boolean isFresh(Known<?> known) {
        return known.time().plus(FRESH).isAfter(time.instant());
    }
}
