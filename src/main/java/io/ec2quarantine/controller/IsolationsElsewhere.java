package io.ec2quarantine.controller;

import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.IsolationGroupStatus;
import io.ec2quarantine.api.v1alpha1.Response;
import io.ec2quarantine.cluster.Responses;
import io.ec2quarantine.core.isolation.OtherIsolations;
import io.ec2quarantine.status.QuarantineReading;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the policies and quarantines of the cluster isolate with. */
final class IsolationsElsewhere {
    private IsolationsElsewhere() {}

    /** All but what one quarantine says of itself. */
    static OtherIsolations of(Services services, String name) {
        List<QuarantinedInstanceStatus> others = services.quarantines().all().stream()
                .filter(other -> !other.getMetadata().getName().equals(name))
                .map(QuarantinedInstance::getStatus)
                .filter(Objects::nonNull)
                .toList();
        return new OtherIsolations(
                others.stream()
                        .filter(status -> QuarantineReading.releasedTime(status).isEmpty())
                        .flatMap(IsolationsElsewhere::used)
                        .collect(Collectors.toSet()),
                responses(services, others)
                        .filter(response -> !Responses.existingGroups(response).isEmpty())
                        .map(response ->
                                Responses.target(services.installation().id(), response))
                        .distinct()
                        .toList());
    }

    /** A group that the response names may be refused, and isolates nothing then: that is told by its rules. */
    private static Stream<String> used(QuarantinedInstanceStatus status) {
        Set<String> named = Responses.existingGroups(status.response()).stream()
                .map(Response.ExistingGroup::groupID)
                .collect(Collectors.toSet());
        return status.isolationGroups().stream()
                .map(IsolationGroupStatus::groupID)
                .filter(Objects::nonNull)
                .filter(id -> !named.contains(id));
    }

    /** What is written down of quarantines stands beside what the policies say by now. */
    static Stream<Response> responses(Services services, Collection<QuarantinedInstanceStatus> quarantines) {
        Stream<Response> ofPolicies = services.policies().all().stream()
                .flatMap(each -> Optional.ofNullable(each.getSpec()).stream())
                .flatMap(each -> Optional.ofNullable(each.response()).stream());
        return Stream.concat(
                ofPolicies, quarantines.stream().flatMap(each -> Optional.ofNullable(each.response()).stream()));
    }

    /** The groups that a response names: each is its owner's, whoever made it once. */
    static List<String> existingGroups(Services services) {
        return responses(
                        services,
                        services.quarantines().all().stream()
                                .map(QuarantinedInstance::getStatus)
                                .filter(Objects::nonNull)
                                .toList())
                .flatMap(each -> Responses.existingGroups(each).stream())
                .map(Response.ExistingGroup::groupID)
                .filter(Objects::nonNull)
                .toList();
    }
}
