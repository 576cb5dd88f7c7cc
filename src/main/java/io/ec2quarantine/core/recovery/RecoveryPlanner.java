package io.ec2quarantine.core.recovery;

import io.ec2quarantine.core.isolation.Baseline;
import io.ec2quarantine.core.isolation.GroupState;
import io.ec2quarantine.core.isolation.InterfaceState;
import io.ec2quarantine.core.isolation.Marks;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Tells what was isolated from what is only tagged so. Whoever may set tags can write anything into them, so an interface
 * counts where it is in a group that isolates, and of its baseline what exists and isolates nothing.
 */
public final class RecoveryPlanner {
    private static final Pattern GROUP_ID = Pattern.compile("sg-([0-9a-f]{8}|[0-9a-f]{17})");
    private static final Pattern INSTALL_ID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    private final Map<String, GroupState> groups = new HashMap<>();
    private final List<Recovery.Remark> remarks = new ArrayList<>();
    private final Map<String, List<Found>> found = new LinkedHashMap<>();

    private record Found(InterfaceState state, GroupState group, Baseline baseline) {}

    private RecoveryPlanner(Collection<GroupState> groups) {
        groups.forEach(group -> this.groups.put(group.id(), group));
    }

    /** The groups that must be read before it can be told: those that the interfaces are in, and those of their baselines. */
    public static List<String> groupsToRead(Collection<MarkedInterface> marked) {
        return marked.stream()
                .flatMap(each -> Stream.concat(each.state().groups().stream(), wellFormed(each.state()).stream()))
                .distinct()
                .toList();
    }

    /** Plans the recovery; the groups are those of {@link #groupsToRead} that exist. */
    public static Recovery plan(Collection<MarkedInterface> marked, Collection<GroupState> groups) {
        RecoveryPlanner planner = new RecoveryPlanner(groups);
        marked.stream()
                .sorted((one, other) -> InterfaceState.PRIMARY_FIRST.compare(one.state(), other.state()))
                .forEach(planner::look);
        return new Recovery(
                planner.found.entrySet().stream()
                        .map(each -> instance(each.getKey(), each.getValue()))
                        .toList(),
                planner.remarks);
    }

    private void look(MarkedInterface marked) {
        InterfaceState state = marked.state();
        Optional<String> instance = marked.instanceId();
        if (instance.isEmpty()) {
            reject(state, "is tagged as isolated and attached to no instance");
            return;
        }
        String mark = state.tags().getOrDefault(Marks.QUARANTINE, "");
        String installId = mark.contains("/") ? mark.substring(0, mark.indexOf('/')) : "";
        if (!INSTALL_ID.matcher(installId).matches() || !mark.equals(installId + "/" + instance.get())) {
            reject(
                    state,
                    "is tagged as isolated, and its tag " + Marks.QUARANTINE + " names no quarantine of its instance");
            return;
        }
        Optional<GroupState> group = Optional.of(state.groups())
                .filter(all -> all.size() == 1)
                .flatMap(all -> Optional.ofNullable(groups.get(all.getFirst())))
                .filter(each -> each.owner().equals(Optional.of(installId)));
        if (group.isEmpty()) {
            reject(
                    state,
                    "is only tagged as isolated: it is in " + String.join(", ", state.groups())
                            + ", which is not one isolation group of its installation");
            return;
        }
        if (!group.get().isClosed()) {
            reject(
                    state,
                    "is in " + group.get().id() + ", which has " + group.get().ruleCount()
                            + " rules that it was not made with and isolates nothing; take them out and try again");
            return;
        }
        found.computeIfAbsent(instance.get(), _ -> new ArrayList<>())
                .add(new Found(state, group.get(), baseline(state)));
    }

    private void reject(InterfaceState state, String why) {
        remarks.add(new Recovery.Remark(state.id(), state.id() + " " + why + ".", false));
    }

    private Baseline baseline(InterfaceState state) {
        List<String> claimed = claimed(state);
        List<String> kept = wellFormed(state).stream()
                .filter(id -> isOfBefore(id, state.vpcId()))
                .toList();
        if (kept.size() < claimed.size() || claimed.isEmpty()) {
            remarks.add(new Recovery.Remark(
                    state.id(),
                    state.id() + ": " + (claimed.size() - kept.size()) + " of the " + claimed.size()
                            + " groups in its baseline tags do not exist in " + state.vpcId()
                            + " or isolate; a release gives back "
                            + (kept.isEmpty() ? "nothing unless spec.releaseTo chooses" : String.join(", ", kept))
                            + ".",
                    true));
        }
        return new Baseline(state.id(), kept, true);
    }

    private boolean isOfBefore(String groupId, String vpcId) {
        return Optional.ofNullable(groups.get(groupId))
                .filter(group -> group.vpcId().equals(vpcId) && group.owner().isEmpty())
                .isPresent();
    }

    private static List<String> wellFormed(InterfaceState state) {
        return claimed(state).stream()
                .filter(each -> GROUP_ID.matcher(each).matches())
                .distinct()
                .toList();
    }

    private static List<String> claimed(InterfaceState state) {
        return Stream.of(Marks.BASELINE, Marks.BASELINE_2)
                .flatMap(key -> Stream.of(state.tags().getOrDefault(key, "").split(" ", -1)))
                .filter(each -> !each.isEmpty())
                .toList();
    }

    /** The installation of the first interface is that of the instance: another's groups are none of this one. */
    private static Recovery.Instance instance(String id, List<Found> all) {
        GroupState first = all.getFirst().group();
        List<Found> ours = all.stream()
                .filter(each -> each.group().owner().equals(first.owner()))
                .toList();
        Map<String, String> groups = new LinkedHashMap<>();
        ours.forEach(
                each -> groups.putIfAbsent(each.state().vpcId(), each.group().id()));
        return new Recovery.Instance(
                id,
                first.owner().orElse(""),
                groups,
                first.name(),
                ours.stream().map(Found::state).toList(),
                ours.stream().map(Found::baseline).toList());
    }
}
