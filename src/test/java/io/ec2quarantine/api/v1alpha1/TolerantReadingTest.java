package io.ec2quarantine.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;

import io.ec2quarantine.api.v1alpha1.IsolationPolicySpec.InvolvementKind;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceSpec.ReleaseChoice;
import io.ec2quarantine.cluster.KubernetesClients;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** One object that cannot be decoded would stop the informer of its kind: objects from the future must be readable. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TolerantReadingTest {
    private final KubernetesClient client = KubernetesClients.create(Config.empty());

    @AfterAll
    void close() {
        client.close();
    }

    @Test
    void aPolicyFromTheFutureIsRead() {
        IsolationPolicySpec spec = read(IsolationPolicy.class, """
                {"apiVersion": "ec2quarantine.io/v1alpha1", "kind": "IsolationPolicy", "metadata": {"name": "future"},
                 "inTheFuture": 1,
                 "spec": {
                   "mode": "Negotiate",
                   "safeguards": {"maxActive": 20},
                   "sources": [{"name": "org", "regions": ["us-west-2"], "streamURL": "https://example.com/q"}],
                   "match": {"findingTypes": ["*"], "minSeverity": "Apocalyptic", "expression": "true",
                             "involvement": ["Compromised", "Complicit"]},
                   "response": {"isolation": {"trackedConnections": "Cut"},
                                "preserve": {"terminationProtection": "Insist"}}}}
                """).getSpec();

        assertThat(spec.mode()).isNull();
        assertThat(spec.sources())
                .containsExactly(new IsolationPolicySpec.Source("org", List.of("us-west-2"), null, null, null));
        IsolationPolicySpec.Match match = Objects.requireNonNull(spec.match());
        assertThat(match.findingTypes()).containsExactly("*");
        assertThat(match.minSeverity()).isNull();
        assertThat(match.involvement()).containsExactly(InvolvementKind.COMPROMISED, null);
        assertThat(spec.response())
                .isEqualTo(new Response(
                        null,
                        new Response.Isolation(null, List.of(), List.of(), null, null, null),
                        new Response.Preserve(null, null, null, null, null),
                        null,
                        List.of()));
    }

    @Test
    void aQuarantineFromTheFutureIsRead() {
        QuarantinedInstance quarantine = read(QuarantinedInstance.class, """
                {"apiVersion": "ec2quarantine.io/v1alpha1", "kind": "QuarantinedInstance",
                 "metadata": {"name": "i-0123456789abcdef0"},
                 "spec": {"instanceID": "i-0123456789abcdef0", "region": "us-west-2", "desiredState": "Dissolved",
                          "releaseTo": [{"interfaceID": "eni-0123456789abcdef0"}]},
                 "status": {
                   "conditions": [{"type": "Ready", "status": "Perhaps", "reason": "Future", "message": "", "since": 1}],
                   "interfaces": [{"id": "eni-0123456789abcdef0", "baselineState": "Guessed", "speed": 100}],
                   "impact": {"autoScalingGroup": "web"}}}
                """);

        assertThat(quarantine.getSpec())
                .isEqualTo(new QuarantinedInstanceSpec(
                        "i-0123456789abcdef0",
                        "us-west-2",
                        null,
                        null,
                        null,
                        null,
                        null,
                        List.of(new ReleaseChoice("eni-0123456789abcdef0", List.of())),
                        List.of()));
        assertThat(quarantine.getStatus().conditions())
                .containsExactly(new Condition("Ready", null, null, null, "Future", ""));
        assertThat(quarantine.getStatus().interfaces())
                .containsExactly(new QuarantinedInstanceStatus.InterfaceStatus(
                        "eni-0123456789abcdef0", null, null, null, List.of(), null, List.of(), List.of(), null));
    }

    private <T> T read(Class<T> kind, String json) {
        return client.getKubernetesSerialization().unmarshal(json, kind);
    }
}
