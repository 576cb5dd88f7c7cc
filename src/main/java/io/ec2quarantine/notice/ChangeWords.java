package io.ec2quarantine.notice;

import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.Changes;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What was changed beside the groups of the interfaces, as people read it. */
final class ChangeWords {
    private ChangeWords() {}

    static List<String> of(@Nullable Changes changes) {
        if (changes == null) {
            return List.of();
        }
        return Stream.of(
                        Optional.ofNullable(changes.autoScaling()).stream()
                                .map(change -> "Auto Scaling group " + change.groupName() + ": "
                                        + Optional.ofNullable(change.action()).orElse("changed")),
                        changes.targets().stream()
                                .map(change ->
                                        "deregistered from " + change.targetGroupARN() + " port " + change.port()),
                        Optional.ofNullable(changes.instanceProfile()).stream()
                                .map(change -> "instance profile taken away: "
                                        + Optional.ofNullable(change.arn()).orElse("unknown")),
                        changes.addresses().stream()
                                .map(change ->
                                        "public address " + change.publicIP() + " taken off " + change.interfaceID()),
                        changes.idleTimeouts().stream()
                                .map(change -> "idle timeouts shortened on " + change.interfaceID()),
                        changes.opened().stream()
                                .map(change -> "opened for a moment to untrack connections: " + change.interfaceID()))
                .flatMap(words -> words)
                .toList();
    }
}
