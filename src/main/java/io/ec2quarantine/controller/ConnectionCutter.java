package io.ec2quarantine.controller;

import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus;
import io.ec2quarantine.aws.ConnectionGateway;
import io.ec2quarantine.aws.Ec2Gateway;
import io.ec2quarantine.cluster.Responses;
import io.ec2quarantine.core.CallFailure;
import io.ec2quarantine.core.Result;
import io.ec2quarantine.core.isolation.ConnectionPlanner;
import io.ec2quarantine.core.isolation.ConnectionStep;
import io.ec2quarantine.core.isolation.ConnectionWish;
import io.ec2quarantine.core.isolation.InterfaceState;
import io.ec2quarantine.core.isolation.Observation;
import io.ec2quarantine.core.isolation.PublicIp;
import io.ec2quarantine.core.isolation.TrackingTimeouts;
import io.ec2quarantine.status.ConnectionClaims;
import io.ec2quarantine.status.ConnectionRecords;
import io.ec2quarantine.status.QuarantineReading;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** After the isolation was read back: cuts connections that it leaves alone, as far as the response asks for it. */
final class ConnectionCutter {
    private final InstantSource time;
    /** What EC2 refuses for what it is, such as idle timeouts of an instance that knows none: not asked for again in an episode. */
    private final ConcurrentMap<String, Refused> refused = new ConcurrentHashMap<>();

    ConnectionCutter(InstantSource time) {
        this.time = time;
    }

    /**
     * Whether everything is done that can be; what is not is said in the status and worth another try.
     *
     * @param stillOpening why what opened the instance for a moment is still there
     */
    boolean cut(Pass pass, Ec2Gateway ec2, Observation.Present seen, List<CallFailure> stillOpening) {
        ConnectionWish wish = Responses.connections(pass.current().response());
        if (!wish.cuts() && !wish.untrack()) {
            return true;
        }
        Map<ConnectionStep, CallFailure> hopeless = refusedInThisEpisode(pass);
        List<ConnectionStep> steps =
                ConnectionPlanner.cuts(
                                seen.interfaces(),
                                QuarantineReading.record(pass.current()).groups(),
                                wish)
                        .stream()
                        .filter(step -> !hopeless.containsKey(step))
                        .toList();
        Map<ConnectionStep, CallFailure> failures =
                steps.isEmpty() ? Map.of() : writtenDownAndCut(pass, ec2, seen, steps);
        failures.forEach((step, failure) -> {
            if (failure instanceof CallFailure.Invalid) {
                hopeless.put(step, failure);
            }
        });
        if (pass.isReleasedMeanwhile(pass.current())) {
            return true;
        }
        Result<List<InterfaceState>> after = steps.isEmpty() ? Result.ok(seen.interfaces()) : readAgain(ec2, seen);
        if (after instanceof Result.Ok<List<InterfaceState>>(List<InterfaceState> interfaces)) {
            Map<ConnectionStep, CallFailure> told = new LinkedHashMap<>(hopeless);
            told.putAll(failures);
            told.keySet()
                    .retainAll(Set.copyOf(ConnectionPlanner.cuts(
                            interfaces, QuarantineReading.record(pass.current()).groups(), wish)));
            pass.status()
                    .patch(before -> pass.isReleasedMeanwhile(before)
                            ? before
                            : ConnectionClaims.after(
                                    before,
                                    wish,
                                    interfaces,
                                    Stream.concat(stillOpening.stream(), told.values().stream())
                                            .toList(),
                                    steps.stream()
                                            .filter(step -> !failures.containsKey(step))
                                            .map(ConnectionStep::done)
                                            .toList(),
                                    pass.generation(),
                                    time.instant()));
        }
        return stillOpening.isEmpty()
                && after instanceof Result.Ok<List<InterfaceState>>
                && failures.values().stream().allMatch(CallFailure.Invalid.class::isInstance);
    }

    private Map<ConnectionStep, CallFailure> refusedInThisEpisode(Pass pass) {
        Optional<Instant> episode = QuarantineReading.episodeOpenedTime(pass.current());
        return refused.compute(
                        pass.name(),
                        (_, known) -> known != null && known.episode().equals(episode)
                                ? known
                                : new Refused(episode, new ConcurrentHashMap<>()))
                .steps();
    }

    /** @param episode when it was opened */
    private record Refused(Optional<Instant> episode, Map<ConnectionStep, CallFailure> steps) {}

    /** Writes down what was before it changes anything, as for the groups. */
    private static Map<ConnectionStep, CallFailure> writtenDownAndCut(
            Pass pass, Ec2Gateway ec2, Observation.Present seen, List<ConnectionStep> steps) {
        pass.status()
                .patch(before -> pass.isReleasedMeanwhile(before)
                        ? before
                        : ConnectionRecords.writtenDown(before, steps, seen.interfaces()));
        QuarantinedInstanceStatus recorded = pass.current();
        return pass.isReleasedMeanwhile(recorded)
                ? Map.of()
                : carryOut(ec2.connections(), ConnectionRecords.recorded(recorded, steps));
    }

    /** Carries out each of the steps, whatever becomes of the others; answers what failed. */
    static Map<ConnectionStep, CallFailure> carryOut(ConnectionGateway connections, List<ConnectionStep> steps) {
        Map<ConnectionStep, CallFailure> failures = new LinkedHashMap<>();
        steps.forEach(step -> {
            if (carryOut(connections, step) instanceof Result.Failed<String>(CallFailure failure)) {
                failures.put(step, failure);
            }
        });
        return failures;
    }

    private static Result<String> carryOut(ConnectionGateway connections, ConnectionStep step) {
        return switch (step) {
            case ConnectionStep.TakeOff(String id, PublicIp address) ->
                address.associationId()
                        .map(association -> connections.disassociate(id, association))
                        .orElseGet(() -> connections.setAutomaticAddress(id, false));
            case ConnectionStep.Shorten(String id) -> connections.setTimeouts(id, TrackingTimeouts.SHORTEST);
            case ConnectionStep.GiveAddressBack(String id, PublicIp address) -> connections.associate(id, address);
            case ConnectionStep.GiveSomeAddress(String id, String _) -> connections.setAutomaticAddress(id, true);
            case ConnectionStep.SetTimeouts(String id, TrackingTimeouts timeouts) ->
                connections.setTimeouts(id, timeouts);
        };
    }

    private static Result<List<InterfaceState>> readAgain(Ec2Gateway ec2, Observation.Present seen) {
        return ec2.interfacesById(
                seen.interfaces().stream().map(InterfaceState::id).collect(Collectors.toSet()));
    }
}
