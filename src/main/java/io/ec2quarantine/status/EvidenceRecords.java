package io.ec2quarantine.status;

import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.AddressChange;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.AutoScalingChange;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.Changes;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.EvidenceStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.Impact;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.ProfileChange;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.TargetChange;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.TimelineEntry;
import io.ec2quarantine.api.v1alpha1.Response;
import io.ec2quarantine.core.CallFailure;
import io.ec2quarantine.core.Result;
import io.ec2quarantine.core.evidence.Preserve;
import io.ec2quarantine.core.evidence.Preserve.Scaling;
import io.ec2quarantine.core.evidence.Recorded;
import io.ec2quarantine.core.evidence.ScalingMembership;
import io.ec2quarantine.core.evidence.Shown;
import io.ec2quarantine.core.evidence.Surroundings;
import io.ec2quarantine.core.evidence.TargetRegistration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a quarantine writes down of its instance's surroundings, before it changes them. */
public final class EvidenceRecords {
    private static final int MOST = 64;
    private static final String IMPACT_UNKNOWN = "ImpactUnknown";

    private EvidenceRecords() {}

    /** What a frozen response asks for; one that was frozen before there was a step does not ask for it. */
    public static Preserve asked(QuarantinedInstanceStatus status) {
        return Optional.ofNullable(status.response())
                .map(Response::preserve)
                .map(preserve -> new Preserve(
                        scaling(preserve.autoScaling()),
                        preserve.loadBalancers() == Response.LoadBalancers.DEREGISTER,
                        preserve.volumeSnapshots() == Response.VolumeSnapshots.TAKE,
                        preserve.instanceProfile() == Response.InstanceProfile.DISASSOCIATE))
                .orElse(Preserve.NOTHING);
    }

    private static Scaling scaling(Response.@Nullable AutoScaling asked) {
        return switch (asked) {
            case null -> Scaling.LEAVE;
            case DETACH -> Scaling.DETACH;
            case STANDBY -> Scaling.STANDBY;
            case LEAVE -> Scaling.LEAVE;
        };
    }

    /** What is written down. */
    public static Recorded recorded(QuarantinedInstanceStatus status) {
        Changes changes = changes(status);
        Optional<EvidenceStatus> evidence = Optional.ofNullable(status.evidence());
        return new Recorded(
                Optional.ofNullable(changes.autoScaling())
                        .map(each -> new Recorded.Taken(
                                each.groupName(),
                                Optional.ofNullable(each.action()).orElse(Scaling.DETACH.text()))),
                changes.targets().stream().map(EvidenceRecords::registration).toList(),
                Optional.ofNullable(changes.instanceProfile()).map(ProfileChange::arn),
                evidence.map(EvidenceStatus::snapshotIDs).orElseGet(List::of),
                evidence.map(EvidenceStatus::snapshotsBegunTime));
    }

    private static TargetRegistration registration(TargetChange written) {
        return new TargetRegistration(
                written.targetGroupARN(),
                written.port(),
                written.targetID(),
                Optional.ofNullable(written.availabilityZone()));
    }

    /** What the isolation affects; what is changed already keeps the word from before it was. */
    public static QuarantinedInstanceStatus impact(QuarantinedInstanceStatus before, Surroundings seen, Instant now) {
        boolean changed = !changes(before).equals(Changes.none());
        Impact known =
                Optional.ofNullable(before.impact()).orElseGet(() -> new Impact(null, List.of(), List.of(), null));
        Impact read = new Impact(
                answer(seen.scaling())
                        .map(found -> found.map(ScalingMembership::groupName)
                                .map(Shown::name)
                                .orElse(null))
                        .orElse(known.autoScalingGroup()),
                answer(seen.targets()).map(EvidenceRecords::groups).orElse(known.targetGroups()),
                publicIps(before, seen),
                answer(seen.node()).map(found -> found.orElse(null)).orElse(known.kubernetesNode()));
        Impact next = changed ? filled(known, read) : read;
        boolean nothing = next.equals(new Impact(null, List.of(), List.of(), null));
        StatusBuilder builder = new StatusBuilder(before).impact(nothing ? null : next);
        String unknown = sentences(seen.failures());
        if (!unknown.isEmpty() && !isToldLast(before, seen.failures())) {
            builder.timeline(QuarantineStatuses.entry(
                    now, IMPACT_UNKNOWN, unknown, seen.failures().getFirst().reason()));
        }
        return builder.build();
    }

    /** An address may have been taken off before anybody lived to write down what that affects. */
    private static List<String> publicIps(QuarantinedInstanceStatus before, Surroundings seen) {
        return Stream.concat(
                        changes(before).addresses().stream().map(AddressChange::publicIP), seen.publicIps().stream())
                .distinct()
                .limit(MOST)
                .toList();
    }

    /** Said once, and not with every look: the same call may fail for the same reason at another thing each time. */
    private static boolean isToldLast(QuarantinedInstanceStatus status, List<CallFailure> failures) {
        return status.timeline().stream()
                .filter(each -> IMPACT_UNKNOWN.equals(each.action()))
                .reduce((_, last) -> last)
                .filter(last -> failures.getFirst().reason().equals(last.outcome()))
                .map(TimelineEntry::detail)
                .filter(detail ->
                        detail.equals(QuarantineStatuses.bounded(sentences(failures))) || namesAll(detail, failures))
                .isPresent();
    }

