package io.ec2quarantine.chart;

import com.fasterxml.jackson.databind.JsonNode;
import io.ec2quarantine.real.Kubectl;
import io.ec2quarantine.real.OperatorJar;
import io.ec2quarantine.real.RealWorld;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** The chart installed on a real API server; its pods are run here, for no kubelet does. */
final class Installation {
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
