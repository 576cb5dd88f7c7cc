package io.ec2quarantine.controller;

import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus;
import io.ec2quarantine.core.WriteLedger;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.PrimaryUpdateAndCacheUtils;

/** The finalizer on the object under reconciliation. */
final class PrimaryDeletionHold implements DeletionHold {
    static final String FINALIZER = "ec2quarantine.io/restore-on-delete";

    private final PrimaryStatusPatch<QuarantinedInstanceStatus, QuarantinedInstance> status;
    private final Context<QuarantinedInstance> context;
    private final WriteLedger ledger;

    PrimaryDeletionHold(
            PrimaryStatusPatch<QuarantinedInstanceStatus, QuarantinedInstance> status,
            Context<QuarantinedInstance> context,
            WriteLedger ledger) {
        this.status = status;
        this.context = context;
        this.ledger = ledger;
    }

    @Override
    public boolean isDeletionAsked() {
        return status.primary().isMarkedForDeletion();
    }

    @Override
    public boolean isHeld() {
        return status.primary().hasFinalizer(FINALIZER);
    }

    @Override
    public void hold() {
        status.replace(ledger.write(
                "kubernetes:patch",
                target(),
                () -> PrimaryUpdateAndCacheUtils.addFinalizer(context.getClient(), status.primary(), FINALIZER)));
    }

    @Override
    public void letGo() {
        ledger.write(
                "kubernetes:patch",
                target(),
                () -> PrimaryUpdateAndCacheUtils.removeFinalizer(context.getClient(), status.primary(), FINALIZER));
    }

    private String target() {
        return "finalizer of QuarantinedInstance "
                + status.primary().getMetadata().getName();
    }
}
