package io.ec2quarantine.chart;

import io.ec2quarantine.chart.Dockerfile.Instruction;
import io.ec2quarantine.chart.Dockerfile.Stage;
import io.ec2quarantine.real.Answer;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.stream.Stream;

/** Carries a Dockerfile out without containers: a folder for each stage, and the JDK of this machine in each. */
final class Stages {
    private static final Path CONTEXT = Path.of("").toAbsolutePath();

    private final Dockerfile file;
    private final Path directory;
    private final Map<String, Built> built = new HashMap<>();

    /** A finished stage: the folder that stands for its root, and the directory that its programs start in. */
    record Built(Path root, String workdir) {
        /** The place that a path of the container has here. */
        Path path(String path) {
            return root.resolve(root.relativize(root.resolve(
                    Path.of(workdir, "x").resolveSibling(path).toString().substring(1))));
        }

        /** A word of a command, the paths of the container in it turned into those that they have here. */
        String here(String word) {
            return word.replaceAll("(^|=)/(?=app|src|train)", "$1" + Matcher.quoteReplacement(root + "/"));
        }
    }

    Stages(Dockerfile file, Path directory) {
        this.file = file;
        this.directory = directory;
    }

    /** Carries out a stage, and first those that it needs. */
    Built build(Stage stage) {
        Built done = built.get(stage.name());
        if (done != null) {
            return done;
        }
        Path root = directory.resolve("stage-" + (built.size() + 1) + stage.name());
        Optional<Built> base = file.stage(stage.from()).map(this::build);
        base.ifPresentOrElse(from -> copy(from.root(), root), () -> make(root));
        Built now = new Built(root, base.map(Built::workdir).orElse("/"));
        for (Instruction instruction : stage.instructions()) {
            now = carryOut(instruction, now);
        }
        built.put(stage.name(), now);
        return now;
    }

    private Built carryOut(Instruction instruction, Built stage) {
        switch (instruction.name()) {
            case "WORKDIR" -> {
                Built moved = new Built(stage.root(), instruction.rest());
                make(moved.path("."));
                return moved;
            }
            case "COPY" -> copy(instruction, stage);
            case "RUN" -> run(instruction, stage);
            case "ENV", "USER", "EXPOSE", "ENTRYPOINT" -> {
                // They say where things are in a container, and how one is run.
            }
            default -> throw new AssertionError("Nobody knows how to try " + instruction);
        }
        return stage;
    }

    private void copy(Instruction instruction, Built stage) {
        List<String> words = instruction.words();
        String target = words.getLast();
        for (String source : words.subList(0, words.size() - 1)) {
            Path from = instruction
                    .flag("from")
                    .map(name -> build(file.stage(name).orElseThrow()).path(source))
                    .orElseGet(() -> CONTEXT.resolve(source));
            Path to = stage.path(target);
            // A folder's contents are copied, a file is copied into a folder.
            copy(from, target.endsWith("/") && !Files.isDirectory(from) ? to.resolve(from.getFileName()) : to);
        }
    }

    private static void run(Instruction instruction, Built stage) {
        List<String> command =
                new ArrayList<>(instruction.exec().orElseGet(() -> List.of("/bin/sh", "-c", instruction.rest())));
        command.replaceAll(stage::here);
        String bin = Path.of(System.getProperty("java.home"), "bin").toString();
        if (command.getFirst().equals("java")) {
            command.set(0, bin + "/java");
        }
        Map<String, String> environment = Map.of(
                "JAVA_HOME", System.getProperty("java.home"), "PATH", bin + File.pathSeparator + System.getenv("PATH"));
        // The directory to start in is the shell's to change: a process here has no other way to be given one.
        List<String> inDirectory = new ArrayList<>(List.of(
                "/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", stage.path(".").toString()));
        inDirectory.addAll(command);
        Answer.of(inDirectory, environment, "").succeeds();
    }

    private static void make(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** As Docker does, times and all: a JVM may know the jars of its cache by their times. */
    private static void copy(Path from, Path to) {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path each : all.toList()) {
                Path copy = to.resolve(from.relativize(each).toString()).normalize();
                if (Files.isDirectory(each)) {
                    Files.createDirectories(copy);
                } else {
                    make(Optional.ofNullable(copy.getParent()).orElseThrow());
                    Files.copy(each, copy, StandardCopyOption.COPY_ATTRIBUTES, StandardCopyOption.REPLACE_EXISTING);
                }
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
