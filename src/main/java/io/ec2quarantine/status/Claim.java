package io.ec2quarantine.status;

import io.ec2quarantine.api.v1alpha1.Condition;
import io.ec2quarantine.api.v1alpha1.ConditionType;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** A condition before it has a place in time. */
public record Claim(ConditionType type, Condition.Status status, String reason, String message) {
    /** What the conditions say of a type already, when they do. */
    static Optional<Claim> standing(List<Condition> conditions, ConditionType type) {
        return Conditions.find(conditions, type)
                .map(condition -> new Claim(
                        type,
                        Objects.requireNonNullElse(condition.status(), Condition.Status.UNKNOWN),
                        condition.reason(),
                        condition.message()));
    }

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
