package io.ec2quarantine.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClusterCheckTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', useHeadersInDisplayName = true, textBlock = """
            code | expected
            401  | does not accept the operator's credentials (it said so); renew those that KUBECONFIG names or, in a pod, the service account's token.
            403  | denies the operator what it needs (it said so); grant it the rights that the Helm chart gives (docs/install.md).
            404  | does not know the kind IsolationPolicy; install the schemas with kubectl apply -f crds/, or with the Helm chart.
            503  | refuses what the operator asks (it said so); look into the API server's log.
            """)
    void aRefusalIsOneSentenceThatSaysWhatToDo(int code, String expected) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            byte[] status = ("{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"code\":" + code
                            + ",\"message\":\"it said so\"}")
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(code, status.length);
            exchange.getResponseBody().write(status);
            exchange.close();
        });
        server.start();
        String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/";
        try {
            assertThat(check(url).problem()).contains("The Kubernetes API server " + url + " " + expected);
        } finally {
            server.stop(0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://127.0.0.1:1/", "http://nowhere.invalid/"})
    void silenceIsOneSentenceThatSaysWhereToLook(String url) {
        assertThat(check(url).problem())
                .hasValueSatisfying(sentence -> assertThat(sentence)
                        .startsWith("The Kubernetes API server " + url + " does not answer (")
                        .endsWith("); check that the cluster runs, and that KUBECONFIG names it or, in a pod, that the"
                                + " service account's token is mounted."));
    }

    private static ClusterCheck check(String url) {
        return new ClusterCheck(
                new ConfigBuilder(Config.empty()).withMasterUrl(url).build());
    }
}
