package io.ec2quarantine.ingest;

import io.ec2quarantine.core.finding.Finding;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The findings of one source whose decisions are not stored yet. They are read again by their ids, so that one that can
 * never be stored does not make every read begin at it.
 *
 * <p>They are held in memory only. What a restart needs is the time up to which everything is stored, and that is in the
 * policies' status already: it stays behind the oldest of these, and the next process begins there.
 */
final class WaitingFindings {
    private static final int MOST = 500;
    private static final Duration LONGEST_UNSHOWN = Duration.ofDays(1);

    private final Map<String, Waiting> byId = new LinkedHashMap<>();

    /**
     * When a finding came to us, which is what its age is measured at.
     *
     * @param unwatched no operator of ours looked then
     */
    record Arrival(Instant time, boolean unwatched) {}

    /**
     * A finding that waits.
     *
     * @param finding as it was when it was last read; empty where GuardDuty lists it and has never shown it
     * @param storedBefore up to when everything else is stored
     */
    record Waiting(String id, Optional<Finding> finding, Arrival arrival, Instant storedBefore) {}

    /** Keeps a finding, unless there are too many. */
    boolean keep(Finding finding, Arrival arrival) {
        return keep(new Waiting(
                finding.id(), Optional.of(finding), arrival, finding.updatedAt().minusMillis(1)));
    }

    /** Keeps the id of a finding that was listed and not shown, unless there are too many. */
    boolean keepUnshown(String id, Arrival arrival, Instant readSince) {
        return byId.containsKey(id) || keep(new Waiting(id, Optional.empty(), arrival, readSince));
    }

    private boolean keep(Waiting waiting) {
        if (byId.size() >= MOST && !byId.containsKey(waiting.id())) {
            return false;
        }
        byId.merge(
                waiting.id(),
                waiting,
                (before, now) -> new Waiting(now.id(), now.finding(), before.arrival(), before.storedBefore()));
        return true;
    }

    void remove(String id) {
        byId.remove(id);
    }

    /** What is listed for a day and never shown is left to the next full read. */
    void dropLongUnshown(Instant now) {
        byId.values()
                .removeIf(each -> each.finding().isEmpty()
                        && each.arrival().time().plus(LONGEST_UNSHOWN).isBefore(now));
    }

    Optional<Arrival> arrival(String id) {
        return Optional.ofNullable(byId.get(id)).map(Waiting::arrival);
    }

    /** Whether this very version of a finding waits. */
    boolean holds(Finding finding) {
        return Optional.ofNullable(byId.get(finding.id()))
                .flatMap(Waiting::finding)
                .filter(each -> each.updatedAt().equals(finding.updatedAt()))
                .isPresent();
    }

    List<Waiting> all() {
        return List.copyOf(byId.values());
    }

    /** Up to when everything is stored; empty when nothing waits. */
    Optional<Instant> storedBefore() {
        return byId.values().stream().map(Waiting::storedBefore).min(Comparator.naturalOrder());
    }
}
