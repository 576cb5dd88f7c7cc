package io.ec2quarantine.controller;

import io.ec2quarantine.aws.Ec2Gateway;
import io.ec2quarantine.aws.InstanceLook;
import io.ec2quarantine.core.CallFailure;
import io.ec2quarantine.core.Result;
import io.ec2quarantine.core.isolation.GroupState;
import io.ec2quarantine.core.isolation.InterfaceState;
import io.ec2quarantine.core.isolation.Marks;
import io.ec2quarantine.core.isolation.Observation;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Looks at an instance, its interfaces and the isolation groups of their VPCs: in full, or not at all. */
final class QuarantineObserver {
    private static final String TERMINATED = "terminated";

    private final InstantSource time;

    QuarantineObserver(InstantSource time) {
        this.time = time;
    }

    /**
     * Looks.
     *
     * @param recordedGroups the isolation groups that the quarantine uses, found whatever became of their tags
     */
    Observation look(Ec2Gateway ec2, String instanceId, Collection<String> recordedGroups) {
        return look(ec2, instanceId, recordedGroups, Set.of(), _ -> Set.of());
    }

    /**
     * Looks.
     *
     * @param suspected the groups whose members are read even where they have no rules
     * @param named the groups that others may isolate with, by the interfaces that were seen; read where the instance is in them
     */
    Observation look(
            Ec2Gateway ec2,
            String instanceId,
            Collection<String> recordedGroups,
            Collection<String> suspected,
            Function<List<InterfaceState>, Set<String>> named) {
        Instant readTime = time.instant();
        Result<Observation> seen = ec2.instance(instanceId)
                .then(look -> look.facts().state().equals(TERMINATED)
                        ? Result.ok(new Observation.Gone(look.facts()))
                        : interfaces(ec2, look)
                                .then(interfaces -> groups(
                                                ec2,
                                                interfaces,
                                                recordedAndNamed(interfaces, recordedGroups, named.apply(interfaces)),
                                                suspected)
                                        .map(groups ->
                                                new Observation.Present(look.facts(), interfaces, groups, readTime))));
        return switch (seen) {
            case Result.Ok<Observation>(Observation observation) -> observation;
            case Result.Failed<Observation>(CallFailure failure) -> new Observation.Unreadable(failure);
        };
    }

    /**
     * The interfaces by either read: what only one of the two shows is there all the same. An instance without any is
     * taken for a read that came too early or too late.
     */
    private static Result<List<InterfaceState>> interfaces(Ec2Gateway ec2, InstanceLook look) {
        String instanceId = look.facts().id();
        return ec2.interfacesOf(List.of(instanceId)).then(found -> {
            Map<String, InterfaceState> all = new LinkedHashMap<>();
            look.interfaces().forEach(each -> all.put(each.id(), each));
            found.getOrDefault(instanceId, List.of()).forEach(each -> all.put(each.id(), each));
            return all.isEmpty()
                    ? Result.failed(new CallFailure.NotFound(
                            "ec2:DescribeNetworkInterfaces", instanceId, "EC2 shows no network interface of it"))
                    : Result.ok(List.copyOf(all.values()));
        });
    }

    private static Set<String> recordedAndNamed(
            List<InterfaceState> interfaces, Collection<String> recorded, Collection<String> named) {
        Set<String> groups = new HashSet<>(recorded);
        interfaces.stream()
                .flatMap(state -> state.groups().stream())
                .filter(named::contains)
                .forEach(groups::add);
        return groups;
    }

    private static Result<List<GroupState>> groups(
            Ec2Gateway ec2,
            List<InterfaceState> interfaces,
            Collection<String> recorded,
            Collection<String> suspected) {
        Set<String> vpcIds = interfaces.stream().map(InterfaceState::vpcId).collect(Collectors.toSet());
        return ec2.ownedGroups(vpcIds)
                .then(owned -> {
                    Set<String> found = owned.stream().map(GroupState::id).collect(Collectors.toSet());
                    List<String> untagged =
                            recorded.stream().filter(id -> !found.contains(id)).toList();
                    return untagged.isEmpty()
                            ? Result.ok(owned)
                            : ec2.groups(untagged).map(more -> {
                                List<GroupState> all = new ArrayList<>(owned);
                                all.addAll(more);
                                return all;
                            });
                })
                .then(groups ->
                        withMembers(ec2, groups, group -> group.ruleCount() > 0 || suspected.contains(group.id())));
    }

    /**
     * Who is in a group, where that matters. What our own quarantines have marked is nobody's: also after its quarantine was
     * deleted, which leaves the instance where it is.
     */
    static Result<List<GroupState>> withMembers(
            Ec2Gateway ec2, List<GroupState> groups, Predicate<GroupState> matters) {
        Set<String> asked = groups.stream().filter(matters).map(GroupState::id).collect(Collectors.toSet());
        return ec2.membersOf(asked)
                .map(members -> groups.stream()
                        .map(group -> group.withMembers(members.getOrDefault(group.id(), List.of()).stream()
                                .filter(member -> !Marks.areOn(member, group.owner()))
                                .map(InterfaceState::id)
                                .collect(Collectors.toSet())))
                        .toList());
    }
}
