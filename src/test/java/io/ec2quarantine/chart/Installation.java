package io.ec2quarantine.chart;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.ec2quarantine.real.Kubectl;
import io.ec2quarantine.real.OperatorJar;
import io.ec2quarantine.real.RealWorld;
import io.ec2quarantine.real.Waiting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The chart installed on a real API server; its pods are run here, for no kubelet does. */
final class Installation {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path directory;
    private final RealWorld world;
    private final Helm helm;

    /** Makes the namespace; nothing is installed yet. */
    Installation(RealWorld world, Path directory) {
        this.directory = directory;
        this.world = world;
        this.helm = Helm.of(world.cluster().kubeconfig(), directory);
        world.kubectl().does("create", "namespace", Helm.NAMESPACE);
    }

    Helm helm() {
        return helm;
    }

    void install(String... more) {
        helm.release("install", more).succeeds();
        world.kubectl().does("wait", "--for=condition=Established", "--timeout=30s", "crd", "--all");
    }

    /** Waits until the API server asks the admission policies, of which it learns a moment after they are made. */
    void awaitAdmission(String policy) {
        String[] byAnotherThanTheOperator = {
            "patch",
            "isopol",
            policy,
            "--subresource=status",
            "--dry-run=server",
            "--type=merge",
            "-p",
            "{\"status\": {}}"
        };
        Kubectl kubectl = world.kubectl();
        Waiting.until(
                "the admission policies",
                // Helm makes the one of the status last.
                () -> kubectl.run(byAnotherThanTheOperator).errors().contains("The operator alone"),
                () -> kubectl.does("get", "validatingadmissionpolicies,validatingadmissionpolicybindings"));
    }

    /** The deployment as the API server has it. */
    JsonNode deployment() {
        return inNamespace("deployment", Helm.NAME);
    }

    /** An object in the release's namespace. */
    JsonNode inNamespace(String kind, String name) {
        return world.kubectl().json("--namespace", Helm.NAMESPACE, "get", kind, name);
    }

    /**
     * Runs a pod of the deployment: the jar with the variables of the container and with what a kubelet gives to every pod. AWS
     * is the simulator, with the keys that a role would give.
     */
    OperatorJar startPod(String name) {
        Map<String, String> environment = new HashMap<>(world.awsEnvironment(world.simulator()));
        environment.putAll(Manifest.environment(deployment()));
        // All pods share this machine's ports.
        environment.put("OPERATOR_HTTP_PORT", "0");
        environment.put("HOSTNAME", name);
        environment.put("OPERATOR_NODE_NAME", nodeOf(name));
        environment.put("HOME", directory.toString());
        environment.put("KUBERNETES_SERVICE_HOST", world.cluster().url().getHost());
        environment.put(
                "KUBERNETES_SERVICE_PORT",
                Integer.toString(world.cluster().url().getPort()));
        environment.put("KUBERNETES_AUTH_SERVICEACCOUNT_TOKEN", mounted(name, "token", token()));
        environment.put("KUBENAMESPACE", mounted(name, "namespace", Helm.NAMESPACE));
        environment.put(
                "KUBERNETES_CERTS_CA_FILE", world.cluster().certificates().toString());
        return world.startOperatorWith(name, environment);
    }

    /** The node on which a pod runs. */
    static String nodeOf(String pod) {
        return "node-of-" + pod;
    }

    /** All that an account asked, by the API server's own log; its last line may be half written. */
    List<JsonNode> requestsOf(String account) {
        try (Stream<String> lines = Files.lines(world.cluster().auditLog())) {
            return lines.filter(line -> line.endsWith("}"))
                    .filter(line -> line.contains(account))
                    .map(Installation::parse)
                    .filter(event -> event.at("/user/username").asText().equals(account))
                    .toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static JsonNode parse(String line) {
        try {
            return JSON.readTree(line);
        } catch (JsonProcessingException failure) {
            throw new AssertionError("not JSON: " + line, failure);
        }
    }

    private String token() {
        Kubectl kubectl = world.kubectl();
        String account =
                Manifest.pod(deployment()).at("/spec/serviceAccountName").asText();
        return kubectl.does("--namespace", Helm.NAMESPACE, "create", "token", account)
                .strip();
    }

    private String mounted(String pod, String file, String content) {
        try {
            return Files.writeString(
                            Files.createDirectories(directory.resolve(pod)).resolve(file), content)
                    .toString();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
