package io.ec2quarantine.core.finding;

import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** GuardDuty's severity labels, lowest first (GuardDuty user guide, "Severity levels"). */
public enum Severity {
    LOW("Low"),
    MEDIUM("Medium"),
    HIGH("High"),
    CRITICAL("Critical");

    private final String label;

    Severity(String label) {
        this.label = label;
    }

    /** The label as people read it. */
    public String label() {
        return label;
    }

    /** The severity with a label. */
    public static Optional<Severity> labelled(@Nullable String label) {
        return Arrays.stream(values())
                .filter(severity -> severity.label.equals(label))
                .findFirst();
    }

    /** The label of a score from 1.0 to 10.0. */
    public static Severity ofScore(double score) {
        if (score >= 9.0) {
            return CRITICAL;
        }
        if (score >= 7.0) {
            return HIGH;
        }
        return score >= 4.0 ? MEDIUM : LOW;
    }
}
