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
    /** What cannot be seen yet, such as a group that was just made, is there within seconds. */
    private static final Duration LONGEST_UNSEEN = Duration.ofSeconds(30);

    private static final Duration FORGOTTEN_AFTER = LONGEST.multipliedBy(6);

    private final InstantSource time;
    private final Map<Object, Refusal> refusals = new HashMap<>();

    RefusedAccess(InstantSource time) {
        this.time = time;
    }

    /** @param asked whether somebody is asking again meanwhile */
    private record Refusal(CallFailure failure, Duration pause, Instant until, boolean asked) {
        boolean stands(Instant now) {
            return now.isBefore(until);
        }
    }

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
        if (last.filter(refusal -> refusal.stands(now)).isPresent()) {
            return last.map(Refusal::failure);
        }
        last.ifPresent(refusal ->
                refusals.put(what, new Refusal(refusal.failure(), refusal.pause(), now.plus(refusal.pause()), true)));
        return Optional.empty();
    }

    private synchronized void note(Object what, Result<String> answer) {
        Instant now = time.instant();
        refusals.values().removeIf(each -> each.until().plus(FORGOTTEN_AFTER).isBefore(now));
        if (answer instanceof Result.Failed<String>(CallFailure failure) && isRefusal(failure)) {
            Optional<Refusal> last = Optional.ofNullable(refusals.get(what));
            // Several that asked before anybody was refused are one attempt, and not as many as they are.
            boolean told =
                    last.filter(each -> each.stands(now) && !each.asked()).isPresent();
            if (!told) {
                Duration pause = last.map(each -> each.pause().multipliedBy(2)).orElse(FIRST);
                Duration longest = failure instanceof CallFailure.NotFound ? LONGEST_UNSEEN : LONGEST;
                Duration bounded = pause.compareTo(longest) < 0 ? pause : longest;
                refusals.put(what, new Refusal(failure, bounded, now.plus(bounded), false));
            }
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
