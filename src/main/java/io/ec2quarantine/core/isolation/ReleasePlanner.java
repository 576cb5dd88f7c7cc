package io.ec2quarantine.core.isolation;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Plans the way from what was seen to the release, and, over what was read back, what is left of it. */
public final class ReleasePlanner {
    private ReleasePlanner() {}

    /**
     * Plans.
     *
     * @param attached the instance's interfaces
     * @param detached those with a baseline that exist elsewhere; they may be in use by somebody, so that one which has
     *     left its isolation group is left alone
     * @param existing which of the wanted groups exist
     */
    public static ReleasePlan plan(
            List<InterfaceState> attached, List<InterfaceState> detached, ReleaseRecord record, Set<String> existing) {
        List<Step> steps = new ArrayList<>();
        List<Shortfall> shortfalls = new ArrayList<>();
        for (InterfaceState state : Stream.concat(
                        attached.stream(), detached.stream().filter(state -> isolated(state, record)))
                .sorted(InterfaceState.PRIMARY_FIRST)
                .toList()) {
            Target target = target(state, record, existing);
            target.shortfall().ifPresent(shortfalls::add);
            if (target.groups().isEmpty() || target.groups().equals(state.groups())) {
                continue;
            }
            state.unchangeable()
                    .ifPresentOrElse(
                            why -> shortfalls.add(new Shortfall.Unchangeable(state.id(), why)),
                            () -> steps.add(new Step.GiveBack(state.id(), target.groups())));
        }
        Set<String> there = Stream.concat(attached.stream(), detached.stream())
                .map(InterfaceState::id)
                .collect(Collectors.toSet());
        shortfalls.addAll(missing(there, record));
        return new ReleasePlan(steps, shortfalls);
    }

    /** The groups that a release would give back, so that it can be read which of them exist. */
    public static Set<String> wantedGroups(ReleaseRecord record) {
        Set<String> wanted = new HashSet<>();
        record.chosen().values().forEach(wanted::addAll);
        record.baselines().values().stream()
                .filter(baseline -> !record.chosen().containsKey(baseline.interfaceId()))
                .forEach(baseline -> wanted.addAll(baseline.groups()));
        return wanted;
    }

    private static Target target(InterfaceState state, ReleaseRecord record, Set<String> existing) {
        List<String> chosen = record.chosen().get(state.id());
        if (chosen != null) {
            return existing(state.id(), chosen, existing);
        }
        Baseline baseline = record.baselines().get(state.id());
        if (baseline != null && baseline.known()) {
            return existing(state.id(), baseline.groups(), existing);
        }
        return new Target(
                List.of(),
                isolated(state, record) ? Optional.of(new Shortfall.NoBaseline(state.id())) : Optional.empty());
    }

    private static boolean isolated(InterfaceState state, ReleaseRecord record) {
        return state.groups().stream().anyMatch(record.isolationGroups()::contains);
    }

    private static Target existing(String interfaceId, List<String> wanted, Set<String> existing) {
        List<String> there = wanted.stream().filter(existing::contains).sorted().toList();
        List<String> gone =
                wanted.stream().filter(group -> !existing.contains(group)).toList();
        return new Target(
                there, gone.isEmpty() ? Optional.empty() : Optional.of(new Shortfall.GroupsGone(interfaceId, gone)));
    }

    private static List<Shortfall> missing(Set<String> there, ReleaseRecord record) {
        List<Shortfall> missing = new ArrayList<>();
        new TreeSet<>(record.baselines().keySet())
                .stream()
                        .filter(id -> !there.contains(id) && !record.chosen().containsKey(id))
                        .forEach(id -> missing.add(new Shortfall.InterfaceGone(id)));
        new TreeMap<>(record.chosen()).forEach((id, groups) -> {
            if (!there.contains(id) && !groups.isEmpty()) {
                missing.add(
                        record.baselines().containsKey(id)
                                ? new Shortfall.InterfaceGone(id)
                                : new Shortfall.NotIts(id));
            }
        });
        return missing;
    }

    /** What one interface shall have; no groups: it is left as it is. */
    private record Target(List<String> groups, Optional<Shortfall> shortfall) {}
}
