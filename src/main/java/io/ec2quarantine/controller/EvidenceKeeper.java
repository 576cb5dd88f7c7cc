package io.ec2quarantine.controller;

import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.InterfaceStatus;
import io.ec2quarantine.api.v1alpha1.Response;
import io.ec2quarantine.aws.Ec2Gateway;
import io.ec2quarantine.aws.TerminationAttributes;
import io.ec2quarantine.cluster.Responses;
import io.ec2quarantine.core.CallFailure;
import io.ec2quarantine.core.Result;
import io.ec2quarantine.core.isolation.InstanceFacts;
import io.ec2quarantine.core.isolation.Marks;
import io.ec2quarantine.core.isolation.Observation;
import io.ec2quarantine.core.isolation.Step;
import io.ec2quarantine.status.Evidence;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What is done beside the isolation and never waited for by it: marks for people, protection against termination, and what
 * else preserves evidence.
 */
final class EvidenceKeeper {
    private final PlanExecutor executor;
    private final Preservation preservation;
    private final InstantSource time;
    private final String installId;

    EvidenceKeeper(Services services) {
        this.executor = services.executor();
        this.preservation = new Preservation(services);
        this.time = services.scheduler();
        this.installId = services.installation().id();
    }

    /**
     * Whether everything is done; what is not is said in the status and worth another try. Nothing is said, and what can be
     * is left undone, once another operator has begun a release.
     */
    boolean keep(Pass pass, Ec2Gateway ec2, Observation.Present seen) {
        StatusPatch<QuarantinedInstanceStatus> status = pass.status();
        boolean asked =
                Responses.terminationProtection(status.current().response()) == Response.TerminationProtection.ENABLE;
        boolean spot = seen.instance().spot();
        boolean open = !Evidence.isFinished(status.current());
        List<CallFailure> marks = executor.execute(
                        ec2, Marks.missing(seen, baselines(status.current()), installId, pass.name()))
                .failures();
        List<CallFailure> failures = new ArrayList<>();
        if (asked && !spot && open) {
            protect(pass, ec2, seen.instance()).ifPresent(failures::add);
        }
        Preservation.Kept kept = open ? preservation.carryOut(pass, seen) : Preservation.Kept.NOTHING;
        failures.addAll(kept.failures());
        failures.addAll(marks);
        Instant now = time.instant();
        boolean unsaid = kept.isAwaited() && failures.isEmpty();
        status.patch(before -> !unsaid && !pass.isReleasedMeanwhile(before) && Evidence.isNews(before, failures)
                ? Evidence.after(
                        Evidence.carriedOut(before, kept.actions(), failures, now),
                        Evidence.claim(asked, spot, failures, kept.needs()),
                        pass.generation(),
                        now)
                : before);
        return failures.isEmpty() && !kept.isAwaited();
    }

    /** Writes down what was before it changes anything, as for the interfaces. */
    private Optional<CallFailure> protect(Pass pass, Ec2Gateway ec2, InstanceFacts instance) {
        return switch (ec2.terminationAttributes(instance.id())) {
            case Result.Failed<TerminationAttributes>(CallFailure failure) -> Optional.of(failure);
            case Result.Ok<TerminationAttributes>(TerminationAttributes found) -> {
                // Marked and not written down: an earlier quarantine of the instance may have protected it.
                boolean marked = Marks.areOn(instance, installId);
                pass.status()
                        .patch(before -> pass.isReleasedMeanwhile(before)
                                ? before
                                : Evidence.terminationBaseline(
                                        before, found.apiTerminationDisabled(), found.shutdownBehavior(), marked));
                if (pass.isReleasedMeanwhile(pass.current())) {
                    yield Optional.empty();
                }
                List<Step> steps = new ArrayList<>();
                if (!found.apiTerminationDisabled()) {
                    steps.add(new Step.DisableTermination(instance.id()));
                }
                if (!found.shutdownBehavior().equals(TerminationAttributes.STOP)) {
                    steps.add(new Step.StopOnShutdown(instance.id()));
                }
                yield executor.execute(ec2, steps).failures().stream().findFirst();
            }
        };
    }

    private static Map<String, List<String>> baselines(QuarantinedInstanceStatus status) {
        return status.interfaces().stream().collect(Collectors.toMap(InterfaceStatus::id, InterfaceStatus::baseline));
    }
}
