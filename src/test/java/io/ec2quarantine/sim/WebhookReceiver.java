package io.ec2quarantine.sim;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Somebody's endpoint for events, over TLS with a certificate of its own making. */
public final class WebhookReceiver implements AutoCloseable {
    private static final char[] PASSWORD = "changeit".toCharArray();

    private final SSLContext context;
    private final HttpsServer server;
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Post> posts = new CopyOnWriteArrayList<>();
    private final Map<String, String> answerHeaders = new TreeMap<>();
    private volatile int status = 202;

    /** What was posted; the names of the headers are in lower case. */
    public record Post(Map<String, String> headers, String body) {}

    private WebhookReceiver(SSLContext context) throws IOException {
        this.context = context;
        this.server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        server.setExecutor(executor);
        server.createContext("/", this::take);
        server.start();
    }

    /** Starts one on a free port. */
    public static WebhookReceiver start() {
        try {
            return new WebhookReceiver(selfSigned());
        } catch (IOException e) {
            throw new UncheckedIOException("The webhook receiver could not be started", e);
        }
    }

    /** Where to post to. */
    public String url() {
        return "https://127.0.0.1:" + server.getAddress().getPort() + "/events";
    }

    /** Trusts this receiver and nobody else. */
    public SSLContext trust() {
        return context;
    }

    /** Answers with this status from now on. */
    public WebhookReceiver answer(int code) {
        status = code;
        return this;
    }

    /** Answers with a redirect from now on. */
    public WebhookReceiver redirect(String location) {
        answerHeaders.put("Location", location);
        return answer(307);
    }

    /** What was posted, in its order. */
    public List<Post> posts() {
        return List.copyOf(posts);
    }

    private void take(HttpExchange exchange) throws IOException {
        try (exchange) {
            Map<String, String> headers = new TreeMap<>();
            exchange.getRequestHeaders()
                    .forEach((name, values) -> headers.put(name.toLowerCase(java.util.Locale.ROOT), values.getFirst()));
            posts.add(new Post(headers, new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
            answerHeaders.forEach(exchange.getResponseHeaders()::set);
            exchange.sendResponseHeaders(status, -1);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        executor.shutdownNow();
    }

    private static SSLContext selfSigned() throws IOException {
        Path folder = Files.createTempDirectory("webhook");
        Path file = folder.resolve("keys.p12");
        try {
            Process keytool = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "keytool")
                                    .toString(),
                            "-genkeypair",
                            "-alias",
                            "webhook",
                            "-keyalg",
                            "EC",
                            "-dname",
                            "CN=webhook",
                            "-ext",
                            "san=ip:127.0.0.1",
                            "-storetype",
                            "PKCS12",
                            "-storepass",
                            new String(PASSWORD),
                            "-keystore",
                            file.toString())
                    .redirectErrorStream(true)
                    .start();
            String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (keytool.waitFor() != 0) {
                throw new IOException("keytool failed: " + said);
            }
            return context(file);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            Files.deleteIfExists(file);
            Files.deleteIfExists(folder);
        }
    }

    private static SSLContext context(Path file) throws IOException {
        try {
            KeyStore store = KeyStore.getInstance(file.toFile(), PASSWORD);
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, PASSWORD);
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            trusted.setCertificateEntry("webhook", store.getCertificate("webhook"));
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("the certificate could not be used", e);
        }
    }
}
