package io.ec2quarantine.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The jar that {@code make build} leaves, in a process of its own. */
final class ShippedOperator implements Operator.Running {
    static final Path JAR = Path.of("target/ec2-quarantine-operator.jar");
    private static final long SECONDS_TO_STOP = 2;

    private final Process process;
    private final Path log;

    private ShippedOperator(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    static ShippedOperator start(Map<String, String> environment, Path files) {
        if (!Files.exists(JAR)) {
            throw new SceneFailure("There is no " + JAR + ": run `make build` first.");
        }
        Path log = files.resolve("operator.log");
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-jar", JAR.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        // Whoever watches the demo may have settings for a cluster and an AWS account of their own.
        builder.environment().clear();
        builder.environment().putAll(environment);
        try {
            return new ShippedOperator(builder.start(), log);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public String description() {
        return "java -jar " + JAR + ", polls GuardDuty every " + StageSet.POLL_SECONDS + " s (default 15 s)";
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
            if (!process.waitFor(SECONDS_TO_STOP, TimeUnit.SECONDS)) {
                process.destroyForcibly().onExit().join();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
    }
}
