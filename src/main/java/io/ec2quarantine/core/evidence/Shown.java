package io.ec2quarantine.core.evidence;

import java.util.regex.Pattern;

/** Names from outside as people may see them: on one line, and nothing that steers a terminal or a reader's eye. */
public final class Shown {
    private static final Pattern STEERING = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]+");

    private Shown() {}

    /** The name on one line. */
    public static String name(String name) {
        return STEERING.matcher(name).replaceAll(" ").strip();
    }
}
