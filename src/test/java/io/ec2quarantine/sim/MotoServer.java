package io.ec2quarantine.sim;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** An AWS endpoint that others wrote, as a program of its own. */
public final class MotoServer implements AutoCloseable {
    private static final Pattern RUNNING = Pattern.compile("Running on http://127\\.0\\.0\\.1:(?<port>[0-9]+)");

    private final Process process;
    private final URI endpoint;

    private MotoServer(Process process) {
        this.process = process;
        this.endpoint = URI.create("http://127.0.0.1:" + portOf(process));
    }

    /** Starts it on a free port. */
    public static MotoServer start() {
        return new MotoServer(PythonTools.start(PythonTools.program("moto_server", List.of("--port", "0"), Map.of())
                .redirectErrorStream(true)));
    }

    /** What to set {@code AWS_ENDPOINT_URL} to. */
    public URI endpoint() {
        return endpoint;
    }

    @Override
    public void close() {
        process.destroy();
    }

    /** Reads what the server prints until it says where it listens. */
    private static String portOf(Process server) {
        var output = new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8));
        try {
            var said = new StringBuilder();
            for (var line = output.readLine(); line != null; line = output.readLine()) {
                var running = RUNNING.matcher(line);
                if (running.find()) {
                    return running.group("port");
                }
                said.append(line).append(System.lineSeparator());
            }
            throw new AssertionError("moto_server ended before it listened: " + said);
        } catch (IOException e) {
            throw new AssertionError("moto_server could not be read", e);
        }
    }
}
