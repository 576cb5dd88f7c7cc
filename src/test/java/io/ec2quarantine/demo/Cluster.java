package io.ec2quarantine.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.ec2quarantine.cluster.KubernetesClients;
import io.ec2quarantine.testing.EmbeddedCluster;
import io.ec2quarantine.testing.RealCluster;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The Kubernetes API of the scene. */
sealed interface Cluster extends AutoCloseable {
    Path POLICIES = Path.of("crds/isolationpolicies.ec2quarantine.io.yaml");
    Path QUARANTINES = Path.of("crds/quarantinedinstances.ec2quarantine.io.yaml");
    List<Path> DEFINITIONS = List.of(POLICIES, QUARANTINES);

    /** Which one. */
    enum Kind {
        EMBEDDED,
        ENVTEST;

        Cluster start(Path files) {
            return switch (this) {
                case EMBEDDED -> new Embedded(EmbeddedCluster.start(), files);
                case ENVTEST -> Real.start(files);
            };
        }
    }

    KubernetesClient client();

    /** What it is, in a few words. */
    String description();

    /** Where it listens. */
    String url();

    Path kubeconfig();

    /** The kubectl that goes with it. */
    Optional<Path> kubectl();

    /** What a person who looks around must know that it cannot do. */
    Optional<String> lacks();

    /** Creates a policy written in YAML. */
    void createPolicy(String yaml);

    @Override
    void close();

    /** fabric8's mock server, which keeps and watches objects. */
    final class Embedded implements Cluster {
        private final EmbeddedCluster cluster;
        private final Path kubeconfig;

        Embedded(EmbeddedCluster cluster, Path files) {
            this.cluster = cluster;
            this.kubeconfig = cluster.kubeconfig(files);
        }

        @Override
        public KubernetesClient client() {
            return cluster.client();
        }

        @Override
        public String description() {
            return "embedded API";
        }

        @Override
        public String url() {
            return cluster.url();
        }

        @Override
        public Path kubeconfig() {
            return kubeconfig;
        }

        @Override
        public Optional<Path> kubectl() {
            return Optional.empty();
        }

        @Override
        public Optional<String> lacks() {
            return Optional.of(
                    "The embedded API keeps and watches objects, and no more: it does not answer kubectl, and"
                            + " checks nothing against the schema. CLUSTER=envtest does both.");
        }

        @Override
        public void createPolicy(String yaml) {
            cluster.create(yaml);
        }

        @Override
        public void close() {
            cluster.close();
        }
    }

    /** kube-apiserver and etcd. */
    final class Real implements Cluster {
        private final RealCluster cluster;
        private final Path kubectl;
        private final KubernetesClient client;

        private Real(RealCluster cluster, Path kubectl) {
            this.cluster = cluster;
            this.kubectl = kubectl;
            this.client = KubernetesClients.create(
                    Config.fromKubeconfig(cluster.kubeconfig().toFile()));
        }

        static Real start(Path files) {
            Path assets = RealCluster.assetsFromEnvironment();
            Real real = new Real(RealCluster.start(assets, files.resolve("cluster")), assets.resolve("kubectl"));
            DEFINITIONS.forEach(real::define);
            return real;
        }

        private void define(Path definition) {
            try {
                // Posted as it stands: a model of the schema's own schema could lose something on the way.
                String name =
                        post("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", Files.readString(definition));
                client.apiextensions()
                        .v1()
                        .customResourceDefinitions()
                        .withName(name)
                        .waitUntilCondition(Real::isEstablished, 30, TimeUnit.SECONDS);
            } catch (IOException unreadable) {
                throw new UncheckedIOException(unreadable);
            }
        }

        private static boolean isEstablished(CustomResourceDefinition definition) {
            // An absent list reads as null here.
            return Stream.ofNullable(definition.getStatus())
                    .flatMap(status -> Stream.ofNullable(status.getConditions()))
                    .flatMap(List::stream)
                    .anyMatch(condition -> condition.getType().equals("Established")
                            && condition.getStatus().equals("True"));
        }

        /** As kubectl applies it: it may then be changed and applied again without a warning. */
        private static String asApplied(String yaml) throws IOException {
            JsonNode policy = new ObjectMapper(new YAMLFactory()).readTree(yaml);
            String applied = policy.toString();
            ((ObjectNode) policy.get("metadata"))
                    .putObject("annotations")
                    .put("kubectl.kubernetes.io/last-applied-configuration", applied);
            return policy.toString();
        }

        private String post(String path, String yaml) throws IOException {
            String json = new ObjectMapper(new YAMLFactory()).readTree(yaml).toString();
            return new ObjectMapper()
                    .readTree(client.raw(path, "POST", json))
                    .at("/metadata/name")
                    .asText();
        }

        @Override
        public KubernetesClient client() {
            return client;
        }

        @Override
        public String description() {
            return "kube-apiserver " + client.getKubernetesVersion().getGitVersion() + " and etcd";
        }

        @Override
        public String url() {
            return cluster.url().toString();
        }

        @Override
        public Path kubeconfig() {
            return cluster.kubeconfig();
        }

        @Override
        public Optional<Path> kubectl() {
            return Optional.of(kubectl);
        }

        @Override
        public Optional<String> lacks() {
            return Optional.empty();
        }

        @Override
        public void createPolicy(String yaml) {
            try {
                post("/apis/ec2quarantine.io/v1alpha1/isolationpolicies", asApplied(yaml));
            } catch (IOException notYaml) {
                throw new UncheckedIOException(notYaml);
            }
        }

        @Override
        public void close() {
            client.close();
            // Its own close() would take back its shutdown hook, which is not allowed while the program shuts down.
            cluster.stopApiServer();
            cluster.stopEtcd();
        }
    }
}
