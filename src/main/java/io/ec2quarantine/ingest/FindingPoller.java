package io.ec2quarantine.ingest;

import io.ec2quarantine.api.v1alpha1.IsolationPolicy;
import io.ec2quarantine.aws.AwsSessions;
import io.ec2quarantine.cluster.Catalog;
import io.ec2quarantine.cluster.PolicyReader;
import io.ec2quarantine.cluster.ReconcileTrigger;
import io.ec2quarantine.core.Rounds;
import io.ec2quarantine.core.Scheduler;
import io.ec2quarantine.core.access.Role;
import io.ec2quarantine.core.policy.Policy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Collectors;

/**
 * Polls every source that a policy names, at a steady pace and each on a thread of its own, so that one that does not answer
 * holds up no other. Runs on the leader only.
 */
public final class FindingPoller {
    private final Catalog<IsolationPolicy> policies;
    private final PolicyReader reader;
    private final AwsSessions sessions;
    private final FindingIntake intake;
    private final SourceBook book;
    private final ReconcileTrigger policyTrigger;
    private final Scheduler scheduler;
    private final Rounds rounds;
    private final RegionLists regionLists;
    private final ConcurrentMap<SourceRegion, SourcePoll> polls = new ConcurrentHashMap<>();

    public FindingPoller(
            Catalog<IsolationPolicy> policies,
            PolicyReader reader,
            AwsSessions sessions,
            FindingIntake intake,
            SourceBook book,
            ReconcileTrigger policyTrigger,
            Scheduler scheduler,
            Duration interval) {
        this.policies = policies;
        this.reader = reader;
        this.sessions = sessions;
        this.intake = intake;
        this.book = book;
        this.policyTrigger = policyTrigger;
        this.scheduler = scheduler;
        this.rounds = new Rounds(scheduler, interval, this::round);
        this.regionLists = new RegionLists(sessions, book, scheduler);
    }

    /** Polls now and from now on. */
    public void start() {
        rounds.start();
    }

    /** Polls no more; a poll under way ends by itself. */
    public void stop() {
        rounds.stop();
    }

    private void round() {
        Map<SourceRegion, List<WatchingPolicy>> watched = watched();
        polls.keySet().retainAll(watched.keySet());
        watched.keySet().forEach(source -> scheduler.after(Duration.ZERO, () -> poll(source)));
        refreshRegions();
    }

    /** What a list of Regions brings is watched at once. */
    private void refreshRegions() {
        List<IsolationPolicy> wide = policies.all().stream()
                .filter(this::isUnderstood)
                .filter(policy -> policy.getSpec().sources().stream().anyMatch(SourceRegion::isEveryRegion))
                .toList();
        Set<Optional<Role>> readers = wide.stream()
                .flatMap(policy -> policy.getSpec().sources().stream())
                .filter(SourceRegion::isEveryRegion)
                .map(SourceRegion::reader)
                .collect(Collectors.toSet());
        regionLists.refresh(readers, () -> {
            watched().keySet().stream()
                    .filter(source -> rounds.areUnderWay() && !polls.containsKey(source))
                    .forEach(source -> scheduler.after(Duration.ZERO, () -> poll(source)));
            wide.forEach(policy -> policyTrigger.trigger(policy.getMetadata().getName()));
        });
    }

    private boolean isUnderstood(IsolationPolicy object) {
        return reader.read(object) instanceof PolicyReader.Reading.Understood;
    }

    private void poll(SourceRegion source) {
        SourcePoll poll = polls.computeIfAbsent(
                source,
                _ -> new SourcePoll(
                        source,
                        sessions.findings(source.reader(), source.region()),
                        intake,
                        scheduler,
                        storedUpTo(source)));
        poll.run(() -> watching(source)).ifPresent(state -> {
            book.note(source, state);
            watching(source).stream()
                    .map(each -> each.policy().name())
                    .distinct()
                    .forEach(policyTrigger::trigger);
        });
    }

    /** Up to when everything was stored before, as far as the status of every policy that watches the source tells. */
    private Optional<Instant> storedUpTo(SourceRegion source) {
        return policies.all().stream()
                .flatMap(policy -> Optional.ofNullable(policy.getStatus()).stream()
                        .flatMap(status -> status.sources().stream())
                        .filter(each -> source.region().equals(each.region()) && each.lastPollTime() != null)
                        .filter(each -> isReadBy(policy, each.name(), source))
                        .map(each -> Optional.ofNullable(each.lastFindingUpdateTime())
                                .orElseGet(() -> PolicyReader.created(policy))))
                .min(Comparator.naturalOrder());
    }

    /** Another source of that name may be of another account. */
    private static boolean isReadBy(IsolationPolicy policy, String sourceName, SourceRegion source) {
        return Optional.ofNullable(policy.getSpec()).stream()
                .flatMap(spec -> spec.sources().stream())
                .anyMatch(each -> each.name().equals(sourceName)
                        && SourceRegion.reader(each).equals(source.reader()));
    }

    /** The policies that watch a source, whichever way its findings come. */
    List<WatchingPolicy> watching(SourceRegion source) {
        return watched().getOrDefault(source, List.of());
    }

    private Map<SourceRegion, List<WatchingPolicy>> watched() {
        Map<SourceRegion, List<WatchingPolicy>> watched = new LinkedHashMap<>();
        for (IsolationPolicy object : policies.all()) {
            if (reader.read(object) instanceof PolicyReader.Reading.Understood(Policy policy)) {
                // Made anew under the same name, it is another policy.
                String revision = object.getMetadata().getUid() + "@"
                        + object.getMetadata().getGeneration();
                object.getSpec()
                        .sources()
                        .forEach(source -> book.regionsOf(source)
                                .forEach(region -> watched.computeIfAbsent(region, _ -> new ArrayList<>())
                                        .add(new WatchingPolicy(policy, source.name(), revision))));
            }
        }
        return watched;
    }

    /** A policy that watches a source, under the name that it gives it. */
    record WatchingPolicy(Policy policy, String sourceName, String revision) {}
}
