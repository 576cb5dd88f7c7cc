package io.ec2quarantine.core.access;

import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The roles that the operator may assume, whatever a policy names. A star in a pattern stands for any characters within one
 * part of the ARN: a path that looks like an allowed name makes no role an allowed one.
 */
public final class RoleAllowlist {
    private static final String ANY_WITHIN_A_PART = "[^/:]*";

    private final List<Pattern> patterns;

    private RoleAllowlist(List<Pattern> patterns) {
        this.patterns = patterns;
    }

    /** The roles whose ARNs match one of the patterns. */
    public static RoleAllowlist of(Collection<String> patterns) {
        return new RoleAllowlist(patterns.stream().map(RoleAllowlist::pattern).toList());
    }

    /** Whether the role may be assumed. */
    public boolean allows(Role role) {
        return patterns.stream().anyMatch(pattern -> pattern.matcher(role.arn()).matches());
    }

    private static Pattern pattern(String text) {
        return Pattern.compile(
                Stream.of(text.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(ANY_WITHIN_A_PART)));
    }
}
