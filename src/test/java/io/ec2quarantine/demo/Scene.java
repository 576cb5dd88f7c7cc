package io.ec2quarantine.demo;

import static io.ec2quarantine.api.v1alpha1.ConditionType.EVIDENCE_PRESERVED;
import static io.ec2quarantine.api.v1alpha1.ConditionType.ISOLATED;
import static io.ec2quarantine.api.v1alpha1.ConditionType.NOTIFIED;
import static io.ec2quarantine.api.v1alpha1.ConditionType.READY;
import static io.ec2quarantine.api.v1alpha1.ConditionType.VERIFIED;

import com.fasterxml.jackson.databind.JsonNode;
import io.ec2quarantine.api.v1alpha1.Condition;
import io.ec2quarantine.api.v1alpha1.ConditionType;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.demo.ClusterWatch.Undone;
import io.ec2quarantine.demo.Screen.Style;
import io.ec2quarantine.demo.Timeline.Actor;
import io.ec2quarantine.status.Conditions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** One performance: an instance is isolated, kept so against somebody who works against it, and given back. */
final class Scene {
    private static final List<ConditionType> DONE = List.of(READY, ISOLATED, VERIFIED, EVIDENCE_PRESERVED, NOTIFIED);
    private static final Sample POLICY = Sample.read("policy-malicious-ip-callers.yaml");

    private final StageSet set;
    private final Ec2View ec2;
    private final Screen screen;
    private final Telling telling;
    private final Timeline timeline;
    private final Patience patience;
    private final ClusterWatch cluster;
    private final CallWatch calls;
    private final InstantSource clock = InstantSource.system();

    Scene(StageSet set, Ec2View ec2, Stage stage, Screen screen, Duration longestWait) {
        this.set = set;
        this.ec2 = ec2;
        this.screen = screen;
        this.telling = new Telling(screen, ec2);
        this.timeline = new Timeline(screen, clock, ZoneId.systemDefault());
        this.patience = new Patience(longestWait);
        this.cluster = stage.keep(new ClusterWatch(set.cluster().client(), ec2, timeline, patience, clock));
        this.calls = new CallWatch(ec2, timeline, cluster, clock);
        stage.keep(set.simulator().calls().onCall(calls::heard));
    }

    /** Plays it; fails unless each act ends as it must. Without the release the instance stays isolated. */
    void play(Operator.Running operator, boolean release) {
        Acting acting = new Acting(set, ec2, cluster, timeline, patience, telling, operator);
        telling.scene();
        Ec2Snapshot before = ec2.snapshot();
        JsonNode finding = isolation(acting, before);
        screen.heading("Somebody works against it", "with the account's own credentials");
        Meddling.Ended meddling = new Meddling(acting).play(end(before));
        telling.undone(meddling.undone());
        Ec2Snapshot had = before.with(acting.instance(), meddling.attached());
        List<Map<String, String>> columns = new ArrayList<>(List.of(ec2.names(had.groups()), ec2.names(ec2.groups())));
        List<String> summary = new ArrayList<>(List.of(isolated(finding), undone(meddling.undone())));
        if (release) {
            screen.heading("A person releases it", "kubectl patch qi " + acting.instance());
            Release last = new Release(acting);
            Duration took = last.play();
            columns.add(ec2.names(ec2.groups()));
            telling.groups("before, during and after", columns, end(had));
            last.check(end(had));
            summary.add("released and read back in " + Timeline.seconds(took));
        } else {
            telling.groups("before and now", columns, end(had));
        }
        new Mailbox(ec2.region(), screen).show(acting, release ? "Released" : "Drifted");
        screen.summary(summary);
    }

    /** The first act: from the finding to an isolation that was read back. */
    private JsonNode isolation(Acting acting, Ec2Snapshot before) {
        POLICY.show(screen, "The policy");
        screen.heading("What happens", "time of day, time since the finding, who, what");
        cluster.start();
        set.cluster().createPolicy(POLICY.yaml());
        acting.await(
                cluster::policyReady, () -> "The operator does not watch GuardDuty: its policy did not become Ready");
        JsonNode finding = timeline.tellFirst(this::compromise);
        acting.await(
                acting::quarantine, () -> "No QuarantinedInstance was opened for the finding on " + acting.instance());
        QuarantinedInstance object = acting.await(
                () -> acting.quarantine().filter(Scene::isDone),
                () -> "The instance was not isolated, verified, preserved and told of: " + lacking(acting));
        timeline.tellReads();
        telling.table(set.quarantines(), clock.instant());
        telling.conditions(object);
        List<String> problems = end(before).problems(object);
        if (!problems.isEmpty()) {
            throw new SceneFailure(String.join(" ", problems));
        }
        return finding;
    }

    private EndState end(Ec2Snapshot before) {
        return new EndState(ec2, before, set.operatorWrites());
    }

    private String isolated(JsonNode finding) {
        Instant found = timeOf(finding);
        Instant read = calls.findingRead(text(finding, "/id")).orElseThrow();
        Instant verified =
                cluster.seenTrue(ec2.scene().compromisedInstance(), VERIFIED).orElseThrow();
        return "Isolated and verified " + Timeline.seconds(Duration.between(found, verified)) + " after the finding, "
                + Timeline.seconds(Duration.between(read, verified)) + " after the operator read it";
    }

    private static String undone(List<Undone> changes) {
        Duration longest =
                changes.stream().map(Undone::after).max(Duration::compareTo).orElseThrow();
        return "three changes undone within " + Timeline.seconds(longest);
    }

    /** The instance talks to the address, and GuardDuty makes its finding. */
    private JsonNode compromise() {
        String id = ec2.scene().compromise(set.simulator().world());
        JsonNode finding = ec2.region().findingOf(id);
        timeline.foundAt(timeOf(finding));
        timeline.tell(
                timeOf(finding),
                Actor.GUARDDUTY,
                Style.BOLD,
                "%s, severity %s\n%s talks to %s on %s"
                        .formatted(
                                text(finding, "/type"),
                                text(finding, "/severity"),
                                text(finding, "/resource/instanceDetails/instanceId"),
                                text(finding, "/service/action/networkConnectionAction/remoteIpDetails/ipAddressV4"),
                                text(finding, "/service/evidence/threatIntelligenceDetails/0/threatListName")));
        return finding;
    }

    private static Instant timeOf(JsonNode finding) {
        return Instant.parse(text(finding, "/createdAt"));
    }

    private static String text(JsonNode json, String pointer) {
        return json.at(pointer).asText();
    }

    private static boolean isDone(QuarantinedInstance object) {
        return DONE.stream().allMatch(type -> Conditions.isTrue(Telling.conditionsOf(object), type));
    }

    private static String lacking(Acting acting) {
        List<Condition> conditions =
                acting.quarantine().map(Telling::conditionsOf).orElse(List.of());
        return DONE.stream()
                .filter(type -> !Conditions.isTrue(conditions, type))
                .map(type -> Conditions.find(conditions, type)
                        .map(condition -> type.text() + " is " + word(condition) + " (" + condition.message() + ")")
                        .orElse(type.text() + " is not said"))
                .collect(Collectors.joining(", "));
    }

    private static String word(Condition condition) {
        return Optional.ofNullable(condition.status()).map(Telling::word).orElse("unreadable");
    }
}
