package io.ec2quarantine.cluster;

import io.ec2quarantine.core.WriteLedger;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The id of this installation, kept in its namespace; it marks what the operator made in AWS as its own. */
public final class InstallIdentity {
    static final String CONFIG_MAP = "ec2-quarantine-operator";
    private static final String KEY = "installID";

    private InstallIdentity() {}

    /** Reads the id, or makes one; two operators that start at once agree on the first. */
    public static String loadOrCreate(KubernetesClient client, String namespace, WriteLedger ledger) {
        ConfigMap present = read(client, namespace);
        if (present != null) {
            return installId(present);
        }
        ConfigMap fresh = new ConfigMapBuilder()
                .withNewMetadata()
                .withName(CONFIG_MAP)
                .withNamespace(namespace)
                .endMetadata()
                .withData(Map.of(KEY, UUID.randomUUID().toString()))
                .build();
        try {
            return installId(ledger.write(
                    "kubernetes:create",
                    "ConfigMap " + namespace + "/" + CONFIG_MAP,
                    () -> client.resource(fresh).create()));
        } catch (KubernetesClientException exception) {
            ConfigMap other = read(client, namespace);
            if (exception.getCode() == HttpURLConnection.HTTP_CONFLICT && other != null) {
                return installId(other);
            }
            throw exception;
        }
    }

    private static @Nullable ConfigMap read(KubernetesClient client, String namespace) {
        return client.configMaps().inNamespace(namespace).withName(CONFIG_MAP).get();
    }

    private static String installId(ConfigMap map) {
        String id = map.getData() == null ? null : map.getData().get(KEY);
        if (id == null || id.isBlank()) {
            throw new IllegalStateException(
                    "The ConfigMap " + map.getMetadata().getNamespace() + "/" + CONFIG_MAP + " has no " + KEY
                            + ": restore it from a backup, or delete the ConfigMap to start a new installation.");
        }
        return id;
    }
}
