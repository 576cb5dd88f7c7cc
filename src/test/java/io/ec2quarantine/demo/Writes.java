package io.ec2quarantine.demo;

import io.ec2quarantine.sim.Call;
import io.ec2quarantine.sim.Model.Interface;
import io.ec2quarantine.sim.RegionWorld;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the operator tried to change in AWS, from the simulator's log. */
record Writes(List<Call> calls) {
    /** Those that name an instance or one of its interfaces. */
    Writes on(RegionWorld region, String instance) {
        Set<String> ids = Stream.concat(
                        Stream.of(instance),
                        region.interfacesOf(instance).stream().map(Interface::id))
                .collect(Collectors.toSet());
        return new Writes(calls.stream()
                .filter(call -> call.params().values().stream().anyMatch(ids::contains))
                .toList());
    }

    /** Those that this role of this account did not make. */
    Writes notBy(String account, String role) {
        return new Writes(calls.stream()
                .filter(call -> !call.account().equals(account) || !call.role().equals(role))
                .toList());
    }
}
