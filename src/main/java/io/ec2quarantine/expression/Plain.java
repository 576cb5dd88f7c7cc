package io.ec2quarantine.expression;

import java.util.regex.Pattern;

/** Text that may hold what came from outside, as one bounded line that steers no terminal. */
final class Plain {
    private static final Pattern STEERING = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]+");

    private Plain() {}

    static String line(String text, int longest) {
        String line = STEERING.matcher(text).replaceAll(" ").strip();
        int end = Math.min(longest, line.length());
        boolean inACharacter = end > 0 && end < line.length() && Character.isHighSurrogate(line.charAt(end - 1));
        return line.substring(0, inACharacter ? end - 1 : end);
    }
}
