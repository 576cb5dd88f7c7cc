package io.ec2quarantine.controller;

import io.ec2quarantine.api.v1alpha1.IsolationPolicy;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.aws.AwsSessions;
import io.ec2quarantine.cluster.Catalog;
import io.ec2quarantine.cluster.ClusterNodes;
import io.ec2quarantine.cluster.EventRecorder;
import io.ec2quarantine.cluster.Installation;
import io.ec2quarantine.cluster.PolicyReader;
import io.ec2quarantine.cluster.QuarantineDefinition;
import io.ec2quarantine.cluster.ReconcileTrigger;
import io.ec2quarantine.core.Scheduler;
import io.ec2quarantine.core.WriteLedger;
import io.ec2quarantine.ingest.ExpressionBook;
import io.ec2quarantine.ingest.FindingBook;
import io.ec2quarantine.ingest.SourceBook;
import io.ec2quarantine.notify.Courier;
import java.time.Duration;
import java.util.function.Supplier;

/** Puts the controllers of both kinds together. */
public final class Controllers {
    private final AskedEventSource<IsolationPolicy> policiesAsked;
    private final AskedEventSource<QuarantinedInstance> quarantinesAsked;
    private final IsolationPolicyReconciler policyReconciler;
    private final QuarantinedInstanceReconciler quarantineReconciler;
    private final Sweeper sweeper;
    private final Preflight preflight;

    /**
     * Puts them together.
     *
     * @param triesPermissions whether the preflight is to run
     * @param sweepInterval how often isolated instances are read back
     * @param validity how long such a read proves the isolation
     * @param suffixes random endings for names that somebody else has taken
     */
    public Controllers(
            Catalog<IsolationPolicy> policies,
            PolicyReader reader,
            Catalog<QuarantinedInstance> quarantines,
            AwsSessions sessions,
            ClusterNodes nodes,
            FindingBook findings,
            SourceBook sources,
            ExpressionBook expressions,
            EventRecorder events,
            Courier courier,
            WriteLedger ledger,
            Scheduler scheduler,
            Installation installation,
            QuarantineDefinition definition,
            Home home,
            boolean triesPermissions,
            Duration sweepInterval,
            Duration validity,
            Supplier<String> suffixes) {
        this.policiesAsked = new AskedEventSource<>(policies);
        this.quarantinesAsked = new AskedEventSource<>(quarantines);
        TransitionTeller teller = new TransitionTeller(events, scheduler);
        VerificationBook verifications = new VerificationBook();
        IsolationGroupMaker groupMaker = new IsolationGroupMaker(suffixes, scheduler);
        PlanExecutor executor = new PlanExecutor(groupMaker);
        Services services = new Services(
                sessions,
                policies,
                reader,
                quarantines,
                findings,
                expressions,
                verifications,
                new QuarantineObserver(scheduler),
                new SurroundingsReader(nodes),
                executor,
                new Untracking(executor, scheduler, quarantinesAsked),
                scheduler,
                quarantinesAsked,
                new Backoff(),
                new LookLimiter(scheduler, quarantinesAsked),
                installation,
                home,
                validity);
        QuarantineFlow flow = new QuarantineFlow(services, definition);
        PermissionBook permissions = new PermissionBook(triesPermissions);
        this.policyReconciler = new IsolationPolicyReconciler(
                policies,
                reader,
                quarantines,
                sources,
                expressions,
                permissions,
                ledger,
                teller,
                policiesAsked,
                quarantinesAsked::triggerToReport,
                scheduler);
        this.quarantineReconciler = new QuarantinedInstanceReconciler(
                flow,
                policies,
                quarantines,
                ledger,
                teller,
                new NotificationSender(courier, scheduler, quarantinesAsked::triggerToReport),
                quarantinesAsked,
                scheduler);
        this.preflight = new Preflight(
                policies, quarantines, sources, sessions, installation, permissions, policiesAsked, scheduler);
        this.sweeper = new Sweeper(
                quarantines,
                sessions,
                verifications,
                quarantinesAsked,
                scheduler,
                sweepInterval,
                validity,
                installation);
    }

    public IsolationPolicyReconciler policyReconciler() {
        return policyReconciler;
    }

    public QuarantinedInstanceReconciler quarantineReconciler() {
        return quarantineReconciler;
    }

    public Sweeper sweeper() {
        return sweeper;
    }

    public Preflight preflight() {
        return preflight;
    }

    /** Asks for a policy to be reconciled. */
    public ReconcileTrigger policyTrigger() {
        return policiesAsked;
    }

    /** Asks for a quarantine to be reconciled. */
    public ReconcileTrigger quarantineTrigger() {
        return quarantinesAsked;
    }
}
