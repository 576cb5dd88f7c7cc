package io.ec2quarantine.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnknownSettingsTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', useHeadersInDisplayName = true, textBlock = """
            typed                          | meant
            OPERATOR_HTTPPORT              | OPERATOR_HTTP_PORT
            OPERATOR_PORT                  | OPERATOR_HTTP_PORT
            OPERATOR_POLL_INTERVALL_SECOND | OPERATOR_POLL_INTERVAL_SECONDS
            OPERATOR_POL_INTERVAL          | OPERATOR_POLL_INTERVAL_SECONDS
            OPERATOR_SWEEP_INTERVAL        | OPERATOR_SWEEP_INTERVAL_SECONDS
            OPERATOR_LEADER_ELECTIONS      | OPERATOR_LEADER_ELECTION
            OPERATOR_SAMPLE                | OPERATOR_SAMPLE_FINDINGS
            OPERATOR_LOGFORMAT             | OPERATOR_LOG_FORMAT
            """)
    void aMistypedSettingIsNamedWithTheNearestThatThereIs(String typed, String meant) {
        assertThat(UnknownSettings.in(Map.of(typed, "1")))
                .containsExactly(typed + " is no setting and changes nothing; did you mean " + meant + "?");
    }

    @ParameterizedTest
    @ValueSource(strings = {"OPERATOR_FOO", "OPERATOR_REGION", "OPERATOR_KUBECONFIG"})
    void whatIsLikeNoSettingIsSentToTheList(String typed) {
        assertThat(UnknownSettings.in(Map.of(typed, "1")))
                .containsExactly(
                        typed + " is no setting and changes nothing; docs/install.md lists those that there are.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "OPERATOR_HTTP_PORT",
                "OPERATOR_LEADER_ELECTION",
                "OPERATOR_POLL_INTERVAL_SECONDS",
                "OPERATOR_SWEEP_INTERVAL_SECONDS",
                "OPERATOR_SAMPLE_FINDINGS",
                "OPERATOR_LOG_FORMAT",
                "OPERATOR_NODE_NAME",
                "OPERATOR_POD_SELECTOR"
            })
    void everySettingIsKnown(String name) {
        assertThat(UnknownSettings.in(Map.of(name, "1"))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "OPERATOR_SERVICE_HOST, 10.0.0.1",
        "OPERATOR_SERVICE_PORT, 8080",
        "OPERATOR_SERVICE_PORT_HTTP, 8080",
        "OPERATOR_PORT, tcp://10.0.0.1:8080",
        "OPERATOR_PORT_8080_TCP, tcp://10.0.0.1:8080",
        "OPERATOR_PORT_8080_TCP_PROTO, tcp",
        "OPERATOR_PORT_8080_TCP_ADDR, 10.0.0.1",
        "OPERATOR_METRICS_SERVICE_HOST, 10.0.0.1",
        "OPERATOR_METRICS_PORT, tcp://10.0.0.1:8080",
        "SOMETHING_ELSE, 1"
    })
    void whatKubernetesTellsOfAServiceIsNobodysTypo(String name, String value) {
        assertThat(UnknownSettings.in(Map.of(name, value))).isEmpty();
    }
}
