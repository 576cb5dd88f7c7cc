package io.ec2quarantine.ingest;

import io.ec2quarantine.aws.FindingPage;
import io.ec2quarantine.aws.FindingSource;
import io.ec2quarantine.core.CallFailure;
import io.ec2quarantine.core.Result;
import io.ec2quarantine.core.finding.Finding;
import io.ec2quarantine.core.policy.Policy;
import io.ec2quarantine.ingest.FindingPoller.WatchingPolicy;
import io.ec2quarantine.ingest.WaitingFindings.Arrival;
import io.ec2quarantine.ingest.WaitingFindings.Waiting;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Reads one source from a cursor on. The cursor moves only past findings whose decisions are stored, or which wait to be
 * read again by their ids, and every read overlaps the one before; a read that breaks off goes on where it was; now and
 * then, and whenever the policies change, everything that is young enough is read again, so that no finding depends on a
 * single read. A new process begins where the one before had stored everything, as the policies' status tells.
 */
final class SourcePoll {
    private static final Duration OVERLAP = Duration.ofMinutes(5);
    private static final Duration FULL_READ_EVERY = Duration.ofHours(1);
    private static final Duration LONGEST_READ = Duration.ofMinutes(10);
    private static final int MOST_PAGES = 1_000;
    private static final String REFUSED = new CallFailure.Invalid("", "", "", "").reason();
    private static final Logger LOG = LoggerFactory.getLogger(SourcePoll.class);

    private final SourceRegion source;
    private final FindingSource findings;
    private final FindingIntake intake;
    private final InstantSource time;
    private final DetectorCheck detector;
    private final ReentrantLock onePollAtATime = new ReentrantLock();

    private Set<String> decidedUnder = Set.of();
    private final Map<String, Instant> decided = new HashMap<>();
    private Optional<Instant> cursor = Optional.empty();
    private Instant lastFullRead = Instant.MIN;
    private Optional<Instant> newestUpdate = Optional.empty();
    private Optional<Reading> brokenOff = Optional.empty();
    private Optional<SourceState.Problem> lastProblem = Optional.empty();
    private final WaitingFindings waiting = new WaitingFindings();
    /** What came after this time came while nobody watched; empty once all of that is read. */
    private Optional<Instant> unwatchedSince;
    /** What was not updated after this was decided upon before the full read began that is under way, or was the last. */
    private Optional<Instant> decidedUpTo = Optional.empty();

    /** @param storedUpTo up to when an earlier process had stored everything, when there was one */
    SourcePoll(
            SourceRegion source,
            FindingSource findings,
            FindingIntake intake,
            InstantSource time,
            Optional<Instant> storedUpTo) {
        this.source = source;
        this.unwatchedSince = storedUpTo;
        this.findings = findings;
        this.detector = new DetectorCheck(source.region(), findings);
        this.intake = intake;
        this.time = time;
    }

    /**
     * Polls once; empty when a poll is under way already.
     *
     * @param watching asked again for every finding: a policy that is paused while a long read goes on opens no more
     */
    Optional<SourceState> run(Supplier<List<WatchingPolicy>> watching) {
        if (!onePollAtATime.tryLock()) {
            return Optional.empty();
        }
        try {
            Optional<SourceState.Problem> problem = pollSafely(watching);
            problem.ifPresent(each -> LOG.atLevel(isOldNews(each) ? Level.DEBUG : Level.WARN)
                    .addKeyValue("region", source.region())
                    .addKeyValue("role", source.readBy())
                    .addKeyValue("reason", each.reason())
                    .log("poll of {}: {}", source.region(), each.sentence()));
            lastProblem = problem;
            return Optional.of(new SourceState(detector.id(), Optional.of(time.instant()), storedUpTo(), problem));
        } finally {
            onePollAtATime.unlock();
        }
    }

    /** Of all Regions, most may have no detector, and for years. */
    private boolean isOldNews(SourceState.Problem problem) {
        return problem.reason().equals(SourceState.DETECTOR_MISSING) && lastProblem.equals(Optional.of(problem));
    }

