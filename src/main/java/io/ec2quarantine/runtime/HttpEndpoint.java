package io.ec2quarantine.runtime;

import static java.net.HttpURLConnection.HTTP_NOT_FOUND;
import static java.net.HttpURLConnection.HTTP_OK;
import static java.net.HttpURLConnection.HTTP_UNAVAILABLE;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;

/** Serves {@code /healthz}, {@code /readyz} and {@code /metrics}, and says so where it is asked for anything else. */
final class HttpEndpoint implements AutoCloseable {
    private final HttpServer server;
    private final Health health;
    private final PrometheusMeterRegistry meters;

    private HttpEndpoint(HttpServer server, Health health, PrometheusMeterRegistry meters) {
        this.server = server;
        this.health = health;
        this.meters = meters;
    }

    /** Listens on the port; 0 picks a free one. */
    static HttpEndpoint start(int port, Health health, PrometheusMeterRegistry meters) {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(port), 0);
            server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            HttpEndpoint endpoint = new HttpEndpoint(server, health, meters);
            server.createContext("/", endpoint::answer);
            server.start();
            return endpoint;
        } catch (IOException exception) {
            throw new CannotStart(
                    "Port " + port + " cannot be listened on (" + exception.getMessage()
                            + "); set OPERATOR_HTTP_PORT to a free one.",
                    exception);
        }
    }

    int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        switch (exchange.getRequestURI().getPath()) {
            case "/healthz" -> answer(exchange, HTTP_OK, "ok");
            case "/readyz" ->
                answer(
                        exchange,
                        health.isReady() ? HTTP_OK : HTTP_UNAVAILABLE,
                        health.state().name());
            case "/metrics" -> answer(exchange, HTTP_OK, meters.scrape());
            default -> answer(exchange, HTTP_NOT_FOUND, "There are /healthz, /readyz and /metrics here.\n");
        }
    }

    private static void answer(HttpExchange exchange, int code, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
        exchange.sendResponseHeaders(code, body.length);
        try (var stream = exchange.getResponseBody()) {
            stream.write(body);
        }
    }
}
