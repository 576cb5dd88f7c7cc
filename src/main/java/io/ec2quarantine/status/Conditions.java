package io.ec2quarantine.status;

import io.ec2quarantine.api.v1alpha1.Condition;
import io.ec2quarantine.api.v1alpha1.ConditionType;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads and sets conditions by the Kubernetes API conventions. */
public final class Conditions {
    private static final int LONGEST_MESSAGE = 1024;

    private Conditions() {}

    /**
     * Sets the claimed conditions and keeps the others; a condition's transition time moves only when its status does.
     *
     * @param generation the generation of the spec that was looked at
     */
    public static List<Condition> upsert(List<Condition> present, List<Claim> claims, long generation, Instant now) {
        List<Condition> result = new ArrayList<>(present);
        for (Claim claim : claims) {
            Optional<Condition> before = find(present, claim.type());
            Condition after = new Condition(
                    claim.type().text(),
                    claim.status(),
                    generation,
                    transitionTime(before, claim, now),
                    claim.reason(),
                    bounded(claim.message()));
            before.ifPresentOrElse(condition -> result.set(result.indexOf(condition), after), () -> result.add(after));
        }
        return List.copyOf(result);
    }

    /** The condition of a type, when it is set. */
    public static Optional<Condition> find(List<Condition> conditions, ConditionType type) {
        return conditions.stream()
                .filter(condition -> type.text().equals(condition.type()))
                .findFirst();
    }

    /** Whether a condition is set and True. */
    public static boolean isTrue(List<Condition> conditions, ConditionType type) {
        return find(conditions, type)
                .filter(condition -> condition.status() == Condition.Status.TRUE)
                .isPresent();
    }

    private static Instant transitionTime(Optional<Condition> before, Claim claim, Instant now) {
        return before.filter(condition -> condition.status() == claim.status())
                .flatMap(condition -> Optional.ofNullable(condition.lastTransitionTime()))
                .orElse(now.truncatedTo(ChronoUnit.SECONDS));
    }

    /** As much of a message as the API server takes. */
    static String bounded(String message) {
        return message.length() <= LONGEST_MESSAGE ? message : message.substring(0, LONGEST_MESSAGE - 1) + "…";
    }
}
