package io.ec2quarantine.sim;

import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

/** The ids of AWS: made in a fixed order, so that a test sees the same ones every time, and checked for their form. */
final class Ids {
    private static final Pattern HEX = Pattern.compile("[0-9a-f]{8}|[0-9a-f]{17}");

    private final AtomicLong last = new AtomicLong();

    /** A new id such as {@code i-0123456789abcdef0}. */
    String next(String prefix) {
        return prefix + "-0" + hex16();
    }

    /** How many ids have been made. */
    long count() {
        return last.get();
    }

    /** 32 hexadecimal digits, the form of detector and finding ids. */
    String next32() {
        return hex16() + hex16();
    }

    /** A new id in the form of a UUID. */
    String nextUuid() {
        return next32().replaceFirst("(.{8})(.{4})(.{4})(.{4})", "$1-$2-$3-$4-");
    }

    private String hex16() {
        // An odd factor permutes the 64-bit numbers: ids look random and never repeat.
        return String.format(Locale.ROOT, "%016x", last.incrementAndGet() * 0x9E3779B97F4A7C15L);
    }

    static boolean wellFormed(String prefix, String id) {
        return id.startsWith(prefix + "-")
                && HEX.matcher(id.substring(prefix.length() + 1)).matches();
    }

    /** For ids that a test chooses itself. */
    static String checked(String prefix, String id) {
        if (!wellFormed(prefix, id)) {
            throw new IllegalArgumentException(
                    "'" + id + "' is no id of AWS: expected " + prefix + "- and 8 or 17 hexadecimal digits");
        }
        return id;
    }
}
