package io.ec2quarantine.core.isolation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Plans what is done about connections that a swap of groups leaves alone, and what undoes it. */
public final class ConnectionPlanner {
    private static final String RUNNING = "running";

    private ConnectionPlanner() {}

    /**
     * The interfaces to open for a moment before they are isolated: all that the plan moves, and only in the first plan of
     * an episode, so that nothing that was isolated is ever opened. A mark or a group without rules is taken for an isolation
     * here, whoever made it: where that is wrong, nothing is opened, and it is isolated all the same.
     */
    public static List<Step.Swap> openings(
            Observation.Present seen, IsolationPlan plan, IsolationRecord record, ConnectionWish wish) {
        boolean first = record.interfaceIds().isEmpty() && record.groups().isEmpty();
        if (!wish.untrack() || !first || !seen.instance().state().equals(RUNNING)) {
            return List.of();
        }
        Set<String> owned = seen.ownedGroupIds();
        Set<String> open = seen.interfaces().stream()
                .filter(state -> state.groups().stream().noneMatch(owned::contains))
                .filter(state -> !Marks.isMarkedIsolated(state) && !isWithoutRules(state, seen))
                .map(InterfaceState::id)
                .collect(Collectors.toSet());
        return plan.steps().stream()
                .flatMap(step -> step instanceof Step.Swap swap && open.contains(swap.interfaceId())
                        ? Stream.of(swap)
                        : Stream.empty())
                .toList();
    }

    private static boolean isWithoutRules(InterfaceState state, Observation.Present seen) {
        Set<String> empty = seen.groups().stream()
                .filter(group -> group.rules().isEmpty())
                .map(GroupState::id)
                .collect(Collectors.toSet());
        return !state.groups().isEmpty() && empty.containsAll(state.groups());
    }

    /**
     * What is left to do about interfaces that are isolated; of any other, nothing.
     *
     * @param groups the isolation group of each VPC, by VPC id
     */
    public static List<ConnectionStep> cuts(
            List<InterfaceState> seen, Map<String, String> groups, ConnectionWish wish) {
        return seen.stream()
                .filter(state -> Optional.ofNullable(groups.get(state.vpcId()))
                        .map(List::of)
                        .equals(Optional.of(state.groups())))
                .flatMap(state -> cuts(state, wish))
                .toList();
    }

    private static Stream<ConnectionStep> cuts(InterfaceState state, ConnectionWish wish) {
        Stream<ConnectionStep> addresses = wish.takeAddressesOff()
                ? state.publicIps().stream().map(address -> new ConnectionStep.TakeOff(state.id(), address))
                : Stream.empty();
        Stream<ConnectionStep> timeouts =
                wish.shortenTimeouts() && !state.timeouts().spelledOut().equals(TrackingTimeouts.SHORTEST)
                        ? Stream.of(new ConnectionStep.Shorten(state.id()))
                        : Stream.empty();
        return Stream.concat(addresses, timeouts);
    }

    /**
     * What is left to give back.
     *
     * @param seen the interfaces that exist and are still the instance's to give back to
     * @param addresses those that were taken off, by interface id
     * @param timeouts those that were set before, by interface id
     */
    public static List<ConnectionStep> givingBack(
            List<InterfaceState> seen, Map<String, List<PublicIp>> addresses, Map<String, TrackingTimeouts> timeouts) {
        Map<String, InterfaceState> byId =
                seen.stream().collect(Collectors.toMap(InterfaceState::id, Function.identity(), (first, _) -> first));
        List<ConnectionStep> steps = new ArrayList<>();
        byId.values().stream().sorted(InterfaceState.PRIMARY_FIRST).forEach(state -> {
            steps.addAll(givingBack(state, addresses.getOrDefault(state.id(), List.of())));
            Optional.ofNullable(timeouts.get(state.id()))
                    .map(TrackingTimeouts::spelledOut)
                    .filter(before -> !before.equals(state.timeouts().spelledOut()))
                    .ifPresent(before -> steps.add(new ConnectionStep.SetTimeouts(state.id(), before)));
        });
        return List.copyOf(steps);
    }

    private static List<ConnectionStep> givingBack(InterfaceState state, List<PublicIp> addresses) {
        Set<String> present = state.publicIps().stream().map(PublicIp::address).collect(Collectors.toSet());
        Stream<ConnectionStep> elastic = addresses.stream()
                .filter(each -> each.allocationId().isPresent() && !present.contains(each.address()))
                .map(each -> new ConnectionStep.GiveAddressBack(state.id(), each));
        Stream<ConnectionStep> automatic = addresses.stream()
                .filter(each -> each.allocationId().isEmpty() && present.isEmpty())
                .limit(1)
                .map(each -> new ConnectionStep.GiveSomeAddress(state.id(), each.address()));
        return Stream.concat(elastic, automatic).toList();
    }
}
