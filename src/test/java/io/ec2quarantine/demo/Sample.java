package io.ec2quarantine.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A policy out of the samples for people, without the comments. */
record Sample(String file, List<String> lines) {
    static Sample read(String name) {
        Path file = Path.of("docs/samples", name);
        try (Stream<String> lines = Files.lines(file)) {
            return new Sample(
                    file.toString(),
                    lines.filter(line -> !line.strip().startsWith("#")).toList());
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** Shows it as it is applied. */
    void show(Screen screen, String heading) {
        screen.heading(heading, file);
        lines.forEach(line -> screen.line("  " + line));
    }

    /** Shows what it says that the other does not. */
    void showBeside(Sample other, Screen screen, String heading) {
        screen.heading(heading, file + ", where it differs");
        lines.stream().filter(line -> !other.lines.contains(line)).forEach(line -> screen.line("  " + line));
    }

    /** The document to apply. */
    String yaml() {
        return String.join("\n", lines);
    }
}
