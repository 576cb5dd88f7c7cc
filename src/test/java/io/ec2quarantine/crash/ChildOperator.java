package io.ec2quarantine.crash;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.ec2quarantine.testing.Eventually;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** A {@link DoomedOperator} in a process of its own. */
final class ChildOperator implements AutoCloseable {
    private final Process process;
    private final String journals;
    private final Path output;

    private ChildOperator(Process process, String journals, Path output) {
        this.process = process;
        this.journals = journals;
        this.output = output;
    }

    /** Brings up the process; the operator in it waits for the word. */
    static ChildOperator spawn(ChildJvm jvm, Map<String, String> environment, Path directory, String name) {
        String journals = directory.resolve(name + ".journal-").toString();
        return spawn(
                jvm.trained(DoomedOperator.class, journals), journals, environment, directory.resolve(name + ".log"));
    }

    /** Brings up the one from which the others' JVMs learn. */
    static ChildOperator train(ChildJvm jvm, Map<String, String> environment, Path directory) {
        String journals = directory.resolve("training.journal-").toString();
        return spawn(
                jvm.training(DoomedOperator.class, journals), journals, environment, directory.resolve("training.log"));
    }

    private static ChildOperator spawn(
            ProcessBuilder builder, String journals, Map<String, String> environment, Path output) {
        builder.redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        try {
            return new ChildOperator(builder.start(), journals, output);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Stops it as an operator is stopped, and waits until its JVM has written what it learned. */
    void stop() {
        process.destroy();
        process.onExit().join();
    }

    /** Gives the word to the operator. */
    ChildOperator start() {
        say("start");
        return this;
    }

    /** From now on a journal of the writes to this scene is kept, and the process dies at this point if there is one. */
    ChildOperator keepJournal(IsolationScene scene, Optional<KillPoint> point) {
        say("journal " + scene.number()
                + point.map(each -> " " + each.write() + " " + each.side()).orElse(""));
        Eventually.holds("a journal", () -> Files.exists(journalOf(scene)), () -> {}, this::log);
        return this;
    }

    /** Waits until it has halted where it should. */
    void awaitDeath() {
        Eventually.holds("the death of the operator", () -> !process.isAlive(), () -> {}, this::log);
        assertThat(process.exitValue()).as(log()).isEqualTo(DoomedOperator.DIED);
    }

    /** What it wrote to a scene. */
    Journal journal(IsolationScene scene) {
        return new Journal(read(journalOf(scene)).lines().toList());
    }

    /** All that it printed. */
    String log() {
        return read(output);
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }

    private void say(String word) {
        try {
            process.getOutputStream().write((word + "\n").getBytes(UTF_8));
            process.getOutputStream().flush();
        } catch (IOException failure) {
            throw new AssertionError(log(), failure);
        }
    }

    private Path journalOf(IsolationScene scene) {
        return Path.of(journals + scene.number());
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
