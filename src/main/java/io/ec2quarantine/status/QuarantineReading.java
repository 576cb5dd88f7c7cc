package io.ec2quarantine.status;

import io.ec2quarantine.api.v1alpha1.Condition;
import io.ec2quarantine.api.v1alpha1.ConditionType;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.BaselineState;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.Episode;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.InterfaceStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.IsolationGroupStatus;
import io.ec2quarantine.core.isolation.Baseline;
import io.ec2quarantine.core.isolation.IsolationRecord;
import io.ec2quarantine.core.isolation.ReleaseRecord;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a quarantine's status says of what is written down, and of how far the quarantine has come. */
public final class QuarantineReading {
    private QuarantineReading() {}

    /** What the quarantine has written down. */
    public static IsolationRecord record(QuarantinedInstanceStatus status) {
        return new IsolationRecord(
                status.interfaces().stream()
                        .filter(each -> each.baselineState() != null)
                        .map(InterfaceStatus::id)
                        .collect(Collectors.toSet()),
                status.isolationGroups().stream()
                        .filter(group -> group.groupID() != null)
                        .collect(Collectors.toMap(
                                IsolationGroupStatus::vpcID, group -> String.valueOf(group.groupID()))));
    }

    /**
     * What a release rests on.
     *
     * @param seenIsolationGroups the ids of the groups that were seen to isolate, whosever
     */
    public static ReleaseRecord releaseRecord(
            QuarantinedInstanceStatus status, Map<String, List<String>> chosen, Set<String> seenIsolationGroups) {
        Set<String> isolationGroups = new HashSet<>(seenIsolationGroups);
        isolationGroups.addAll(record(status).groupIds());
        return new ReleaseRecord(
                status.interfaces().stream()
                        .filter(each -> each.baselineState() != null)
                        .collect(Collectors.toMap(
                                InterfaceStatus::id,
                                each -> new Baseline(
                                        each.id(), each.baseline(), each.baselineState() == BaselineState.RECORDED))),
                chosen,
                isolationGroups);
    }

    /** The interfaces that may be in an isolation group: every one that an open episode has written down. */
    public static Set<String> quarantinedInterfaces(Stream<QuarantinedInstanceStatus> statuses) {
        return statuses.filter(status -> releasedTime(status).isEmpty())
                .flatMap(status -> record(status).interfaceIds().stream())
                .collect(Collectors.toSet());
    }

    /** The interfaces that an open episode has written down and that its instance still had when it was last looked at. */
    public static Set<String> attachedInterfaces(QuarantinedInstanceStatus status) {
        Set<String> written = quarantinedInterfaces(Stream.of(status));
        return status.interfaces().stream()
                .filter(each -> !each.observed().isEmpty() && written.contains(each.id()))
                .map(InterfaceStatus::id)
                .collect(Collectors.toSet());
    }

    /** When the release of the present episode was read back. */
    public static Optional<Instant> releasedTime(QuarantinedInstanceStatus status) {
        return Optional.ofNullable(status.episode()).map(Episode::releasedTime);
    }

    /** Since when the instance may be open in part: from just before a release gives back the first groups. */
    public static Optional<Instant> partlyReleasedTime(QuarantinedInstanceStatus status) {
        return Optional.ofNullable(status.episode()).map(Episode::partlyReleasedTime);
    }

    /**
     * Since when the instance is open as a whole: from the beginning of a release that was read back, or from the moment at
     * which one was let go that had never been isolated.
     */
    public static Optional<Instant> openSince(QuarantinedInstanceStatus status) {
        Optional<Instant> began = partlyReleasedTime(status);
        return isWrittenDown(status)
                ? releasedTime(status)
                        .map(read -> began.filter(time -> time.isBefore(read)).orElse(read))
                : began.or(() -> releasedTime(status));
    }

    /** Since when the instance had been open when the present episode opened. */
    public static Optional<Instant> releasedBefore(QuarantinedInstanceStatus status) {
        return Optional.ofNullable(status.episode()).map(Episode::releasedBeforeTime);
    }

    /** Whether the release is over, with everything beside it in order. */
    public static boolean isReleased(QuarantinedInstanceStatus status) {
        return releasedTime(status).isPresent() && Conditions.isTrue(status.conditions(), ConditionType.READY);
    }

    /** Whether a release has begun that was not read back yet: it may have opened a part. */
    static boolean isPartlyReleased(QuarantinedInstanceStatus status) {
        return partlyReleasedTime(status).isPresent() && releasedTime(status).isEmpty();
    }

    /** Whether the isolation was reached, as far as it can be, so that sweeps can watch over it. */
    public static boolean isSettled(QuarantinedInstanceStatus status) {
        boolean reached =
                Optional.ofNullable(status.episode()).map(Episode::isolatedTime).isPresent();
        return reached && (isIsolated(status) || isIsolatedButForAws(status));
    }

    /** Whether every interface is isolated. */
    public static boolean isIsolated(QuarantinedInstanceStatus status) {
        return Conditions.isTrue(status.conditions(), ConditionType.ISOLATED);
    }

    /** Whether every interface is isolated but those that only AWS can change. */
    public static boolean isIsolatedButForAws(QuarantinedInstanceStatus status) {
        return !isIsolated(status)
                && Conditions.find(status.conditions(), ConditionType.STALLED)
                        .filter(stalled -> stalled.status() == Condition.Status.TRUE
                                && QuarantineConditions.UNSUPPORTED.equals(stalled.reason()))
                        .isPresent();
    }

    /** Whether it is told that everything is isolated that can be, and that access is missing. */
    public static boolean isIsolatedButForAccess(QuarantinedInstanceStatus status) {
        return isSettled(status)
                && Conditions.find(status.conditions(), ConditionType.VERIFIED)
                        .filter(verified -> verified.status() == Condition.Status.FALSE
                                && QuarantineConditions.ACCESS_MISSING.equals(verified.reason()))
                        .isPresent();
    }

    /** Whether the instance was found terminated. */
    public static boolean isTerminated(QuarantinedInstanceStatus status) {
        return Conditions.find(status.conditions(), ConditionType.ISOLATED)
                .filter(condition -> "InstanceTerminated".equals(condition.reason()))
                .isPresent();
    }

    /** Whether anything is written down in the present episode. */
    public static boolean isWrittenDown(QuarantinedInstanceStatus status) {
        return status.interfaces().stream().anyMatch(each -> each.baselineState() != null);
    }

    /** When the episode was opened, which tells it from every other. */
    public static Optional<Instant> episodeOpenedTime(QuarantinedInstanceStatus status) {
        return Optional.ofNullable(status.episode()).map(Episode::openedTime);
    }

    /** The number of the episode; none is 0. */
    public static int episodeNumber(QuarantinedInstanceStatus status) {
        return Optional.ofNullable(status.episode()).map(Episode::number).orElse(0);
    }
}
