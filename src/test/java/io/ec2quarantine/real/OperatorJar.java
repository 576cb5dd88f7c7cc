package io.ec2quarantine.real;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The operator as it ships: {@code java -jar}, a process of its own that knows nothing but its environment. */
public final class OperatorJar implements AutoCloseable {
    private static final Path JAR = Path.of("target/ec2-quarantine-operator.jar");
    private static final Pattern PORT = Pattern.compile("health and metrics on port ([0-9]+)");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Process process;
    private final Path output;

    private OperatorJar(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /** Starts it; everything that it prints goes to the file. */
    static OperatorJar start(Map<String, String> environment, Path output) {
        if (!Files.exists(JAR)) {
            throw new IllegalStateException(JAR + " is missing: run `make build` first.");
        }
        return start(List.of("-jar", JAR.toString()), environment, output);
    }

    /** Starts it with these arguments to {@code java}. */
    public static OperatorJar start(List<String> arguments, Map<String, String> environment, Path output) {
        List<String> command = new ArrayList<>(arguments);
        command.addFirst(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        try {
            return new OperatorJar(builder.start(), output);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Waits until it says that it is ready. */
    public OperatorJar awaitReady() {
        Waiting.until("the operator's readiness", () -> alive() && ready(), this::log);
        return this;
    }

    /** Waits until it leads. */
    public OperatorJar awaitLeading() {
        Waiting.until("the operator's leadership", () -> alive() && isLeading(), this::log);
        return this;
    }

    /** Whether it leads, by its own word. */
    public boolean isLeading() {
        return httpPort().isPresent() && get("/readyz").body().equals("LEADING");
    }

    /** What it answers on its HTTP port. */
    public HttpResponse<String> get(String path) {
        int port = httpPort().orElseThrow(() -> new AssertionError("it has no HTTP port yet\n" + log()));
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                            .timeout(Duration.ofSeconds(5))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (IOException | InterruptedException failure) {
            throw new AssertionError(path + " was not answered\n" + log(), failure);
        }
    }

    /** All that it printed. */
    public String log() {
        try {
            return Files.readString(output);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Its log, line by line; every line must be a JSON object. */
    public List<JsonNode> logLines() {
        return log().lines().map(OperatorJar::parse).toList();
    }

    public boolean alive() {
        return process.isAlive();
    }

    /** Asks it to stop, as Kubernetes does (SIGTERM). */
    public void terminate() {
        process.destroy();
    }

    /** Kills it, so that nothing in it can tidy up (SIGKILL). */
    public void kill() {
        process.destroyForcibly();
        exitCode(Duration.ofSeconds(10));
    }

    /** Freezes it: its connections stay open, and it does nothing (SIGSTOP). */
    void pause() {
        signal("STOP");
    }

    /** Lets it run on. */
    void resume() {
        signal("CONT");
    }

    /** Waits for its end. */
    public int exitCode(Duration patience) {
        try {
            if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError("It still runs after " + patience + "\n" + log());
            }
            return process.exitValue();
        } catch (InterruptedException interruption) {
            throw new AssertionError(interruption);
        }
    }

    @Override
    public void close() {
        kill();
    }

    private void signal(String signal) {
        Answer.of(List.of("/bin/sh", "-c", "kill -" + signal + " " + process.pid()), Map.of(), "")
                .succeeds();
    }

    private boolean ready() {
        return httpPort().isPresent() && get("/readyz").statusCode() == 200;
    }

    private Optional<Integer> httpPort() {
        Matcher matcher = PORT.matcher(log());
        return matcher.find() ? Optional.of(Integer.valueOf(matcher.group(1))) : Optional.empty();
    }

    private static JsonNode parse(String line) {
        try {
            return JSON.readTree(line);
        } catch (JsonProcessingException failure) {
            throw new AssertionError("not a JSON line: " + line, failure);
        }
    }
}
