package io.ec2quarantine.config;

import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** The files that {@code KUBECONFIG} names; the client passes over one that is missing without a word. */
public final class KubeconfigFiles {
    private KubeconfigFiles() {}

    /** What is wrong in one sentence; one file that exists is enough, as it is for kubectl. */
    public static Optional<String> problem(Map<String, String> environment, Predicate<Path> exists) {
        List<String> named = Optional.ofNullable(environment.get("KUBECONFIG")).stream()
                .flatMap(list -> Arrays.stream(list.split(File.pathSeparator)))
                .filter(name -> !name.isBlank())
                .toList();
        return named.isEmpty() || named.stream().map(Path::of).anyMatch(exists)
                ? Optional.empty()
                : Optional.of("KUBECONFIG names " + String.join(" and ", named)
                        + ", which does not exist; correct it, or leave it out where the operator runs in a pod.");
    }
}
