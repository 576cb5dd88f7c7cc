package io.ec2quarantine.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RealClusterIT {
    private static final String KIND_WITH_A_RULE = """
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: boxes.testing.ec2quarantine.io}
            spec:
              group: testing.ec2quarantine.io
              scope: Cluster
              names: {plural: boxes, singular: box, kind: Box}
              versions:
              - name: v1
                served: true
                storage: true
                schema:
                  openAPIV3Schema:
                    type: object
                    properties:
                      spec:
                        type: object
                        required: [size]
                        properties: {size: {type: integer}}
                        x-kubernetes-validations:
                        - {rule: "self.size <= 10", message: a box holds ten at most}
            """;

    private final Path assets = RealCluster.assetsFromEnvironment();
    private final RealCluster cluster;
    private final Path directory;

    RealClusterIT(@TempDir Path directory) {
        this.directory = directory;
        this.cluster = RealCluster.start(assets, directory.resolve("cluster"));
    }

    @BeforeAll
    void makeABox() {
        kubectl(KIND_WITH_A_RULE, "apply", "-f", "-").succeeds();
        kubectl("", "wait", "--for=condition=Established", "--timeout=90s", "crd/boxes.testing.ec2quarantine.io")
                .succeeds();
        kubectl(box("kept", 10), "apply", "-f", "-").succeeds();
    }

    @AfterAll
    void close() {
        cluster.close();
    }

    @Test
    void theRuleOfASchemaRefusesAnObjectInItsOwnWords() {
        Answer answer = kubectl(box("large", 11), "apply", "-f", "-");

        assertThat(answer.exitCode()).isNotZero();
        assertThat(answer.text()).contains("a box holds ten at most");
    }

    @Test
    void aServiceAccountMayDoNothingUntilARoleSaysSo() {
        kubectl("", "create", "serviceaccount", "somebody").succeeds();
        String token = kubectl("", "create", "token", "somebody").succeeds().strip();

        Answer answer = kubectl("", "--token", token, "get", "box", "kept");

        assertThat(answer.exitCode()).isNotZero();
        assertThat(answer.text()).contains("Forbidden");
    }

    record Outage(String name, Consumer<RealCluster> begin, Consumer<RealCluster> end) {
        Arguments named() {
            return Arguments.argumentSet(name, this);
        }
    }

    private static Stream<Arguments> outages() {
        return Stream.of(
                        new Outage("API server stopped", RealCluster::stopApiServer, RealCluster::startApiServer),
                        new Outage("API server paused", RealCluster::pauseApiServer, RealCluster::resumeApiServer),
                        new Outage("etcd stopped", RealCluster::stopEtcd, RealCluster::startEtcd),
                        new Outage("etcd paused", RealCluster::pauseEtcd, RealCluster::resumeEtcd),
                        new Outage(
                                "both stopped",
                                both -> {
                                    both.stopApiServer();
                                    both.stopEtcd();
                                },
                                both -> {
                                    both.startEtcd();
                                    both.startApiServer();
                                }))
                .map(Outage::named);
    }

    @ParameterizedTest
    @MethodSource("outages")
    void nothingAnswersInAnOutageAndNothingIsLostByIt(Outage outage) {
        outage.begin().accept(cluster);
        Answer during = getBox("1s");
        outage.end().accept(cluster);
        Answer after = getBox("60s");

        assertThat(during.exitCode()).as(during.text()).isNotZero();
        assertThat(after.succeeds()).isEqualTo("10");
    }

    @Test
    void restartsKeepObjectsAndAddress() {
        cluster.restartEtcd();
        cluster.restartApiServer();

        assertThat(getBox("60s").succeeds()).isEqualTo("10");
    }

    @Test
    void closingLeavesNoProcessBehind() {
        List<ProcessHandle> before = ProcessHandle.current().children().toList();
        RealCluster second = RealCluster.start(assets, directory.resolve("second"));
        List<ProcessHandle> started = ProcessHandle.current()
                .children()
                .filter(child -> !before.contains(child))
                .toList();
        second.pauseApiServer();

        second.close();

        assertThat(started).hasSize(2).noneMatch(ProcessHandle::isAlive);
        assertThatThrownBy(second::startEtcd).hasMessage("etcd was closed");
    }

    @Test
    void aProgramThatDoesNotComeUpIsReportedWithTheEndOfItsLog() throws IOException {
        Path broken = Files.createDirectories(directory.resolve("broken"));
        Files.writeString(broken.resolve("etcd"), "#!/bin/sh\necho the disk is made of cheese >&2\nexit 3\n");
        assertThat(broken.resolve("etcd").toFile().setExecutable(true)).isTrue();

        assertThatThrownBy(() -> RealCluster.start(broken, directory.resolve("third")))
                .hasMessageContaining("etcd is not ready: it ended with exit code 3")
                .hasMessageContaining("the disk is made of cheese");
    }

    private Answer getBox(String timeout) {
        return kubectl("", "get", "box", "kept", "-o", "jsonpath={.spec.size}", "--request-timeout", timeout);
    }

    private static String box(String name, int size) {
        return "{apiVersion: testing.ec2quarantine.io/v1, kind: Box, metadata: {name: %s}, spec: {size: %d}}"
                .formatted(name, size);
    }

    private record Answer(int exitCode, String text) {
        String succeeds() {
            assertThat(exitCode).as(text).isZero();
            return text;
        }
    }

    private Answer kubectl(String input, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                assets.resolve("kubectl").toString(),
                "--kubeconfig=" + cluster.kubeconfig(),
                "--cache-dir=" + directory.resolve("kubectl-cache")));
        command.addAll(List.of(arguments));
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            try (var stdin = process.outputWriter(UTF_8)) {
                stdin.write(input);
            }
            String text = new String(process.getInputStream().readAllBytes(), UTF_8);
            return new Answer(process.waitFor(), text);
        } catch (IOException | InterruptedException failure) {
            throw new AssertionError("kubectl could not be run", failure);
        }
    }
}
