package io.ec2quarantine.ingest;

import io.ec2quarantine.aws.FindingPage;
import io.ec2quarantine.aws.FindingSource;
import io.ec2quarantine.aws.QueueGateway;
import io.ec2quarantine.aws.QueueMessage;
import io.ec2quarantine.core.CallFailure;
import io.ec2quarantine.core.Result;
import io.ec2quarantine.core.Scheduler;
import io.ec2quarantine.core.finding.Finding;
import io.ec2quarantine.core.policy.Policy;
import io.ec2quarantine.ingest.FindingPoller.WatchingPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads one queue. What a message names is read from GuardDuty and decided upon like whatever a poll reads; the message is
 * deleted once that is stored, or when it is nothing of ours. All else becomes visible again by itself.
 */
final class QueueReader {
    private static final Duration LONG_POLL = Duration.ofSeconds(10);
    /** A Region that does not answer must not hold up the messages about the others. */
    private static final Duration REST = Duration.ofMinutes(1);
    /** EventBridge may be ahead of GetFindings; a finding that is not there after so many looks is left to the polls. */
    private static final int MOST_LOOKS = 5;

    private static final Duration COMPLAIN_EVERY = Duration.ofMinutes(10);
    private static final Logger LOG = LoggerFactory.getLogger(QueueReader.class);

    /** What became of a message. */
    enum Outcome {
        NOT_STORED,
        NOT_READ,
        STORED,
        UNKNOWN,
        /** Of another account or Region than it says, or than the sources watch. */
        FOREIGN,
        /** No JSON of a finding. */
        INVALID;

        /** Of what several readers of a finding's Region say of a message: what one of them has yet to do keeps it. */
        private Outcome or(Outcome other) {
            return compareTo(other) < 0 ? this : other;
        }

        private boolean isFinal(int receives) {
            return switch (this) {
                case STORED, INVALID, FOREIGN -> true;
                case UNKNOWN -> receives >= MOST_LOOKS;
                case NOT_READ, NOT_STORED -> false;
            };
        }

        /** One that GuardDuty does not show yet is no cause for complaint. */
        private boolean isComplaint(int receives) {
            return this != STORED && isFinal(receives);
        }
    }

    /**
     * What the sources of a queue watch.
     *
     * @param complete whether the Regions of all of them are known
     */
    record Served(Set<SourceRegion> regions, boolean complete) {
        static final Served NOTHING = new Served(Set.of(), true);

        Served {
            regions = Set.copyOf(regions);
        }

        /** What one source watches. */
        static Served of(Collection<SourceRegion> regions) {
            return new Served(Set.copyOf(regions), !regions.isEmpty());
        }

        Served and(Served other) {
            return new Served(
                    Stream.concat(regions.stream(), other.regions.stream()).collect(Collectors.toSet()),
                    complete && other.complete);
        }

        /** Those that the findings of a Region may be read from, always in the same order. */
        private List<SourceRegion> of(String region) {
            return regions.stream()
                    .filter(source -> source.region().equals(region))
                    .sorted(Comparator.comparing(SourceRegion::readBy))
                    .toList();
        }
    }

    private final FindingQueue queue;
    private final QueueGateway gateway;
    private final Function<SourceRegion, FindingSource> findingsOf;
    private final Function<SourceRegion, List<WatchingPolicy>> watching;
    private final FindingIntake intake;
    private final Consumer<Outcome> count;
    private final Scheduler time;
    private final Map<SourceRegion, RegionReader> regions = new HashMap<>();
    private final Map<Outcome, Integer> complaints = new EnumMap<>(Outcome.class);
    private Instant nextComplaint = Instant.MIN;

    /**
     * @param watching asked again for every batch: a policy that is paused meanwhile opens no more
     * @param count told of what became of each message
     */
    QueueReader(
            FindingQueue queue,
            QueueGateway gateway,
            Function<SourceRegion, FindingSource> findingsOf,
            Function<SourceRegion, List<WatchingPolicy>> watching,
            FindingIntake intake,
            Consumer<Outcome> count,
            Scheduler time) {
        this.queue = queue;
        this.gateway = gateway;
        this.findingsOf = findingsOf;
        this.watching = watching;
        this.intake = intake;
        this.count = count;
        this.time = time;
    }

