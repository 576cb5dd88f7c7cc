package io.ec2quarantine.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus;
import io.ec2quarantine.core.WriteHooks;
import io.ec2quarantine.core.WriteLedger;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What a recovery writes, by the rights that it has. */
class RecoveredObjectsTest {
    /** docs/break-glass.md: recover --write runs as the operator's own service account. */
    @Test
    void theServiceAccountThatTheDocumentNamesMayDoWhatRecoverDoes() throws Exception {
        Matcher rule = Pattern.compile("quarantinedinstances/status\\]\\s+verbs: \\[([^\\]]*)\\]")
                .matcher(Files.readString(Path.of("helm/ec2-quarantine-operator/templates/rbac.yaml")));
        assertThat(rule.find()).isTrue();
        List<String> verbs = List.of(rule.group(1).split(", "));

        String[] stored = new String[1];
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            String method = exchange.getRequestMethod();
            byte[] body = exchange.getRequestBody().readAllBytes();
            boolean status = exchange.getRequestURI().getPath().endsWith("/status");
            boolean may = !status || verbs.contains(method.equals("PUT") ? "update" : "patch");
            if (method.equals("POST")) {
                stored[0] = new String(body, StandardCharsets.UTF_8)
                        .replace("\"metadata\":{", "\"metadata\":{\"resourceVersion\":\"1\",\"uid\":\"u\",");
            }
            boolean found = !method.equals("GET") || stored[0] != null;
            int code = !found ? 404 : may ? 200 : 403;
            byte[] answer = (code == 200
                            ? stored[0]
                            : "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"code\":%d}"
                                    .formatted(code))
                    .getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(code, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.start();
        try (KubernetesClient client = KubernetesClients.create(new ConfigBuilder(Config.empty())
                .withMasterUrl("http://127.0.0.1:" + server.getAddress().getPort())
                .withAutoConfigure(false)
                .withHttp2Disable(true)
                .build())) {
            boolean written = new RecoveredObjects(client, new WriteLedger(WriteHooks.NONE))
                    .write(RecoveredObjects.object(
                            "i-0123456789abcdef0",
                            "111122223333",
                            "us-west-2",
                            new QuarantinedInstanceStatus(
                                    1L, List.of(), null, null, null, List.of(), List.of(), null, List.of(), null, null,
                                    null, List.of(), List.of())));
            assertThat(written).isTrue();
        } finally {
            server.stop(0);
        }
    }
}