    private static boolean namesAll(String detail, List<CallFailure> failures) {
        return failures.stream().allMatch(failure -> detail.contains(failure.call() + " for "));
    }

    private static String sentences(List<CallFailure> failures) {
        return failures.stream().map(CallFailure::sentence).collect(Collectors.joining(" "));
    }

    private static Impact filled(Impact known, Impact read) {
        return new Impact(
                Optional.ofNullable(known.autoScalingGroup()).orElse(read.autoScalingGroup()),
                known.targetGroups().isEmpty() ? read.targetGroups() : known.targetGroups(),
                known.publicIPs().isEmpty() ? read.publicIPs() : known.publicIPs(),
                Optional.ofNullable(known.kubernetesNode()).orElse(read.kubernetesNode()));
    }

    private static List<String> groups(Collection<TargetRegistration> registrations) {
        return registrations.stream()
                .map(TargetRegistration::targetGroupArn)
                .distinct()
                .sorted()
                .limit(MOST)
                .toList();
    }

    private static <T> Optional<T> answer(Result<T> result) {
        return result.answer();
    }

    /** Writes down what is to be changed; what was written down first stays, for a release gives back what was before. */
    public static QuarantinedInstanceStatus toBeChanged(
            QuarantinedInstanceStatus before,
            Optional<Recorded.Taken> scaling,
            Optional<ScalingMembership> seen,
            List<TargetRegistration> targets,
            Optional<String> profileArn) {
        Changes present = changes(before);
        Changes next = new Changes(
                Optional.ofNullable(present.autoScaling())
                        .or(() -> scaling.map(taken -> new AutoScalingChange(
                                taken.groupName(),
                                taken.action(),
                                seen.map(ScalingMembership::lifecycleState).orElse(null))))
                        .orElse(null),
                targets.stream()
                        .map(each -> new TargetChange(
                                each.targetGroupArn(),
                                each.port(),
                                each.targetId(),
                                each.zone().orElse(null)))
                        .toList(),
                Optional.ofNullable(present.instanceProfile())
                        .or(() -> profileArn.map(ProfileChange::new))
                        .orElse(null),
                present.addresses(),
                present.idleTimeouts(),
                present.opened());
        return next.equals(present)
                ? before
                : new StatusBuilder(before).changes(next).build();
    }

    /**
     * Forgets what was refused and so is as it was for certain: a release must not put back what somebody else takes away
     * since.
     *
     * @param scalingGroup the group that the instance is still in
     * @param targets the registrations that still stand
     * @param profileArn the profile that it still has
     */
    public static QuarantinedInstanceStatus notChanged(
            QuarantinedInstanceStatus before,
            Optional<String> scalingGroup,
            Collection<TargetRegistration> targets,
            Optional<String> profileArn) {
        Changes present = changes(before);
        Changes next = new Changes(
                Optional.ofNullable(present.autoScaling())
                        .filter(taken -> !scalingGroup.equals(Optional.ofNullable(taken.groupName())))
                        .orElse(null),
                present.targets().stream()
                        .filter(each -> !targets.contains(registration(each)))
                        .toList(),
                Optional.ofNullable(present.instanceProfile())
                        .filter(taken -> !profileArn.equals(Optional.ofNullable(taken.arn())))
                        .orElse(null),
                present.addresses(),
                present.idleTimeouts(),
                present.opened());
        return next.equals(present)
                ? before
                : new StatusBuilder(before)
                        .changes(next.equals(Changes.none()) ? null : next)
                        .build();
    }

    /** An attempt to copy the volumes begins. */
    public static QuarantinedInstanceStatus snapshotsBegun(QuarantinedInstanceStatus before, Instant now) {
        return new StatusBuilder(before)
                .evidence(new EvidenceStatus(recorded(before).snapshotIds(), now))
                .build();
    }

    /** An attempt to copy the volumes came to nothing for certain: nobody need wait for it. */
    public static QuarantinedInstanceStatus snapshotsNotBegun(QuarantinedInstanceStatus before, Instant begun) {
        return recorded(before).snapshotsBegun().equals(Optional.of(begun))
                        && recorded(before).snapshotIds().isEmpty()
                ? new StatusBuilder(before).evidence(null).build()
                : before;
    }

    /** The volumes are being copied. */
    public static QuarantinedInstanceStatus snapshotsTaken(
            QuarantinedInstanceStatus before, Collection<String> snapshotIds) {
        Optional<Instant> begun = recorded(before).snapshotsBegun();
        return new StatusBuilder(before)
                .evidence(new EvidenceStatus(
                        snapshotIds.stream().sorted().limit(MOST).toList(), begun.orElse(null)))
                .build();
    }

    /** The mark of an episode on what was made for it. */
    public static String mark(QuarantinedInstanceStatus status, String installId, String quarantine) {
        return installId + "/" + quarantine + "/" + Math.max(1, QuarantineReading.episodeNumber(status));
    }

    private static Changes changes(QuarantinedInstanceStatus status) {
        return Optional.ofNullable(status.changes()).orElseGet(Changes::none);
    }
}
