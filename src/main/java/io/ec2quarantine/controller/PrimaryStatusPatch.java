package io.ec2quarantine.controller;

import io.ec2quarantine.cluster.ClusterFailures;
import io.ec2quarantine.core.WriteLedger;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.PrimaryUpdateAndCacheUtils;
import java.util.Optional;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Status writes as JSON patches that name the version they were made of, with the framework's cache kept current. */
final class PrimaryStatusPatch<S, P extends CustomResource<?, S>> implements StatusPatch<S> {
    private final Context<P> context;
    private final WriteLedger ledger;
    private final S empty;
    private final BinaryOperator<S> companion;
    private P primary;

    /** A patch that writes what it is told, and nothing beside it. */
    PrimaryStatusPatch(P primary, Context<P> context, WriteLedger ledger, S empty) {
        this(primary, context, ledger, empty, (_, after) -> after);
    }

    /** @param companion what every change brings with it in the same write, from the state before and the one after */
    PrimaryStatusPatch(P primary, Context<P> context, WriteLedger ledger, S empty, BinaryOperator<S> companion) {
        this.primary = primary;
        this.context = context;
        this.ledger = ledger;
        this.empty = empty;
        this.companion = companion;
    }

    @Override
    public S current() {
        return status(primary);
    }

    @Override
    public Optional<S> stored() {
        return Optional.ofNullable(context.getClient().resource(primary).get()).map(this::status);
    }

    @Override
    public S patch(UnaryOperator<S> function) {
        if (changed(current(), function).equals(current())) {
            return current();
        }
        String target = primary.getKind() + " " + primary.getMetadata().getName();
        primary = ledger.write(
                "kubernetes:patchStatus",
                target,
                () -> PrimaryUpdateAndCacheUtils.updateAndCacheResource(
                        primary, context, UnaryOperator.identity(), object -> edit(object, target, function)));
        return current();
    }

    /** What the framework would take for a conflict, and wait for a newer version of, is told from one. */
    private P edit(P object, String target, UnaryOperator<S> function) {
        try {
            return context.getClient().resource(object).editStatus(edited -> {
                edited.setStatus(changed(status(edited), function));
                return edited;
            });
        } catch (KubernetesClientException failure) {
            if (ClusterFailures.isRefused(failure)) {
                throw new WriteRefused(target, failure);
            }
            throw failure;
        }
    }

    private S changed(S before, UnaryOperator<S> function) {
        return companion.apply(before, function.apply(before));
    }

    /** The object as it was last acknowledged. */
    P primary() {
        return primary;
    }

    /** Goes on with the object as another write left it. */
    void replace(P written) {
        primary = written;
    }

    private S status(P object) {
        @Nullable S status = object.getStatus();
        return status == null ? empty : status;
    }
}
