package io.ec2quarantine.core;

import java.util.regex.Pattern;

/** Text from outside as it may be shown to people: one bounded line, and nothing that steers a terminal or a reader's eye, or is no character. */
public final class PlainLine {
    private static final Pattern STEERING = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}\\x{FFFE}\\x{FFFF}]+");

    private PlainLine() {}

    /** The text in one line. */
    public static String of(String text) {
        return STEERING.matcher(text).replaceAll(" ").strip();
    }

    /** Cut to a length, though never through a character. */
    public static String of(String text, int longest) {
        String line = of(text);
        if (line.length() <= longest) {
            return line;
        }
        int end = Character.isHighSurrogate(line.charAt(longest - 1)) ? longest - 1 : longest;
        return line.substring(0, end);
    }
}
