package io.ec2quarantine.real;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** What a program that ran to its end answered. */
public record Answer(List<String> command, int exitCode, String output, String errors) {
    /** Runs a program to its end, with this environment and nothing else of ours in it. */
    public static Answer of(List<String> command, Map<String, String> environment, String input) {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(key -> key.startsWith("AWS_") || key.equals("KUBECONFIG"));
        builder.environment().putAll(environment);
        try {
            Process process = builder.start();
            // Not on the common pool, which has one thread on a small machine, and the Kubernetes client needs it.
            CompletableFuture<String> errors =
                    CompletableFuture.supplyAsync(() -> read(process.errorReader(UTF_8)), Thread.ofPlatform()::start);
            try (var stdin = process.outputWriter(UTF_8)) {
                stdin.write(input);
            }
            String output = read(process.inputReader(UTF_8));
            return new Answer(command, process.waitFor(), output, errors.join());
        } catch (IOException | InterruptedException failure) {
            throw new AssertionError(command + " could not be run", failure);
        }
    }

    /** The output; the program must have ended well. */
    public String succeeds() {
        assertThat(exitCode).as(this::toString).isZero();
        return output;
    }

    @Override
    public String toString() {
        return String.join(" ", command) + " ended with " + exitCode + ":\n" + output + errors;
    }

    private static String read(java.io.Reader reader) {
        try (reader) {
            java.io.StringWriter text = new java.io.StringWriter();
            reader.transferTo(text);
            return text.toString();
        } catch (IOException failure) {
            throw new java.io.UncheckedIOException(failure);
        }
    }
}
