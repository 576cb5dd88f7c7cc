package io.ec2quarantine.crash;

import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.TimelineEntry;
import io.ec2quarantine.core.isolation.Marks;
import io.ec2quarantine.sim.Model.Group;
import io.ec2quarantine.sim.RegionWorld;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What an isolation leaves behind in EC2 and in the cluster, as sentences without times and without ids made on the way. */
record FinalState(List<String> facts) {
    FinalState {
        facts = List.copyOf(facts);
    }

    static FinalState of(KubernetesClient client, RegionWorld region) {
        Map<String, String> aliases = aliases(region);
        return new FinalState(Stream.of(
                        instance(region),
                        interfaces(region),
                        groups(region),
                        quarantine(client),
                        Stream.of("events: " + events(client)))
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

    private static Stream<String> instance(RegionWorld region) {
        var instance = region.instanceOf(IsolationScene.INSTANCE);
        return Stream.of("instance: terminationProtection=" + instance.terminationProtection() + " shutdownBehavior="
                + instance.shutdownBehavior() + " tags=" + tags(region, instance.id()));
    }

    private static Stream<String> interfaces(RegionWorld region) {
        return region.groupsOf(IsolationScene.INSTANCE).entrySet().stream()
                .map(entry -> "interface " + entry.getKey() + ": groups=" + entry.getValue() + " tags="
                        + tags(region, entry.getKey()));
    }

    private static Stream<String> groups(RegionWorld region) {
        return region.groups().stream()
                .map(group -> "group " + group.name() + " of " + group.vpc() + ": rules="
                        + group.rules().size() + " tags=" + tags(region, group.id()))
                .sorted();
    }

    private static Stream<String> quarantine(KubernetesClient client) {
        return Optional.ofNullable(client.resources(QuarantinedInstance.class)
                        .withName(IsolationScene.INSTANCE)
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
                        + (episode.isolatedTime() != null)));
        facts.add("response: " + status.response());
        Optional.ofNullable(status.instance())
                .ifPresent(instance -> facts.add("recorded instance: vpcs=" + instance.vpcIDs() + " state="
                        + instance.state() + " terminationBaseline=" + instance.terminationBaseline()));
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
        facts.add("timeline: "
                + status.timeline().stream()
                        .map(TimelineEntry::action)
                        .distinct()
                        .toList());
        return facts.stream();
    }

    private static List<String> events(KubernetesClient client) {
        return client.events().v1().events().inNamespace("default").list().getItems().stream()
                .filter(event -> event.getRegarding() != null
                        && IsolationScene.INSTANCE.equals(event.getRegarding().getName()))
                .map(Event::getReason)
                .sorted()
                .toList();
    }

    private static Map<String, String> tags(RegionWorld region, String id) {
        return new TreeMap<>(region.tagsOf(id));
    }

    /** Ids that differ from run to run, by what they stand for. */
    private static Map<String, String> aliases(RegionWorld region) {
        Map<String, String> aliases = new TreeMap<>();
        for (Group group : region.groups()) {
            Optional.ofNullable(region.tagsOf(group.id()).get(Marks.OWNER)).ifPresent(owner -> {
                aliases.put(group.id(), "the isolation group of " + group.vpc());
                aliases.put(owner, "this installation");
            });
        }
        return aliases;
    }

    private static String withAliases(String fact, Map<String, String> aliases) {
        String text = fact;
        for (var alias : aliases.entrySet()) {
            text = text.replace(alias.getKey(), alias.getValue());
        }
        return text;
    }

    @Override
    public String toString() {
        return String.join("\n", facts);
    }
}
