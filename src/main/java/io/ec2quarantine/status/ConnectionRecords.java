package io.ec2quarantine.status;

import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.AddressChange;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.Changes;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.OpenedInterface;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.TimeoutChange;
import io.ec2quarantine.core.isolation.ConnectionStep;
import io.ec2quarantine.core.isolation.GroupState;
import io.ec2quarantine.core.isolation.InterfaceState;
import io.ec2quarantine.core.isolation.Observation;
import io.ec2quarantine.core.isolation.PublicIp;
import io.ec2quarantine.core.isolation.TrackingTimeouts;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the status records of changes to connections, so that they are made once and a release can undo them. */
public final class ConnectionRecords {
    /** As many as the schema takes. */
    private static final int MOST_ADDRESSES = 64;

    private static final int MOST_INTERFACES = 256;

    private ConnectionRecords() {}

    /** Interfaces are about to be opened for a moment; what was opened before is not opened again. */
    public static QuarantinedInstanceStatus opening(
            QuarantinedInstanceStatus before, Collection<String> interfaceIds, Instant now) {
        Changes changes = changes(before);
        List<OpenedInterface> opened = new ArrayList<>(changes.opened());
        Set<String> known = opened.stream().map(OpenedInterface::interfaceID).collect(Collectors.toSet());
        interfaceIds.stream()
                .filter(id -> !known.contains(id))
                .forEach(id -> opened.add(new OpenedInterface(id, null, now, null)));
        return with(
                before,
                changes.addresses(),
                changes.idleTimeouts(),
                opened.stream().limit(MOST_INTERFACES).toList());
    }

    /**
     * What a read shows to be in no group that opens any more, or not to be there any more, is closed. The group is named
     * where the look before it still found the interface in it when its time was over: then it was open for all of that.
     *
     * @param open for how long an interface is opened
     */
    public static QuarantinedInstanceStatus closed(
            QuarantinedInstanceStatus before, Observation.Present seen, Observation readBack, Duration open) {
        if (!isBeingOpened(before) || !(readBack instanceof Observation.Present after)) {
            return before;
        }
        Map<String, String> groupsBefore = opening(seen);
        Set<String> stillOpen = opening(after).keySet();
        Changes changes = changes(before);
        return with(
                before,
                changes.addresses(),
                changes.idleTimeouts(),
                changes.opened().stream()
                        .map(each -> each.closedTime() != null || stillOpen.contains(each.interfaceID())
                                ? each
                                : new OpenedInterface(
                                        each.interfaceID(),
                                        each.openedTime() != null
                                                        && !seen.readTime()
                                                                .isBefore(each.openedTime()
                                                                        .plus(open))
                                                ? groupsBefore.get(each.interfaceID())
                                                : null,
                                        each.openedTime(),
                                        after.readTime()))
                        .toList());
    }

    /** The group that opens each interface that is open, by interface id. */
    private static Map<String, String> opening(Observation.Present seen) {
        Set<String> groups = seen.groups().stream()
                .filter(GroupState::isMadeToOpen)
                .map(GroupState::id)
                .collect(Collectors.toSet());
        Map<String, String> opening = new HashMap<>();
        seen.interfaces()
                .forEach(state -> state.groups().stream()
                        .filter(groups::contains)
                        .forEach(group -> opening.put(state.id(), group)));
        return opening;
    }

    /** Writes down what the steps are about to change; what is written down already stays. */
    public static QuarantinedInstanceStatus writtenDown(
            QuarantinedInstanceStatus before, List<ConnectionStep> steps, List<InterfaceState> seen) {
        Changes changes = changes(before);
        Map<String, AddressChange> addresses = new LinkedHashMap<>();
        changes.addresses().forEach(each -> addresses.put(each.interfaceID() + " " + each.publicIP(), each));
        Map<String, TimeoutChange> timeouts = new LinkedHashMap<>();
        changes.idleTimeouts().forEach(each -> timeouts.put(each.interfaceID(), each));
        for (ConnectionStep step : steps) {
            if (step instanceof ConnectionStep.TakeOff(String id, PublicIp address)) {
                addresses.putIfAbsent(
                        id + " " + address.address(),
                        new AddressChange(
                                id,
                                address.address(),
                                address.privateIp().orElse(null),
                                address.allocationId().orElse(null)));
            } else if (step instanceof ConnectionStep.Shorten(String id)) {
                seen.stream()
                        .filter(state -> state.id().equals(id))
                        .findFirst()
                        .map(InterfaceState::timeouts)
                        .ifPresent(old -> timeouts.putIfAbsent(
                                id,
                                new TimeoutChange(
                                        id,
                                        old.tcpEstablished().orElse(null),
                                        old.udpStream().orElse(null),
                                        old.udp().orElse(null))));
            }
        }
        return with(
                before,
                addresses.values().stream().limit(MOST_ADDRESSES).toList(),
                timeouts.values().stream().limit(MOST_INTERFACES).toList(),
                changes.opened());
    }

