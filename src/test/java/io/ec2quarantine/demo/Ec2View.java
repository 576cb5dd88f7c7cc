package io.ec2quarantine.demo;

import io.ec2quarantine.sim.Model.Group;
import io.ec2quarantine.sim.Model.Instance;
import io.ec2quarantine.sim.RegionWorld;
import io.ec2quarantine.sim.WorkshopScene;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** What EC2 has, read from the simulated world at the moment of asking. */
record Ec2View(RegionWorld region, WorkshopScene scene) implements Scenery {
    @Override
    public RegionWorld home() {
        return region;
    }

    @Override
    public String chosenBy() {
        return "";
    }

    /** The scene's instances, the compromised one first. */
    List<String> instances() {
        return List.of(
                scene.compromisedInstance(),
                scene.maliciousInstance(),
                scene.compromisedInstance2(),
                scene.compromisedInstance3());
    }

    /** The scene's instances that nothing may happen to. */
    List<String> bystanders() {
        return instances().stream()
                .filter(id -> !id.equals(scene.compromisedInstance()))
                .toList();
    }

    /** The Name tag of an instance. */
    String nameOf(String instanceId) {
        return region.tagsOf(instanceId).getOrDefault("Name", instanceId);
    }

    /** The ids of the groups of every interface, by instance and interface. */
    Map<String, Map<String, List<String>>> groups() {
        Map<String, Map<String, List<String>>> groups = new LinkedHashMap<>();
        instances().forEach(id -> groups.put(id, region.groupsOf(id)));
        return groups;
    }

    /** All that the end is compared with. */
    Ec2Snapshot snapshot() {
        Map<String, Map<String, String>> tags = new LinkedHashMap<>();
        Map<String, String> termination = new LinkedHashMap<>();
        instances().forEach(id -> {
            tags.put(id, region.tagsOf(id));
            region.interfacesOf(id).forEach(each -> tags.put(each.id(), region.tagsOf(each.id())));
            termination.put(id, termination(id));
        });
        return new Ec2Snapshot(groups(), tags, termination, groupIds());
    }

    /** The ids of all groups. */
    Set<String> groupIds() {
        return region.groups().stream().map(Group::id).collect(Collectors.toSet());
    }

    /** How an instance is protected against its termination. */
    String termination(String instanceId) {
        Instance instance = region.instanceOf(instanceId);
        return "termination protection " + (instance.terminationProtection() ? "on" : "off") + ", shutdown behaviour "
                + instance.shutdownBehavior();
    }

    /** The names of the groups, by each interface of the compromised instance and by each other instance. */
    Map<String, String> names(Map<String, Map<String, List<String>>> groups) {
        Map<String, String> names = new LinkedHashMap<>();
        groups.getOrDefault(scene.compromisedInstance(), Map.of())
                .forEach((id, ofInterface) -> names.put(id, namesOf(Map.of(id, ofInterface))));
        bystanders().forEach(id -> names.put(id, namesOf(groups.getOrDefault(id, Map.of()))));
        return names;
    }

    /** The names of the groups of all interfaces of an instance. */
    String namesOf(Map<String, List<String>> groupsByInterface) {
        return groupsByInterface.values().stream()
                .flatMap(List::stream)
                .distinct()
                .map(this::groupName)
                .collect(Collectors.joining(", "));
    }

    /** The name of a group. */
    String groupName(String groupId) {
        return region.groups().stream()
                .filter(group -> group.id().equals(groupId))
                .map(Group::name)
                .findFirst()
                .orElse(groupId);
    }

    /** How many rules a group has, in both directions. */
    int ruleCount(String groupId) {
        return region.groupOf(groupId).rules().size();
    }
}
