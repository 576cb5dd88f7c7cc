package io.ec2quarantine.controller;

import io.ec2quarantine.api.v1alpha1.Condition;
import io.ec2quarantine.api.v1alpha1.IsolationPolicy;
import io.ec2quarantine.api.v1alpha1.IsolationPolicySpec;
import io.ec2quarantine.api.v1alpha1.IsolationPolicySpec.Source;
import io.ec2quarantine.api.v1alpha1.IsolationPolicyStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceSpec.DesiredState;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceSpec.PolicyRef;
import io.ec2quarantine.cluster.Catalog;
import io.ec2quarantine.cluster.Holds;
import io.ec2quarantine.cluster.PolicyReader;
import io.ec2quarantine.cluster.ReconcileTrigger;
import io.ec2quarantine.cluster.Responses;
import io.ec2quarantine.core.WriteLedger;
import io.ec2quarantine.core.policy.Hold;
import io.ec2quarantine.core.policy.Policy;
import io.ec2quarantine.ingest.ExpressionBook;
import io.ec2quarantine.ingest.FindingQueue;
import io.ec2quarantine.ingest.QuarantineCensus;
import io.ec2quarantine.ingest.SourceBook;
import io.ec2quarantine.ingest.SourceRegion;
import io.ec2quarantine.ingest.SourceState;
import io.ec2quarantine.notice.Letters;
import io.ec2quarantine.status.Claim;
import io.ec2quarantine.status.PermissionClaims;
import io.ec2quarantine.status.PolicyReport;
import io.ec2quarantine.status.PolicyStatuses;
import io.ec2quarantine.status.QuarantineReading;
import io.ec2quarantine.status.SourceReport;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Says in each policy's status what became of its sources and matches; the polling itself has a loop of its own. */
@ControllerConfiguration(name = "isolationpolicy")
public final class IsolationPolicyReconciler implements Reconciler<IsolationPolicy> {
    private final Catalog<IsolationPolicy> catalog;
    private final PolicyReader reader;
    private final Catalog<QuarantinedInstance> quarantines;
    private final SourceBook sources;
    private final ExpressionBook expressions;
    private final PermissionBook permissions;
    private final WriteLedger ledger;
    private final TransitionTeller teller;
    private final AskedEventSource<IsolationPolicy> asked;
    private final ReconcileTrigger tellers;
    private final InstantSource time;
    private final RefusedWrites refused = new RefusedWrites();

    /** @param tellers asks for a quarantine that tells others than its policy says */
    IsolationPolicyReconciler(
            Catalog<IsolationPolicy> catalog,
            PolicyReader reader,
            Catalog<QuarantinedInstance> quarantines,
            SourceBook sources,
            ExpressionBook expressions,
            PermissionBook permissions,
            WriteLedger ledger,
            TransitionTeller teller,
            AskedEventSource<IsolationPolicy> asked,
            ReconcileTrigger tellers,
            InstantSource time) {
        this.catalog = catalog;
        this.reader = reader;
        this.quarantines = quarantines;
        this.sources = sources;
        this.expressions = expressions;
        this.permissions = permissions;
        this.ledger = ledger;
        this.teller = teller;
        this.asked = asked;
        this.tellers = tellers;
        this.time = time;
    }

    @Override
    public List<EventSource<?, IsolationPolicy>> prepareEventSources(EventSourceContext<IsolationPolicy> context) {
        IndexerResourceCache<IsolationPolicy> cache = context.getPrimaryCache();
        catalog.attach(cache::list, name -> cache.get(new ResourceID(name)));
        return List.of(asked);
    }

    @Override
    public UpdateControl<IsolationPolicy> reconcile(IsolationPolicy object, Context<IsolationPolicy> context) {
        return refused.orAgain(object, () -> pass(object, context));
    }

    private UpdateControl<IsolationPolicy> pass(IsolationPolicy object, Context<IsolationPolicy> context) {
        PrimaryStatusPatch<IsolationPolicyStatus, IsolationPolicy> status =
                new PrimaryStatusPatch<>(object, context, ledger, IsolationPolicyStatus.empty());
        List<Condition> before = status.current().conditions();
        PolicyReport report = withTemplates(object, report(reader.read(object)));
        Instant now = time.instant();
        List<QuarantinedInstance> mine = quarantines(object.getMetadata().getName());
        long matched = mine.stream()
                .flatMap(each -> each.getSpec().findings().stream())
                .map(finding -> finding.id())
                .distinct()
                .count();
        long generation =
                Optional.ofNullable(object.getMetadata().getGeneration()).orElse(0L);
        Optional<Claim> permitted = permissions.of(object.getMetadata().getName());
        status.patch(last -> PermissionClaims.in(
                PolicyStatuses.after(
                        last,
                        report,
                        object.getSpec() != null && object.getSpec().mode() == IsolationPolicySpec.Mode.PAUSED,
                        reports(object),
                        matched,
                        mine.stream().filter(QuarantineCensus::isActive).count(),
                        deferred(object, mine),
                        generation,
                        now),
                permissions.isTried(),
                permitted,
                generation,
                now));
        teller.tell(status.primary(), before, status.current().conditions());
        quarantines.all().stream()
                .filter(each -> FollowedChannels.differ(each, object))
                .forEach(each -> tellers.trigger(each.getMetadata().getName()));
        return UpdateControl.noUpdate();
    }

