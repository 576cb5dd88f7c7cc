package io.ec2quarantine.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.Episode;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.InterfaceStatus;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KubernetesClientsTest {
    private final KubernetesClient client = KubernetesClients.create(Config.empty());
    private final KubernetesSerialization serialization = client.getKubernetesSerialization();

    @AfterAll
    void close() {
        client.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-11-24T04:25:00Z",
                "2026-11-24T04:25:00.120Z",
                "2026-11-24T04:25:00.123456Z",
                "2026-11-24T04:25:00.123456789Z"
            })
    void anInstantIsWrittenAsRfc3339AndReadBackWhole(String text) {
        Episode episode = new Episode(1, Instant.parse(text), null, null, null, null, null);

        String json = serialization.asJson(episode);

        assertThat(json).isEqualTo("{\"number\":1,\"openedTime\":\"" + text + "\"}");
        assertThat(serialization.unmarshal(json, Episode.class)).isEqualTo(episode);
    }

    @Test
    void emptyListsAreNotWritten() {
        InterfaceStatus untouched =
                new InterfaceStatus("eni-0123456789abcdef0", 0, 0, null, List.of(), null, List.of(), List.of(), null);

        assertThat(serialization.asJson(untouched))
                .isEqualTo("{\"id\":\"eni-0123456789abcdef0\",\"networkCardIndex\":0,\"deviceIndex\":0}");
    }

    @Test
    void anObjectWithoutSpecAndStatusIsWrittenWithoutThem() {
        assertThat(serialization.asJson(new QuarantinedInstance())).doesNotContain("spec", "status");
        assertThat(serialization.asJson(QuarantinedInstanceStatus.empty())).isEqualTo("{}");
    }
}