    private Optional<Instant> storedUpTo() {
        return waiting.storedBefore()
                .map(limit ->
                        newestUpdate.filter(newest -> newest.isBefore(limit)).orElse(limit))
                .or(() -> newestUpdate);
    }

    /** What nobody has foreseen must not leave the policies looking as if they were watching. */
    private Optional<SourceState.Problem> pollSafely(Supplier<List<WatchingPolicy>> watching) {
        try {
            return poll(watching);
        } catch (RuntimeException exception) {
            LOG.atError()
                    .addKeyValue("region", source.region())
                    .addKeyValue("role", source.readBy())
                    .setCause(exception)
                    .log("poll of {} failed in a way that was not foreseen", source.region());
            return Optional.of(new SourceState.Problem(
                    "PollFailed",
                    "The poll of " + source.region() + " failed in a way that was not foreseen ("
                            + exception.getClass().getSimpleName()
                            + "); report it with the operator's log, it is retried by itself."));
        }
    }

    private Optional<SourceState.Problem> poll(Supplier<List<WatchingPolicy>> watching) {
        Instant now = time.instant();
        Optional<SourceState.Problem> problem = detector.check(now);
        if (detector.id().isEmpty()) {
            return problem;
        }
        String detectorId = detector.id().get();
        noteChangesOf(watching.get(), now);
        waiting.dropLongUnshown(now);
        List<Waiting> before = waiting.all();
        Optional<SourceState.Problem> reading = read(detectorId, watching, now);
        Optional<SourceState.Problem> waits = readAgain(detectorId, before, watching);
        // A detector that was deleted is refused like a request that is wrong: only asking again tells which it is.
        boolean refused = reading.filter(each -> each.reason().equals(REFUSED)).isPresent();
        Optional<SourceState.Problem> gone = refused ? detector.checkAgain(now) : Optional.empty();
        return problem.or(() -> gone).or(() -> reading).or(() -> waits);
    }

    private void noteChangesOf(List<WatchingPolicy> watching, Instant now) {
        Set<String> under = watching.stream()
                .map(each -> each.policy().name() + "@" + each.revision())
                .collect(Collectors.toSet());
        boolean policiesChanged = !under.equals(decidedUnder);
        decidedUnder = under;
        Duration maxAge = watching.stream()
                .map(each -> each.policy().rules().maxAge())
                .max(Comparator.naturalOrder())
                .orElse(Duration.ZERO);
        Instant oldest = now.minus(maxAge);
        decided.values().removeIf(updated -> updated.isBefore(oldest.minus(OVERLAP)));
        // A read that is broken off hour after hour would never end if the hour began it anew.
        boolean fullReadIsDue = brokenOff.isEmpty() && !now.isBefore(lastFullRead.plus(FULL_READ_EVERY));
        if (policiesChanged || cursor.isEmpty() || fullReadIsDue) {
            lastFullRead = now;
            decidedUpTo = newestUpdate.or(() -> unwatchedSince);
            // A full read decides anew: what a finding had opened may have been deleted since.
            decided.clear();
            cursor = Optional.of(unwatchedSince.filter(oldest::isAfter).orElse(oldest));
            brokenOff = Optional.empty();
        }
    }

