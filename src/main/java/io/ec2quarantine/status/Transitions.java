package io.ec2quarantine.status;

import static io.ec2quarantine.api.v1alpha1.Response.NotificationEvent.AWAITING_APPROVAL;
import static io.ec2quarantine.api.v1alpha1.Response.NotificationEvent.DEFERRED;
import static io.ec2quarantine.api.v1alpha1.Response.NotificationEvent.DRIFTED;
import static io.ec2quarantine.api.v1alpha1.Response.NotificationEvent.FAILED;
import static io.ec2quarantine.api.v1alpha1.Response.NotificationEvent.ISOLATED;
import static io.ec2quarantine.api.v1alpha1.Response.NotificationEvent.REFUSED;
import static io.ec2quarantine.api.v1alpha1.Response.NotificationEvent.RELEASED;
import static io.ec2quarantine.api.v1alpha1.Response.NotificationEvent.STILL_ACTIVE;
import static io.ec2quarantine.api.v1alpha1.Response.NotificationEvent.VERIFICATION_LOST;

import io.ec2quarantine.api.v1alpha1.Condition;
import io.ec2quarantine.api.v1alpha1.ConditionType;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceSpec.DesiredState;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.Drift;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.Episode;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.FindingStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.VerificationStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Which transitions lie between two states of a quarantine; each rests on what the later one says was read. */
final class Transitions {
    /** What is still not so after this time is told; less is the time that an ordinary pass and AWS's own lag take. */
    static final Duration GRACE = Duration.ofMinutes(1);
    /** Activity that goes on after an isolation is news again after so long, for each finding. */
    static final Duration ACTIVITY_TOLD_AGAIN = Duration.ofHours(1);

    /** Told as what they are: a release that failed, and each drift. */
    private static final Set<String> NOT_REFUSED = Set.of(ReleaseConditions.INCOMPLETE, "DriftLoop");

    private final QuarantinedInstanceStatus before;
    /** The state before, where it is of the same episode. */
    private final QuarantinedInstanceStatus last;

    private final QuarantinedInstanceStatus after;
    private final Optional<DesiredState> desired;
    private final Instant now;

    private Transitions(
            QuarantinedInstanceStatus before,
            QuarantinedInstanceStatus after,
            Optional<DesiredState> desired,
            Instant now) {
        this.before = before;
        this.last = QuarantineReading.episodeNumber(before) == QuarantineReading.episodeNumber(after)
                ? before
                : QuarantinedInstanceStatus.empty();
        this.after = after;
        this.desired = desired;
        this.now = now;
    }

    /** The transitions, at most one of a kind, and of activity one for each finding. */
    static Stream<Transition> between(
            QuarantinedInstanceStatus before,
            QuarantinedInstanceStatus after,
            Optional<DesiredState> desired,
            Instant now) {
        Transitions all = new Transitions(before, after, desired, now);
        return Stream.concat(
                Stream.of(all.isolated(), all.drifted()).flatMap(Optional::stream),
                Stream.concat(all.stillActive(), all.others()));
    }

    private Stream<Transition> others() {
        return Stream.of(
                        verificationLost(),
                        asked("AwaitingApproval").map(mark -> new Transition(AWAITING_APPROVAL, mark)),
                        asked("Deferred").map(mark -> new Transition(DEFERRED, mark)),
                        refused(),
                        released(),
                        failed())
                .flatMap(Optional::stream);
    }

    /** The first read of the episode that found everything isolated. */
    private Optional<Transition> isolated() {
        boolean isIsolated = Conditions.isTrue(after.conditions(), ConditionType.ISOLATED)
                && Conditions.isTrue(after.conditions(), ConditionType.VERIFIED);
        return Optional.of(new Transition(ISOLATED, "")).filter(_ -> isIsolated && !wasVerified(last));
    }

    private Optional<Transition> drifted() {
        Optional<Drift> found = drift(after);
        return found.filter(_ -> !found.equals(drift(before)))
                .map(drift -> new Transition(DRIFTED, drift.time() + "|" + drift.detail()));
    }

    /** Each by itself: after a moment in which nothing was known, what was told before it has the id that it had. */
    private Stream<Transition> stillActive() {
        Map<String, Long> known = activity(last);
        return activity(after).entrySet().stream()
                .filter(seen -> seen.getValue() > known.getOrDefault(seen.getKey(), -1L))
                .map(seen -> new Transition(STILL_ACTIVE, seen.getKey() + ":" + seen.getValue()));
    }

    /** What was isolated and read so, and cannot be read any more or not as desired; what is open again has failed. */
    private Optional<Transition> verificationLost() {
        boolean open = condition(ConditionType.ISOLATED)
                .filter(condition -> condition.status() == Condition.Status.FALSE)
                .isPresent();
        return condition(ConditionType.VERIFIED)
                .filter(condition -> condition.status() != Condition.Status.TRUE)
                .filter(condition -> condition.reason().equals("Stale") || isLasting(condition))
                .filter(_ -> isToBeIsolated() && wasVerified(after) && !open)
                .map(condition -> new Transition(VERIFICATION_LOST, time(condition)));
    }

