package io.ec2quarantine.ingest;

import io.ec2quarantine.aws.AwsSessions;
import io.ec2quarantine.core.CallFailure;
import io.ec2quarantine.core.Result;
import io.ec2quarantine.core.Scheduler;
import io.ec2quarantine.core.access.Role;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks by the hour which Regions are enabled, for every reader that is to watch all of them and each on a thread of its own. */
final class RegionLists {
    private static final Duration ASK_EVERY = Duration.ofHours(1);
    private static final Duration TRY_AGAIN_AFTER = Duration.ofMinutes(1);
    private static final Logger LOG = LoggerFactory.getLogger(RegionLists.class);

    private final AwsSessions sessions;
    private final SourceBook book;
    private final Scheduler scheduler;
    private final ConcurrentMap<Optional<Role>, Instant> due = new ConcurrentHashMap<>();
    private final Set<Optional<Role>> underWay = ConcurrentHashMap.newKeySet();

    RegionLists(AwsSessions sessions, SourceBook book, Scheduler scheduler) {
        this.sessions = sessions;
        this.book = book;
        this.scheduler = scheduler;
    }

    /**
     * Asks for what is due.
     *
     * @param told run after every answer, and after every failure
     */
    void refresh(Collection<Optional<Role>> readers, Runnable told) {
        due.keySet().retainAll(readers);
        readers.stream()
                .filter(this::isDue)
                .filter(underWay::add)
                .forEach(reader -> scheduler.after(Duration.ZERO, () -> refresh(reader, told)));
    }

    private boolean isDue(Optional<Role> reader) {
        return !scheduler.instant().isBefore(due.getOrDefault(reader, Instant.MIN));
    }

    private void refresh(Optional<Role> reader, Runnable told) {
        try {
            RegionList list = ask(reader);
            book.note(reader, list);
            due.put(reader, scheduler.instant().plus(list.problem().isEmpty() ? ASK_EVERY : TRY_AGAIN_AFTER));
        } finally {
            underWay.remove(reader);
        }
        told.run();
    }

    private RegionList ask(Optional<Role> reader) {
        RegionList known = book.regions(reader);
        try {
            return switch (sessions.enabledRegions(reader)) {
                case Result.Ok<List<String>>(List<String> regions) ->
                    new RegionList(regions, Optional.of(scheduler.instant()), Optional.empty());
                case Result.Failed<List<String>>(CallFailure failure) -> known.not(SourceState.Problem.of(failure));
            };
        } catch (RuntimeException exception) {
            LOG.atError().setCause(exception).log("reading the list of Regions failed in a way that was not foreseen");
            return known.not(new SourceState.Problem(
                    "PollFailed",
                    "The list of Regions could not be read in a way that was not foreseen ("
                            + exception.getClass().getSimpleName()
                            + "); report it with the operator's log, it is retried by itself."));
        }
    }
}
