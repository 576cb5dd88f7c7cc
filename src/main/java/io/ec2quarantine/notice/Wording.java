package io.ec2quarantine.notice;

import io.ec2quarantine.api.v1alpha1.Condition.Status;
import io.ec2quarantine.api.v1alpha1.ConditionType;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.Drift;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.VerificationStatus;
import io.ec2quarantine.api.v1alpha1.Response.NotificationEvent;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** How each transition is told where nobody wrote other words: a label, a headline, and what is known more exactly. */
enum Wording {
    ISOLATED(
            NotificationEvent.ISOLATED,
            "isolated",
            "The instance was isolated, and the isolation was read back.",
            _ -> Optional.empty()),
    DRIFTED(
            NotificationEvent.DRIFTED,
            "drifted",
            "Somebody or something changed what isolates the instance.",
            notice -> Optional.ofNullable(notice.status().verification())
                    .map(VerificationStatus::lastDrift)
                    .map(Drift::detail)),
    STILL_ACTIVE(
            NotificationEvent.STILL_ACTIVE,
            "still active",
            "GuardDuty saw the instance active after its isolation.",
            notice -> notice.message(ConditionType.CONNECTIONS_CUT, Status.FALSE)),
    VERIFICATION_LOST(
            NotificationEvent.VERIFICATION_LOST,
            "not verified",
            "The isolation could not be read back as desired any more; whether it holds is not known.",
            notice -> notice.message(ConditionType.VERIFIED)),
    AWAITING_APPROVAL(
            NotificationEvent.AWAITING_APPROVAL,
            "approve?",
            "The instance was NOT isolated: a person must decide.",
            notice -> notice.message(ConditionType.READY)),
    DEFERRED(
            NotificationEvent.DEFERRED,
            "deferred",
            "The instance was NOT isolated yet: a limit of its policy is reached, and it is taken up when there is room.",
            notice -> notice.message(ConditionType.READY)),
    REFUSED(
            NotificationEvent.REFUSED,
            "refused",
            "The operator cannot go on until a person has mended something.",
            notice -> notice.message(ConditionType.STALLED, Status.TRUE)),
    RELEASED(
            NotificationEvent.RELEASED,
            "released",
            "The instance was given its security groups back, and that was read back.",
            _ -> Optional.empty()),
    FAILED(
            NotificationEvent.FAILED,
            "failed",
            "What was asked for is not reached.",
            notice -> notice.message(ConditionType.READY));

    private final NotificationEvent event;
    private final String label;
    private final String headline;
    private final Function<Notice, Optional<String>> detail;

    Wording(NotificationEvent event, String label, String headline, Function<Notice, Optional<String>> detail) {
        this.event = event;
        this.label = label;
        this.headline = headline;
        this.detail = detail;
    }

    static Optional<Wording> of(Notice notice) {
        return Stream.of(values())
                .filter(each -> each.event.text().equals(notice.event()))
                .findFirst();
    }

    String label() {
        return label;
    }

    String headline() {
        return headline;
    }

    Optional<String> detail(Notice notice) {
        return detail.apply(notice);
    }
}