    private Optional<SourceState.Problem> read(String detector, Supplier<List<WatchingPolicy>> watching, Instant now) {
        Instant from = cursor.orElse(now);
        Reading reading = brokenOff.orElseGet(() -> Reading.since(from.minus(OVERLAP), now));
        Result<Reading> next = readPage(detector, reading, watching);
        if (reading.isUnderWay() && (isRefused(next) || isStuck(reading, next, now))) {
            // The token has expired, however the service puts that. The overlap may hold more than one read gets
            // through: it is left to the next one.
            reading = Reading.since(from, now);
            next = readPage(detector, reading, watching);
        }
        boolean gotOn = next instanceof Result.Ok<Reading>;
        for (int pages = 1; next instanceof Result.Ok<Reading>(Reading further); pages++) {
            reading = further;
            if (!reading.isUnderWay() || pages == MOST_PAGES) {
                break;
            }
            next = readPage(detector, reading, watching);
        }
        brokenOff = Optional.of(reading).filter(Reading::isUnderWay);
        if (next instanceof Result.Ok<Reading> && !reading.isUnderWay() && !reading.held()) {
            unwatchedSince = Optional.empty();
        }
        // A long read that goes on at the pace that the account allows is no failure, unless it takes too long.
        boolean late = now.isAfter(reading.began().plus(LONGEST_READ));
        Optional<SourceState.Problem> broken = next instanceof Result.Failed<Reading>(CallFailure failure)
                        && !(gotOn && !late && failure instanceof CallFailure.Throttled)
                ? Optional.of(SourceState.Problem.of(failure))
                : Optional.empty();
        return reading.problem().or(() -> broken);
    }

    private static boolean isRefused(Result<Reading> page) {
        return page instanceof Result.Failed<Reading>(CallFailure failure) && failure instanceof CallFailure.Invalid;
    }

    private static boolean isStuck(Reading reading, Result<Reading> page, Instant now) {
        return page instanceof Result.Failed<Reading>(CallFailure failure)
                && !(failure instanceof CallFailure.Throttled)
                && now.isAfter(reading.began().plus(LONGEST_READ));
    }

    private Result<Reading> readPage(String detector, Reading reading, Supplier<List<WatchingPolicy>> watching) {
        return findings.page(detector, reading.since(), reading.token()).map(page -> {
            Taken taken = decideAll(page.findings().stream().filter(each -> !isKnown(each)), watching);
            boolean allKept = keepUnshown(page.missing(), reading);
            Reading after = reading.after(
                    page.nextToken(), taken.problem().or(() -> incomplete(page)), !taken.kept() || !allKept);
            advance(after, page.findings());
            return after;
        });
    }

    /** What could not be stored is decided on as it stands now; what GuardDuty has forgotten since, as it stood last. */
    private Optional<SourceState.Problem> readAgain(
            String detector, List<Waiting> before, Supplier<List<WatchingPolicy>> watching) {
        Optional<SourceState.Problem> problem = Optional.empty();
        for (int from = 0; from < before.size(); from += FindingSource.PAGE) {
            List<Waiting> batch = before.subList(from, Math.min(before.size(), from + FindingSource.PAGE));
            List<String> ids = batch.stream().map(Waiting::id).toList();
            Optional<SourceState.Problem> mine = switch (findings.byId(detector, ids)) {
                case Result.Ok<FindingPage>(FindingPage page) -> {
                    List<Finding> known = batch.stream()
                            .filter(each -> page.missing().contains(each.id()))
                            .flatMap(each -> each.finding().stream())
                            .toList();
                    boolean allKnown = known.size() == page.missing().size();
                    Optional<SourceState.Problem> decided = decideAll(
                                    Stream.concat(page.findings().stream(), known.stream()), watching)
                            .problem();
                    yield allKnown ? decided : decided.or(() -> incomplete(page));
                }
                case Result.Failed<FindingPage>(CallFailure failure) -> {
                    // Stored as they are known, for one id that GuardDuty refuses must not hold up the others.
                    decideAll(batch.stream().flatMap(each -> each.finding().stream()), watching);
                    yield Optional.of(SourceState.Problem.of(failure));
                }
            };
            problem = problem.isPresent() ? problem : mine;
        }
        return problem;
    }

    private boolean keepUnshown(List<String> ids, Reading reading) {
        boolean kept = true;
        for (String id : ids) {
            kept &= waiting.keepUnshown(id, new Arrival(time.instant(), false), reading.since());
        }
        return kept;
    }

