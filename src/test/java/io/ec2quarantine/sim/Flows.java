package io.ec2quarantine.sim;

import io.ec2quarantine.sim.Model.Group;
import io.ec2quarantine.sim.Model.Interface;
import io.ec2quarantine.sim.Model.Permission;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Connections with traffic, as security groups treat them: one that is tracked lives on whatever its interface's groups
 * become. It ceases to be tracked while everything is allowed both ways, for long enough that its traffic is seen so.
 */
public final class Flows {
    /** How long everything must be allowed until traffic was seen so. */
    private static final Duration SEEN = Duration.ofSeconds(1);

    /** What a connection goes through. */
    public enum Path {
        /** The public address of the interface. */
        PUBLIC_ADDRESS,
        /** Nothing: the other end is in the VPC. */
        INSIDE,
        /** A NAT gateway, which has its connections tracked whatever the rules. */
        NAT_GATEWAY
    }

    /** A connection that an instance has opened to the outside. */
    public record Flow(int number, String networkInterface, Path path, Optional<String> publicIp) {}

    private record State(boolean tracked, boolean alive, Optional<Instant> openSince) {}

    private final RegionWorld region;
    private final Map<Flow, State> flows = new LinkedHashMap<>();

    Flows(RegionWorld region) {
        this.region = region;
    }

    Flow open(String interfaceId, Path path) {
        var one = region.interfaceOf(interfaceId);
        if (!permitted(one)) {
            throw new IllegalStateException("The groups of " + interfaceId + " let no connection out");
        }
        var publicIp = path == Path.PUBLIC_ADDRESS ? region.ec2().publicIpOf(one) : Optional.<String>empty();
        var flow = new Flow(flows.size(), interfaceId, path, publicIp);
        flows.put(flow, new State(path == Path.NAT_GATEWAY || !everythingAllowed(one), true, Optional.empty()));
        return flow;
    }

    boolean isAlive(Flow flow) {
        return Optional.ofNullable(flows.get(flow)).filter(State::alive).isPresent();
    }

    boolean isTracked(Flow flow) {
        return Optional.ofNullable(flows.get(flow)).filter(State::tracked).isPresent();
    }

    /** Looks at the world after every change of it. */
    void review() {
        flows.replaceAll((flow, state) -> state.alive() ? next(flow, state) : state);
    }

    private State next(Flow flow, State state) {
        var found = region.ec2().interfaces.find(flow.networkInterface());
        if (found.isEmpty() || lostItsAddress(flow, found.get())) {
            return new State(false, false, Optional.empty());
        }
        var one = found.get();
        var now = region.world().now();
        if (everythingAllowed(one)) {
            return new State(state.tracked(), true, state.openSince().or(() -> Optional.of(now)));
        }
        boolean seen = state.openSince()
                .filter(since -> !now.isBefore(since.plus(SEEN)))
                .isPresent();
        boolean tracked = state.tracked() && (!seen || flow.path() == Path.NAT_GATEWAY);
        return new State(tracked, tracked || permitted(one), Optional.empty());
    }

    private boolean lostItsAddress(Flow flow, Interface one) {
        return flow.path() == Path.PUBLIC_ADDRESS
                && !region.ec2().publicIpOf(one).equals(flow.publicIp());
    }

    private boolean permitted(Interface one) {
        return permissions(one).anyMatch(Permission.all(true, "0.0.0.0/0")::equals);
    }

    private boolean everythingAllowed(Interface one) {
        var all = permissions(one).toList();
        return Stream.of(
                        Permission.all(true, "0.0.0.0/0"),
                        Permission.all(true, "::/0"),
                        Permission.all(false, "0.0.0.0/0"),
                        Permission.all(false, "::/0"))
                .allMatch(all::contains);
    }

    private Stream<Permission> permissions(Interface one) {
        return one.groups().stream()
                .flatMap(id -> region.ec2().groups.find(id).map(Group::rules).stream())
                .flatMap(rules -> rules.stream().map(Model.Rule::permission));
    }
}
