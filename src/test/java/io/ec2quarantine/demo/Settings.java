package io.ec2quarantine.demo;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * How the demo is played.
 *
 * @param hold whether everything goes on running after the scene
 * @param files where the programs of the scene write; removed after a scene that went well
 * @param patience the longest wait for any one thing
 */
public record Settings(
        Chapter chapter, Cluster.Kind cluster, boolean hold, boolean colour, Path files, Duration patience) {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Reads {@code SCENE}, {@code CLUSTER}, {@code HOLD}, {@code NO_COLOR} and {@code FORCE_COLOR}. */
    public static Settings from(Map<String, String> environment, boolean terminal, Path files) {
        return new Settings(
                chapter(environment.getOrDefault("SCENE", "")),
                cluster(environment.getOrDefault("CLUSTER", "")),
                isSet(environment, "HOLD"),
                !isSet(environment, "NO_COLOR") && (terminal || isSet(environment, "FORCE_COLOR")),
                files,
                PATIENCE);
    }

    private static Chapter chapter(String word) {
        return switch (word) {
            case "", "workshop" -> Chapter.WORKSHOP;
            case "organisation" -> Chapter.ORGANISATION;
            default ->
                throw new IllegalArgumentException("SCENE is \"" + word + "\", but must be workshop or organisation.");
        };
    }

    private static Cluster.Kind cluster(String word) {
        return switch (word) {
            case "", "embedded" -> Cluster.Kind.EMBEDDED;
            case "envtest" -> Cluster.Kind.ENVTEST;
            default ->
                throw new IllegalArgumentException("CLUSTER is \"" + word + "\", but must be embedded or envtest.");
        };
    }

    private static boolean isSet(Map<String, String> environment, String key) {
        String value = environment.getOrDefault(key, "");
        return !value.isEmpty() && (key.equals("NO_COLOR") || !value.equals("0"));
    }
}