    /** One that was archived since it was listed is shown all the same. */
    private Optional<SourceState.Problem> incomplete(FindingPage page) {
        return page.missing().isEmpty()
                ? Optional.empty()
                : Optional.of(new SourceState.Problem(
                        "FindingsMissing",
                        "GuardDuty lists " + page.missing().size() + " findings in " + source.region()
                                + " that it does not show, such as "
                                + page.missing().getFirst() + "; they are read again at the next poll."));
    }

    private boolean isKnown(Finding finding) {
        return finding.updatedAt().equals(decided.get(finding.id())) || waiting.holds(finding);
    }

    private Taken decideAll(Stream<Finding> several, Supplier<List<WatchingPolicy>> watching) {
        // Where there is room for some only, it is for the most severe.
        List<Finding> all = several.sorted(
                        Comparator.comparing(Finding::severity).reversed())
                .toList();
        PageTags tags = intake.tagsOf(all);
        Taken taken = Taken.STORED;
        for (Finding finding : all) {
            taken = taken.and(decide(finding, tags, watching.get()));
        }
        return taken;
    }

    private Taken decide(Finding finding, PageTags tags, List<WatchingPolicy> watching) {
        String sourceName =
                watching.stream().map(WatchingPolicy::sourceName).findFirst().orElse(source.region());
        Arrival arrival = waiting.arrival(finding.id()).orElseGet(() -> arrival(finding));
        List<Policy> policies = watching.stream()
                .map(WatchingPolicy::policy)
                .distinct()
                .map(policy -> arrival.unwatched() ? ifOldAPersonDecides(policy, finding) : policy)
                .toList();
        Optional<SourceState.Problem> problem =
                intake.take(sourceName, finding, tags, policies, new Sighting(arrival.time(), isReplay(finding)));
        if (problem.isEmpty()) {
            decided.put(finding.id(), finding.updatedAt());
            waiting.remove(finding.id());
            return Taken.STORED;
        }
        return new Taken(problem, waiting.keep(finding, arrival));
    }

    private boolean isReplay(Finding finding) {
        return waiting.arrival(finding.id()).isEmpty()
                && decidedUpTo
                        .filter(time -> !finding.updatedAt().isAfter(time))
                        .isPresent();
    }

    private Arrival arrival(Finding finding) {
        Instant now = time.instant();
        boolean unwatched = unwatchedSince.filter(finding.updatedAt()::isAfter).isPresent();
        return unwatched && finding.updatedAt().isBefore(now)
                ? new Arrival(finding.updatedAt(), true)
                : new Arrival(now, false);
    }

    /**
     * What became too old while no operator watched is not lost; nor is it acted on by itself, for people may have dealt
     * with it: an operator that is installed again after months would isolate whatever came in between.
     */
    private Policy ifOldAPersonDecides(Policy policy, Finding finding) {
        Instant oldest = time.instant().minus(policy.rules().maxAge());
        return finding.lastSeen().isBefore(oldest) ? policy.askingFirst() : policy;
    }

    private void advance(Reading reading, List<Finding> page) {
        if (reading.held()) {
            return;
        }
        // One that was updated since the read began was moved ahead of others that this read has still to come to; and
        // a time in the future would hide all that is younger than now.
        newest(page.stream()
                        .filter(finding -> !finding.updatedAt().isAfter(reading.began()))
                        .toList())
                .ifPresent(updated -> {
                    newestUpdate = Optional.of(later(newestUpdate, updated));
                    cursor = Optional.of(later(cursor, updated));
                });
    }

    private static Optional<Instant> newest(List<Finding> findings) {
        return findings.stream().map(Finding::updatedAt).max(Comparator.naturalOrder());
    }

    private static Instant later(Optional<Instant> one, Instant other) {
        return one.filter(present -> present.isAfter(other)).orElse(other);
    }

    /**
     * What became of findings.
     *
     * @param kept whether every one that is not stored waits to be read again by its id
     */
    private record Taken(Optional<SourceState.Problem> problem, boolean kept) {
        static final Taken STORED = new Taken(Optional.empty(), true);

        Taken and(Taken other) {
            return new Taken(problem.or(other::problem), kept && other.kept());
        }
    }
}
