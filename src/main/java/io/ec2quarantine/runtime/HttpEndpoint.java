package io.ec2quarantine.runtime;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;

/** Serves {@code /healthz}, {@code /readyz} and {@code /metrics}. */
final class HttpEndpoint implements AutoCloseable {
    private final HttpServer server;

    private HttpEndpoint(HttpServer server) {
        this.server = server;
    }

    /** Listens on the port; 0 picks a free one. */
    static HttpEndpoint start(int port, Health health, PrometheusMeterRegistry meters) {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(port), 0);
            server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            server.createContext("/healthz", exchange -> answer(exchange, HttpURLConnection.HTTP_OK, "ok"));
            server.createContext(
                    "/readyz",
                    exchange -> answer(
                            exchange,
                            health.isReady() ? HttpURLConnection.HTTP_OK : HttpURLConnection.HTTP_UNAVAILABLE,
                            health.state().name()));
            server.createContext("/metrics", exchange -> answer(exchange, HttpURLConnection.HTTP_OK, meters.scrape()));
            server.start();
            return new HttpEndpoint(server);
        } catch (IOException exception) {
            throw new UncheckedIOException(
                    "Port " + port + " cannot be listened on; set OPERATOR_HTTP_PORT to a free one.", exception);
        }
    }

    int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
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
