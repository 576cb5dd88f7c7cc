package io.ec2quarantine.controller;

import io.ec2quarantine.core.CallFailure;
import io.ec2quarantine.core.Result;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Rules that may not be put into a group, which many quarantines share: each of them tries again by itself, and what was
 * refused to one a moment ago is not asked for by the others. The pauses are those of {@link Backoff}, so that whoever was
 * refused last finds its own next attempt open.
 */
final class RefusedAccess {
    private static final Duration FIRST = Duration.ofMillis(500);
    private static final Duration LONGEST = Duration.ofMinutes(10);
    private static final Duration FORGOTTEN_AFTER = LONGEST.multipliedBy(6);

    private final InstantSource time;
    private final Map<Object, Refusal> refusals = new HashMap<>();

    RefusedAccess(InstantSource time) {
        this.time = time;
    }

    private record Refusal(CallFailure failure, Duration pause, Instant until) {}

    /**
     * Asks, unless that was refused a moment ago.
     *
     * @param what tells it from everything else that is asked for
     */
    Result<String> unlessRefused(Object what, Supplier<Result<String>> asking) {
        Optional<CallFailure> standing = standing(what);
        if (standing.isPresent()) {
            return Result.failed(standing.get());
        }
        Result<String> answer = asking.get();
        note(what, answer);
        return answer;
    }

    /** Of those whose attempts fall due at the same moment one asks, and the last refusal stands for the others meanwhile. */
    private synchronized Optional<CallFailure> standing(Object what) {
        Instant now = time.instant();
        Optional<Refusal> last = Optional.ofNullable(refusals.get(what));
        if (last.filter(refusal -> now.isBefore(refusal.until())).isPresent()) {
            return last.map(Refusal::failure);
        }
        last.ifPresent(refusal ->
                refusals.put(what, new Refusal(refusal.failure(), refusal.pause(), now.plus(refusal.pause()))));
        return Optional.empty();
    }

    private synchronized void note(Object what, Result<String> answer) {
        Instant now = time.instant();
        refusals.values().removeIf(each -> each.until().plus(FORGOTTEN_AFTER).isBefore(now));
        if (answer instanceof Result.Failed<String>(CallFailure failure) && isRefusal(failure)) {
            Duration pause = Optional.ofNullable(refusals.get(what))
                    .map(last -> last.pause().multipliedBy(2))
                    .orElse(FIRST);
            Duration bounded = pause.compareTo(LONGEST) < 0 ? pause : LONGEST;
            refusals.put(what, new Refusal(failure, bounded, now.plus(bounded)));
        } else {
            refusals.remove(what);
        }
    }

    /** What got no answer, or came too fast, says nothing of the next attempt. */
    private static boolean isRefusal(CallFailure failure) {
        return switch (failure) {
            case CallFailure.Denied _,
                    CallFailure.RoleNotAllowed _,
                    CallFailure.NoCredentials _,
                    CallFailure.NotFound _,
                    CallFailure.Invalid _ -> true;
            case CallFailure.Throttled _, CallFailure.Transient _ -> false;
        };
    }
}
