package io.ec2quarantine.controller;

import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceSpec.DesiredState;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.IsolationGroupStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.TerminationBaseline;
import io.ec2quarantine.aws.Ec2Gateway;
import io.ec2quarantine.aws.TerminationAttributes;
import io.ec2quarantine.core.CallFailure;
import io.ec2quarantine.core.isolation.GroupState;
import io.ec2quarantine.core.isolation.InterfaceState;
import io.ec2quarantine.core.isolation.IsolationTarget;
import io.ec2quarantine.core.isolation.Marks;
import io.ec2quarantine.core.isolation.Observation;
import io.ec2quarantine.core.isolation.Step;
import io.ec2quarantine.status.Evidence;
import io.ec2quarantine.status.QuarantineReading;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** After a release: the termination protection as it was, the marks of a release, no group that nobody uses. */
final class ReleaseCleanup {
    private static final String IN_USE = "DependencyViolation";

    private final Services services;

    ReleaseCleanup(Services services) {
        this.services = services;
    }

    /** Does all of it; every step can be repeated. */
    Execution run(Pass pass, Ec2Gateway ec2, Observation.Present seen, List<InterfaceState> interfaces) {
        QuarantinedInstanceStatus status = pass.current();
        List<Step> steps = new ArrayList<>(termination(status, pass.name()));
        // What the instance did from the moment at which it began to be open is news, with an object or without one.
        QuarantineReading.releasedTime(status)
                .flatMap(_ -> QuarantineReading.openSince(status))
                .map(time -> services.installation().mark(pass.name(), time))
                .ifPresent(mark -> steps.addAll(Marks.released(seen.instance(), interfaces, mark)));
        steps.addAll(unusedGroups(pass, seen));
        ConnectionRestorer.Restored restored = ConnectionRestorer.restore(status, ec2, interfaces);
        // The release role may touch an interface only as long as its mark says that it was isolated.
        steps.removeIf(step ->
                step instanceof Step.Untag untag && restored.unrestored().contains(untag.resourceId()));
        Execution execution = services.executor().execute(ec2, steps);
        return new Execution(
                execution.groups(),
                execution.notEmptied(),
                Stream.concat(
                                restored.failures().stream(),
                                execution.failures().stream().filter(failure -> !isSettled(failure)))
                        .toList(),
                Stream.concat(restored.told().stream(), execution.actions().stream())
                        .toList());
    }

    private static List<Step> termination(QuarantinedInstanceStatus status, String instanceId) {
        Optional<TerminationBaseline> baseline =
                Optional.ofNullable(status.instance()).map(each -> each.terminationBaseline());
        List<Step> steps = new ArrayList<>();
        baseline.map(TerminationBaseline::apiTermination)
                .filter(Evidence.DISABLED::equals)
                .ifPresent(_ -> steps.add(new Step.AllowTermination(instanceId)));
        baseline.map(TerminationBaseline::shutdownBehavior)
                .filter(TerminationAttributes.TERMINATE::equals)
                .ifPresent(_ -> steps.add(new Step.TerminateOnShutdown(instanceId)));
        return steps;
    }

    /**
     * Groups of this installation that no other open quarantine has written down: those that this one did, and after the
     * last one in the account and Region also those that were given up to strangers. EC2 deletes none that somebody is in.
     */
    private List<Step> unusedGroups(Pass pass, Observation.Present seen) {
        Set<String> used = services.quarantines().all().stream()
                .filter(other -> !other.getMetadata().getName().equals(pass.name()))
                .flatMap(other -> Optional.ofNullable(other.getStatus()).stream())
                .filter(status -> QuarantineReading.releasedTime(status).isEmpty())
                .flatMap(status -> status.isolationGroups().stream())
                .map(IsolationGroupStatus::groupID)
                .filter(Objects::nonNull)
                .collect(Collectors.toSet());
        Set<String> named = Set.copyOf(IsolationsElsewhere.existingGroups(services));
        boolean last = services.quarantines().all().stream()
                .filter(other -> !other.getMetadata().getName().equals(pass.name()))
                .noneMatch(other -> mayUseGroups(other, pass));
        Set<String> recorded =
                Set.copyOf(QuarantineReading.record(pass.current()).groupIds());
        return seen.groups().stream()
                .filter(group ->
                        group.owner().equals(Optional.of(services.installation().id())))
                .filter(group -> !used.contains(group.id())
                        && !named.contains(group.id())
                        && (last || recorded.contains(group.id()) || opened(group, pass)))
                .map(GroupState::id)
                .<Step>map(Step.DeleteGroup::new)
                .toList();
    }

    private boolean opened(GroupState group, Pass pass) {
        return IsolationTarget.opens(group, services.installation().id(), pass.name());
    }

    /** One that has just been opened may be making its group, and has not written it down yet. */
    private static boolean mayUseGroups(QuarantinedInstance other, Pass pass) {
        QuarantinedInstanceStatus status =
                Optional.ofNullable(other.getStatus()).orElseGet(QuarantinedInstanceStatus::empty);
        return other.getSpec() != null
                && pass.mayBeBeside(other.getSpec())
                && other.getSpec().desiredState() != DesiredState.OBSERVED
                && !(other.getSpec().desiredState() == DesiredState.RELEASED
                        && QuarantineReading.releasedTime(status).isPresent())
                && !QuarantineReading.isTerminated(status);
    }

    /** A group that somebody is in stays, and one that is gone is gone. */
    private static boolean isSettled(CallFailure failure) {
        boolean deletion = failure.call().equals("ec2:DeleteSecurityGroup");
        return deletion
                && (failure instanceof CallFailure.NotFound
                        || (failure instanceof CallFailure.Invalid invalid
                                && invalid.code().equals(IN_USE)));
    }
}
