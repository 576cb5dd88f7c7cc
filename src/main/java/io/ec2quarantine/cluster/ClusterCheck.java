package io.ec2quarantine.cluster;

import io.ec2quarantine.api.v1alpha1.IsolationPolicy;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ListOptions;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Optional;

/** Whether the API server answers, and lets this operator read both kinds. */
public final class ClusterCheck {
    private static final int PATIENCE_MILLIS = 5_000;
    private static final ListOptions ONE =
            new ListOptionsBuilder().withLimit(1L).build();
    private static final List<Class<? extends HasMetadata>> KINDS =
            List.of(IsolationPolicy.class, QuarantinedInstance.class);

    private final Config config;

    public ClusterCheck(Config config) {
        this.config = config;
    }

    /** Asks once, and says in one sentence what is wrong and what to do about it; empty when nothing is. */
    public Optional<String> problem() {
        // The operator's own client tries again by itself, in silence, for longer than somebody who waits has patience.
        Config impatient = new ConfigBuilder(config)
                .withRequestRetryBackoffLimit(0)
                .withConnectionTimeout(PATIENCE_MILLIS)
                .withRequestTimeout(PATIENCE_MILLIS)
                .build();
        try (KubernetesClient client = KubernetesClients.create(impatient)) {
            return KINDS.stream()
                    .flatMap(kind -> problem(client, kind).stream())
                    .findFirst();
        }
    }

    /** What a refusal of the API server, or its silence, means to whoever starts the operator. */
    public String sentence(KubernetesClientException failure) {
        String server = "The Kubernetes API server " + config.getMasterUrl();
        String detail = " (" + ClusterFailures.detail(failure) + "); ";
        if (failure.getStatus() == null && failure.getCode() < HttpURLConnection.HTTP_OK) {
            return server + " does not answer" + detail
                    + "check that the cluster runs, and that KUBECONFIG names it or,"
                    + " in a pod, that the service account's token is mounted.";
        }
        return switch (failure.getCode()) {
            case HttpURLConnection.HTTP_UNAUTHORIZED ->
                server + " does not accept the operator's credentials" + detail
                        + "renew those that KUBECONFIG names or, in a pod, the service account's token.";
            case HttpURLConnection.HTTP_FORBIDDEN ->
                server + " denies the operator what it needs" + detail
                        + "grant it the rights that the Helm chart gives (docs/install.md).";
            default -> server + " refuses what the operator asks" + detail + "look into the API server's log.";
        };
    }

    private Optional<String> problem(KubernetesClient client, Class<? extends HasMetadata> kind) {
        try {
            client.resources(kind).list(ONE);
            return Optional.empty();
        } catch (KubernetesClientException failure) {
            return Optional.of(
                    failure.getCode() == HttpURLConnection.HTTP_NOT_FOUND ? unknown(kind) : sentence(failure));
        }
    }

    private String unknown(Class<? extends HasMetadata> kind) {
        return "The Kubernetes API server " + config.getMasterUrl() + " does not know the kind "
                + HasMetadata.getKind(kind)
                + "; install the schemas with kubectl apply -f crds/, or with the Helm chart.";
    }
}
