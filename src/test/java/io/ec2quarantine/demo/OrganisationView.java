package io.ec2quarantine.demo;

import io.ec2quarantine.core.finding.Severity;
import io.ec2quarantine.sim.Model.Group;
import io.ec2quarantine.sim.OrganisationScene;
import io.ec2quarantine.sim.RegionWorld;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the member account has, read from the simulated world at the moment of asking. */
record OrganisationView(OrganisationScene scene) implements Scenery {
    /** Its name where a policy gives it no other. */
    static final String ISOLATION_GROUP = "ec2quarantine-isolation";

    @Override
    public RegionWorld home() {
        return scene.security().region(scene.stormed().name());
    }

    @Override
    public String chosenBy() {
        return " SCENE=organisation";
    }

    /** The servers of the storm. */
    List<String> servers() {
        return List.copyOf(scene.servers().keySet());
    }

    /** How severe what was found on a server is. */
    Severity severity(String server) {
        return Severity.ofScore(scene.servers().getOrDefault(server, 0.0));
    }

    /** How many of the servers there are of each severity, the highest first, in words. */
    String counted(Predicate<String> which) {
        Map<Severity, Long> counts = servers().stream()
                .filter(which)
                .collect(Collectors.groupingBy(
                        this::severity, () -> new TreeMap<>(Comparator.reverseOrder()), Collectors.counting()));
        return counts.entrySet().stream()
                .map(each -> each.getValue() + " " + each.getKey().label())
                .collect(Collectors.joining(", "));
    }

    /** The Name tag of an instance. */
    String nameOf(String instance) {
        return regionOf(instance).tagsOf(instance).getOrDefault("Name", instance);
    }

    /** Where an instance is. */
    RegionWorld regionOf(String instance) {
        return scene.servers().containsKey(instance) ? scene.stormed() : scene.quiet();
    }

    /** The ids of the groups of every interface, by instance and interface. */
    Map<String, Map<String, List<String>>> groups() {
        Map<String, Map<String, List<String>>> groups = new LinkedHashMap<>();
        Stream.concat(servers().stream(), Stream.of(scene.protectedInstance(), scene.askedAbout()))
                .forEach(id -> groups.put(id, regionOf(id).groupsOf(id)));
        return groups;
    }

    /** Whether every interface of an instance is in the isolation group alone, and that lets nothing through. */
    boolean isIsolated(String instance) {
        RegionWorld region = regionOf(instance);
        return region.groupsOf(instance).values().stream()
                .allMatch(groups -> groups.size() == 1 && isIsolationGroup(region.groupOf(groups.getFirst())));
    }

    private static boolean isIsolationGroup(Group group) {
        return group.name().equals(ISOLATION_GROUP) && group.rules().isEmpty();
    }

    /** The servers that EC2 has isolated. */
    List<String> isolated() {
        return servers().stream().filter(this::isIsolated).toList();
    }
}
