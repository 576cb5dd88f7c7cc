package io.ec2quarantine.status;

import static io.ec2quarantine.api.v1alpha1.ConditionType.CONNECTIONS_CUT;

import io.ec2quarantine.api.v1alpha1.Condition;
import io.ec2quarantine.api.v1alpha1.ConditionType;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.OpenedInterface;
import io.ec2quarantine.core.CallFailure;
import io.ec2quarantine.core.isolation.ConnectionPlanner;
import io.ec2quarantine.core.isolation.ConnectionWish;
import io.ec2quarantine.core.isolation.InterfaceState;
import io.ec2quarantine.core.isolation.PublicIp;
import io.ec2quarantine.core.isolation.TrackingTimeouts;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What is said of connections that were open before the isolation: what was done, and what that does not reach. None of it
 * proves that all are cut.
 */
public final class ConnectionClaims {
    static final String MAY_PERSIST = "TrackedConnectionsMayPersist";
    private static final String INCOMPLETE = "CutIncomplete";
    private static final String UNTRACKED = "Untracked";
    private static final String ADDRESS_TAKEN_OFF = "PublicAddressTakenOff";
    private static final String TIMEOUTS_SHORTENED = "IdleTimeoutsShortened";
    private static final Set<String> SAID = Set.of(INCOMPLETE, UNTRACKED, ADDRESS_TAKEN_OFF, TIMEOUTS_SHORTENED);

    private ConnectionClaims() {}

    /**
     * Says how the steps ended, unless something worse is known.
     *
     * @param seen the interfaces as they were read after the last step
     * @param actions what was done, in plain words
     */
    public static QuarantinedInstanceStatus after(
            QuarantinedInstanceStatus before,
            ConnectionWish wish,
            List<InterfaceState> seen,
            Collection<CallFailure> failures,
            List<String> actions,
            long generation,
            Instant now) {
        Optional<Claim> standing = Claim.standing(before.conditions(), CONNECTIONS_CUT);
        boolean open = standing.filter(claim -> claim.status() == Condition.Status.UNKNOWN)
                .filter(claim -> isSaid(claim) || claim.reason().equals(MAY_PERSIST))
                .isPresent();
        Optional<Claim> claim = claim(before, wish, seen, failures).filter(each -> !standing.equals(Optional.of(each)));
        StatusBuilder next = new StatusBuilder(before);
        if (open && claim.isPresent()) {
            next.conditions(Conditions.upsert(before.conditions(), List.of(claim.get()), generation, now));
        }
        if (!actions.isEmpty()) {
            next.timeline(QuarantineStatuses.entry(
                    now,
                    "ConnectionsCut",
                    String.join("; ", actions),
                    failures.stream().findFirst().map(CallFailure::reason).orElse("Done")));
        }
        return next.build();
    }

    /** Whether a claim was made by this class: it stands for as long as the isolation does. */
    static boolean isSaid(Claim claim) {
        return claim.status() == Condition.Status.UNKNOWN && SAID.contains(claim.reason());
    }

    /**
     * What a sweep finds left to do or to say, in words that change when that does; empty where nothing is.
     *
     * @param seen the interfaces of the instance
     */
    public static Optional<String> left(
            QuarantinedInstanceStatus status, ConnectionWish wish, List<InterfaceState> seen) {
        List<String> left = new ArrayList<>();
        ConnectionPlanner.cuts(seen, QuarantineReading.record(status).groups(), wish)
                .forEach(step -> left.add(step.done()));
        boolean unsaid = Conditions.find(status.conditions(), ConditionType.CONNECTIONS_CUT)
                .filter(condition -> MAY_PERSIST.equals(condition.reason()))
                .isPresent();
        if (unsaid
                && (!taken(status, seen).isEmpty() || !shortened(status, seen).isEmpty() || isUntracked(status))) {
            left.add("to say what was done");
        }
        return left.isEmpty() ? Optional.empty() : Optional.of(left.toString());
    }

    private static Optional<Claim> claim(
            QuarantinedInstanceStatus status,
            ConnectionWish wish,
            List<InterfaceState> seen,
            Collection<CallFailure> failures) {
        List<String> sentences = new ArrayList<>();
        List<String> reasons = new ArrayList<>();
        boolean incomplete = !failures.isEmpty()
                || !ConnectionPlanner.cuts(
                                seen, QuarantineReading.record(status).groups(), wish)
                        .isEmpty();
        if (incomplete) {
            reasons.add(INCOMPLETE);
            failures.stream().map(ConnectionClaims::sentence).distinct().forEach(sentences::add);
        }
        if (isUntracked(status)) {
            reasons.add(UNTRACKED);
            sentences.add(
                    "The interfaces were opened for a moment before the isolation, so that connections with traffic"
                            + " meanwhile are no longer tracked; ICMP, silent connections and those through NAT gateways, network"
                            + " load balancers, transit gateways and endpoints still may be.");
        }
        List<String> taken = taken(status, seen);
        if (!taken.isEmpty()) {
            reasons.add(ADDRESS_TAKEN_OFF);
            sentences.add(String.join(", ", taken)
                    + (taken.size() == 1 ? " was" : " were")
                    + " taken off, which cuts what went through it; IPv6 and peers in the VPC or connected to it are not"
                    + " reached by that.");
        }
        if (!shortened(status, seen).isEmpty()) {
            reasons.add(TIMEOUTS_SHORTENED);
            sentences.add("Connections that are silent for a minute are forgotten; those that are not live on.");
        }
        return reasons.isEmpty()
                ? Optional.empty()
                : Optional.of(Claim.unknown(
                        CONNECTIONS_CUT, reasons.getFirst(), String.join(" ", sentences) + " Watch for new activity."));
    }

    /** What is refused for what it is, is not asked for again while the isolation lasts. */
    private static String sentence(CallFailure failure) {
        return failure instanceof CallFailure.Invalid
                ? failure.call() + " for " + failure.target() + " was refused (" + failure.detail()
                        + "); it is asked for again with the next isolation."
                : failure.sentence();
    }

    private static boolean isUntracked(QuarantinedInstanceStatus status) {
        return Optional.ofNullable(status.changes()).stream()
                .flatMap(changes -> changes.opened().stream())
                .anyMatch(ConnectionClaims::wasOpen);
    }

    /** One that was not found open when its time was over may never have been, or not for long enough. */
    private static boolean wasOpen(OpenedInterface opened) {
        return opened.closedTime() != null && opened.groupID() != null;
    }

    private static List<String> taken(QuarantinedInstanceStatus status, List<InterfaceState> seen) {
        Set<String> present = seen.stream()
                .flatMap(state -> state.publicIps().stream())
                .map(PublicIp::address)
                .collect(Collectors.toSet());
        Set<String> attached = seen.stream().map(InterfaceState::id).collect(Collectors.toSet());
        return ConnectionRecords.addresses(status).entrySet().stream()
                .filter(each -> attached.contains(each.getKey()))
                .flatMap(each -> each.getValue().stream())
                .map(PublicIp::address)
                .filter(address -> !present.contains(address))
                .sorted()
                .toList();
    }

    private static List<String> shortened(QuarantinedInstanceStatus status, List<InterfaceState> seen) {
        Set<String> changed = ConnectionRecords.timeouts(status).keySet();
        return seen.stream()
                .filter(state -> changed.contains(state.id())
                        && state.timeouts().spelledOut().equals(TrackingTimeouts.SHORTEST))
                .map(InterfaceState::id)
                .toList();
    }
}
