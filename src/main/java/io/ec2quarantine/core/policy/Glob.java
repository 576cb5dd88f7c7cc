package io.ec2quarantine.core.policy;

import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A text in which {@code *} stands for any characters, none included; everything else stands for itself. */
public final class Glob {
    private final Pattern pattern;

    private Glob(Pattern pattern) {
        this.pattern = pattern;
    }

    /** Reads a glob; no text is refused. */
    public static Glob of(String text) {
        String regex = Arrays.stream(text.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*"));
        return new Glob(Pattern.compile(regex, Pattern.DOTALL));
    }

    /** Whether the whole text fits. */
    public boolean matches(String text) {
        return pattern.matcher(text).matches();
    }
}
