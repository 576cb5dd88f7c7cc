package io.ec2quarantine.controller;

import io.ec2quarantine.api.v1alpha1.Condition;
import io.ec2quarantine.api.v1alpha1.ConditionType;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.Drift;
import io.ec2quarantine.cluster.EventRecorder;
import io.ec2quarantine.cluster.EventRecorder.Kind;
import io.ec2quarantine.status.Conditions;
import io.ec2quarantine.status.Notifications.HeldUp;
import io.ec2quarantine.status.Opening;
import io.ec2quarantine.status.UnusedPolicy;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * Tells the transitions of conditions as events, from the status that the API server acknowledged. Those of the last hour
 * are told again after a restart; the event's name keeps them from being told twice.
 */
final class TransitionTeller {
    private static final Duration TOLD_AGAIN = Duration.ofHours(1);

    private final EventRecorder events;
    private final InstantSource time;

    TransitionTeller(EventRecorder events, InstantSource time) {
        this.events = events;
        this.time = time;
    }

    /** @param before the conditions as the pass found them: another reason is news as well, though it is no transition */
    void tell(HasMetadata object, List<Condition> before, List<Condition> conditions) {
        for (Rule rule : Rule.values()) {
            Conditions.find(conditions, rule.type)
                    .filter(rule::concerns)
                    .ifPresent(condition -> tell(
                            object,
                            rule.kind,
                            condition.reason(),
                            condition.message(),
                            moment(Conditions.find(before, rule.type), condition)));
        }
    }

    /** A reason that changes long after the transition has no time of its own in the status: it is told as it is seen. */
    private Optional<Instant> moment(Optional<Condition> before, Condition condition) {
        Optional<Instant> transition = Optional.ofNullable(condition.lastTransitionTime());
        boolean otherReason = before.filter(last -> last.status() == condition.status()
                        && !condition.reason().equals(last.reason()))
                .isPresent();
        return otherReason && transition.filter(this::isRecent).isEmpty() ? Optional.of(time.instant()) : transition;
    }

    /** Tells what was found changed, which leaves no trace in the conditions where it was undone at once. */
    void tell(HasMetadata object, Drift drift) {
        tell(
                object,
                Kind.Warning,
                "DriftFound",
                Optional.ofNullable(drift.detail()).orElse(""),
                Optional.ofNullable(drift.time()));
    }

    /** Tells by what an episode was opened. */
    void tell(HasMetadata object, Opening opening) {
        tell(object, Kind.Normal, "Opened", opening.sentence(), Optional.of(opening.openedTime()));
    }

    /** Tells what an episode was opened without, which no condition turns on. */
    void tell(HasMetadata object, UnusedPolicy unused) {
        tell(object, Kind.Warning, unused.reason(), unused.sentence(), Optional.of(unused.openedTime()));
    }

    /** Tells what a channel does not take: once for each cause, however often it is tried. */
    void tell(HasMetadata object, HeldUp held) {
        events.tell(
                object,
                Kind.Warning,
                "NotSent",
                held.sentence(),
                held.channel() + "|" + held.eventId() + "|" + held.sentence(),
                time.instant());
    }

    private void tell(HasMetadata object, Kind kind, String reason, String note, Optional<Instant> moment) {
        moment.filter(this::isRecent).ifPresent(when -> events.tell(object, kind, reason, note, when));
    }

    private boolean isRecent(Instant moment) {
        return moment.isAfter(time.instant().minus(TOLD_AGAIN));
    }

    /** Which transitions are worth an event. */
    private enum Rule {
        ISOLATED(ConditionType.ISOLATED, Condition.Status.TRUE, "", Kind.Normal),
        NOT_ISOLATED(ConditionType.ISOLATED, Condition.Status.FALSE, "Partial", Kind.Warning),
        TERMINATED(ConditionType.ISOLATED, Condition.Status.FALSE, "InstanceTerminated", Kind.Normal),
        RELEASED(ConditionType.ISOLATED, Condition.Status.FALSE, "Released", Kind.Normal),
        AWAITING_APPROVAL(ConditionType.READY, Condition.Status.FALSE, "AwaitingApproval", Kind.Warning),
        DEFERRED(ConditionType.READY, Condition.Status.FALSE, "Deferred", Kind.Warning),
        DEFERRING(ConditionType.READY, Condition.Status.TRUE, "Deferring", Kind.Warning),
        DRY_RUN(ConditionType.READY, Condition.Status.TRUE, "DryRun", Kind.Normal),
        VERIFIED(ConditionType.VERIFIED, Condition.Status.TRUE, "", Kind.Normal),
        NOT_VERIFIED(ConditionType.VERIFIED, Condition.Status.FALSE, "", Kind.Warning),
        VERIFICATION_LOST(ConditionType.VERIFIED, Condition.Status.UNKNOWN, "Stale", Kind.Warning),
        STILL_ACTIVE(ConditionType.CONNECTIONS_CUT, Condition.Status.FALSE, "", Kind.Warning),
        EVIDENCE_LOST(ConditionType.EVIDENCE_PRESERVED, Condition.Status.FALSE, "", Kind.Warning),
        SOURCE_LOST(ConditionType.SOURCES_REACHABLE, Condition.Status.FALSE, "", Kind.Warning),
        SOURCE_FOUND(ConditionType.SOURCES_REACHABLE, Condition.Status.TRUE, "Polled", Kind.Normal),
        QUEUE_LOST(ConditionType.SOURCES_REACHABLE, Condition.Status.TRUE, "QueueUnreadable", Kind.Warning),
        PERMISSIONS_LACKING(ConditionType.PERMISSIONS_SUFFICIENT, Condition.Status.FALSE, "", Kind.Warning),
        PERMISSIONS_THERE(ConditionType.PERMISSIONS_SUFFICIENT, Condition.Status.TRUE, "", Kind.Normal),
        EXPRESSION_INVALID(ConditionType.READY, Condition.Status.FALSE, "InvalidExpression", Kind.Warning),
        TEMPLATE_INVALID(ConditionType.READY, Condition.Status.FALSE, "InvalidTemplate", Kind.Warning),
        EXPRESSION_FAILED(ConditionType.EXPRESSION_EVALUATED, Condition.Status.FALSE, "", Kind.Warning),
        STALLED(ConditionType.STALLED, Condition.Status.TRUE, "", Kind.Warning);

        private final ConditionType type;
        private final Condition.Status status;
        private final String reason;
        private final Kind kind;

        Rule(ConditionType type, Condition.Status status, String reason, Kind kind) {
            this.type = type;
            this.status = status;
            this.reason = reason;
            this.kind = kind;
        }

        private boolean concerns(Condition condition) {
            return condition.status() == status && (reason.isEmpty() || reason.equals(condition.reason()));
        }
    }
}
