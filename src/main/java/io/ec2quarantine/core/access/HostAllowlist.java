package io.ec2quarantine.core.access;

import java.util.List;
import java.util.Locale;

/** The hosts that events may be posted to: exact names, or {@code *.} and a name for every host below it. */
public final class HostAllowlist {
    private static final String ANY_BELOW = "*.";

    private final List<String> patterns;

    private HostAllowlist(List<String> patterns) {
        this.patterns = patterns;
    }

    /** A list of such names; none allows nothing. */
    public static HostAllowlist of(List<String> patterns) {
        return new HostAllowlist(
                patterns.stream().map(each -> each.toLowerCase(Locale.ROOT)).toList());
    }

    /** Whether the host is on it. */
    public boolean allows(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        return patterns.stream()
                .anyMatch(pattern -> pattern.startsWith(ANY_BELOW)
                        ? name.endsWith(pattern.substring(1)) && name.length() >= pattern.length()
                        : name.equals(pattern));
    }
}
