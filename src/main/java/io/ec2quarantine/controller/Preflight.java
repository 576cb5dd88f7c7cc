package io.ec2quarantine.controller;

import io.ec2quarantine.api.v1alpha1.IsolationPolicy;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.aws.AccountRegion;
import io.ec2quarantine.aws.AwsSessions;
import io.ec2quarantine.aws.Ec2DryRuns;
import io.ec2quarantine.aws.Purpose;
import io.ec2quarantine.cluster.Catalog;
import io.ec2quarantine.cluster.Installation;
import io.ec2quarantine.cluster.ReconcileTrigger;
import io.ec2quarantine.core.CallFailure;
import io.ec2quarantine.core.Result;
import io.ec2quarantine.core.Rounds;
import io.ec2quarantine.core.Scheduler;
import io.ec2quarantine.core.preflight.Answer;
import io.ec2quarantine.core.preflight.Checked;
import io.ec2quarantine.core.preflight.DryRun;
import io.ec2quarantine.core.preflight.Need;
import io.ec2quarantine.core.preflight.Needs;
import io.ec2quarantine.core.preflight.Part;
import io.ec2quarantine.core.preflight.Samples;
import io.ec2quarantine.ingest.SourceBook;
import io.ec2quarantine.status.PermissionClaims;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Tries by dry runs, at the start and again every hour, whether the roles of the policies may do what the responses ask for,
 * and may not do what they must not. Runs on the leader only, a few accounts at a time and behind everything that is urgent.
 */
public final class Preflight {
    private static final Duration LOOK_EVERY = Duration.ofMinutes(1);
    private static final int MOST_CHECKS_PER_ROUND = 10;

    private final Catalog<IsolationPolicy> policies;
    private final AwsSessions sessions;
    private final Installation installation;
    private final PermissionBook book;
    private final ReconcileTrigger trigger;
    private final Scheduler scheduler;
    private final PreflightItinerary itinerary;
    private final Rounds rounds;
    private final AtomicBoolean underWay = new AtomicBoolean();
    private final PreflightDiary diary = new PreflightDiary();

    Preflight(
            Catalog<IsolationPolicy> policies,
            Catalog<QuarantinedInstance> quarantines,
            SourceBook sources,
            AwsSessions sessions,
            Installation installation,
            PermissionBook book,
            ReconcileTrigger trigger,
            Scheduler scheduler) {
        this.policies = policies;
        this.sessions = sessions;
        this.installation = installation;
        this.book = book;
        this.trigger = trigger;
        this.scheduler = scheduler;
        this.itinerary = new PreflightItinerary(quarantines, sources, sessions);
        this.rounds = new Rounds(scheduler, LOOK_EVERY, this::round);
    }

    /** Checks what is due now and from now on, unless nothing is to be tried. */
    public void start() {
        if (book.isTried()) {
            rounds.start();
        }
    }

    /** Checks no more; a check under way ends by itself. */
    public void stop() {
        rounds.stop();
    }

    private void round() {
        if (underWay.compareAndSet(false, true)) {
            try {
                check();
            } finally {
                underWay.set(false);
            }
        }
    }

    private void check() {
        Map<String, List<PreflightStop>> stops = new HashMap<>();
        policies.all().forEach(policy -> stops.put(policy.getMetadata().getName(), itinerary.of(policy)));
        Set<PreflightStop> all = new HashSet<>();
        stops.values().forEach(all::addAll);
        diary.retain(all);
        book.retain(stops.keySet());
        diary.due(all, MOST_CHECKS_PER_ROUND, scheduler.instant()).stream()
                .takeWhile(_ -> rounds.areUnderWay())
                .forEach(stop -> diary.check(stop, this::check, scheduler.instant()));
        policies.all()
                .forEach(policy ->
                        tell(policy, stops.getOrDefault(policy.getMetadata().getName(), List.of())));
    }

    /** Says nothing of a policy before everything that it acts in was checked once. */
    private void tell(IsolationPolicy policy, List<PreflightStop> stops) {
        String name = policy.getMetadata().getName();
        if (diary.knowsAll(stops)
                && book.note(
                        name,
                        PermissionClaims.of(
                                PreflightItinerary.features(policy),
                                PreflightItinerary.access(policy),
                                diary.found(stops)))) {
            trigger.trigger(name);
        }
    }

    private Checked check(PreflightStop stop) {
        Result<Checked> result = dryRuns(stop, Purpose.RESPOND)
                .then(responder -> responder
                        .samples()
                        .map(samples -> samples.naming(stop.existingGroups()))
                        .map(samples -> tried(stop, responder, samples)));
        return switch (result) {
            case Result.Ok<Checked>(Checked checked) -> checked;
            case Result.Failed<Checked>(CallFailure failure) -> new Checked.Unreadable(stop.place(), failure);
        };
    }

    private Checked tried(PreflightStop stop, Ec2DryRuns responder, Samples samples) {
        Map<Part, Result<Ec2DryRuns>> asking = new EnumMap<>(Part.class);
        asking.put(Part.RESPONDER, Result.ok(responder));
        Map<Need, Answer> answers = new HashMap<>();
        Needs.of(stop.features())
                .forEach(need -> answers.put(
                        need,
                        need.trial()
                                .map(trial -> trial.apply(samples)
                                        .map(dryRun -> answer(
                                                asking.computeIfAbsent(need.part(), part -> dryRuns(stop, part)),
                                                dryRun))
                                        .orElseGet(Answer.NothingToTryOn::new))
                                .orElseGet(Answer.NotTried::new)));
        Answer opening = Needs.opening(samples)
                .filter(_ -> stop.access().isSplit())
                .map(dryRun -> answer(Result.ok(responder), dryRun))
                .orElseGet(Answer.NothingToTryOn::new);
        return new Checked.Tried(stop.place(), answers, opening);
    }

    private static Answer answer(Result<Ec2DryRuns> asking, DryRun dryRun) {
        return switch (asking.then(each -> each.wouldBeAllowed(dryRun))) {
            case Result.Ok<Boolean>(Boolean allowed) -> allowed ? new Answer.Allowed() : new Answer.Denied();
            case Result.Failed<Boolean>(CallFailure failure) -> new Answer.NoAnswer(failure);
        };
    }

    /** As whoever does the part in an incident. */
    private Result<Ec2DryRuns> dryRuns(PreflightStop stop, Part part) {
        return dryRuns(
                stop,
                switch (part) {
                    case RESPONDER -> Purpose.RESPOND;
                    case RELEASE -> Purpose.RELEASE;
                    case RULES -> Purpose.RULES;
                    case OPERATOR -> Purpose.READ;
                });
    }

    private Result<Ec2DryRuns> dryRuns(PreflightStop stop, Purpose purpose) {
        return sessions.dryRuns(
                new AccountRegion(stop.place().accountId(), stop.place().region()),
                stop.access(),
                purpose,
                installation.id());
    }
}