    /** Once an episode and channel: whoever was asked knows, and another response may have another channel. */
    private Optional<String> asked(String reason) {
        return condition(ConditionType.READY)
                .filter(condition -> isAsking(condition, reason))
                .filter(_ -> Conditions.find(last.conditions(), ConditionType.READY)
                                .filter(condition -> isAsking(condition, reason))
                                .isEmpty()
                        || !Objects.equals(last.response(), after.response()))
                .map(_ -> "");
    }

    private static boolean isAsking(Condition condition, String reason) {
        return condition.status() == Condition.Status.FALSE
                && condition.reason().equals(reason);
    }

    private Optional<Transition> refused() {
        return newlyStalled()
                .filter(stalled -> !NOT_REFUSED.contains(stalled.reason()))
                .map(stalled -> new Transition(
                        REFUSED,
                        // The time of a condition stays while its reason changes.
                        standing(last).orElse("") + "|" + stalled.reason() + "|" + now.truncatedTo(ChronoUnit.MILLIS)));
    }

    private Optional<Transition> released() {
        return QuarantineReading.releasedTime(after)
                .filter(_ -> QuarantineReading.releasedTime(last).isEmpty())
                .map(_ -> new Transition(RELEASED, ""));
    }

    /** What was asked for is not reached, though time enough went by; what waits for a person was refused instead. */
    private Optional<Transition> failed() {
        Optional<Transition> releaseStalled = newlyStalled()
                .filter(stalled -> stalled.reason().equals(ReleaseConditions.INCOMPLETE))
                .map(stalled -> new Transition(FAILED, "release|" + time(stalled)));
        return releaseStalled.or(() -> condition(ConditionType.RECONCILING)
                .filter(condition -> condition.status() == Condition.Status.TRUE && isLasting(condition))
                .filter(_ -> isToBeIsolated() ? isNotIsolated() : isToBeReleased() && !isGivenBack())
                .map(condition -> new Transition(FAILED, time(condition))));
    }

    private boolean isNotIsolated() {
        return condition(ConditionType.ISOLATED)
                .filter(condition -> condition.status() == Condition.Status.FALSE
                        || (condition.status() == Condition.Status.UNKNOWN && !wasVerified(after)))
                .isPresent();
    }

    private boolean isGivenBack() {
        return QuarantineReading.isReleased(after);
    }

    private boolean isToBeIsolated() {
        return desired.filter(DesiredState.ISOLATED::equals).isPresent() && !isBeingReleased() && !isOver();
    }

    private boolean isToBeReleased() {
        return (desired.filter(DesiredState.RELEASED::equals).isPresent() || isBeingReleased()) && !isOver();
    }

    private boolean isBeingReleased() {
        return QuarantineReading.partlyReleasedTime(after)
                .or(() -> QuarantineReading.releasedTime(after))
                .isPresent();
    }

    private boolean isOver() {
        return QuarantineReading.isTerminated(after);
    }

    private Optional<Condition> newlyStalled() {
        return condition(ConditionType.STALLED)
                .filter(stalled -> stalled.status() == Condition.Status.TRUE)
                .filter(stalled ->
                        standing(last).filter(stalled.reason()::equals).isEmpty());
    }

    private static Optional<String> standing(QuarantinedInstanceStatus status) {
        return Conditions.find(status.conditions(), ConditionType.STALLED)
                .filter(known -> known.status() == Condition.Status.TRUE)
                .map(Condition::reason);
    }

    private Optional<Condition> condition(ConditionType type) {
        return Conditions.find(after.conditions(), type);
    }

    private boolean isLasting(Condition condition) {
        return condition.lastTransitionTime() != null
                && !condition.lastTransitionTime().plus(GRACE).isAfter(now);
    }

    private static String time(Condition condition) {
        return Objects.toString(condition.lastTransitionTime(), "");
    }

    private static Optional<Drift> drift(QuarantinedInstanceStatus status) {
        return Optional.ofNullable(status.verification()).map(VerificationStatus::lastDrift);
    }

    /** Whether a read of this episode found everything isolated. */
    private static boolean wasVerified(QuarantinedInstanceStatus status) {
        return isolatedTime(status)
                .filter(reached -> Optional.ofNullable(status.verification())
                        .map(VerificationStatus::lastVerifiedTime)
                        .filter(read -> !read.isBefore(reached))
                        .isPresent())
                .isPresent();
    }

    /** By finding, in how many hours after the isolation it was seen active. */
    private static Map<String, Long> activity(QuarantinedInstanceStatus status) {
        boolean told = Conditions.find(status.conditions(), ConditionType.CONNECTIONS_CUT)
                .filter(condition -> condition.status() == Condition.Status.FALSE)
                .isPresent();
        Map<String, Long> hours = new TreeMap<>();
        isolatedTime(status)
                .filter(_ -> told)
                .ifPresent(isolated -> status.findings()
                        .forEach(finding -> since(isolated, finding)
                                .ifPresent(time ->
                                        hours.put(finding.id(), time.toSeconds() / ACTIVITY_TOLD_AGAIN.toSeconds()))));
        return hours;
    }

    private static Optional<Duration> since(Instant isolated, FindingStatus finding) {
        return Optional.ofNullable(finding.lastSeenTime())
                .map(seen -> Duration.between(isolated, seen))
                .filter(Duration::isPositive);
    }

    private static Optional<Instant> isolatedTime(QuarantinedInstanceStatus status) {
        return Optional.ofNullable(status.episode()).map(Episode::isolatedTime);
    }
}