    /** What is wrong with the words alone keeps the policy from nothing. */
    private static PolicyReport withTemplates(IsolationPolicy object, PolicyReport report) {
        return Responses.notifications(Optional.ofNullable(object.getSpec())
                        .map(IsolationPolicySpec::response)
                        .orElse(null))
                .stream()
                .filter(_ -> !(report instanceof PolicyReport.NotUnderstood))
                .flatMap(each -> Letters.problem(each).stream())
                .findFirst()
                .<PolicyReport>map(problem -> new PolicyReport.TemplateInvalid(
                        report,
                        "In spec.response.notifications " + problem
                                + "; correct it, until then the default words are sent."))
                .orElse(report);
    }

    private PolicyReport report(PolicyReader.Reading reading) {
        return switch (reading) {
            case PolicyReader.Reading.NotUnderstood(String reason, String sentence) ->
                new PolicyReport.NotUnderstood(reason, sentence);
            case PolicyReader.Reading.Understood(Policy policy) ->
                policy.rules().expression().isEmpty()
                        ? new PolicyReport.Understood()
                        : expressions
                                .failure(policy)
                                .<PolicyReport>map(PolicyReport.ExpressionFails::new)
                                .orElseGet(PolicyReport.ExpressionHolds::new);
        };
    }

    private List<SourceReport> reports(IsolationPolicy object) {
        return Optional.ofNullable(object.getSpec()).stream()
                .flatMap(spec -> spec.sources().stream())
                .flatMap(source -> reports(source).stream())
                .toList();
    }

    private List<SourceReport> reports(Source source) {
        List<SourceReport> reports = sources.regionsOf(source).stream()
                .map(each -> report(source.name(), each.region(), sources.of(each)))
                .toList();
        List<SourceReport> told = SourceRegion.isEveryRegion(source)
                ? EveryRegion.reports(source.name(), sources.regions(SourceRegion.reader(source)), reports)
                : reports;
        return FindingQueue.of(source)
                .flatMap(sources::problemOf)
                .map(problem -> remarked(told, problem.sentence() + " Findings are polled all the same."))
                .orElse(told);
    }

    /** The queue is the source's, whichever Region it tells of: once is enough. */
    private static List<SourceReport> remarked(List<SourceReport> reports, String remark) {
        return IntStream.range(0, reports.size())
                .mapToObj(each -> each == 0 ? reports.get(each).remarked(remark) : reports.get(each))
                .toList();
    }

    private static SourceReport report(String name, String region, SourceState state) {
        return new SourceReport(
                name,
                region,
                state.detectorId(),
                state.lastPollTime(),
                state.lastFindingUpdateTime(),
                state.problem().map(each -> new SourceReport.Problem(each.reason(), each.sentence())));
    }

    private List<QuarantinedInstance> quarantines(String policy) {
        return quarantines.all().stream()
                .filter(each -> each.getSpec() != null)
                .filter(each -> Optional.ofNullable(each.getSpec().policyRef())
                        .map(PolicyRef::name)
                        .filter(policy::equals)
                        .isPresent())
                .toList();
    }

    /** Nothing is taken up by itself for a policy that does not enforce. */
    private static List<Hold> deferred(IsolationPolicy object, List<QuarantinedInstance> mine) {
        return object.getSpec() == null || object.getSpec().mode() != IsolationPolicySpec.Mode.ENFORCE
                ? List.of()
                : mine.stream()
                        .filter(IsolationPolicyReconciler::isOpen)
                        .filter(each -> each.getSpec().desiredState() == DesiredState.OBSERVED)
                        .flatMap(each -> Holds.of(each.getSpec()).stream())
                        .filter(hold -> hold.reason().isPassing())
                        .toList();
    }

    private static boolean isOpen(QuarantinedInstance object) {
        return Optional.ofNullable(object.getStatus())
                .filter(status -> QuarantineReading.isTerminated(status)
                        || QuarantineReading.releasedTime(status).isPresent())
                .isEmpty();
    }
}
