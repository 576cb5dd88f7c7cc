package io.ec2quarantine.status;

import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.BaselineState;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.InterfaceStatus;
import io.ec2quarantine.core.isolation.Baseline;
import io.ec2quarantine.core.isolation.InterfaceState;
import io.ec2quarantine.core.isolation.Observation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the status says of each interface: what it had, what it shall have, what it was seen with. */
final class InterfaceStatuses {
    /** As many as the schema takes. */
    private static final int MOST = 256;

    private static final String DETACHED = "not attached to the instance when it was last read";

    private InterfaceStatuses() {}

    /**
     * As many as the schema takes: of those that are not attached any more the oldest are dropped, for somebody who
     * attaches and detaches them by the hundred must not keep the others from being written down.
     */
    static List<InterfaceStatus> bounded(List<InterfaceStatus> interfaces) {
        int tooMany = interfaces.size() - MOST;
        if (tooMany <= 0) {
            return interfaces;
        }
        Set<String> dropped = interfaces.stream()
                .filter(each -> DETACHED.equals(each.message()))
                .limit(tooMany)
                .map(InterfaceStatus::id)
                .collect(Collectors.toSet());
        return interfaces.stream().filter(each -> !dropped.contains(each.id())).toList();
    }

    /** Seen interfaces as they are; those with a baseline are kept even when they are not attached just now. */
    static List<InterfaceStatus> observed(
            List<InterfaceStatus> before, Observation.Present seen, Map<String, String> groups) {
        Map<String, InterfaceStatus> recorded = byId(before);
        Map<String, InterfaceStatus> next = new LinkedHashMap<>();
        seen.interfaces().forEach(state -> next.put(state.id(), observed(recorded.get(state.id()), state, groups)));
        before.stream()
                .filter(each -> each.baselineState() != null)
                .forEach(each -> next.putIfAbsent(each.id(), detached(each)));
        return bounded(List.copyOf(next.values()));
    }

    private static InterfaceStatus observed(
            @Nullable InterfaceStatus recorded, InterfaceState state, Map<String, String> groups) {
        String group = groups.get(state.vpcId());
        return new InterfaceStatus(
                state.id(),
                state.networkCardIndex(),
                state.deviceIndex(),
                state.vpcId(),
                recorded == null ? List.of() : recorded.baseline(),
                recorded == null ? null : recorded.baselineState(),
                group == null ? List.of() : List.of(group),
                state.groups(),
                state.unchangeable().orElse(null));
    }

    private static InterfaceStatus detached(InterfaceStatus recorded) {
        return new InterfaceStatus(
                recorded.id(),
                recorded.networkCardIndex(),
                recorded.deviceIndex(),
                recorded.vpcID(),
                recorded.baseline(),
                recorded.baselineState(),
                recorded.desired(),
                List.of(),
                DETACHED);
    }

    static InterfaceStatus withBaseline(InterfaceState state, Baseline baseline) {
        return new InterfaceStatus(
                state.id(),
                state.networkCardIndex(),
                state.deviceIndex(),
                state.vpcId(),
                baseline.groups(),
                baseline.known() ? BaselineState.RECORDED : BaselineState.UNKNOWN,
                List.of(),
                state.groups(),
                state.unchangeable().orElse(null));
    }

    /** After a release the baseline is what is desired. */
    static List<InterfaceStatus> released(
            List<InterfaceStatus> before, Observation.Present seen, List<InterfaceState> all) {
        Map<String, InterfaceState> states =
                all.stream().collect(Collectors.toMap(InterfaceState::id, state -> state, (first, _) -> first));
        return observed(before, seen, Map.of()).stream()
                .map(each -> withObserved(each, Optional.ofNullable(states.get(each.id()))))
                .toList();
    }

    private static InterfaceStatus withObserved(InterfaceStatus status, Optional<InterfaceState> state) {
        return new InterfaceStatus(
                status.id(),
                status.networkCardIndex(),
                status.deviceIndex(),
                status.vpcID(),
                status.baseline(),
                status.baselineState(),
                status.baseline(),
                state.map(InterfaceState::groups).orElseGet(List::of),
                status.message());
    }

    static Map<String, InterfaceStatus> byId(List<InterfaceStatus> interfaces) {
        Map<String, InterfaceStatus> byId = new LinkedHashMap<>();
        interfaces.forEach(each -> byId.put(each.id(), each));
        return byId;
    }
}
