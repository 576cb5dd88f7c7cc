package io.ec2quarantine.cluster;

import io.ec2quarantine.core.WriteLedger;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Where an installation keeps its id and its key: a Secret in its namespace. */
public final class InstallIdentity {
    static final String SECRET = "ec2-quarantine-operator";
    private static final String ID = "installID";
    private static final String KEY = "signingKey";
    private static final int KEY_BYTES = 32;

    private InstallIdentity() {}

    /** Reads the installation, or makes one; two operators that start at once agree on the first. */
    public static Installation loadOrCreate(KubernetesClient client, String namespace, WriteLedger ledger) {
        return loadOrCreate(client, namespace, UUID.randomUUID().toString(), ledger);
    }

    private static Installation loadOrCreate(KubernetesClient client, String namespace, String id, WriteLedger ledger) {
        Secret present = read(client, namespace);
        if (present != null) {
            return installation(present);
        }
        byte[] key = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(key);
        Secret fresh = new SecretBuilder()
                .withNewMetadata()
                .withName(SECRET)
                .withNamespace(namespace)
                .endMetadata()
                .withType("Opaque")
                .withData(Map.of(ID, encode(id.getBytes(StandardCharsets.UTF_8)), KEY, encode(key)))
                .build();
        try {
            return installation(ledger.write(
                    "kubernetes:create",
                    "Secret " + namespace + "/" + SECRET,
                    () -> client.resource(fresh).create()));
        } catch (KubernetesClientException exception) {
            Secret other = read(client, namespace);
            if (exception.getCode() == HttpURLConnection.HTTP_CONFLICT && other != null) {
                return installation(other);
            }
            throw exception;
        }
    }

    /** The id of the installation in a namespace, where there is one already. */
    public static Optional<String> present(KubernetesClient client, String namespace) {
        return Optional.ofNullable(read(client, namespace))
                .map(secret -> installation(secret).id());
    }

    /** Makes the installation that an id belongs to, with a new key; where there is one already, that is left and answered. */
    public static Installation adopt(KubernetesClient client, String namespace, String id, WriteLedger ledger) {
        return loadOrCreate(client, namespace, id, ledger);
    }

    private static @Nullable Secret read(KubernetesClient client, String namespace) {
        return client.secrets().inNamespace(namespace).withName(SECRET).get();
    }

    private static Installation installation(Secret secret) {
        String id = new String(decoded(secret, ID), StandardCharsets.UTF_8);
        return new Installation(id, decoded(secret, KEY));
    }

    private static byte[] decoded(Secret secret, String entry) {
        return Optional.ofNullable(secret.getData())
                .map(data -> data.get(entry))
                .map(Base64.getDecoder()::decode)
                .filter(bytes -> bytes.length > 0)
                .orElseThrow(() -> new IllegalStateException(
                        "The Secret " + secret.getMetadata().getNamespace() + "/" + SECRET + " has no " + entry
                                + ": restore it from a backup, or delete the Secret to start a new installation."));
    }

    private static String encode(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
