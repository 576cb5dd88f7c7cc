package io.ec2quarantine.controller;

import io.ec2quarantine.core.WriteLedger;
import io.fabric8.kubernetes.client.CustomResource;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.PrimaryUpdateAndCacheUtils;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Status writes as JSON patches that name the version they were made of, with the framework's cache kept current. */
final class PrimaryStatusPatch<S, P extends CustomResource<?, S>> implements StatusPatch<S> {
    private final Context<P> context;
    private final WriteLedger ledger;
    private final S empty;
    private P primary;

    PrimaryStatusPatch(P primary, Context<P> context, WriteLedger ledger, S empty) {
        this.primary = primary;
        this.context = context;
        this.ledger = ledger;
        this.empty = empty;
    }

    @Override
    public S current() {
        return status(primary);
    }

    @Override
    public S patch(UnaryOperator<S> function) {
        if (function.apply(current()).equals(current())) {
            return current();
        }
        String target = primary.getKind() + " " + primary.getMetadata().getName();
        primary = ledger.write(
                "kubernetes:patchStatus",
                target,
                () -> PrimaryUpdateAndCacheUtils.patchStatusAndCacheResource(primary, context, object -> {
                    object.setStatus(function.apply(status(object)));
                    return object;
                }));
        return current();
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
