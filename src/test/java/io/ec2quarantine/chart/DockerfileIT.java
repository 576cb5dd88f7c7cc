package io.ec2quarantine.chart;

import static org.assertj.core.api.Assertions.assertThat;

import io.ec2quarantine.chart.Dockerfile.Instruction;
import io.ec2quarantine.real.OperatorJar;
import io.ec2quarantine.sim.AwsSimulator;
import io.ec2quarantine.testing.EmbeddedCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The image: what its Dockerfile promises, and each of its steps carried out, though not in a container. */
class DockerfileIT {
    private static final Path CONTEXT = Path.of("");
    private static final Dockerfile FILE = Dockerfile.read(Path.of("Dockerfile"));

    @Test
    void everyImageIsNamedByAVersion() {
        assertThat(FILE.stages())
                .extracting(Dockerfile.Stage::from)
                .filteredOn(from -> FILE.stage(from).isEmpty())
                .isNotEmpty()
                .allMatch(image -> image.matches("[a-z/-]+:[0-9][a-z0-9.-]+"));
    }

    @Test
    void whatIsTrainedIsWhatRuns() {
        assertThat(FILE.last().from()).isEqualTo("runtime");
        assertThat(FILE.stage("train").orElseThrow().from()).isEqualTo("runtime");
    }

    @Test
    void everySourceIsThereAndSentToTheBuilder() throws IOException {
        List<String> sent = Files.readAllLines(Path.of(".dockerignore"));
        List<String> sources = FILE.stages().stream()
                .flatMap(stage -> stage.of("COPY").stream())
                .filter(copy -> copy.flag("from").isEmpty())
                .flatMap(copy -> copy.words().subList(0, copy.words().size() - 1).stream())
                .toList();

        assertThat(sent.getFirst()).as("nothing is sent unless it is named").isEqualTo("*");
        assertThat(sources)
                .isNotEmpty()
                .allSatisfy(source -> assertThat(CONTEXT.resolve(source)).exists())
                .allSatisfy(source -> assertThat(sent).contains("!" + source));
    }

    @Test
    void theLastStageNeedsNoShellAndIsNotRoot() {
        List<Instruction> last = FILE.last().instructions();

        assertThat(last).extracting(Instruction::name).doesNotContain("RUN", "CMD", "SHELL", "ADD");
        assertThat(FILE.last().of("ENTRYPOINT"))
                .singleElement()
                .satisfies(entry ->
                        assertThat(entry.exec().orElseThrow().getFirst()).isEqualTo("java"));
        assertThat(FILE.last().of("USER"))
                .singleElement()
                .satisfies(user -> assertThat(user.rest()).matches("[1-9][0-9]*:[1-9][0-9]*"));
    }

    @Test
    void itsStepsMakeAnOperatorThatStartsFromItsCacheAndWritesNothing(@TempDir Path directory) throws IOException {
        Stages.Built image = new Stages(FILE, directory).build(FILE.last());
        Map<String, Long> before = files(image.root());
        List<String> entry = FILE.last().of("ENTRYPOINT").getFirst().exec().orElseThrow();

        try (EmbeddedCluster cluster = EmbeddedCluster.start();
                AwsSimulator aws = AwsSimulator.start(InstantSource.system())) {
            OperatorJar operator = OperatorJar.start(
                    entry.subList(1, entry.size()).stream().map(image::here).toList(),
                    environment(cluster, aws, directory),
                    directory.resolve("operator.log"));
            try (operator) {
                operator.awaitLeading();
            }
        }

        assertThat(Files.readAllLines(classes(directory)))
                .as("the operator's own classes and its libraries' come out of the cache")
                .anyMatch(line -> line.contains("io.ec2quarantine.Main source: shared objects file"))
                .anyMatch(line -> line.contains("io.javaoperatorsdk.operator.Operator source: shared objects file"));
        assertThat(before).containsKeys("app/operator.aot", "app/ec2-quarantine-operator.jar");
        assertThat(files(image.root())).isEqualTo(before);
    }

    private static Map<String, String> environment(EmbeddedCluster cluster, AwsSimulator aws, Path directory) {
        Map<String, String> environment = new HashMap<>();
        environment.put("KUBECONFIG", cluster.kubeconfig(directory).toString());
        environment.put("AWS_ENDPOINT_URL", aws.endpoint().toString());
        environment.put("AWS_REGION", "us-west-2");
        environment.put("OPERATOR_HTTP_PORT", "0");
        // A JVM that could not use the cache would start without it and say nothing.
        environment.put("JAVA_TOOL_OPTIONS", "-XX:AOTMode=on -Xlog:class+load:file=" + classes(directory));
        return environment;
    }

    private static Path classes(Path directory) {
        return directory.resolve("classes.log");
    }

    private static Map<String, Long> files(Path root) throws IOException {
        Map<String, Long> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(root)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                files.put(
                        root.relativize(file).toString(),
                        Files.getLastModifiedTime(file).toMillis());
            }
        }
        return files;
    }
}
