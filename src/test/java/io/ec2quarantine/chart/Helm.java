package io.ec2quarantine.chart;

import io.ec2quarantine.real.Answer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The {@code helm} of a person who installs the chart. */
final class Helm {
    static final Path CHART = Path.of("helm/ec2-quarantine-operator");
    /** Not the chart's own name, so that nothing rests on its being the release's as well. */
    static final String RELEASE = "guard";

    static final String NAMESPACE = "quarantine-system";
    /** What the chart calls its objects in this release. */
    static final String NAME = RELEASE + "-ec2-quarantine-operator";

    private final String program = Optional.ofNullable(System.getenv("HELM"))
            .orElseThrow(() -> new IllegalStateException(
                    "Set HELM to the last line that hack/helm.sh prints, or run this test through `make test-all`."));
    private final Map<String, String> environment;

    private Helm(Map<String, String> environment) {
        this.environment = environment;
    }

    /** One that knows no cluster. */
    static Helm alone() {
        return new Helm(Map.of());
    }

    /** One that installs into a cluster; its files are in the directory. */
    static Helm of(Path kubeconfig, Path directory) {
        return new Helm(Map.of(
                "KUBECONFIG", kubeconfig.toString(),
                "HELM_CACHE_HOME", directory.resolve("helm-cache").toString(),
                "HELM_CONFIG_HOME", directory.resolve("helm-config").toString(),
                "HELM_DATA_HOME", directory.resolve("helm-data").toString()));
    }

    /** Runs it, whatever comes of that. */
    Answer run(String... arguments) {
        List<String> command = new ArrayList<>(List.of(program));
        command.addAll(List.of(arguments));
        return Answer.of(command, environment, "");
    }

    /** Installs, upgrades or renders the chart as this test's release. */
    Answer release(String command, String... more) {
        List<String> arguments = new ArrayList<>(List.of(command, RELEASE, CHART.toString(), "--namespace", NAMESPACE));
        arguments.addAll(Arrays.asList(more));
        return run(arguments.toArray(String[]::new));
    }

    /** What the chart makes of these values. */
    Manifest render(String... more) {
        return Manifest.parse(release("template", more).succeeds());
    }
}
