package io.ec2quarantine.crash;

import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.TimelineEntry;
import io.ec2quarantine.sim.RegionWorld;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** What an isolation leaves behind in EC2 and in the cluster, as sentences without times and without ids made on the way. */
record FinalState(List<String> facts) {
    FinalState {
        facts = List.copyOf(facts);
    }

    static FinalState of(KubernetesClient client, RegionWorld region, IsolationScene scene) {
        return of(client, region, scene, scene.instance());
    }

    /** What is left behind of one of several instances of a scene. */
    static FinalState of(KubernetesClient client, RegionWorld region, IsolationScene scene, String instance) {
        Map<String, String> aliases = scene.aliases(region);
        return new FinalState(Stream.of(
                        instance(region, instance),
                        interfaces(region, instance),
                        groups(region, scene),
                        IsolationScene.surroundings(region, instance).stream(),
                        quarantine(client, instance),
                        Stream.of("told: " + IsolationScene.told(region)),
                        Stream.of("events: " + events(client, instance)))
                .flatMap(facts -> facts)
                .map(fact -> withAliases(fact, aliases))
                .toList());
    }

    /** What this state lacks of another, and what it has instead. */
    String differenceTo(FinalState wanted) {
        StringBuilder text = new StringBuilder();
        wanted.facts.stream()
                .filter(fact -> !facts.contains(fact))
                .forEach(fact -> text.append("missing: ").append(fact).append('\n'));
        facts.stream()
                .filter(fact -> !wanted.facts.contains(fact))
                .forEach(fact -> text.append("instead: ").append(fact).append('\n'));
        return text.toString();
    }

    /** The state without some facts. */
    FinalState without(Predicate<String> unwanted) {
        return new FinalState(facts.stream().filter(unwanted.negate()).toList());
    }

    private static Stream<String> instance(RegionWorld region, String id) {
        var instance = region.instanceOf(id);
        return Stream.of("instance: terminationProtection=" + instance.terminationProtection() + " shutdownBehavior="
                + instance.shutdownBehavior() + " tags=" + tags(region, instance.id()));
    }

    private static Stream<String> interfaces(RegionWorld region, String instance) {
        return region.groupsOf(instance).entrySet().stream()
                .map(entry -> "interface " + entry.getKey() + ": groups=" + entry.getValue() + " tags="
                        + tags(region, entry.getKey()));
    }

    private static Stream<String> groups(RegionWorld region, IsolationScene scene) {
        return scene.groups(region)
                .map(group -> "group " + group.name() + " of " + group.vpc() + ": rules="
                        + group.rules().size() + " tags=" + tags(region, group.id()))
                .sorted();
    }

    private static Stream<String> quarantine(KubernetesClient client, String instance) {
        return Optional.ofNullable(client.resources(QuarantinedInstance.class)
                        .withName(instance)
                        .get())
                .map(object -> Stream.concat(
                        Stream.of("spec: " + object.getSpec(), "labels: " + labels(object)),
                        Optional.ofNullable(object.getStatus()).stream().flatMap(FinalState::status)))
                .orElseGet(() -> Stream.of("no quarantine"));
    }

    private static Map<String, String> labels(QuarantinedInstance object) {
        return new TreeMap<>(
                Optional.ofNullable(object.getMetadata().getLabels()).orElseGet(Map::of));
    }

    private static Stream<String> status(QuarantinedInstanceStatus status) {
        List<String> facts = new ArrayList<>();
        Optional.ofNullable(status.episode())
                .ifPresent(episode -> facts.add("episode: number=" + episode.number() + " policy="
                        + episode.policyName() + " opened=" + (episode.openedTime() != null) + " isolated="
                        + (episode.isolatedTime() != null) + " released=" + (episode.releasedTime() != null)));
        facts.add("response: " + status.response());
        Optional.ofNullable(status.instance())
                .ifPresent(instance -> facts.add("recorded instance: vpcs=" + instance.vpcIDs() + " state="
                        + instance.state() + " terminationBaseline=" + instance.terminationBaseline()));
        Optional.ofNullable(status.impact()).ifPresent(impact -> facts.add("impact: " + impact));
        Optional.ofNullable(status.changes()).ifPresent(changes -> facts.add("changes: " + changes));
        Optional.ofNullable(status.evidence())
                .ifPresent(evidence -> facts.add(
                        "recorded snapshots: " + evidence.snapshotIDs().size()));
        status.interfaces().forEach(each -> facts.add("recorded interface: " + each));
        status.isolationGroups().forEach(each -> facts.add("recorded group: " + each));
        Optional.ofNullable(status.verification())
                .ifPresent(verification -> facts.add("drift: " + verification.driftCount()));
        status.findings()
                .forEach(finding -> facts.add("finding: " + finding.id() + " " + finding.type() + " "
                        + finding.severity() + " from " + finding.remoteIP() + " on " + finding.threatListNames()));
        status.conditions().stream()
                .map(each -> "condition: " + each.type() + "=" + each.status() + " " + each.reason() + " of generation "
                        + each.observedGeneration())
                .sorted()
                .forEach(facts::add);
        facts.add("outbox: "
                + status.notifications().stream()
                        .map(entry ->
                                entry.event() + (entry.sentTime() == null ? " due to " : " sent to ") + entry.name())
                        .toList());
        facts.add("timeline: "
                + status.timeline().stream()
                        .map(TimelineEntry::action)
                        .distinct()
                        .toList());
        return facts.stream();
    }

    private static List<String> events(KubernetesClient client, String instance) {
        return client.events().v1().events().inNamespace("default").list().getItems().stream()
                .filter(event -> event.getRegarding() != null
                        && instance.equals(event.getRegarding().getName()))
                .map(Event::getReason)
                // Told as often as somebody was seen to meddle, as the drift itself.
                .filter(reason -> !reason.equals("DriftFound"))
                .sorted()
                .toList();
    }

    private static Map<String, String> tags(RegionWorld region, String id) {
        return new TreeMap<>(region.tagsOf(id));
    }

    private static String withAliases(String fact, Map<String, String> aliases) {
        String text = fact;
        for (var alias : aliases.entrySet()) {
            text = text.replace(alias.getKey(), alias.getValue());
        }
        return text.replaceAll("sg-[0-9a-f]{17}", "another group")
                .replaceAll("ForensicSecurityGroup-[0-9a-f]{8}", "ForensicSecurityGroup beside a stranger's")
                .replaceAll("(targetgroup/[a-z-]+)/[0-9a-f]+", "$1")
                .replaceAll(IsolationScene.ENDPOINT, "https://sqs")
                .replaceAll("released-time=[^,}]*", "released-time=then");
    }

    @Override
    public String toString() {
        return String.join("\n", facts);
    }
}
