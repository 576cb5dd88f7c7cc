package io.ec2quarantine.config;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Variables that look like settings and are none: most likely somebody mistyped one. */
public final class UnknownSettings {
    private static final String PREFIX = "OPERATOR_";

    /** What Kubernetes tells every pod of a Service called "operator", or "operator-" and something. */
    private static final Pattern OF_A_SERVICE = Pattern.compile("OPERATOR_(.*_)?"
            + "(SERVICE_HOST=.*|SERVICE_PORT(_[^=]*)?=.*|PORT=[a-z]+://.*|PORT_[0-9]+_(TCP|UDP|SCTP)(_[A-Z]+)?=.*)");

    private UnknownSettings() {}

    /** One sentence for each, in the order of their names. */
    public static List<String> in(Map<String, String> environment) {
        return environment.entrySet().stream()
                .filter(variable -> !OF_A_SERVICE
                        .matcher(variable.getKey() + "=" + variable.getValue())
                        .matches())
                .map(Map.Entry::getKey)
                .filter(name -> name.startsWith(PREFIX))
                .filter(name -> !OperatorConfig.KEYS.contains(name))
                .sorted()
                .map(name -> name + " is no setting and changes nothing; " + advice(name))
                .toList();
    }

    private static String advice(String name) {
        return OperatorConfig.KEYS.stream()
                .min(Comparator.comparingInt(key -> distance(name, key)))
                .filter(key -> isLike(name.substring(PREFIX.length()), key.substring(PREFIX.length())))
                .map(key -> "did you mean " + key + "?")
                .orElse("docs/install.md lists those that there are.");
    }

    /** Whether most of what was typed stands in the other, in the same order. */
    private static boolean isLike(String typed, String other) {
        int shared = (typed.length() + other.length() - distance(typed, other)) / 2;
        return shared * 4 >= typed.length() * 3;
    }

    /** How many letters must be put in or taken out to make one of the other. */
    private static int distance(String one, String other) {
        int[] row = new int[other.length() + 1];
        for (int column = 0; column <= other.length(); column++) {
            row[column] = column;
        }
        for (int line = 1; line <= one.length(); line++) {
            int diagonal = row[0];
            row[0] = line;
            for (int column = 1; column <= other.length(); column++) {
                int replaced = diagonal + (one.charAt(line - 1) == other.charAt(column - 1) ? 0 : 2);
                diagonal = row[column];
                row[column] = Math.min(replaced, 1 + Math.min(row[column], row[column - 1]));
            }
        }
        return row[other.length()];
    }
}
