package io.ec2quarantine.ingest;

import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceSpec.DesiredState;
import io.ec2quarantine.cluster.Holds;
import io.ec2quarantine.core.Result;
import io.ec2quarantine.core.finding.InstanceRef;
import io.ec2quarantine.core.policy.Hold;
import io.ec2quarantine.core.policy.Policy;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Stores what becomes of an isolation that was held back. */
public final class HoldRegistrar {
    private static final int ATTEMPTS = 5;

    private final QuarantineStore store;
    private final SafeguardGate gate;

    public HoldRegistrar(QuarantineStore store, SafeguardGate gate) {
        this.store = store;
        this.gate = gate;
    }

    /**
     * Isolates what was deferred, where its policy still means it and the safeguards let it through by now.
     *
     * @param tags the instance's tags, or why they could not be read
     * @return what holds it back still
     * @throws KubernetesClientException when it could not be stored
     */
    Optional<Hold> takeUp(Policy policy, InstanceRef instance, Result<Map<String, String>> tags) {
        for (int attempt = 1; ; attempt++) {
            try {
                return takeUpOnce(policy, instance, tags);
            } catch (KubernetesClientException exception) {
                // The room is taken, and may not be wasted on a write that came between.
                if (exception.getCode() != HttpURLConnection.HTTP_CONFLICT || attempt == ATTEMPTS) {
                    throw exception;
                }
            }
        }
    }

    private Optional<Hold> takeUpOnce(Policy policy, InstanceRef instance, Result<Map<String, String>> tags) {
        QuarantinedInstance present = store.read(instance.instanceId());
        Optional<Hold> before = Optional.ofNullable(present)
                .filter(object -> !object.isMarkedForDeletion())
                .map(QuarantinedInstance::getSpec)
                .filter(spec -> spec.desiredState() == DesiredState.OBSERVED)
                .flatMap(Holds::of)
                .filter(hold -> hold.reason().isPassing());
        if (present == null || before.isEmpty()) {
            return Optional.empty();
        }
        if (!QuarantineCensus.isStillMeant(present, policy, tags)) {
            // What the policy has ceased to mean is for a person to judge, like everything that it does not match.
            patchHold(present, present.getSpec().desiredState(), Optional.empty());
            return Optional.empty();
        }
        Optional<Hold> hold = gate.pass(
                policy,
                instance,
                tags,
                ReleaseMemory.releasedBefore(present).orElse(Instant.EPOCH));
        if (!hold.map(Hold::reason).equals(before.map(Hold::reason))) {
            patchHold(present, hold.isEmpty() ? DesiredState.ISOLATED : DesiredState.OBSERVED, hold);
        }
        return hold;
    }

    /** Forgets what held back an isolation that a person has decided on: it holds for no later decision. */
    void forgetHold(String instanceId) {
        QuarantinedInstance present = store.read(instanceId);
        if (present != null
                && present.getSpec() != null
                && present.getSpec().hold() != null
                && QuarantineCensus.isDecided(present.getSpec())) {
            patchHold(present, present.getSpec().desiredState(), Optional.empty());
        }
    }

    private void patchHold(QuarantinedInstance present, @Nullable DesiredState state, Optional<Hold> hold) {
        store.patch(
                present,
                spec -> spec.heldBack(Optional.ofNullable(state).orElse(DesiredState.OBSERVED), Holds.written(hold)));
    }
}
