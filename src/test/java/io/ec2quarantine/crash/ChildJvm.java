package io.ec2quarantine.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The JVM of every {@link ChildOperator}: some forty are started one after another, so that what the first one loads and
 * links is cached for the others.
 */
final class ChildJvm {
    private final Path directory;
    private final String classPath;
    private final Path cache;

    /** Makes what is kept for all of them in a directory. */
    ChildJvm(Path directory) {
        this.directory = directory;
        this.classPath = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(Path::of)
                .filter(Files::exists)
                .map(this::archived)
                .map(Path::toString)
                .collect(Collectors.joining(File.pathSeparator));
        this.cache = directory.resolve("operator.aot");
    }

    /** The command of the one that writes the cache when it has stopped in order. */
    ProcessBuilder training(Class<?> main, String... arguments) {
        return command("-XX:AOTCacheOutput=" + cache, main, arguments);
    }

    /** The command of one that starts with the cache. */
    ProcessBuilder trained(Class<?> main, String... arguments) {
        return command("-XX:AOTCache=" + cache, main, arguments);
    }

    private ProcessBuilder command(String option, Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx256m",
                option,
                "-cp",
                classPath,
                main.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command);
    }

    /** A cache holds for classes in archives only. */
    private Path archived(Path entry) {
        if (!Files.isDirectory(entry)) {
            return entry;
        }
        Path archive = directory.resolve(entry.getFileName() + ".jar");
        int made = ToolProvider.findFirst("jar")
                .orElseThrow()
                .run(System.out, System.err, "--create", "--file", archive.toString(), "-C", entry.toString(), ".");
        assertThat(made).as("%s", archive).isZero();
        return archive;
    }
}