    /**
     * Waits for messages and deals with them.
     *
     * @param served what the sources that name the address of this queue watch, whichever roles they are read by
     * @param goesOn whether what was received is still ours to deal with
     * @return how many messages there were, or why the queue could not be read or emptied
     */
    Result<Integer> turn(Served served, BooleanSupplier goesOn) {
        regions.keySet().retainAll(served.regions());
        return gateway.receive(LONG_POLL).then(first -> {
            List<QueueMessage> messages = andWhatIsThereToo(first);
            return goesOn.getAsBoolean() ? deal(messages, served).map(_ -> messages.size()) : Result.ok(0);
        });
    }

    /** One GetFindings takes as many ids as several receives bring messages. */
    private List<QueueMessage> andWhatIsThereToo(List<QueueMessage> first) {
        List<QueueMessage> messages = new ArrayList<>(first);
        List<QueueMessage> last = first;
        while (!last.isEmpty() && messages.size() + QueueGateway.BATCH <= FindingSource.PAGE) {
            last = gateway.receive(Duration.ZERO).answer().orElse(List.of());
            messages.addAll(last);
        }
        return messages;
    }

    private Result<Integer> deal(List<QueueMessage> messages, Served served) {
        Map<QueueMessage, Outcome> outcomes = new LinkedHashMap<>();
        Map<String, List<Claim>> claims = new LinkedHashMap<>();
        for (QueueMessage message : messages) {
            FindingHint.in(message.body())
                    .map(hint -> new Claim(message, hint))
                    .ifPresentOrElse(
                            claim -> claims.computeIfAbsent(claim.hint().region(), _ -> new ArrayList<>())
                                    .add(claim),
                            () -> outcomes.put(message, Outcome.INVALID));
        }
        claims.forEach((region, mine) -> outcomes.putAll(look(mine, served.of(region), served.complete())));
        note(outcomes);
        return delete(outcomes.entrySet().stream()
                .filter(each -> each.getValue().isFinal(each.getKey().receives()))
                .map(Map.Entry::getKey)
                .toList());
    }

    /** Only what somebody watches is worth a read; each source is asked, for each decides by policies of its own. */
    private Map<QueueMessage, Outcome> look(List<Claim> claims, List<SourceRegion> sources, boolean complete) {
        Map<QueueMessage, Outcome> outcomes = new HashMap<>();
        for (SourceRegion source : sources) {
            List<Claim> meant = claims.stream()
                    .filter(claim -> isMeant(source, claim.hint()))
                    .toList();
            if (!meant.isEmpty()) {
                regions.computeIfAbsent(source, each -> new RegionReader(each, findingsOf.apply(each)))
                        .look(meant)
                        .forEach((message, outcome) -> outcomes.merge(message, outcome, Outcome::or));
            }
        }
        // What no known source watches may be of one whose Regions are not known yet.
        claims.forEach(claim -> outcomes.putIfAbsent(claim.message(), complete ? Outcome.FOREIGN : Outcome.NOT_READ));
        return outcomes;
    }

    /** Whether some policy means findings of the account. */
    private boolean isMeant(SourceRegion source, FindingHint hint) {
        return watching.apply(source).stream()
                .map(each -> each.policy().rules().accountIds())
                .anyMatch(accounts -> accounts.isEmpty() || accounts.contains(hint.accountId()));
    }

    private Result<Integer> delete(List<QueueMessage> messages) {
        Result<Integer> deleted = Result.ok(0);
        for (int from = 0; from < messages.size(); from += QueueGateway.BATCH) {
            List<QueueMessage> batch = messages.subList(from, Math.min(messages.size(), from + QueueGateway.BATCH));
            deleted = deleted.then(before -> gateway.delete(batch).map(now -> before + now));
        }
        return deleted;
    }

    private void note(Map<QueueMessage, Outcome> outcomes) {
        outcomes.forEach((message, outcome) -> {
            count.accept(outcome);
            if (outcome.isComplaint(message.receives())) {
                complaints.merge(outcome, 1, Integer::sum);
            }
        });
        if (!complaints.isEmpty() && !time.instant().isBefore(nextComplaint)) {
            nextComplaint = time.instant().plus(COMPLAIN_EVERY);
            LOG.atWarn()
                    .addKeyValue("queue", queue.url())
                    .addKeyValue("invalid", complaints.getOrDefault(Outcome.INVALID, 0))
                    .addKeyValue("foreign", complaints.getOrDefault(Outcome.FOREIGN, 0))
                    .addKeyValue("unknown", complaints.getOrDefault(Outcome.UNKNOWN, 0))
                    .log(
                            "messages in {} did nothing, for they name no finding of its sources; see who may send to it",
                            queue.url());
            complaints.clear();
        }
    }

