package io.ec2quarantine.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The jar that {@code make build} leaves, in a process of its own. */
final class ShippedOperator implements Operator.Running {
    static final Path JAR = Path.of("target/ec2-quarantine-operator.jar");
    private static final Duration TIME_TO_STOP = Duration.ofSeconds(2);

    private final Process process;
    private final Path log;
    private final Duration timeToStop;

    private ShippedOperator(Process process, Path log, Duration timeToStop) {
        this.process = process;
        this.log = log;
        this.timeToStop = timeToStop;
    }

    static ShippedOperator start(Map<String, String> environment, Path files) {
        if (!Files.exists(JAR)) {
            throw new SceneFailure("There is no " + JAR + ": run `make build` first.");
        }
        return start(List.of("-jar", JAR.toString()), TIME_TO_STOP, environment, files);
    }

    /** Starts it with these arguments to {@code java}; it is killed when it takes longer than this to stop. */
    static ShippedOperator start(
            List<String> arguments, Duration timeToStop, Map<String, String> environment, Path files) {
        Path log = files.resolve("operator.log");
        List<String> command = new ArrayList<>(arguments);
        command.addFirst(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        // Whoever watches the demo may have settings for a cluster and an AWS account of their own.
        builder.environment().clear();
        builder.environment().putAll(environment);
        try {
            return new ShippedOperator(builder.start(), log, timeToStop);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public String description() {
        return "java -jar " + JAR + ", polls GuardDuty every " + StageSet.POLL_SECONDS
                + " s (default 15 s) and reads back every " + StageSet.SWEEP_SECONDS + " s (default 60 s)";
    }

    @Override
    public CompletableFuture<String> end() {
        return process.onExit().thenApply(ended -> "The operator ended with exit code " + ended.exitValue() + ".");
    }

    @Override
    public String whereToLook() {
        return "The operator's log is " + log + ".";
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(timeToStop.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().onExit().join();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
    }
}
