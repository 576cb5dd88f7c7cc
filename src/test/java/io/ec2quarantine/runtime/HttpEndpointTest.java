package io.ec2quarantine.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpEndpointTest {
    private final Health health = new Health();
    private final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final HttpEndpoint endpoint = HttpEndpoint.start(0, health, meters);

    @AfterEach
    void close() {
        endpoint.close();
    }

    @ParameterizedTest
    @CsvSource({
        "STARTING, 503",
        "STANDBY, 200",
        "LEADING, 200",
        "STOPPING, 503",
    })
    void aReplicaIsReadyWhereItLeadsOrCouldTakeOver(Health.State state, int code) throws Exception {
        health.become(state);

        assertThat(get("/readyz").statusCode()).isEqualTo(code);
        assertThat(get("/readyz").body()).isEqualTo(state.name());
        assertThat(get("/healthz").statusCode()).isEqualTo(200);
    }

    @Test
    void theMetricsAreServed() throws Exception {
        meters.counter("something.counted").increment();

        assertThat(get("/metrics").body()).contains("something_counted_total 1.0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/health", "/healthz/more", "/favicon.ico"})
    void anUnknownPathIsToldWhatThereIs(String path) throws Exception {
        assertThat(get(path).statusCode()).isEqualTo(404);
        assertThat(get(path).body()).isEqualTo("There are /healthz, /readyz and /metrics here.\n");
    }

    @Test
    void aPortThatIsTakenIsNamedWithTheSettingThatPicksAnother() {
        int taken = endpoint.port();

        assertThatExceptionOfType(CannotStart.class)
                .isThrownBy(() -> HttpEndpoint.start(taken, health, meters))
                .withMessage("Port " + taken
                        + " cannot be listened on (Address already in use); set OPERATOR_HTTP_PORT to a free one.");
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + endpoint.port() + path))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }
}
