package io.ec2quarantine.controller;

import io.ec2quarantine.api.v1alpha1.Condition;
import io.ec2quarantine.api.v1alpha1.IsolationPolicy;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceSpec;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceSpec.DesiredState;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceSpec.FindingRef;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceSpec.PolicyRef;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.VerificationStatus;
import io.ec2quarantine.cluster.Catalog;
import io.ec2quarantine.core.Scheduler;
import io.ec2quarantine.core.WriteLedger;
import io.ec2quarantine.status.Notifications;
import io.ec2quarantine.status.Opening;
import io.ec2quarantine.status.UnusedPolicy;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BinaryOperator;
import java.util.stream.Collectors;
import org.slf4j.MDC;

/** Hands each quarantine that changed, or was asked for, to its flow. */
// Without a cleaner of the framework's, which would put its finalizer on every object; deletions are events as well.
@ControllerConfiguration(name = "quarantinedinstance", triggerReconcilerOnAllEvents = true)
public final class QuarantinedInstanceReconciler implements Reconciler<QuarantinedInstance> {
    private static final Duration SOON = Duration.ofMillis(100);
    private static final List<Duration> LATER = List.of(SOON, Duration.ofSeconds(1), Duration.ofSeconds(10));

    private final QuarantineFlow flow;
    private final Catalog<IsolationPolicy> policies;
    private final Catalog<QuarantinedInstance> catalog;
    private final WriteLedger ledger;
    private final TransitionTeller teller;
    private final NotificationSender notifications;
    private final AskedEventSource<QuarantinedInstance> asked;
    private final Scheduler scheduler;
    private final RefusedWrites refused = new RefusedWrites();

    QuarantinedInstanceReconciler(
            QuarantineFlow flow,
            Catalog<IsolationPolicy> policies,
            Catalog<QuarantinedInstance> catalog,
            WriteLedger ledger,
            TransitionTeller teller,
            NotificationSender notifications,
            AskedEventSource<QuarantinedInstance> asked,
            Scheduler scheduler) {
        this.flow = flow;
        this.policies = policies;
        this.catalog = catalog;
        this.ledger = ledger;
        this.teller = teller;
        this.notifications = notifications;
        this.asked = asked;
        this.scheduler = scheduler;
    }

    @Override
    public List<EventSource<?, QuarantinedInstance>> prepareEventSources(
            EventSourceContext<QuarantinedInstance> context) {
        IndexerResourceCache<QuarantinedInstance> cache = context.getPrimaryCache();
        catalog.attach(cache::list, name -> cache.get(new ResourceID(name)));
        return List.of(asked);
    }

    @Override
    public UpdateControl<QuarantinedInstance> reconcile(
            QuarantinedInstance object, Context<QuarantinedInstance> context) {
        return refused.orAgain(object, () -> pass(object, context));
    }

    private UpdateControl<QuarantinedInstance> pass(QuarantinedInstance object, Context<QuarantinedInstance> context) {
        if (context.isPrimaryResourceDeleted()) {
            notifications.forget(object);
            asked.takeWhetherToLook(object.getMetadata().getName());
            lookForASuccessor(object.getMetadata().getName());
            return UpdateControl.noUpdate();
        }
        if (!policies.isComplete()) {
            // A policy that is not read yet would be taken for a missing one, and its response never be carried out.
            return UpdateControl.<QuarantinedInstance>noUpdate().rescheduleAfter(SOON);
        }
        PrimaryStatusPatch<QuarantinedInstanceStatus, QuarantinedInstance> status =
                new PrimaryStatusPatch<>(object, context, ledger, QuarantinedInstanceStatus.empty(), outbox(object));
        List<Condition> before = status.current().conditions();
        Optional<QuarantinedInstanceSpec> spec = Optional.ofNullable(object.getSpec());
        try (var _ = MDC.putCloseable("instance", object.getMetadata().getName());
                var _ = MDC.putCloseable(
                        "policy",
                        spec.map(QuarantinedInstanceReconciler::policy).orElse(""));
                var _ = MDC.putCloseable(
                        "findings",
                        spec.map(QuarantinedInstanceReconciler::findings).orElse(""))) {
            boolean asked = this.asked.takeWhetherToLook(object.getMetadata().getName());
            Reported reported = report(object, status);
            // A notification that was sent is no reason to look at the instance, which costs calls that others wait
            // for.
            if (asked || !reported.any() || !isSettledAbout(object)) {
                run(object, status, new PrimaryDeletionHold(status, context, ledger));
            }
            teller.tell(status.primary(), before, status.current().conditions());
            spec.flatMap(asks -> Opening.of(status.current(), asks))
                    .ifPresent(opening -> teller.tell(status.primary(), opening));
            spec.flatMap(asks -> unusedPolicy(status.current(), asks))
                    .ifPresent(unused -> teller.tell(status.primary(), unused));
            Optional.ofNullable(status.current().verification())
                    .map(VerificationStatus::lastDrift)
                    .ifPresent(drift -> teller.tell(status.primary(), drift));
            Notifications.heldUp(status.current()).forEach(held -> teller.tell(status.primary(), held));
            reported.failure().ifPresent(failure -> {
                throw failure;
            });
        } finally {
            // Also what a pass wrote before it failed is due.
            notifications.send(status.primary());
        }
        return UpdateControl.noUpdate();
    }

