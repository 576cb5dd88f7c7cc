package io.ec2quarantine.controller;

import io.ec2quarantine.core.preflight.Answer;
import io.ec2quarantine.core.preflight.Checked;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the preflight found at each of its stops, and when each is due again. */
final class PreflightDiary {
    private static final Duration CHECK_EVERY = Duration.ofHours(1);
    private static final Duration TRY_AGAIN_AFTER = Duration.ofMinutes(5);

    private static final Logger LOG = LoggerFactory.getLogger(PreflightDiary.class);

    private record Known(Checked checked, Instant due) {}

    private final ConcurrentMap<PreflightStop, Known> known = new ConcurrentHashMap<>();

    /** Forgets every other stop. */
    void retain(Collection<PreflightStop> stops) {
        known.keySet().retainAll(stops);
    }

    /** Those that are due: a stop that is tried again soon does not keep others waiting for ever. */
    List<PreflightStop> due(Set<PreflightStop> stops, int most, Instant now) {
        return stops.stream()
                .filter(stop -> !now.isBefore(dueTime(stop)))
                .sorted(Comparator.comparing(this::dueTime).thenComparing(PreflightStop.CERTAIN_FIRST))
                .limit(most)
                .toList();
    }

    /** What goes wrong at one stop ends no round; where dry runs are carried out, nothing more is ever tried. */
    void check(PreflightStop stop, Function<PreflightStop, Checked> check, Instant now) {
        known.put(stop, checkApart(stop, check, now));
    }

    /** What was found at those of the stops that were checked. */
    List<Checked> found(Collection<PreflightStop> stops) {
        return stops.stream()
                .flatMap(stop -> Optional.ofNullable(known.get(stop)).stream())
                .map(Known::checked)
                .toList();
    }

    boolean knowsAll(Collection<PreflightStop> stops) {
        return known.keySet().containsAll(stops);
    }

    private static Known checkApart(PreflightStop stop, Function<PreflightStop, Checked> check, Instant now) {
        try {
            Checked checked = check.apply(stop);
            return new Known(checked, now.plus(isSettled(checked) ? CHECK_EVERY : TRY_AGAIN_AFTER));
        } catch (RuntimeException failure) {
            LOG.warn("the preflight of {} failed, and is not tried again before the next start", stop.place(), failure);
            return new Known(new Checked.GivenUp(stop.place(), String.valueOf(failure.getMessage())), Instant.MAX);
        }
    }

    private Instant dueTime(PreflightStop stop) {
        return Optional.ofNullable(known.get(stop)).map(Known::due).orElse(Instant.EPOCH);
    }

    /** What is denied is tried again soon, for whoever mends it looks at what comes of it. */
    private static boolean isSettled(Checked checked) {
        return switch (checked) {
            case Checked.GivenUp _ -> true;
            case Checked.Unreadable unreadable -> !unreadable.place().certain();
            case Checked.Tried tried ->
                !(tried.opening() instanceof Answer.NoAnswer)
                        && tried.answers().values().stream().noneMatch(PreflightDiary::isToBeMended);
        };
    }

    private static boolean isToBeMended(Answer answer) {
        return answer instanceof Answer.Denied || answer instanceof Answer.NoAnswer;
    }
}
