package io.ec2quarantine.demo;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What EC2 had at one time.
 *
 * @param groups the ids of the groups of every interface, by instance and interface
 * @param tags by the id of an instance or an interface
 * @param termination how each instance was protected against its termination
 * @param allGroups the ids of all security groups
 */
record Ec2Snapshot(
        Map<String, Map<String, List<String>>> groups,
        Map<String, Map<String, String>> tags,
        Map<String, String> termination,
        Set<String> allGroups) {
    /** The same with one interface more, as it was when it came. */
    Ec2Snapshot with(String instanceId, Visitor.Attached attached) {
        Map<String, List<String>> interfaces = new LinkedHashMap<>(groups.getOrDefault(instanceId, Map.of()));
        interfaces.put(attached.interfaceId(), attached.groups());
        Map<String, Map<String, List<String>>> allInterfaces = new LinkedHashMap<>(groups);
        allInterfaces.put(instanceId, interfaces);
        Map<String, Map<String, String>> allTags = new LinkedHashMap<>(tags);
        allTags.put(attached.interfaceId(), attached.tags());
        return new Ec2Snapshot(allInterfaces, allTags, termination, allGroups);
    }
}
