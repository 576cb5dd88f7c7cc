package io.ec2quarantine.testing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.ec2quarantine.api.v1alpha1.IsolationPolicy;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.cluster.KubernetesClients;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectRulesReviewBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.CustomResourceDefinitionContext;
import io.fabric8.kubernetes.client.server.mock.KubernetesMixedDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.ServerRequest;
import io.fabric8.mockwebserver.ServerResponse;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import io.fabric8.zjsonpatch.JsonPatchException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import java.util.logging.Logger;

/** An embedded Kubernetes API that stores and watches objects; it knows no schema, so defaults are filled in here. */
public final class EmbeddedCluster implements AutoCloseable {
    /** Held, or the setting would be forgotten with the logger: it logs every request. */
    private static final Logger CHATTER = Logger.getLogger("io.fabric8.mockwebserver");

    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    private final KubernetesMockServer server;
    private final KubernetesClient client;

    private final PatientDispatcher dispatcher;

    private EmbeddedCluster(KubernetesMockServer server, PatientDispatcher dispatcher) {
        this.server = server;
        this.dispatcher = dispatcher;
        this.client = KubernetesClients.create(config());
    }

    /** Starts one on a free port of the loopback interface. */
    public static EmbeddedCluster start() {
        CHATTER.setLevel(Level.WARNING);
        Map<ServerRequest, Queue<ServerResponse>> responses = new HashMap<>();
        PatientDispatcher dispatcher = new PatientDispatcher(responses);
        KubernetesMockServer server = new KubernetesMockServer(
                new Context(new ObjectMapper()), new MockWebServer(), responses, dispatcher, false);
        server.init(InetAddress.getLoopbackAddress(), 0);
        // Leader election asks first whether it may hold leases.
        server.expect()
                .post()
                .withPath("/apis/authorization.k8s.io/v1/selfsubjectrulesreviews")
                .andReturn(
                        201,
                        new SelfSubjectRulesReviewBuilder()
                                .withNewStatus()
                                .addNewResourceRule()
                                .withApiGroups("*")
                                .withResources("*")
                                .withVerbs("*")
                                .endResourceRule()
                                .endStatus()
                                .build())
                .always();
        EmbeddedCluster cluster = new EmbeddedCluster(server, dispatcher);
        cluster.define(IsolationPolicy.class);
        cluster.define(QuarantinedInstance.class);
        return cluster;
    }

    /** A client of the production kind. */
    public KubernetesClient client() {
        return client;
    }

    /** Refuses to store the quarantine of an instance, as an admission webhook may, until told otherwise. */
    public void refuse(String instance) {
        dispatcher.refused.add(instance);
    }

    /** Refuses to store a status of an instance's quarantine, as an admission policy does, until told otherwise. */
    public void refuseStatus(String instance, int code) {
        dispatcher.statuses.put(instance, code);
    }

    /** Refuses nothing any more. */
    public void refuseNothing() {
        dispatcher.refused.clear();
        dispatcher.statuses.clear();
    }

    /** How many writes were asked for so far. */
    long writes() {
        return dispatcher.writes.get();
    }

    /** The configuration with which any client reaches it. */
    public Config config() {
        return new ConfigBuilder(Config.empty())
                .withMasterUrl(url())
                .withNamespace("default")
                .withAutoConfigure(false)
                .withTrustCerts(true)
                // The server answers a first request that asks for an upgrade to HTTP/2, or never does, as it happens.
                .withHttp2Disable(true)
                .build();
    }

    /** Where it listens. */
    public String url() {
        return "http://127.0.0.1:" + server.getPort();
    }

    /** Writes a kubeconfig for programs. */
    public Path kubeconfig(Path directory) {
        String text = """
                apiVersion: v1
                kind: Config
                clusters: [{name: embedded, cluster: {server: "%s"}}]
                users: [{name: anyone, user: {token: embedded}}]
                contexts: [{name: embedded, context: {cluster: embedded, user: anyone, namespace: default}}]
                current-context: embedded
                """.formatted(url());
        try {
            return Files.writeString(directory.resolve("kubeconfig"), text);
        } catch (IOException exception) {
            throw new UncheckedIOException(exception);
        }
    }

    /** Creates an object written in YAML, with the defaults of its schema. */
    public void create(String yaml) {
        try {
            ObjectNode object = SchemaDefaults.apply((ObjectNode) YAML.readTree(yaml));
            client.resource(new ObjectMapper().writeValueAsString(object)).create();
        } catch (JsonProcessingException exception) {
            throw new IllegalArgumentException("not YAML: " + yaml, exception);
        }
    }

