package io.ec2quarantine.cluster;

import io.ec2quarantine.api.v1alpha1.ApiGroup;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceSpec;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceSpec.DesiredState;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus;
import io.ec2quarantine.core.WriteLedger;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpec;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Writes the quarantines of a lost cluster; what is there already is never written over. */
public final class RecoveredObjects {
    private static final long LEASE_SECONDS = 15;

    private final KubernetesClient client;
    private final WriteLedger ledger;

    public RecoveredObjects(KubernetesClient client, WriteLedger ledger) {
        this.client = client;
        this.ledger = ledger;
    }

    /** A quarantine that isolates an instance and names no policy: nothing in AWS remembers that. */
    public static QuarantinedInstance object(
            String instanceId, String accountId, String region, QuarantinedInstanceStatus status) {
        QuarantinedInstance object = new QuarantinedInstance();
        object.setMetadata(new ObjectMetaBuilder()
                .withName(instanceId)
                .withLabels(Map.of(ApiGroup.ACCOUNT_LABEL, accountId, ApiGroup.REGION_LABEL, region))
                .build());
        object.setSpec(new QuarantinedInstanceSpec(
                instanceId, region, accountId, DesiredState.ISOLATED, null, null, null, List.of(), List.of()));
        object.setStatus(status);
        return object;
    }

    /** Who holds a lease and so leads; empty where nobody does. */
    public Optional<String> holder(String namespace, String lease, Instant now) {
        return Optional.ofNullable(
                        client.leases().inNamespace(namespace).withName(lease).get())
                .flatMap(found -> Optional.ofNullable(found.getSpec()))
                .filter(spec -> isHeld(spec, now))
                .map(LeaseSpec::getHolderIdentity);
    }

    private static boolean isHeld(LeaseSpec spec, Instant now) {
        long seconds = Optional.ofNullable(spec.getLeaseDurationSeconds())
                .map(Integer::longValue)
                .orElse(LEASE_SECONDS);
        return spec.getHolderIdentity() != null
                && !spec.getHolderIdentity().isEmpty()
                && spec.getRenewTime() != null
                && spec.getRenewTime().toInstant().plusSeconds(seconds).isAfter(now);
    }

    /** Whether there is a quarantine of the instance that a recovery leaves as it is. */
    public boolean isKnown(QuarantinedInstance object) {
        return Optional.ofNullable(read(object.getMetadata().getName()))
                .filter(present -> isLeft(present, object))
                .isPresent();
    }

    private static boolean isLeft(QuarantinedInstance present, QuarantinedInstance recovered) {
        return isWhole(present) || !recovered.getSpec().equals(present.getSpec());
    }

    /**
     * Creates the object and writes its status, or goes on where an earlier attempt ended between the two. Answers false where
     * there is a quarantine already, which is left as it is.
     */
    public boolean write(QuarantinedInstance object) {
        String name = object.getMetadata().getName();
        QuarantinedInstanceStatus status = object.getStatus();
        QuarantinedInstance bare = object(
                name,
                String.valueOf(object.getSpec().accountID()),
                object.getSpec().region(),
                status);
        bare.setStatus(null);
        try {
            QuarantinedInstance present = read(name);
            QuarantinedInstance target = present != null
                    ? present
                    : ledger.write(
                            "kubernetes:create",
                            "QuarantinedInstance " + name,
                            () -> client.resource(bare).create());
            if (isLeft(target, object)) {
                return false;
            }
            ledger.write(
                    "kubernetes:patchStatus",
                    "QuarantinedInstance " + name,
                    // The patch names the version that was read: a status that somebody has written meanwhile is a
                    // conflict.
                    () -> client.resource(target).editStatus(edited -> {
                        edited.setStatus(status);
                        return edited;
                    }));
            return true;
        } catch (KubernetesClientException failure) {
            if (failure.getCode() == HttpURLConnection.HTTP_CONFLICT) {
                return false;
            }
            throw failure;
        }
    }

    /** What a recovery made and could not finish stays unfinished though an operator found nothing written down there. */
    private static boolean isWhole(QuarantinedInstance object) {
        QuarantinedInstanceStatus status = object.getStatus();
        return status != null
                && !status.equals(QuarantinedInstanceStatus.empty())
                && !(status.interfaces().isEmpty() && isOfARecovery(object.getSpec()));
    }

    private static boolean isOfARecovery(@Nullable QuarantinedInstanceSpec spec) {
        return spec != null
                && spec.policyRef() == null
                && spec.findings().isEmpty()
                && spec.desiredState() == DesiredState.ISOLATED;
    }

    private @Nullable QuarantinedInstance read(String name) {
        return client.resources(QuarantinedInstance.class).withName(name).get();
    }
}
