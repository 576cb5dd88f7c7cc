package io.ec2quarantine.ingest;

import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceSpec;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceSpec.DesiredState;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceSpec.PolicyRef;
import io.ec2quarantine.cluster.Catalog;
import io.ec2quarantine.cluster.Holds;
import io.ec2quarantine.core.finding.Severity;
import io.ec2quarantine.core.policy.Hold;
import io.ec2quarantine.status.QuarantineReading;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Counts the quarantines that limits are about. */
public final class QuarantineCensus {
    private static final Comparator<Deferred> MOST_SEVERE_FIRST = Comparator.comparing(Deferred::severity)
            .reversed()
            .thenComparing(Deferred::created)
            .thenComparing(deferred -> deferred.spec().instanceID());

    private final Catalog<QuarantinedInstance> quarantines;

    public QuarantineCensus(Catalog<QuarantinedInstance> quarantines) {
        this.quarantines = quarantines;
    }

    /**
     * An instance that waits for room.
     *
     * @param created when its quarantine was made, as the API server writes it
     */
    record Deferred(QuarantinedInstanceSpec spec, Hold hold, Severity severity, String created) {}

    /** The instances that quarantines hold isolated, with the policy of each; without one the empty text. */
    public Map<String, String> isolated() {
        return quarantines.all().stream()
                .filter(object -> object.getSpec() != null && isActive(object))
                .collect(Collectors.toMap(
                        object -> object.getMetadata().getName(),
                        object -> policy(object.getSpec()).orElse("")));
    }

    /** When the release of an instance was read back; of one that is terminated, for ever. */
    public Map<String, Instant> over() {
        return quarantines.all().stream()
                .filter(object -> object.getSpec() != null)
                .flatMap(object ->
                        over(object).map(time -> Map.entry(object.getMetadata().getName(), time)).stream())
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private static Optional<Instant> over(QuarantinedInstance object) {
        return Optional.ofNullable(object.getStatus())
                .flatMap(status -> QuarantineReading.isTerminated(status)
                        ? Optional.of(Instant.MAX)
                        : QuarantineReading.releasedTime(status)
                                .filter(_ -> object.getSpec().desiredState() == DesiredState.RELEASED));
    }

    /** What waits for room under a policy, most severe first. */
    List<Deferred> deferredOf(String policy) {
        return quarantines.all().stream()
                .filter(object -> object.getSpec() != null
                        && object.getSpec().desiredState() == DesiredState.OBSERVED
                        && policy(object.getSpec()).filter(policy::equals).isPresent())
                .filter(object -> Optional.ofNullable(object.getStatus())
                        .filter(QuarantineReading::isTerminated)
                        .isEmpty())
                .flatMap(object -> Holds.of(object.getSpec())
                        .filter(hold -> hold.reason().isPassing())
                        .map(hold -> new Deferred(
                                object.getSpec(),
                                hold,
                                severity(object),
                                String.valueOf(object.getMetadata().getCreationTimestamp())))
                        .stream())
                .sorted(MOST_SEVERE_FIRST)
                .toList();
    }

    /** The instances of which a person has decided since they were held back. */
    List<String> decidedThoughHeld() {
        return quarantines.all().stream()
                .filter(object ->
                        object.getSpec() != null && object.getSpec().hold() != null && isDecided(object.getSpec()))
                .map(object -> object.getMetadata().getName())
                .toList();
    }

    static boolean isDecided(QuarantinedInstanceSpec spec) {
        return spec.desiredState() == DesiredState.ISOLATED || spec.desiredState() == DesiredState.RELEASED;
    }

    /** What comes before a newcomer, for it waits for the policy's room and is at least as severe. */
    Optional<Hold> ahead(String policy, String instanceId, Severity severity) {
        return deferredOf(policy).stream()
                .filter(each -> each.hold().reason().isOfThePolicy()
                        && !each.spec().instanceID().equals(instanceId)
                        && each.severity().compareTo(severity) >= 0)
                .findFirst()
                .map(Deferred::hold);
    }

    /** Whether it is isolated or about to be; one that is being given back takes up its room until all of it is open. */
    public static boolean isActive(QuarantinedInstance object) {
        return object.getSpec().desiredState() != DesiredState.OBSERVED
                && object.getSpec().desiredState() != null
                && over(object).isEmpty();
    }

    private static Optional<String> policy(QuarantinedInstanceSpec spec) {
        return Optional.ofNullable(spec.policyRef()).map(PolicyRef::name);
    }

    private static Severity severity(QuarantinedInstance object) {
        return Optional.ofNullable(object.getStatus()).stream()
                .flatMap(status -> status.findings().stream())
                .flatMap(finding -> Severity.labelled(finding.severity()).stream())
                .max(Comparator.naturalOrder())
                .orElse(Severity.LOW);
    }
}
