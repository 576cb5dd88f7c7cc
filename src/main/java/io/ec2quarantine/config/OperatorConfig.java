package io.ec2quarantine.config;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The settings that come from the environment; Kubernetes and AWS have their own standard ones.
 *
 * @param roleAllowlist patterns of the ARNs of the roles that may be assumed
 * @param webhookAllowlist the hosts that events may be posted to
 * @param httpPort serves {@code /healthz}, {@code /readyz} and {@code /metrics}; 0 picks a free one
 * @param nodeName the Kubernetes node that the operator runs on
 * @param podSelector selects the pods of the operator by their labels
 */
public record OperatorConfig(
        int httpPort,
        boolean leaderElection,
        Duration pollInterval,
        Duration sweepInterval,
        SampleFindings sampleFindings,
        Preflight preflight,
        LogFormat logFormat,
        List<String> roleAllowlist,
        List<String> webhookAllowlist,
        Optional<String> nodeName,
        String podSelector) {

    private static final String HTTP_PORT = "OPERATOR_HTTP_PORT";
    private static final String LEADER_ELECTION = "OPERATOR_LEADER_ELECTION";
    private static final String POLL_INTERVAL = "OPERATOR_POLL_INTERVAL_SECONDS";
    private static final String SWEEP_INTERVAL = "OPERATOR_SWEEP_INTERVAL_SECONDS";
    private static final String SAMPLE_FINDINGS = "OPERATOR_SAMPLE_FINDINGS";
    private static final String PREFLIGHT = "OPERATOR_PREFLIGHT";
    private static final String LOG_FORMAT = "OPERATOR_LOG_FORMAT";
    private static final String NODE_NAME = "OPERATOR_NODE_NAME";
    private static final String POD_SELECTOR = "OPERATOR_POD_SELECTOR";
    private static final String THIS_OPERATOR = "app.kubernetes.io/name=ec2-quarantine-operator";

    private static final String ROLE_ALLOWLIST = "OPERATOR_ROLE_ALLOWLIST";
    private static final String WEBHOOK_ALLOWLIST = "OPERATOR_WEBHOOK_ALLOWLIST";

    /** The names of all settings. */
    public static final List<String> KEYS = List.of(
            HTTP_PORT,
            LEADER_ELECTION,
            POLL_INTERVAL,
            SWEEP_INTERVAL,
            SAMPLE_FINDINGS,
            PREFLIGHT,
            LOG_FORMAT,
            ROLE_ALLOWLIST,
            WEBHOOK_ALLOWLIST,
            NODE_NAME,
            POD_SELECTOR);

    private static final String ROLES_OF_THIS_OPERATOR = "arn:*:iam::*:role/ec2-quarantine-*";
    private static final Pattern ROLE_PATTERN =
            Pattern.compile("arn:[a-z*-]+:iam::[0-9*]+:role/([a-zA-Z0-9+=.@_*-]+/)*[a-zA-Z0-9+=.@_*-]+");

    private static final Pattern HOST_PATTERN = Pattern.compile(
            "(\\*\\.)?[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?(\\.[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?)+");

    /** What to do with findings that "Generate sample findings" made. */
    public enum SampleFindings {
        IGNORE,
        ACCEPT
    }

    /** Whether the operator tries by dry runs what its roles may do. */
    public enum Preflight {
        HOURLY,
        OFF
    }

    /** How the log is written. */
    public enum LogFormat {
        JSON,
        TEXT
    }

    /** A setting that cannot be used, named by its key. */
    public static final class InvalidSetting extends RuntimeException {
        private static final long serialVersionUID = 1L;

        InvalidSetting(String key, String value, String expected) {
            super(key + " is \"" + value + "\", but must be " + expected + ".");
        }
    }

    /**
     * Reads the settings.
     *
     * @throws InvalidSetting naming the key
     */
    public static OperatorConfig from(Map<String, String> environment) {
        return new OperatorConfig(
                number(environment, HTTP_PORT, 8080, 0, 65_535),
                choice(environment, LEADER_ELECTION, "true", List.of("true", "false"))
                        .equals("true"),
                Duration.ofSeconds(number(environment, POLL_INTERVAL, 15, 1, 3_600)),
                Duration.ofSeconds(number(environment, SWEEP_INTERVAL, 60, 1, 3_600)),
                SampleFindings.valueOf(choice(environment, SAMPLE_FINDINGS, "Ignore", List.of("Ignore", "Accept"))
                        .toUpperCase(Locale.ROOT)),
                Preflight.valueOf(choice(environment, PREFLIGHT, "Hourly", List.of("Hourly", "Off"))
                        .toUpperCase(Locale.ROOT)),
                LogFormat.valueOf(choice(environment, LOG_FORMAT, "json", List.of("json", "text"))
                        .toUpperCase(Locale.ROOT)),
                rolePatterns(environment),
                webhookHosts(environment),
                Optional.ofNullable(environment.get(NODE_NAME))
                        .map(String::strip)
                        .filter(name -> !name.isEmpty()),
                Optional.ofNullable(environment.get(POD_SELECTOR))
                        .map(String::strip)
                        .filter(selector -> !selector.isEmpty())
                        .orElse(THIS_OPERATOR));
    }

    /** How long a read proves an isolation: two sweep intervals. */
    public Duration validity() {
        return sweepInterval.multipliedBy(2);
    }

    private static List<String> rolePatterns(Map<String, String> environment) {
        String value = environment.getOrDefault(ROLE_ALLOWLIST, ROLES_OF_THIS_OPERATOR);
        List<String> patterns =
                Arrays.stream(value.split(",", -1)).map(String::strip).toList();
        Optional<String> wrong = firstOther(patterns, ROLE_PATTERN);
        if (wrong.isPresent()) {
            throw new InvalidSetting(
                    ROLE_ALLOWLIST,
                    value,
                    "ARNs of IAM roles with commas between them, in which * stands for any characters but / and :, such as "
                            + ROLES_OF_THIS_OPERATOR
                            + "; " + quoted(wrong.get()) + " is none");
        }
        return patterns;
    }

    /** None by default: whoever may write a policy must not be able to send the operator anywhere. */
    private static List<String> webhookHosts(Map<String, String> environment) {
        String value = environment.getOrDefault(WEBHOOK_ALLOWLIST, "").strip();
        if (value.isEmpty()) {
            return List.of();
        }
        List<String> hosts =
                Arrays.stream(value.split(",", -1)).map(String::strip).toList();
        Optional<String> wrong = firstOther(hosts, HOST_PATTERN);
        if (wrong.isPresent()) {
            throw new InvalidSetting(
                    WEBHOOK_ALLOWLIST,
                    value,
                    "host names of two parts or more with commas between them, such as siem.example.com, or *.example.com"
                            + " for every host below one; " + quoted(wrong.get()) + " is none");
        }
        return hosts;
    }

    /** In a long list nobody finds it by himself. */
    private static Optional<String> firstOther(List<String> elements, Pattern pattern) {
        return elements.stream()
                .filter(each -> !pattern.matcher(each).matches())
                .findFirst();
    }

    private static String quoted(String element) {
        return "\"" + element + "\"";
    }

    private static int number(Map<String, String> environment, String key, int standard, int least, int most) {
        String value = environment.getOrDefault(key, Integer.toString(standard)).strip();
        String expected = "a whole number from " + least + " to " + most;
        try {
            int number = Integer.parseInt(value);
            if (number < least || number > most) {
                throw new InvalidSetting(key, value, expected);
            }
            return number;
        } catch (NumberFormatException _) {
            throw new InvalidSetting(key, value, expected);
        }
    }

    private static String choice(Map<String, String> environment, String key, String standard, List<String> choices) {
        String value = environment.getOrDefault(key, standard).strip();
        if (!choices.contains(value)) {
            throw new InvalidSetting(key, value, "one of " + String.join(", ", choices));
        }
        return value;
    }
}
