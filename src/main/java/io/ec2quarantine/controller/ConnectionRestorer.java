package io.ec2quarantine.controller;

import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus;
import io.ec2quarantine.aws.Ec2Gateway;
import io.ec2quarantine.core.CallFailure;
import io.ec2quarantine.core.isolation.ConnectionPlanner;
import io.ec2quarantine.core.isolation.ConnectionStep;
import io.ec2quarantine.core.isolation.InterfaceState;
import io.ec2quarantine.core.isolation.PublicIp;
import io.ec2quarantine.status.ConnectionRecords;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Gives back with a release what was done about connections; what is not to be had the same again is said. */
final class ConnectionRestorer {
    private static final String IN_USE = "Resource.AlreadyAssociated";

    private ConnectionRestorer() {}

    /**
     * Gives back.
     *
     * @param interfaces those that the release has given back, with their groups
     */
    static Restored restore(QuarantinedInstanceStatus status, Ec2Gateway ec2, List<InterfaceState> interfaces) {
        Map<String, List<PublicIp>> addresses = ConnectionRecords.addresses(status);
        List<ConnectionStep> steps =
                ConnectionPlanner.givingBack(interfaces, addresses, ConnectionRecords.timeouts(status));
        Map<ConnectionStep, CallFailure> failed = ConnectionCutter.carryOut(ec2.connections(), steps);
        List<CallFailure> failures = new ArrayList<>();
        List<String> told = new ArrayList<>();
        Set<String> unrestored = new TreeSet<>();
        for (ConnectionStep step : steps) {
            CallFailure failure = failed.get(step);
            if (failure == null) {
                told.add(step.done());
            } else if (isLasting(failure)) {
                told.add(remark(step, failure));
            } else {
                failures.add(failure);
                unrestored.add(step.interfaceId());
            }
        }
        told.addAll(gone(addresses, interfaces));
        return new Restored(failures, told, unrestored);
    }

    /** An address may be in use elsewhere, or be gone: nothing that a repetition mends, nor worth waiting for. */
    private static boolean isLasting(CallFailure failure) {
        return failure instanceof CallFailure.Invalid || failure instanceof CallFailure.NotFound;
    }

    private static String remark(ConnectionStep step, CallFailure failure) {
        boolean inUse =
                failure instanceof CallFailure.Invalid invalid && invalid.code().equals(IN_USE);
        return switch (step) {
            case ConnectionStep.GiveAddressBack(String id, PublicIp address)
            when inUse -> address.address() + " of " + id + " is in use elsewhere and was left there";
            default -> "not " + step.done() + ": " + failure.detail();
        };
    }

    private static List<String> gone(Map<String, List<PublicIp>> addresses, List<InterfaceState> interfaces) {
        Set<String> there = interfaces.stream().map(InterfaceState::id).collect(Collectors.toSet());
        return addresses.entrySet().stream()
                .filter(each -> !there.contains(each.getKey()))
                .sorted(Map.Entry.comparingByKey())
                .flatMap(each -> each.getValue().stream()
                        .map(address -> address.address() + " was not given back: " + each.getKey()
                                + " is not the instance's any more"))
                .toList();
    }

    /**
     * What came of it.
     *
     * @param failures what is worth another try
     * @param told what was done, and what cannot be, in plain words
     * @param unrestored the interfaces that failures are of
     */
    record Restored(List<CallFailure> failures, List<String> told, Set<String> unrestored) {
        Restored {
            failures = List.copyOf(failures);
            told = List.copyOf(told);
            unrestored = Set.copyOf(unrestored);
        }
    }
}
