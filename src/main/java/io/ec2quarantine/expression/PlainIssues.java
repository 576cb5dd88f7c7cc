package io.ec2quarantine.expression;

import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Says what is wrong with an expression to somebody who writes policies, not parsers. */
final class PlainIssues {
    private static final Pattern ASIDE = Pattern.compile(" \\((candidates: |in container '').*", Pattern.DOTALL);
    private static final Pattern UNEXPECTED = Pattern.compile(
            "(?:mismatched input|extraneous input|no viable alternative at input|token recognition error at:) '(.*?)'"
                    + "(?: expecting .*)?",
            Pattern.DOTALL);
    private static final Pattern NO_OVERLOAD =
            Pattern.compile("found no matching overload for '_(\\S+?)_' applied to '\\((.+), (.+)\\)'");

    private static final Map<String, String> MEANT =
            Map.of("and", "&&", "AND", "&&", "or", "||", "OR", "||", "=", "==", "&", "&&", "|", "||", "<>", "!=");
    private static final Set<String> COMPARING = Set.of("==", "!=", "<", "<=", ">", ">=");
    private static final Map<String, String> TYPES = Map.of(
            "string", "a text",
            "double", "a number",
            "int", "a whole number",
            "uint", "a whole number",
            "bool", "a boolean",
            "google.protobuf.Timestamp", "a time",
            "google.protobuf.Duration", "a duration");

    private PlainIssues() {}

    /** The message of CEL in plain words, as far as there are any. */
    static String of(String message) {
        String issue = ASIDE.matcher(message).replaceFirst("").replace("%%", "%");
        Matcher unexpected = UNEXPECTED.matcher(issue);
        if (unexpected.matches()) {
            return unexpected(unexpected.group(1));
        }
        Matcher overload = NO_OVERLOAD.matcher(issue);
        return overload.matches() ? mixed(overload.group(1), overload.group(2), overload.group(3)) : issue;
    }

    private static String unexpected(String token) {
        if (token.equals("<EOF>")) {
            return "the expression ends too soon";
        }
        String meant = MEANT.get(token.strip());
        return "unexpected '" + token.strip() + "'" + (meant == null ? "" : "; CEL writes " + meant);
    }

    private static String mixed(String operator, String one, String other) {
        return COMPARING.contains(operator)
                ? type(one) + " cannot be compared with " + type(other)
                : "'" + operator + "' cannot be applied to " + type(one) + " and " + type(other);
    }

    private static String type(String type) {
        return TYPES.getOrDefault(type, type);
    }
}
