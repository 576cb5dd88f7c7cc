package io.ec2quarantine.cluster;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The keys by which webhooks know the operator: Secrets in its namespace, read when they are needed and kept nowhere. */
public final class WebhookKeys {
    static final String ENTRY = "hmac-key";
    private static final String ALGORITHM = "HmacSHA256";
    private static final int LEAST_BYTES = 24;

    private final KubernetesClient client;
    private final String namespace;

    public WebhookKeys(KubernetesClient client, String namespace) {
        this.client = client;
        this.namespace = namespace;
    }

    /** A key, or why there is none. */
    public sealed interface Reading {
        /** A key that signs. */
        final class Key implements Reading {
            private final SecretKeySpec key;

            Key(byte[] bytes) {
                this.key = new SecretKeySpec(bytes, ALGORITHM);
            }

            /** The signature of a text, as the specification of Standard Webhooks has it. */
            public String signature(String text) {
                try {
                    Mac mac = Mac.getInstance(ALGORITHM);
                    mac.init(key);
                    byte[] signature = mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
                    return "v1," + Base64.getEncoder().encodeToString(signature);
                } catch (NoSuchAlgorithmException | InvalidKeyException exception) {
                    throw new IllegalStateException("every Java platform has " + ALGORITHM, exception);
                }
            }

            @Override
            public String toString() {
                return "Key[not shown]";
            }
        }

        /** There is none that can be used. */
        record Unusable(String sentence) implements Reading {}
    }

    /** Reads the key of a Secret. */
    public Reading read(String secretName) {
        String secret = "Secret " + namespace + "/" + secretName;
        try {
            return Optional.ofNullable(client.secrets()
                            .inNamespace(namespace)
                            .withName(secretName)
                            .get())
                    .flatMap(found -> Optional.ofNullable(found.getData()))
                    .map(data -> data.get(ENTRY))
                    .map(Base64.getDecoder()::decode)
                    .filter(bytes -> bytes.length >= LEAST_BYTES)
                    .<Reading>map(Reading.Key::new)
                    .orElseGet(() -> new Reading.Unusable("The " + secret + " has no " + ENTRY + " of at least "
                            + LEAST_BYTES + " bytes; write one, and give it to the webhook as well."));
        } catch (KubernetesClientException failure) {
            return new Reading.Unusable(
                    failure.getCode() == HttpURLConnection.HTTP_FORBIDDEN
                            ? "The operator may not read the " + secret
                                    + "; name it in webhookSecretNames of the chart's values."
                            : "The " + secret + " could not be read; it is retried by itself.");
        }
    }
}
