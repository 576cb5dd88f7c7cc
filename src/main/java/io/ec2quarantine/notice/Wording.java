package io.ec2quarantine.notice;

import io.ec2quarantine.api.v1alpha1.Condition.Status;
import io.ec2quarantine.api.v1alpha1.ConditionType;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.Drift;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.VerificationStatus;
import io.ec2quarantine.api.v1alpha1.Response.NotificationEvent;
import java.util.Optional;
import java.util.stream.Stream;

/** How each transition is told where nobody wrote other words: a label, a headline, and what is known more exactly. */
enum Wording {
    ISOLATED(NotificationEvent.ISOLATED, "isolated", "The instance was isolated, and the isolation was read back."),
    DRIFTED(NotificationEvent.DRIFTED, "drifted", "Somebody or something changed what isolates the instance."),
    STILL_ACTIVE(
            NotificationEvent.STILL_ACTIVE, "still active", "GuardDuty saw the instance active after its isolation."),
    VERIFICATION_LOST(
            NotificationEvent.VERIFICATION_LOST,
            "not verified",
            "The isolation could not be read back as desired any more; whether it holds is not known."),
    AWAITING_APPROVAL(
            NotificationEvent.AWAITING_APPROVAL, "approve?", "The instance was NOT isolated: a person must decide."),
    DEFERRED(
            NotificationEvent.DEFERRED,
            "deferred",
            "The instance was NOT isolated yet: a limit of its policy is reached, and it is taken up when there is room."),
    REFUSED(NotificationEvent.REFUSED, "refused", "The operator cannot go on until a person has mended something."),
    RELEASED(
            NotificationEvent.RELEASED,
            "released",
            "The instance was given its security groups back, and that was read back."),
    FAILED(NotificationEvent.FAILED, "failed", "What was asked for is not reached.");

    private final NotificationEvent event;
    private final String label;
    private final String headline;

    Wording(NotificationEvent event, String label, String headline) {
        this.event = event;
        this.label = label;
        this.headline = headline;
    }

    static Optional<Wording> of(Notice notice) {
        return Stream.of(values())
                .filter(each -> each.event.text().equals(notice.event()))
                .findFirst();
    }

    String label() {
        return label;
    }

    String headline(Notice notice) {
        boolean nothingGivenBack = this == RELEASED
                && notice.status().interfaces().stream().allMatch(each -> each.baselineState() == null);
        return nothingGivenBack ? "The instance was let go; nothing of it had been changed." : headline;
    }

    Optional<String> detail(Notice notice) {
        return switch (this) {
            case ISOLATED, RELEASED -> Optional.empty();
            case DRIFTED ->
                Optional.ofNullable(notice.status().verification())
                        .map(VerificationStatus::lastDrift)
                        .map(Drift::detail);
            case STILL_ACTIVE -> notice.message(ConditionType.CONNECTIONS_CUT, Status.FALSE);
            case VERIFICATION_LOST -> notice.message(ConditionType.VERIFIED);
            case AWAITING_APPROVAL, DEFERRED, FAILED -> notice.message(ConditionType.READY);
            case REFUSED -> notice.message(ConditionType.STALLED, Status.TRUE);
        };
    }
}
