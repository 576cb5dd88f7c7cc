package io.ec2quarantine.demo;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Plays the demo's scene to have the JVM write down which classes the operator loads and links: the cache with which the image
 * starts in a third of the time.
 */
public final class Training {
    /** The JVM writes the cache after the operator has stopped. */
    private static final Duration TIME_TO_WRITE = Duration.ofMinutes(3);

    private Training() {}

    /**
     * Trains.
     *
     * @param arguments the jar, the cache to make, and the options that the operator runs with in the image
     */
    public static void main(String[] arguments) {
        Path jar = Path.of(arguments[0]);
        Path cache = Path.of(arguments[1]);
        List<String> java = new ArrayList<>(Arrays.asList(arguments).subList(2, arguments.length));
        java.addAll(List.of("-XX:AOTCacheOutput=" + cache, "-jar", jar.toString()));
        System.exit(run(java, cache));
    }

    private static int run(List<String> java, Path cache) {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        Settings settings = Settings.from(Map.of(), false, Path.of("training"));
        Operator operator =
                (set, files) -> ShippedOperator.start(java, TIME_TO_WRITE, set.operatorEnvironment(), files);
        int played = new Demo(settings, operator, out, (_, _, _) -> {}).run();
        if (played == 0 && !Files.exists(cache)) {
            out.println("The JVM wrote no " + cache + ".");
            return 1;
        }
        return played;
    }
}