    /** Replaces an object by one written in YAML, with the defaults of its schema. */
    public void replace(String yaml) {
        try {
            ObjectNode object = SchemaDefaults.apply((ObjectNode) YAML.readTree(yaml));
            object.remove("status");
            var wanted = client.resource(new ObjectMapper().writeValueAsString(object));
            HasMetadata present = wanted.get();
            HasMetadata next = wanted.item();
            next.getMetadata().setUid(present.getMetadata().getUid());
            next.getMetadata().setCreationTimestamp(present.getMetadata().getCreationTimestamp());
            client.resource(next).update();
        } catch (JsonProcessingException exception) {
            throw new IllegalArgumentException("not YAML: " + yaml, exception);
        }
    }

    /** Begins the deletion of a kind's definition, which its objects hold up. */
    public void deleteDefinition(Class<? extends HasMetadata> kind) {
        client.apiextensions()
                .v1()
                .customResourceDefinitions()
                .withName(HasMetadata.getFullResourceName(kind))
                .delete();
    }

    private void define(Class<? extends HasMetadata> kind) {
        Path file = Path.of("crds", HasMetadata.getFullResourceName(kind) + ".yaml");
        try {
            client.resource(Serialization.unmarshal(Files.readString(file), CustomResourceDefinition.class))
                    .create();
        } catch (IOException exception) {
            throw new UncheckedIOException(exception);
        }
    }

    /** Answers as a real one does to a patch of what is there no more, instead of not at all. */
    private static final class PatientDispatcher extends KubernetesMixedDispatcher {
        private static final int UNPROCESSABLE = 422;

        private final Set<String> refused = ConcurrentHashMap.newKeySet();
        private final Map<String, Integer> statuses = new ConcurrentHashMap<>();
        private final AtomicLong writes = new AtomicLong();

        PatientDispatcher(Map<ServerRequest, Queue<ServerResponse>> responses) {
            super(
                    responses,
                    List.of(
                            CustomResourceDefinitionContext.fromCustomResourceType(IsolationPolicy.class),
                            CustomResourceDefinitionContext.fromCustomResourceType(QuarantinedInstance.class)));
        }

        @Override
        public MockResponse dispatch(RecordedRequest request) {
            if (!request.getMethod().equals("GET")) {
                writes.incrementAndGet();
            }
            if (isRefused(request)) {
                return failure(HttpURLConnection.HTTP_FORBIDDEN, "Forbidden", "admission webhook denied the request");
            }
            for (Map.Entry<String, Integer> each : statuses.entrySet()) {
                if (!request.getMethod().equals("GET")
                        && request.getPath().contains("/quarantinedinstances/" + each.getKey() + "/status")) {
                    return denied(each.getValue());
                }
            }
            try {
                return super.dispatch(request);
            } catch (JsonPatchException inapplicable) {
                return failure(UNPROCESSABLE, "Invalid", String.valueOf(inapplicable.getMessage()));
            }
        }

        private boolean isRefused(RecordedRequest request) {
            boolean write = !request.getMethod().equals("GET");
            return write
                    && refused.stream()
                            .anyMatch(each -> request.getPath().contains("/quarantinedinstances/" + each)
                                    || (request.getPath().endsWith("/quarantinedinstances")
                                            && request.getUtf8Body().contains(each)));
        }

        private static MockResponse denied(int code) {
            return new MockResponse()
                    .setResponseCode(code)
                    .setBody(Serialization.asJson(new StatusBuilder()
                            .withStatus("Failure")
                            .withReason(code == UNPROCESSABLE ? "Invalid" : "Forbidden")
                            .withCode(code)
                            .withMessage("ValidatingAdmissionPolicy denied request: The operator alone writes status")
                            .withNewDetails()
                            .addNewCause(null, "The operator alone writes status", null)
                            .endDetails()
                            .build()));
        }

        private static MockResponse failure(int code, String reason, String message) {
            return new MockResponse()
                    .setResponseCode(code)
                    .setBody(Serialization.asJson(new StatusBuilder()
                            .withStatus("Failure")
                            .withReason(reason)
                            .withCode(code)
                            .withMessage(message)
                            .build()));
        }
    }

    @Override
    public void close() {
        client.close();
        // It waits for its own threads, now and then for twenty seconds and in vain; nothing depends on their end.
        Thread.ofPlatform().daemon().start(this::end);
    }

    private void end() {
        try {
            server.destroy();
        } catch (IllegalStateException exception) {
            CHATTER.log(Level.WARNING, "the embedded API did not end in time", exception);
        }
    }
}
