package io.ec2quarantine.demo;

import io.ec2quarantine.demo.Screen.Style;
import io.ec2quarantine.sim.AwsSimulator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.stream.Stream;

/** Sets up what the scene is played on, and takes all of it down again, however the scene ends. */
final class Stage implements AutoCloseable {
    private final Path files;
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private boolean closed;
    private boolean keepFiles = true;

    Stage(Path files) {
        this.files = files;
    }

    /** Starts the simulated AWS and the cluster, and builds the scene. */
    StageSet build(Settings settings, Screen screen) {
        AwsSimulator simulator =
                keep(AwsSimulator.start(InstantSource.system())).requestLimits(true);
        Scenery scenery = settings.chapter().build(simulator.world());
        tell(screen, "AWS", "the project's simulator, " + simulator.endpoint());
        try {
            Files.createDirectories(files);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        Cluster cluster = keep(settings.cluster().start(files));
        tell(screen, "Kubernetes", cluster.description() + ", " + cluster.url());
        return new StageSet(cluster, simulator, scenery);
    }

    /** Starts the operator. */
    Operator.Running start(Operator operator, StageSet set, Screen screen) {
        Operator.Running running = keep(operator.start(set, files));
        tell(screen, "operator", running.description());
        return running;
    }

    /** Closes this with the others, the newest first. */
    <T extends AutoCloseable> T keep(T part) {
        synchronized (this) {
            if (!closed) {
                opened.push(part);
                return part;
            }
        }
        close(part);
        throw new SceneFailure("The demo was stopped.");
    }

    /** Whether what the programs wrote is to stay for a person to read: not after a scene that went well. */
    synchronized void keepFiles(boolean keep) {
        keepFiles = keep;
    }

    @Override
    public synchronized void close() {
        closed = true;
        while (!opened.isEmpty()) {
            close(opened.pop());
        }
        if (!keepFiles) {
            keepFiles = true;
            delete(files);
        }
    }

    private static void tell(Screen screen, String part, String what) {
        screen.paragraph(screen.paint(Style.DIM, "  %-10s  ".formatted(part)), 14, Style.DIM, what);
    }

    private static void close(AutoCloseable part) {
        try {
            part.close();
        } catch (Exception failure) {
            // The others must be closed all the same.
            System.err.println("Closing failed: " + failure);
        }
    }

    private static void delete(Path directory) {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException failure) {
            System.err.println("The files in " + directory + " could not be removed: " + failure);
        }
    }
}
