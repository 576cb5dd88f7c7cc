package io.ec2quarantine.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A real Kubernetes API server with its etcd, on this machine, for one test.
 *
 * <p>RBAC is on and the admin comes in by a token. There is no controller manager: nothing collects garbage, finishes
 * deleting a namespace or makes the service account of a new one.
 *
 * <p>A method that brings a program up returns when the program answers and throws with the end of its log when it does
 * not. To stop a program is to kill it, as a crash would; what etcd was told is kept. Each method may be called in any
 * state: starting what runs and stopping or pausing what is stopped change nothing.
 */
public final class RealCluster implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String LOOPBACK = "127.0.0.1";
    private static final Pattern REVISION = Pattern.compile("\"revision\":\"([0-9]+)\"");

    private final Path dataDir;
    private final URI etcdUrl;
    private final URI url;
    private final String adminToken = UUID.randomUUID().toString();
    private final Program etcd;
    private final Program apiServer;
    private final Thread atExit = new Thread(this::end, "kill-real-cluster");
    private volatile boolean filesGoToo;

    private RealCluster(Path assets, Path dataDir) {
        int port = firstOfThreeFreePorts();
        this.dataDir = dataDir.toAbsolutePath();
        this.url = URI.create("https://" + LOOPBACK + ":" + port);
        this.etcdUrl = URI.create("http://" + LOOPBACK + ":" + (port + 1));
        URI etcdPeerUrl = URI.create("http://" + LOOPBACK + ":" + (port + 2));
        this.etcd = new Program(etcdCommand(assets.resolve("etcd"), etcdPeerUrl), this.dataDir.resolve("etcd.log"));
        this.apiServer = new Program(
                apiServerCommand(assets.resolve("kube-apiserver")), this.dataDir.resolve("kube-apiserver.log"));
    }

    /** Starts both programs out of {@code assets} and returns when they answer; all their files are in {@code dataDir}. */
    public static RealCluster start(Path assets, Path dataDir) {
        RealCluster cluster = new RealCluster(assets, dataDir);
        Runtime.getRuntime().addShutdownHook(cluster.atExit);
        try {
            cluster.writeCredentials();
            cluster.startEtcd();
            cluster.startApiServer();
            cluster.writeKubeconfig();
            return cluster;
        } catch (RuntimeException | Error failure) {
            cluster.close();
            throw failure;
        }
    }

    /** The directory of kube-apiserver, etcd and kubectl that the environment names. */
    public static Path assetsFromEnvironment() {
        String assets = System.getenv("KUBEBUILDER_ASSETS");
        if (assets == null || assets.isBlank()) {
            throw new IllegalStateException("Set KUBEBUILDER_ASSETS to the directory that `make envtest` prints last.");
        }
        return Path.of(assets);
    }

    /** A kubeconfig file for the admin, which trusts this API server's certificate and no other. */
    public Path kubeconfig() {
        return dataDir.resolve("kubeconfig");
    }

    /** Where the API server listens; it stays the same over restarts. */
    public URI url() {
        return url;
    }

    /** The bearer token of the admin, who is in the group {@code system:masters}. */
    public String adminToken() {
        return adminToken;
    }

    /** The certificates that a client trusts this API server by. */
    public Path certificates() {
        return servingCertificate();
    }

    /** What the API server was asked, by whom, and what it answered: a JSON object on each line, once answered. */
    public Path auditLog() {
        return dataDir.resolve("audit.log");
    }

    /** Starts the API server and returns when it is ready. */
    public void startApiServer() {
        apiServer.start();
        awaitApiServer();
    }

    /** Kills the API server. */
    public void stopApiServer() {
        apiServer.kill();
    }

    /** Kills the API server, starts it again and returns when it is ready. */
    public void restartApiServer() {
        stopApiServer();
        startApiServer();
    }

    /** Freezes the API server: its connections stay open and nothing answers. */
    public void pauseApiServer() {
        apiServer.pause();
    }

    /** Lets a paused API server run on and returns when it is ready. */
    public void resumeApiServer() {
        apiServer.resume();
        awaitApiServer();
    }

    /** Starts etcd and returns when it answers, and the API server too where that one runs. */
    public void startEtcd() {
        etcd.start();
        awaitEtcd();
    }

    /** Kills etcd. */
    public void stopEtcd() {
        etcd.kill();
    }

    /** Kills etcd, starts it again and returns when it answers, and the API server too where that one runs. */
    public void restartEtcd() {
        stopEtcd();
        startEtcd();
    }

    /** Freezes etcd: its connections stay open and nothing answers. */
    public void pauseEtcd() {
        etcd.pause();
    }

    /** Lets a paused etcd run on and returns when it answers, and the API server too where that one runs. */
    public void resumeEtcd() {
        etcd.resume();
        awaitEtcd();
    }

    /** Lets etcd forget all history before now: who watches from an earlier version on is told that it is gone. */
    public void compact() {
        // The status of any request, here a read of a key that is not there, tells the revision that etcd is at.
        Matcher revision = REVISION.matcher(etcdDoes("range", "{\"key\":\"bm9uZQ==\"}"));
        if (!revision.find()) {
            throw new IllegalStateException("etcd tells no revision");
        }
        etcdDoes("compaction", "{\"revision\":\"%s\",\"physical\":true}".formatted(revision.group(1)));
    }

    private String etcdDoes(String what, String body) {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> answer = client.send(
                    HttpRequest.newBuilder(etcdUrl.resolve("/v3/kv/" + what))
                            .POST(HttpRequest.BodyPublishers.ofString(body))
                            .timeout(PATIENCE)
                            .build(),
                    BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new IllegalStateException("etcd answered to " + what + ": " + answer.body());
            }
            return answer.body();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException interruption) {
            throw interrupted(interruption);
        }
    }

    /** Leaves no files behind when this process ends: there are keys among them. */
    public void takeFilesAlong() {
        filesGoToo = true;
    }

    private void end() {
        killBoth();
        if (filesGoToo) {
            try (Stream<Path> files = Files.walk(dataDir)) {
                files.sorted(Comparator.reverseOrder())
                        .forEach(file -> file.toFile().delete());
            } catch (IOException unreadable) {
                throw new UncheckedIOException(unreadable);
            }
        }
    }

    /** Kills both programs for good and leaves their files. */
    @Override
    public void close() {
        killBoth();
        Runtime.getRuntime().removeShutdownHook(atExit);
    }

    /** Runs a cluster by hand: prints its kubeconfig's path and keeps it up until this program is killed. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        RealCluster cluster = start(assetsFromEnvironment(), Files.createTempDirectory("real-cluster"));
        System.out.println(cluster.kubeconfig());
        new CountDownLatch(1).await();
    }

    private List<String> etcdCommand(Path program, URI peerUrl) {
        return List.of(
                program.toString(),
                "--name=test",
                "--data-dir=" + dataDir.resolve("etcd"),
                "--unsafe-no-fsync",
                "--listen-client-urls=" + etcdUrl,
                "--advertise-client-urls=" + etcdUrl,
                "--listen-peer-urls=" + peerUrl,
                "--initial-advertise-peer-urls=" + peerUrl,
                "--initial-cluster=test=" + peerUrl);
    }

    private List<String> apiServerCommand(Path program) {
        return List.of(
                program.toString(),
                "--etcd-servers=" + etcdUrl,
                "--bind-address=" + LOOPBACK,
                "--advertise-address=" + LOOPBACK,
                "--secure-port=" + url.getPort(),
                // A loopback address may not stand in the endpoints of the service "kubernetes", and nobody needs them.
                "--endpoint-reconciler-type=none",
                "--service-cluster-ip-range=10.0.0.0/24",
                "--cert-dir=" + servingCertificate().getParent(),
                "--authorization-mode=RBAC",
                "--token-auth-file=" + tokens(),
                "--audit-policy-file=" + auditPolicy(),
                "--audit-log-path=" + auditLog(),
                "--service-account-issuer=https://kubernetes.default.svc",
                "--service-account-key-file=" + serviceAccountKey(),
                "--service-account-signing-key-file=" + serviceAccountKey());
    }

    private Path tokens() {
        return dataDir.resolve("tokens.csv");
    }

    private Path auditPolicy() {
        return dataDir.resolve("audit-policy.yaml");
    }

    private Path serviceAccountKey() {
        return dataDir.resolve("service-account.key");
    }

    /** The API server's own certificate and, after it, that of the authority it made up to sign it. */
    private Path servingCertificate() {
        return dataDir.resolve("serving").resolve("apiserver.crt");
    }

    private void writeCredentials() {
        try {
            Files.createDirectories(dataDir);
            Files.writeString(tokens(), adminToken + ",admin,admin,system:masters\n");
            Files.writeString(auditPolicy(), """
                    apiVersion: audit.k8s.io/v1
                    kind: Policy
                    omitStages: [RequestReceived]
                    rules: [{level: Metadata}]
                    """);
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            byte[] key = generator.generateKeyPair().getPrivate().getEncoded();
            Files.writeString(
                    serviceAccountKey(),
                    "-----BEGIN PRIVATE KEY-----\n%s\n-----END PRIVATE KEY-----\n"
                            .formatted(
                                    Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key)));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (GeneralSecurityException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private void writeKubeconfig() {
        try {
            Files.writeString(kubeconfig(), """
                    apiVersion: v1
                    kind: Config
                    current-context: test
                    contexts: [{name: test, context: {cluster: test, user: admin}}]
                    clusters: [{name: test, cluster: {server: "%s", certificate-authority-data: "%s"}}]
                    users: [{name: admin, user: {token: "%s"}}]
                    """.formatted(
                    url, Base64.getEncoder().encodeToString(Files.readAllBytes(servingCertificate())), adminToken));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private void awaitEtcd() {
        try (HttpClient client = HttpClient.newHttpClient()) {
            etcd.await(() -> answers(client, etcdUrl.resolve("/readyz")));
        }
        if (apiServer.isRunning()) {
            awaitApiServer();
        }
    }

    private void awaitApiServer() {
        // The API server makes its certificate when it first starts, and writes the key last.
        apiServer.await(() -> Files.exists(servingCertificate().resolveSibling("apiserver.key")));
        try (HttpClient client = HttpClient.newBuilder()
                .sslContext(trusting(servingCertificate()))
                .build()) {
            // Readiness says nothing of the namespace "default", which is made a moment later.
            apiServer.await(() -> answers(client, url.resolve("/readyz"))
                    && answers(client, url.resolve("/api/v1/namespaces/default")));
        }
    }

    private boolean answers(HttpClient client, URI what) {
        HttpRequest request = HttpRequest.newBuilder(what)
                .header("Authorization", "Bearer " + adminToken)
                .timeout(Duration.ofSeconds(2))
                .version(HttpClient.Version.HTTP_1_1)
                .build();
        try {
            return client.send(request, BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        } catch (InterruptedException interruption) {
            throw interrupted(interruption);
        }
    }

    private static SSLContext trusting(Path certificates) {
        try (InputStream pem = Files.newInputStream(certificates)) {
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            for (var certificate : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
                trusted.setCertificateEntry("certificate-" + trusted.size(), certificate);
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (GeneralSecurityException failure) {
            throw new IllegalStateException("The certificates in " + certificates + " cannot be read", failure);
        }
    }

    /**
     * Three neighbouring ports that nobody listens on, below those that systems give to outgoing connections: a client
     * that calls a stopped server again and again may else be given the server's port, reach itself, and keep it.
     */
    private static int firstOfThreeFreePorts() {
        for (int attempt = 0; attempt < 100; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(20_000, 32_000);
            if (isFree(port) && isFree(port + 1) && isFree(port + 2)) {
                return port;
            }
        }
        throw new IllegalStateException("No three neighbouring ports between 20000 and 32000 are free");
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.ofLiteral(LOOPBACK))) {
            return socket.isBound();
        } catch (BindException taken) {
            return false;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private void killBoth() {
        apiServer.close();
        etcd.close();
    }

    private static IllegalStateException interrupted(InterruptedException interruption) {
        Thread.currentThread().interrupt();
        return new IllegalStateException("Interrupted while waiting for the cluster", interruption);
    }

    /** One of the two programs through all its lives, which share one log. */
    private static final class Program implements AutoCloseable {
        private final List<String> command;
        private final Path log;
        private Optional<Process> process = Optional.empty();
        private boolean paused;
        private boolean closed;

        Program(List<String> command, Path log) {
            this.command = command;
            this.log = log;
        }

        synchronized void start() {
            if (closed) {
                throw new IllegalStateException(name() + " was closed");
            }
            if (paused) {
                throw new IllegalStateException(name() + " is paused: resume it first");
            }
            if (running().isPresent()) {
                return;
            }
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
            // Both programs read settings out of the environment; a test must not depend on who runs it.
            builder.environment().clear();
            try {
                process = Optional.of(builder.start());
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }

        synchronized void kill() {
            running().ifPresent(running -> running.destroyForcibly().onExit().join());
            paused = false;
        }

        synchronized void pause() {
            running().ifPresent(running -> {
                signal("STOP", running);
                paused = true;
            });
        }

        synchronized void resume() {
            running().ifPresent(running -> signal("CONT", running));
            paused = false;
        }

        @Override
        public synchronized void close() {
            closed = true;
            kill();
        }

        synchronized boolean isRunning() {
            return running().isPresent() && !paused;
        }

        /** Returns when the condition holds; throws when the program ends first or takes too long. */
        void await(BooleanSupplier condition) {
            Process awaited = latest();
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (!awaited.isAlive() || !condition.getAsBoolean()) {
                if (endsWithin(Duration.ofMillis(50), awaited)) {
                    throw notReady("it ended with exit code " + awaited.exitValue());
                }
                if (System.nanoTime() > deadline) {
                    throw notReady("it was given " + PATIENCE.toSeconds() + " s");
                }
            }
        }

        private synchronized Process latest() {
            return process.orElseThrow(() -> new IllegalStateException(name() + " was never started"));
        }

        private synchronized Optional<Process> running() {
            return process.filter(Process::isAlive);
        }

        private static boolean endsWithin(Duration time, Process process) {
            try {
                return process.waitFor(time.toMillis(), TimeUnit.MILLISECONDS);
            } catch (InterruptedException interruption) {
                throw interrupted(interruption);
            }
        }

        private static void signal(String signal, Process process) {
            // The JDK can only end a process; the shell has a kill of its own wherever there is a shell.
            try {
                Process kill = new ProcessBuilder("/bin/sh", "-c", "kill -" + signal + " " + process.pid())
                        .redirectErrorStream(true)
                        .start();
                String answer = new String(kill.getInputStream().readAllBytes(), UTF_8);
                if (kill.waitFor() != 0) {
                    throw new IllegalStateException(
                            "SIG%s did not reach process %d: %s".formatted(signal, process.pid(), answer));
                }
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            } catch (InterruptedException interruption) {
                throw interrupted(interruption);
            }
        }

        private String name() {
            return String.valueOf(Path.of(command.getFirst()).getFileName());
        }

        private IllegalStateException notReady(String why) {
            return new IllegalStateException(
                    "%s is not ready: %s, and its log %s ends with:%n%s".formatted(name(), why, log, endOfLog()));
        }

        private String endOfLog() {
            try {
                List<String> lines = Files.readAllLines(log);
                return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
            } catch (IOException unreadable) {
                return "(it cannot be read: " + unreadable + ")";
            }
        }
    }
}
