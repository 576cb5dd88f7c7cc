package io.ec2quarantine.demo;

import io.ec2quarantine.sim.Model.Group;
import io.ec2quarantine.sim.RegionWorld;
import io.ec2quarantine.sim.WorkshopScene;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What EC2 has, read from the simulated world at the moment of asking. */
record Ec2View(RegionWorld region, WorkshopScene scene) {
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
