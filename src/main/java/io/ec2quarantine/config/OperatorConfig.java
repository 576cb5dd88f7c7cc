package io.ec2quarantine.config;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The settings that come from the environment; Kubernetes and AWS have their own standard ones.
 *
 * @param httpPort serves {@code /healthz}, {@code /readyz} and {@code /metrics}; 0 picks a free one
 */
public record OperatorConfig(
        int httpPort,
        boolean leaderElection,
        Duration pollInterval,
        Duration sweepInterval,
        SampleFindings sampleFindings,
        LogFormat logFormat) {

    /** What to do with findings that "Generate sample findings" made. */
    public enum SampleFindings {
        IGNORE,
        ACCEPT
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
                number(environment, "OPERATOR_HTTP_PORT", 8080, 0, 65_535),
                choice(environment, "OPERATOR_LEADER_ELECTION", "true", List.of("true", "false"))
                        .equals("true"),
                Duration.ofSeconds(number(environment, "OPERATOR_POLL_INTERVAL_SECONDS", 15, 1, 3_600)),
                Duration.ofSeconds(number(environment, "OPERATOR_SWEEP_INTERVAL_SECONDS", 60, 1, 3_600)),
                SampleFindings.valueOf(
                        choice(environment, "OPERATOR_SAMPLE_FINDINGS", "Ignore", List.of("Ignore", "Accept"))
                                .toUpperCase(Locale.ROOT)),
                LogFormat.valueOf(choice(environment, "OPERATOR_LOG_FORMAT", "json", List.of("json", "text"))
                        .toUpperCase(Locale.ROOT)));
    }

    /** How long a read proves an isolation: two sweep intervals. */
    public Duration validity() {
        return sweepInterval.multipliedBy(2);
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
