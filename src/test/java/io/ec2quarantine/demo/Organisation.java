package io.ec2quarantine.demo;

import static io.ec2quarantine.api.v1alpha1.ConditionType.EVIDENCE_PRESERVED;

import io.ec2quarantine.api.v1alpha1.Condition;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceSpec.DesiredState;
import io.ec2quarantine.core.finding.Severity;
import io.ec2quarantine.demo.Screen.Style;
import io.ec2quarantine.demo.Timeline.Actor;
import io.ec2quarantine.sim.OrganisationScene;
import io.ec2quarantine.status.Conditions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** A storm of findings against a limit, two instances that wait for a person, an approval and a release. */
final class Organisation {
    private static final Sample ENFORCING = Sample.read("policy-organisation-enforce.yaml");
    private static final Sample ASKING = Sample.read("policy-organisation-approval.yaml");
    private static final String ENFORCE = "organisation";
    private static final String ASK = "organisation-approval";
    /** What the policy says of maxActive. */
    private static final int LIMIT = 20;

    private final StageSet set;
    private final OrganisationView view;
    private final OrganisationScene scene;
    private final Screen screen;
    private final Timeline timeline;
    private final Patience patience;
    private final OrganisationWatch watch;
    private final OrganisationTables tables;
    private final OrganisationCheck check;
    private final Operator.Running operator;
    private final InstantSource clock = InstantSource.system();

    Organisation(
            StageSet set,
            OrganisationView view,
            Stage stage,
            Screen screen,
            Duration longestWait,
            Operator.Running operator) {
        this.set = set;
        this.view = view;
        this.scene = view.scene();
        this.screen = screen;
        this.operator = operator;
        this.timeline = new Timeline(screen, clock, ZoneId.systemDefault());
        this.patience = new Patience(longestWait);
        this.tables = new OrganisationTables(set, view, screen);
        this.check = new OrganisationCheck(view, view.groups());
        this.watch = stage.keep(new OrganisationWatch(set.cluster().client(), view, timeline, patience, clock));
        stage.keep(set.simulator().calls().onCall(watch::heard));
    }

    /** Plays it; fails unless each act ends as it must. */
    void play() {
        tables.accounts();
        policies();
        List<String> summary = new ArrayList<>(List.of(storm()));
        summary.add("approved, and isolated " + Timeline.seconds(approval()) + " later");
        summary.add(release());
        tables.policies();
        tables.actors();
        new Siem(scene, screen).show(patience, operator);
        screen.summary(summary);
    }

    private void policies() {
        ENFORCING.show(screen, "A policy that isolates by itself");
        ASKING.showBeside(ENFORCING, screen, "Another that asks a person");
        screen.heading("A storm", "time of day, time since the findings, who, what");
        watch.start();
        set.cluster().createPolicy(ENFORCING.yaml());
        set.cluster().createPolicy(ASKING.yaml());
        await(
                () -> isReady(ENFORCE) && isReady(ASK),
                () -> "The operator does not watch GuardDuty: its policies did not become Ready");
    }

    private boolean isReady(String policy) {
        return watch.policy(policy)
                .flatMap(OrganisationWatch::ready)
                .filter(ready -> ready.status() == Condition.Status.TRUE)
                .isPresent();
    }

    /** The first act: as many as the policy allows are isolated, and the rest is deferred. */
    private String storm() {
        Instant found = timeline.tellFirst(this::findings);
        int deferred = view.servers().size() - LIMIT;
        patience.await(
                () -> Optional.of(found).filter(_ -> watch.verifiedServers() >= LIMIT && isDeferring(deferred)),
                () -> operator.ended().or(() -> check.tooMany(LIMIT)),
                () -> "Not " + LIMIT + " servers were isolated and verified and " + deferred + " deferred, but "
                        + watch.verifiedServers() + " and "
                        + watch.serversSaying("Deferred").size());
        watch.stormIsOver();
        tables.policies();
        watch.policy(ENFORCE).flatMap(OrganisationWatch::ready).ifPresent(tables::condition);
        tables.quarantines();
        tables.severities(view.isolated());
        mustBe(check.limitProblems(LIMIT, writesSince(0)));
        Instant last = view.isolated().stream()
                .flatMap(id -> watch.verified(id).stream())
                .max(Comparator.naturalOrder())
                .orElseThrow();
        return LIMIT + " of " + view.servers().size() + " isolated and verified within "
                + Timeline.seconds(Duration.between(found, last)) + " of the findings, the most severe first, and "
                + deferred + " deferred";
    }

    private Instant findings() {
        Instant now = clock.instant();
        timeline.foundAt(now);
        scene.storm();
        timeline.tell(
                now,
                Actor.GUARDDUTY,
                Style.BOLD,
                view.servers().size() + " findings in " + scene.stormed().name() + ", " + OrganisationScene.STORM
                        + ":\n"
                        + view.counted(_ -> true));
        return now;
    }

