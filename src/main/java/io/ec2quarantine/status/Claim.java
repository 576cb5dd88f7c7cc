package io.ec2quarantine.status;

import io.ec2quarantine.api.v1alpha1.Condition;
import io.ec2quarantine.api.v1alpha1.ConditionType;

/** A condition before it has a place in time. */
public record Claim(ConditionType type, Condition.Status status, String reason, String message) {
    static Claim yes(ConditionType type, String reason, String message) {
        return new Claim(type, Condition.Status.TRUE, reason, message);
    }

    static Claim no(ConditionType type, String reason, String message) {
        return new Claim(type, Condition.Status.FALSE, reason, message);
    }

    static Claim unknown(ConditionType type, String reason, String message) {
        return new Claim(type, Condition.Status.UNKNOWN, reason, message);
    }
}
