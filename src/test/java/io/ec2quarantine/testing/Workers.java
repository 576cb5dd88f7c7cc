package io.ec2quarantine.testing;

import java.util.Map;
import java.util.stream.Stream;

/** Looks at what threads are at: one that waits for a slow machine does nothing that is to be seen from outside. */
final class Workers {
    private Workers() {}

    /** Whether no thread is in the middle of a reconciliation, or of what leads to one. */
    static boolean areAtRest() {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(entry -> !entry.getKey().equals(Thread.currentThread()))
                .map(Map.Entry::getValue)
                .flatMap(Stream::of)
                .map(StackTraceElement::getClassName)
                .noneMatch(Workers::works);
    }

    private static boolean works(String type) {
        return type.startsWith("io.javaoperatorsdk.")
                || type.startsWith("io.fabric8.kubernetes.client.")
                || type.startsWith("io.ec2quarantine.controller.");
    }
}