    private boolean isDeferring(long count) {
        boolean saidByPolicy = watch.policy(ENFORCE)
                .filter(policy -> OrganisationWatch.ready(policy)
                        .filter(ready -> "Deferring".equals(ready.reason()))
                        .isPresent())
                .filter(policy -> Long.valueOf(count).equals(policy.getStatus().deferred()))
                .isPresent();
        return saidByPolicy && watch.serversSaying("Deferred").size() == count;
    }

    /** The second act: two wait for a person, who approves one. */
    private Duration approval() {
        screen.heading("What only a person decides", "in " + scene.quiet().name());
        timeline.tell(
                Actor.GUARDDUTY,
                Style.BOLD,
                "2 findings in " + scene.quiet().name() + ":\non " + view.nameOf(scene.protectedInstance()) + " and "
                        + view.nameOf(scene.askedAbout()));
        scene.trouble();
        List<String> waiting = List.of(scene.protectedInstance(), scene.askedAbout());
        await(
                () -> waiting.stream()
                        .allMatch(id -> watch.quarantine(id)
                                .filter(object -> OrganisationWatch.says(object, "AwaitingApproval"))
                                .isPresent()),
                () -> "The two instances in " + scene.quiet().name() + " do not wait for a person");
        check.touched(waiting, writesSince(0)).ifPresent(problem -> {
            throw new SceneFailure(problem);
        });
        Instant decided =
                decide(scene.askedAbout(), new Decision(DesiredState.ISOLATED, "alice", "a miner, ticket 4712"));
        Instant isolated = awaitVerified(scene.askedAbout(), "The approved instance was not isolated and verified");
        mustBe(check.approvalProblems(writesSince(0)));
        return Duration.between(decided, isolated);
    }

    /** The last act: one is given back, and the most severe of those that wait takes its place. */
    private String release() {
        screen.heading("Room for the next", "the most severe of those that are deferred");
        String released = view.isolated().stream()
                .filter(id -> view.severity(id) == Severity.HIGH)
                .findFirst()
                .orElseThrow();
        String next = watch.serversSaying("Deferred").stream()
                .max(Comparator.comparing(view::severity))
                .orElseThrow();
        await(
                () -> watch.quarantine(released)
                        .filter(object -> Conditions.isTrue(Telling.conditionsOf(object), EVIDENCE_PRESERVED))
                        .isPresent(),
                () -> "The termination of the isolated server was not prevented");
        long mark = set.simulator().calls().mark();
        Instant decided = decide(released, new Decision(DesiredState.RELEASED, "bob", "cleaned, ticket 4711"));
        await(
                () -> watch.quarantine(released)
                        .filter(object -> ClusterWatch.isReleased(Telling.conditionsOf(object)))
                        .isPresent(),
                () -> "The instance was not released, read back and cleaned up");
        Duration took = Duration.between(decided, clock.instant());
        mustBe(check.releaseProblems(released, writesSince(mark)));
        Instant taken = awaitVerified(next, "The most severe of those that were deferred was not isolated");
        mustBe(check.isolationProblems(next, writesSince(mark)));
        mustBe(check.tooMany(LIMIT).stream().toList());
        int deferred = view.servers().size() - LIMIT - 1;
        await(() -> isDeferring(deferred), () -> "The policy does not say that " + deferred + " are still deferred");
        return view.nameOf(released) + " released in " + Timeline.seconds(took) + ", and " + view.nameOf(next)
                + " (" + view.severity(next).label() + ") isolated in its place "
                + Timeline.seconds(Duration.between(decided, taken)) + " after the decision";
    }

    private Instant decide(String instance, Decision decision) {
        Instant now = clock.instant();
        timeline.tell(
                now,
                Actor.PERSON,
                Style.BOLD,
                view.nameOf(instance) + ": desiredState " + Telling.word(decision.state()) + ",\ndecided by "
                        + decision.by() + ": " + decision.reason());
        decision.patch(set.cluster().client(), instance);
        return now;
    }

    private Instant awaitVerified(String instance, String inVain) {
        await(() -> watch.verified(instance).isPresent(), () -> inVain);
        return watch.verified(instance).orElseThrow();
    }

    private void await(BooleanSupplier fact, Supplier<String> inVain) {
        patience.await(() -> Optional.of(fact.getAsBoolean()).filter(is -> is), operator::ended, inVain);
    }

    private Writes writesSince(long mark) {
        return new Writes(set.simulator().calls().since(mark).stream()
                .filter(StageSet::isOperatorsChange)
                .toList());
    }

    private static void mustBe(List<String> problems) {
        if (!problems.isEmpty()) {
            throw new SceneFailure(String.join(" ", problems));
        }
    }
}
