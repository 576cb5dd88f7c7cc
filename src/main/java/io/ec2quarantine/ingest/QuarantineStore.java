package io.ec2quarantine.ingest;

import io.ec2quarantine.api.v1alpha1.ApiGroup;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceSpec;
import io.ec2quarantine.core.WriteLedger;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Reads and writes what quarantines ask for, as the API server has it at the moment. */
public final class QuarantineStore {
    private final KubernetesClient client;
    private final WriteLedger ledger;

    public QuarantineStore(KubernetesClient client, WriteLedger ledger) {
        this.client = client;
        this.ledger = ledger;
    }

    @Nullable
    QuarantinedInstance read(String name) {
        return client.resources(QuarantinedInstance.class).withName(name).get();
    }

    void create(QuarantinedInstance fresh) {
        ledger.write(
                "kubernetes:create",
                "QuarantinedInstance " + fresh.getSpec().instanceID(),
                () -> client.resource(fresh).create());
    }

    /** A patch that names the version it was made of: another write in between makes it fail. */
    void patch(QuarantinedInstance present, UnaryOperator<QuarantinedInstanceSpec> change) {
        patch(present, Optional.empty(), Optional.empty(), change);
    }

    /**
     * The same under another policy.
     *
     * @param released when the episode was released that this one ends
     */
    void patch(
            QuarantinedInstance present,
            Optional<String> policy,
            Optional<Instant> released,
            UnaryOperator<QuarantinedInstanceSpec> change) {
        QuarantinedInstanceSpec next = change.apply(present.getSpec());
        ledger.write(
                "kubernetes:patch",
                "QuarantinedInstance " + next.instanceID(),
                () -> client.resource(present).edit(object -> {
                    object.setSpec(next);
                    policy.ifPresent(name -> label(object, name));
                    ObjectMeta metadata = object.getMetadata();
                    metadata.setAnnotations(ReleaseMemory.remembering(metadata.getAnnotations(), released));
                    return object;
                }));
    }

    private static void label(QuarantinedInstance object, String policy) {
        Map<String, String> labels = new HashMap<>(
                Optional.ofNullable(object.getMetadata().getLabels()).orElseGet(Map::of));
        labels.put(ApiGroup.POLICY_LABEL, policy);
        object.getMetadata().setLabels(labels);
    }
}
