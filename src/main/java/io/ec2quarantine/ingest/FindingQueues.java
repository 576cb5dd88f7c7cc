package io.ec2quarantine.ingest;

import io.ec2quarantine.api.v1alpha1.IsolationPolicy;
import io.ec2quarantine.aws.AwsSessions;
import io.ec2quarantine.cluster.Catalog;
import io.ec2quarantine.cluster.PolicyReader;
import io.ec2quarantine.cluster.ReconcileTrigger;
import io.ec2quarantine.core.CallFailure;
import io.ec2quarantine.core.Result;
import io.ec2quarantine.core.Rounds;
import io.ec2quarantine.core.Scheduler;
import io.ec2quarantine.ingest.QueueReader.Outcome;
import io.ec2quarantine.ingest.QueueReader.Served;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads every queue that a policy names, each on a thread of its own and beside the polls, which alone make sure that no
 * finding is missed. Runs on the leader only.
 */
public final class FindingQueues {
    private static final Duration LOOK_FOR_QUEUES_EVERY = Duration.ofSeconds(15);
    /** A flood of messages is dealt with at this pace. */
    private static final Duration BETWEEN_BATCHES = Duration.ofSeconds(1);

    private static final Duration AFTER_A_FAILURE = Duration.ofSeconds(30);
    private static final Logger LOG = LoggerFactory.getLogger(FindingQueues.class);

    private final Catalog<IsolationPolicy> policies;
    private final PolicyReader reader;
    private final AwsSessions sessions;
    private final FindingIntake intake;
    private final SourceBook book;
    private final FindingPoller poller;
    private final ReconcileTrigger policyTrigger;
    private final Scheduler scheduler;
    private final MeterRegistry meters;
    private final Rounds rounds;
    private final ConcurrentMap<FindingQueue, QueueReader> readers = new ConcurrentHashMap<>();

    /** @param poller knows which policies watch what */
    public FindingQueues(
            Catalog<IsolationPolicy> policies,
            PolicyReader reader,
            AwsSessions sessions,
            FindingIntake intake,
            SourceBook book,
            FindingPoller poller,
            ReconcileTrigger policyTrigger,
            Scheduler scheduler,
            MeterRegistry meters) {
        this.policies = policies;
        this.reader = reader;
        this.sessions = sessions;
        this.intake = intake;
        this.book = book;
        this.poller = poller;
        this.policyTrigger = policyTrigger;
        this.scheduler = scheduler;
        this.meters = meters;
        this.rounds = new Rounds(scheduler, LOOK_FOR_QUEUES_EVERY, this::round);
    }

    /** Reads now and from now on. */
    public void start() {
        rounds.start();
    }

    /** Reads no more; what a read under way still brings is left in the queue. */
    public void stop() {
        rounds.stop();
    }

    private void round() {
        served().keySet().forEach(queue -> {
            if (!readers.containsKey(queue) && readers.putIfAbsent(queue, reader(queue)) == null) {
                scheduler.after(Duration.ZERO, () -> turn(queue));
            }
        });
    }

    private QueueReader reader(FindingQueue queue) {
        return new QueueReader(
                queue,
                sessions.queue(queue.reader(), queue.url(), queue.region()),
                source -> sessions.hintedFindings(source.reader(), source.region()),
                poller::watching,
                intake,
                this::count,
                scheduler);
    }

    private void turn(FindingQueue queue) {
        Map<FindingQueue, Served> all = served();
        Optional<Served> served = Optional.ofNullable(all.get(queue));
        Optional<QueueReader> mine = Optional.ofNullable(readers.get(queue));
        if (!rounds.areUnderWay() || served.isEmpty() || mine.isEmpty()) {
            readers.remove(queue);
            book.note(queue, Optional.empty());
            return;
        }
        if (served.get().regions().isEmpty()) {
            // Which Regions are enabled is not known yet: every message would look as if it were of none of them.
            scheduler.after(BETWEEN_BATCHES, () -> turn(queue));
            return;
        }
        Result<Integer> result = turn(queue, mine.get(), ofAllWhoRead(queue.url(), all));
        scheduler.after(pause(result), () -> turn(queue));
        if (rounds.areUnderWay()) {
            note(queue, result);
        }
    }

    /** What nobody has foreseen must not end the reading. */
    private Result<Integer> turn(FindingQueue queue, QueueReader mine, Served served) {
        try {
            return mine.turn(served, rounds::areUnderWay);
        } catch (RuntimeException exception) {
            LOG.atError()
                    .addKeyValue("queue", queue.url())
                    .setCause(exception)
                    .log("reading {} failed in a way that was not foreseen; please report this", queue.url());
            return Result.failed(new CallFailure.Transient(
                    "reading",
                    queue.url(),
                    "a failure that was not foreseen: " + exception.getClass().getSimpleName()));
        }
    }

    private static Duration pause(Result<Integer> result) {
        return switch (result) {
            case Result.Ok<Integer>(Integer messages) -> messages == 0 ? Duration.ZERO : BETWEEN_BATCHES;
            case Result.Failed<Integer> _ -> AFTER_A_FAILURE;
        };
    }

    /** A queue that is read too fast for a moment is no trouble that people should hear of. */
    private void note(FindingQueue queue, Result<Integer> result) {
        Optional<SourceState.Problem> problem = result instanceof Result.Failed<Integer>(CallFailure failure)
                        && !(failure instanceof CallFailure.Throttled)
                ? Optional.of(SourceState.Problem.of(failure))
                : Optional.empty();
        if (!book.problemOf(queue).equals(problem)) {
            book.note(queue, problem);
            policies.all().stream()
                    .filter(policy -> policy.getSpec() != null)
                    .filter(policy -> policy.getSpec().sources().stream()
                            .anyMatch(source -> FindingQueue.of(source).equals(Optional.of(queue))))
                    .forEach(
                            policy -> policyTrigger.trigger(policy.getMetadata().getName()));
        }
    }

    private void count(Outcome outcome) {
        meters.counter("ec2quarantine.queue.messages", "outcome", outcome.name().toLowerCase(Locale.ROOT))
                .increment();
    }

    /** Whoever receives a message deals with it: the sources of one queue may be read by several roles. */
    private static Served ofAllWhoRead(String url, Map<FindingQueue, Served> all) {
        return all.entrySet().stream()
                .filter(each -> each.getKey().url().equals(url))
                .map(Map.Entry::getValue)
                .reduce(Served.NOTHING, Served::and);
    }

    /** The queues that policies name, and what their sources watch. */
    private Map<FindingQueue, Served> served() {
        Map<FindingQueue, Served> served = new LinkedHashMap<>();
        for (IsolationPolicy object : policies.all()) {
            if (reader.read(object) instanceof PolicyReader.Reading.Understood) {
                object.getSpec()
                        .sources()
                        .forEach(source -> FindingQueue.of(source)
                                .ifPresent(
                                        queue -> served.merge(queue, Served.of(book.regionsOf(source)), Served::and)));
            }
        }
        return served;
    }
}