    /** The instance does not wait for a report that cannot be written: the failure is told after the pass. */
    private Reported report(QuarantinedInstance object, StatusPatch<QuarantinedInstanceStatus> status) {
        try {
            boolean followed = follow(status);
            return new Reported(notifications.report(object, status) || followed, Optional.empty());
        } catch (RuntimeException failure) {
            return new Reported(true, Optional.of(failure));
        }
    }

    /** Has whom it tells written as its policy says it now; whether that was another. */
    private boolean follow(StatusPatch<QuarantinedInstanceStatus> status) {
        boolean changes = !followed(status.current()).equals(status.current());
        if (changes) {
            status.patch(this::followed);
        }
        return changes;
    }

    private QuarantinedInstanceStatus followed(QuarantinedInstanceStatus before) {
        return FollowedChannels.policyOf(before)
                .flatMap(policies::get)
                .map(policy -> FollowedChannels.in(before, policy))
                .orElse(before);
    }

    private record Reported(boolean any, Optional<RuntimeException> failure) {}

    private void run(
            QuarantinedInstance object,
            PrimaryStatusPatch<QuarantinedInstanceStatus, QuarantinedInstance> status,
            PrimaryDeletionHold hold) {
        try {
            flow.run(object, status, hold);
        } catch (RuntimeException failure) {
            asked.lookStill(object.getMetadata().getName());
            throw failure;
        }
    }

    /** Whether a pass has looked at what is asked for now. */
    private static boolean isSettledAbout(QuarantinedInstance object) {
        return !object.isMarkedForDeletion()
                && object.getStatus() != null
                && Objects.equals(
                        object.getStatus().observedGeneration(),
                        object.getMetadata().getGeneration());
    }

    /** What a change makes due is written with it, whichever pass writes it. */
    private BinaryOperator<QuarantinedInstanceStatus> outbox(QuarantinedInstance object) {
        String uid = Optional.ofNullable(object.getMetadata().getUid()).orElse("");
        Optional<DesiredState> desired =
                Optional.ofNullable(object.getSpec()).map(QuarantinedInstanceSpec::desiredState);
        return (before, after) -> Notifications.due(before, after, uid, desired, scheduler.instant());
    }

    /** The framework forgets what happens to a name while it is at its deletion: one made anew at once would be lost. */
    private void lookForASuccessor(String name) {
        LATER.forEach(delay -> scheduler.after(delay, () -> asked.trigger(name)));
    }

    private Optional<UnusedPolicy> unusedPolicy(QuarantinedInstanceStatus status, QuarantinedInstanceSpec spec) {
        Optional<String> named = Optional.ofNullable(spec.policyRef()).map(PolicyRef::name);
        return UnusedPolicy.of(status, named, Pass.policyFlaw(named.flatMap(policies::get)));
    }

    private static String policy(QuarantinedInstanceSpec spec) {
        return Optional.ofNullable(spec.policyRef()).map(PolicyRef::name).orElse("");
    }

    private static String findings(QuarantinedInstanceSpec spec) {
        return spec.findings().stream().map(FindingRef::id).collect(Collectors.joining(" "));
    }
}
