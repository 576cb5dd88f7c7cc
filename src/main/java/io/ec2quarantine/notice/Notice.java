package io.ec2quarantine.notice;

import io.ec2quarantine.api.v1alpha1.Condition;
import io.ec2quarantine.api.v1alpha1.ConditionType;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceSpec;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.FindingStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.NotificationStatus;
import java.util.Optional;

/**
 * A transition that is to be told, with the quarantine as the status has it at the moment of telling.
 *
 * @param name the quarantine's
 * @param entry the transition
 */
public record Notice(
        String name, QuarantinedInstanceSpec spec, QuarantinedInstanceStatus status, NotificationStatus entry) {

    /** Of an object that has both a spec and a status, as every one has for which something is due. */
    public static Optional<Notice> of(QuarantinedInstance object, NotificationStatus entry) {
        return Optional.ofNullable(object.getSpec())
                .flatMap(spec -> Optional.ofNullable(object.getStatus())
                        .map(status -> new Notice(object.getMetadata().getName(), spec, status, entry)));
    }

    /** The name of the transition. */
    String event() {
        return Optional.ofNullable(entry.event()).orElse("");
    }

    /** The most severe finding. */
    Optional<FindingStatus> finding() {
        return status.findings().stream().findFirst();
    }

    /** What a condition says, where it is set. */
    Optional<String> message(ConditionType type) {
        return condition(type).map(Condition::message);
    }

    /** What a condition says, where it has this status. */
    Optional<String> message(ConditionType type, Condition.Status wanted) {
        return condition(type).filter(found -> found.status() == wanted).map(Condition::message);
    }

    private Optional<Condition> condition(ConditionType type) {
        return status.conditions().stream()
                .filter(condition -> type.text().equals(condition.type()))
                .findFirst();
    }
}