    /** Those of the steps whose undoing is written down: without that, nothing is changed. */
    public static List<ConnectionStep> recorded(QuarantinedInstanceStatus status, List<ConnectionStep> steps) {
        Map<String, List<PublicIp>> addresses = addresses(status);
        Map<String, TrackingTimeouts> timeouts = timeouts(status);
        return steps.stream()
                .filter(step -> switch (step) {
                    case ConnectionStep.TakeOff(String id, PublicIp address) ->
                        addresses.getOrDefault(id, List.of()).stream()
                                .anyMatch(each -> each.address().equals(address.address()));
                    case ConnectionStep.Shorten(String id) -> timeouts.containsKey(id);
                    case ConnectionStep.GiveAddressBack _,
                            ConnectionStep.GiveSomeAddress _,
                            ConnectionStep.SetTimeouts _ -> true;
                })
                .toList();
    }

    /** The public addresses that were taken off, by interface id. */
    public static Map<String, List<PublicIp>> addresses(QuarantinedInstanceStatus status) {
        return changes(status).addresses().stream()
                .collect(Collectors.groupingBy(
                        AddressChange::interfaceID,
                        Collectors.mapping(
                                each -> new PublicIp(
                                        each.publicIP(),
                                        Optional.ofNullable(each.privateIP()),
                                        Optional.ofNullable(each.allocationID()),
                                        Optional.empty()),
                                Collectors.toList())));
    }

    /** The idle timeouts that were changed, as they were before, by interface id. */
    public static Map<String, TrackingTimeouts> timeouts(QuarantinedInstanceStatus status) {
        return changes(status).idleTimeouts().stream()
                .collect(Collectors.toMap(
                        TimeoutChange::interfaceID,
                        each -> new TrackingTimeouts(
                                Optional.ofNullable(each.tcpEstablishedSeconds()),
                                Optional.ofNullable(each.udpStreamSeconds()),
                                Optional.ofNullable(each.udpSeconds())),
                        (first, _) -> first));
    }

    /** Whether an interface may be open, because it was about to be opened and was not read to be closed since. */
    public static boolean isBeingOpened(QuarantinedInstanceStatus status) {
        return changes(status).opened().stream().anyMatch(each -> each.closedTime() == null);
    }

    /** Whether all that may be open was about to be opened at this time: what somebody else has begun is theirs. */
    public static boolean isOpening(QuarantinedInstanceStatus status, Instant begun) {
        return isBeingOpened(status)
                && changes(status).opened().stream()
                        .allMatch(each -> each.closedTime() == null && begun.equals(each.openedTime()));
    }

    /** Whether any interface was about to be opened in this episode. */
    public static boolean wasOpened(QuarantinedInstanceStatus status) {
        return !changes(status).opened().isEmpty();
    }

    /** What the next episode takes over: what the last one took away and has not given back yet. */
    static @Nullable Changes withoutOpened(@Nullable Changes changes) {
        return changes == null
                ? null
                : new Changes(
                        changes.autoScaling(),
                        changes.targets(),
                        changes.instanceProfile(),
                        changes.addresses(),
                        changes.idleTimeouts(),
                        List.of());
    }

    private static Changes changes(QuarantinedInstanceStatus status) {
        return Optional.ofNullable(status.changes()).orElseGet(Changes::none);
    }

    private static QuarantinedInstanceStatus with(
            QuarantinedInstanceStatus before,
            List<AddressChange> addresses,
            List<TimeoutChange> timeouts,
            List<OpenedInterface> opened) {
        Changes changes = changes(before);
        Changes next = new Changes(
                changes.autoScaling(), changes.targets(), changes.instanceProfile(), addresses, timeouts, opened);
        return next.equals(changes)
                ? before
                : new StatusBuilder(before).changes(next).build();
    }
}
