package io.ec2quarantine.api.v1alpha1;

import static io.ec2quarantine.api.v1alpha1.CrdSchema.POLICY;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.ec2quarantine.cluster.KubernetesClients;
import io.ec2quarantine.cluster.PolicyReader;
import io.ec2quarantine.core.policy.Policy;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.stream.Stream;

/** The fields of a policy, and a policy as the operator gets it: defaulted by the server, read with its own mapper. */
final class PolicyFields {
    private static final KubernetesSerialization SERIALIZATION = serialization();

    private PolicyFields() {}

    /** The path of every field of the spec that holds a value itself, such as {@code spec.sources[].name}. */
    static Stream<String> leaves() {
        return POLICY.root()
                .child("spec")
                .walk()
                .filter(node -> node.schema().path("properties").isEmpty()
                        && !node.schema().has("items"))
                .map(CrdSchema.Node::path);
    }

    static IsolationPolicy read(JsonNode policy) {
        return SERIALIZATION.unmarshal(POLICY.withDefaults(policy).toString(), IsolationPolicy.class);
    }

    static Policy understood(JsonNode policy) {
        return switch (new PolicyReader().read(read(policy))) {
            case PolicyReader.Reading.Understood(Policy understood) -> understood;
            case PolicyReader.Reading.NotUnderstood(String reason, String sentence) ->
                throw new AssertionError(reason + ": " + sentence);
        };
    }

    private static KubernetesSerialization serialization() {
        return KubernetesClients.serialization(new ObjectMapper());
    }
}
