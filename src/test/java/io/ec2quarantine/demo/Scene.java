package io.ec2quarantine.demo;

import static io.ec2quarantine.api.v1alpha1.ConditionType.EVIDENCE_PRESERVED;
import static io.ec2quarantine.api.v1alpha1.ConditionType.ISOLATED;
import static io.ec2quarantine.api.v1alpha1.ConditionType.READY;
import static io.ec2quarantine.api.v1alpha1.ConditionType.VERIFIED;

import com.fasterxml.jackson.databind.JsonNode;
import io.ec2quarantine.api.v1alpha1.Condition;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.demo.Screen.Style;
import io.ec2quarantine.demo.Timeline.Actor;
import io.ec2quarantine.status.Conditions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One performance, from the four instances in one group to the one of them in quarantine. */
final class Scene {
    private static final Path POLICY = Path.of("docs/samples/policy-malicious-ip-callers.yaml");

    private final StageSet set;
    private final Ec2View ec2;
    private final Screen screen;
    private final Telling telling;
    private final Timeline timeline;
    private final Patience patience;
    private final ClusterWatch cluster;
    private final CallWatch calls;
    private final InstantSource clock = InstantSource.system();

    Scene(StageSet set, Stage stage, Screen screen, Duration longestWait) {
        this.set = set;
        this.ec2 = set.ec2();
        this.screen = screen;
        this.telling = new Telling(screen, ec2);
        this.timeline = new Timeline(screen, clock, ZoneId.systemDefault());
        this.patience = new Patience(longestWait);
        this.cluster = stage.keep(new ClusterWatch(set.cluster().client(), ec2, timeline, patience, clock));
        this.calls = new CallWatch(ec2, timeline, cluster, clock);
        stage.keep(set.simulator().calls().onCall(calls::heard));
    }

    /** Plays it; fails unless the end is as it must be. */
    void play(Operator.Running operator) {
        telling.scene();
        Map<String, Map<String, List<String>>> before = ec2.groups();
        List<String> policy = policy();
        telling.policy(POLICY.toString(), policy);
        screen.heading("What happens", "time of day, time since the finding, who, what");
        cluster.start();
        set.cluster().createPolicy(String.join("\n", policy));
        patience.await(
                cluster::policyReady,
                operator::ended,
                () -> "The operator does not watch GuardDuty: its policy did not become Ready");
        JsonNode finding = timeline.tellFirst(this::compromise);
        patience.await(
                this::quarantine,
                operator::ended,
                () -> "No QuarantinedInstance was opened for the finding on "
                        + ec2.scene().compromisedInstance());
        QuarantinedInstance object = patience.await(
                () -> quarantine().filter(Scene::isDone),
                operator::ended,
                () -> "The instance was not isolated, verified and preserved: " + lacking());
        timeline.tellReads();
        tellEnd(object, before, finding);
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

    private void tellEnd(QuarantinedInstance object, Map<String, Map<String, List<String>>> before, JsonNode finding) {
        telling.table(set.quarantines(), clock.instant());
        telling.conditions(object);
        EndState end = new EndState(ec2, before, set.operatorWrites());
        telling.groups(end);
        List<String> problems = end.problems(object);
        if (!problems.isEmpty()) {
            throw new SceneFailure(String.join(" ", problems));
        }
        Instant verified =
                cluster.seenTrue(ec2.scene().compromisedInstance(), VERIFIED).orElseThrow();
        Instant read = calls.findingRead(text(finding, "/id")).orElseThrow();
        Instant found = timeOf(finding);
        telling.summary(Duration.between(found, read), Duration.between(found, verified));
    }

    private static List<String> policy() {
        try (Stream<String> lines = Files.lines(POLICY)) {
            return lines.filter(line -> !line.strip().startsWith("#")).toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static boolean isDone(QuarantinedInstance object) {
        return Stream.of(READY, ISOLATED, VERIFIED, EVIDENCE_PRESERVED)
                .allMatch(type -> Conditions.isTrue(Telling.conditionsOf(object), type));
    }

    private Optional<QuarantinedInstance> quarantine() {
        return cluster.quarantine(ec2.scene().compromisedInstance());
    }

    private String lacking() {
        List<Condition> conditions = quarantine().map(Telling::conditionsOf).orElse(List.of());
        return Stream.of(READY, ISOLATED, VERIFIED, EVIDENCE_PRESERVED)
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