    /** A message, and the finding that it says there is. */
    private record Claim(QueueMessage message, FindingHint hint) {
        /** What GuardDuty says counts; a message that says otherwise was not made by it. */
        boolean isOf(Finding finding) {
            return finding.accountId().equals(hint.accountId())
                    && finding.region().equals(hint.region());
        }
    }

    /** The findings of one Region that messages of this queue name. */
    private final class RegionReader {
        private final SourceRegion source;
        private final FindingSource findings;
        private final DetectorCheck detector;
        private Instant restsUntil = Instant.MIN;

        RegionReader(SourceRegion source, FindingSource findings) {
            this.source = source;
            this.findings = findings;
            this.detector = new DetectorCheck(source.region(), findings);
        }

        Map<QueueMessage, Outcome> look(List<Claim> claims) {
            Map<String, Finding> shown = new HashMap<>();
            Outcome ofOthers = read(
                    claims.stream()
                            .map(each -> each.hint().findingId())
                            .distinct()
                            .toList(),
                    shown);
            Set<String> stored = decide(claims.stream()
                    .flatMap(
                            each -> Optional.ofNullable(shown.get(each.hint().findingId()))
                                    .filter(finding -> each.isOf(finding))
                                    .stream())
                    .distinct()
                    .toList());
            return claims.stream()
                    .collect(Collectors.toMap(
                            Claim::message,
                            each -> Optional.ofNullable(shown.get(each.hint().findingId()))
                                    .map(finding -> outcome(each, finding, stored))
                                    .orElse(ofOthers)));
        }

        private static Outcome outcome(Claim claim, Finding finding, Set<String> stored) {
            if (!claim.isOf(finding)) {
                return Outcome.FOREIGN;
            }
            return stored.contains(finding.id()) ? Outcome.STORED : Outcome.NOT_STORED;
        }

        /** Fills in what GuardDuty shows; what it then has not shown is this. */
        private Outcome read(List<String> ids, Map<String, Finding> shown) {
            Instant now = time.instant();
            if (now.isBefore(restsUntil)) {
                return Outcome.NOT_READ;
            }
            Optional<SourceState.Problem> problem = detector.check(now);
            if (detector.id().isEmpty()) {
                restsUntil = now.plus(REST);
                boolean missing = problem.filter(each -> each.reason().equals(SourceState.DETECTOR_MISSING))
                        .isPresent();
                return missing ? Outcome.UNKNOWN : Outcome.NOT_READ;
            }
            return switch (findings.byId(detector.id().get(), ids)) {
                case Result.Ok<FindingPage>(FindingPage page) -> {
                    page.findings().forEach(finding -> shown.put(finding.id(), finding));
                    yield Outcome.UNKNOWN;
                }
                case Result.Failed<FindingPage>(CallFailure failure) -> {
                    if (!(failure instanceof CallFailure.Throttled)) {
                        restsUntil = now.plus(REST);
                    }
                    yield Outcome.NOT_READ;
                }
            };
        }

        /** The ids of the findings whose decisions are stored. */
        private Set<String> decide(List<Finding> several) {
            // Where there is room for some only, it is for the most severe.
            List<Finding> all = several.stream()
                    .sorted(Comparator.comparing(Finding::severity).reversed())
                    .toList();
            PageTags tags = intake.tagsOf(all);
            Set<String> stored = new HashSet<>();
            List<SourceState.Problem> problems = new ArrayList<>();
            all.forEach(finding -> take(finding, tags).ifPresentOrElse(problems::add, () -> stored.add(finding.id())));
            problems.stream()
                    .findFirst()
                    .ifPresent(first -> LOG.atWarn()
                            .addKeyValue("queue", queue.url())
                            .addKeyValue("region", source.region())
                            .addKeyValue("reason", first.reason())
                            .log(
                                    "{} findings that {} names are not stored yet, the first for this: {}",
                                    problems.size(),
                                    queue.url(),
                                    first.sentence()));
            return stored;
        }

        private Optional<SourceState.Problem> take(Finding finding, PageTags tags) {
            List<WatchingPolicy> now = watching.apply(source);
            List<Policy> policies =
                    now.stream().map(WatchingPolicy::policy).distinct().toList();
            String name =
                    now.stream().map(WatchingPolicy::sourceName).findFirst().orElse(source.region());
            return intake.take(name, finding, tags, policies, new Sighting(time.instant(), false));
        }
    }
}
