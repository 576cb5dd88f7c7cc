package io.ec2quarantine.notify;

import static org.assertj.core.api.Assertions.assertThat;

import io.ec2quarantine.api.v1alpha1.Response.Webhook;
import io.ec2quarantine.cluster.WebhookKeys;
import io.ec2quarantine.core.WriteHooks;
import io.ec2quarantine.core.WriteLedger;
import io.ec2quarantine.core.access.HostAllowlist;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.net.URI;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is answered of a URL that nothing can be posted to. */
class WebhookSenderTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://localhost:1/hooks/T0KEN{x}",
                "https://localhost:1/hooks/T0KEN?q=%zz",
                "https://localhost:99999/hooks/T0KEN",
                "https://localhost:1/hooks/T0KEN|a",
                "https://localhost:00001/x#T0KEN^"
            })
    void anyUrlIsAnsweredAndNeitherThrownNorShown(String url) {
        try (WebhookSender sender = new WebhookSender(
                HostAllowlist.of(List.of("localhost")),
                new WebhookKeys(new KubernetesClientBuilder().build(), "x"),
                new WriteLedger(WriteHooks.NONE),
                InstantSource.system(),
                Optional.empty())) {
            String said;
            try {
                said = String.valueOf(sender.post(new Webhook(url, null), "id", "{}"));
            } catch (RuntimeException thrown) {
                said = "thrown: " + thrown;
            }
            assertThat(said).doesNotContain("T0KEN").doesNotStartWith("thrown");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://[fd00:ec2::23]/", "https://[64:ff9b::a9fe:a9fe]/", "https://[fd00:ec2::254]/"})
    void noListAllowsTheSixthVersionsFormsOfTheMachinesAddresses(String url) {
        String host = URI.create(url).getHost();
        try (WebhookSender sender = new WebhookSender(
                HostAllowlist.of(List.of(host)),
                new WebhookKeys(new KubernetesClientBuilder().build(), "x"),
                new WriteLedger(WriteHooks.NONE),
                InstantSource.system(),
                Optional.empty())) {
            String said = String.valueOf(sender.post(new Webhook(url, null), "id", "{}"));
            assertThat(said).contains("link-local address or one of the instance's");
        }
    }
}
