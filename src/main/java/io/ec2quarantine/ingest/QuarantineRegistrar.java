package io.ec2quarantine.ingest;

import io.ec2quarantine.api.v1alpha1.ApiGroup;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceSpec;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceSpec.DesiredState;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceSpec.FindingRef;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceSpec.PolicyRef;
import io.ec2quarantine.cluster.ClusterFailures;
import io.ec2quarantine.cluster.Holds;
import io.ec2quarantine.cluster.Installation;
import io.ec2quarantine.core.Result;
import io.ec2quarantine.core.finding.Finding;
import io.ec2quarantine.core.finding.InstanceRef;
import io.ec2quarantine.core.policy.Decision;
import io.ec2quarantine.core.policy.FindingDecider;
import io.ec2quarantine.core.policy.Hold;
import io.ec2quarantine.core.policy.Mode;
import io.ec2quarantine.core.policy.Policy;
import io.ec2quarantine.core.policy.QuarantineView;
import io.ec2quarantine.core.policy.QuarantineView.Stage;
import io.ec2quarantine.status.QuarantineReading;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Stores decisions as quarantines. Every write is conditional on the state that was decided upon: when somebody else was
 * quicker, it is decided anew.
 */
public final class QuarantineRegistrar {
    private static final int ATTEMPTS = 5;
    private static final int MOST_FINDINGS = 20;

    private final QuarantineStore store;
    private final FindingDecider decider;
    private final ReleaseMemory memory;
    private final SafeguardGate gate;

    public QuarantineRegistrar(
            QuarantineStore store, FindingDecider decider, Installation installation, SafeguardGate gate) {
        this.store = store;
        this.decider = decider;
        this.memory = new ReleaseMemory(installation);
        this.gate = gate;
    }

    /** Whether a decision is stored in the cluster. */
    public sealed interface Registration {
        /** It is; also when there was nothing to store. */
        record Stored(Decision decision) implements Registration {}

        /** It is not: without an object, what the instance's own tags remember of a release must be known first. */
        record NeedsTags() implements Registration {}

        /** It is not, and must be tried again. */
        record NotStored(String sentence) implements Registration {}
    }

    /**
     * Decides on a finding, and stores the decision.
     *
     * @param tags the instance's tags, when it was tried to read them
     * @param sighting when the finding came, and whether it was decided upon before
     */
    public Registration register(
            String sourceName,
            Finding finding,
            InstanceRef instance,
            Optional<Result<Map<String, String>>> tags,
            List<Policy> policies,
            Sighting sighting) {
        Optional<Map<String, String>> shown = tags.flatMap(Result::answer);
        String problem = "";
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            try {
                QuarantinedInstance present = store.read(instance.instanceId());
                Optional<QuarantineView> view = Optional.ofNullable(present)
                        .map(QuarantineRegistrar::view)
                        .or(() -> shown.flatMap(read -> memory.ofTags(instance.instanceId(), read)));
                Decision asked = unlessListedBefore(
                        decider.decide(finding, instance, shown.orElseGet(Map::of), policies, view, sighting.asOf()),
                        Optional.ofNullable(present).map(QuarantinedInstance::getSpec),
                        sighting);
                if (tags.isEmpty() && (asked instanceof Decision.Open || asked.isolates())) {
                    return new Registration.NeedsTags();
                }
                if (present != null && present.isMarkedForDeletion() && concernsThePresent(asked)) {
                    return beingDeleted(finding, instance);
                }
                if (present != null && wouldChange(asked) && present.getSpec().desiredState() == null) {
                    return notUnderstood(finding, instance);
                }
                if (present != null && wouldChange(asked) && !isOf(present.getSpec(), instance)) {
                    return ofAnotherPlace(present.getSpec(), finding, instance);
                }
                Decision limited = tags.filter(_ -> asked.isolates())
                        .map(read ->
                                withinTheSafeguards(asked, new Case(finding, instance, read, view, sighting), policies))
                        .orElse(asked);
                if (limited instanceof Decision.TakeBack(String policy)) {
                    Optional<Hold> hold = tags.flatMap(
                            read -> gate.protection(named(policy, policies).safeguards(), instance, read));
                    if (hold.isPresent()) {
                        return notTakenBack(hold.get(), finding, instance);
                    }
                }
                Decision decision = unlessListedBefore(
                        limited, Optional.ofNullable(present).map(QuarantinedInstance::getSpec), sighting);
                store(decision, present, view.flatMap(QuarantineView::released), sourceName, finding, instance);
                return new Registration.Stored(decision);
            } catch (KubernetesClientException exception) {
                problem = ClusterFailures.detail(exception);
                if (!ClusterFailures.isOvertaken(exception)) {
                    break;
                }
            }
        }
        return new Registration.NotStored("The quarantine of " + instance.instanceId() + " for finding " + finding.id()
                + " could not be stored (" + problem + "); it is tried again with the next poll.");
    }

    /** What is decided on. */
    private record Case(
            Finding finding,
            InstanceRef instance,
            Result<Map<String, String>> tags,
            Optional<QuarantineView> view,
            Sighting sighting) {}

    /** Where one policy has no room, another one that would isolate may have; the room of what is taken back is taken already. */
    private Decision withinTheSafeguards(Decision asked, Case each, List<Policy> policies) {
        if (asked instanceof Decision.TakeBack) {
            return asked;
        }
        Policy policy = asked.byPolicy().map(name -> named(name, policies)).orElseThrow();
        Optional<Hold> held = gate.passNew(
                policy,
                each.instance(),
                each.tags(),
                each.finding().severity(),
                each.view().flatMap(QuarantineView::lastReleased).orElse(Instant.EPOCH));
        Optional<Decision> instead =
                held.filter(hold -> hold.reason().isOfThePolicy()).flatMap(_ -> another(each, policies, policy));
        return held.map(hold ->
                        instead.orElseGet(() -> FindingDecider.heldBack(asked, hold, each.view(), each.finding())))
                .orElse(asked);
    }

    /** What another policy that enforces decides and carries out; empty where none does. */
    private Optional<Decision> another(Case each, List<Policy> policies, Policy full) {
        List<Policy> others =
                policies.stream().filter(policy -> !policy.equals(full)).toList();
        Decision next = decider.decide(
                each.finding(),
                each.instance(),
                each.tags().answer().orElseGet(Map::of),
                others,
                each.view(),
                each.sighting().asOf());
        return Optional.of(next)
                .filter(Decision::isolates)
                .map(decision -> withinTheSafeguards(decision, each, others))
                .filter(Decision::isolates);
    }

    private static Policy named(String name, List<Policy> policies) {
        return policies.stream()
                .filter(policy -> policy.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** Of more findings than a list holds, each full read would put some in the place of others, for ever. */
    private static Decision unlessListedBefore(
            Decision decision, Optional<QuarantinedInstanceSpec> spec, Sighting sighting) {
        boolean full =
                spec.filter(each -> each.findings().size() >= MOST_FINDINGS).isPresent();
        return decision instanceof Decision.AddFinding && full && sighting.replay()
                ? new Decision.Ignore(Decision.Why.LISTED_BEFORE)
                : decision;
    }

    private static boolean wouldChange(Decision decision) {
        return switch (decision) {
            case Decision.Open _, Decision.Reopen _, Decision.Raise _, Decision.TakeBack _, Decision.AddFinding _ ->
                true;
            case Decision.Ignore _ -> false;
        };
    }

    /** Whether an object that lists the finding would be its only memory; what is ignored otherwise needs none. */
    private static boolean concernsThePresent(Decision decision) {
        return wouldChange(decision)
                || (decision instanceof Decision.Ignore(Decision.Why why)
                        && (why == Decision.Why.ALREADY_LISTED || why == Decision.Why.LISTED_BEFORE));
    }

    /** An instance id is one of a kind, but whoever writes a quarantine by hand may err in where that is. */
    private static boolean isOf(QuarantinedInstanceSpec spec, InstanceRef instance) {
        return spec.region().equals(instance.region())
                && (spec.accountID() == null || spec.accountID().equals(instance.accountId()));
    }

    private static Registration ofAnotherPlace(QuarantinedInstanceSpec spec, Finding finding, InstanceRef instance) {
        return new Registration.NotStored("Finding " + finding.id() + " waits: it names " + instance.instanceId()
                + " in account " + instance.accountId() + ", " + instance.region()
                + ", and the quarantine of that name says "
                + Optional.ofNullable(spec.accountID())
                        .map(id -> "account " + id + ", ")
                        .orElse("")
                + spec.region() + "; delete that quarantine if it is wrong.");
    }

    /** What a dying object lists dies with it, though the instance may be open already while a release goes on. */
    private static Registration beingDeleted(Finding finding, InstanceRef instance) {
        return new Registration.NotStored("Finding " + finding.id() + " waits: the quarantine of "
                + instance.instanceId() + " is being deleted; it is decided upon when that is done.");
    }

    /** What is listed by an episode that ends would be news to nobody; once it is over, a person is asked. */
    private static Registration notTakenBack(Hold hold, Finding finding, InstanceRef instance) {
        return new Registration.NotStored("Finding " + finding.id() + " waits until the release of "
                + instance.instanceId() + " is over, and is decided upon then: " + hold.sentence());
    }

    /** What a later version asks for must not be overwritten by what this one knows, and the finding must not be lost. */
    private static Registration notUnderstood(Finding finding, InstanceRef instance) {
        return new Registration.NotStored("Finding " + finding.id() + " waits: the quarantine of "
                + instance.instanceId() + " has a spec.desiredState that this version of the operator does not know;"
                + " correct it or upgrade the operator.");
    }

    private void store(
            Decision decision,
            @Nullable QuarantinedInstance present,
            Optional<Instant> released,
            String sourceName,
            Finding finding,
            InstanceRef instance) {
        switch (decision) {
            case Decision.Open(String policy, Mode mode, Optional<Hold> hold) ->
                create(policy, mode, hold, released, sourceName, finding, instance);
            case Decision.Reopen(String policy, Mode mode, Optional<Hold> hold) -> {
                if (present == null) {
                    create(policy, mode, hold, released, sourceName, finding, instance);
                } else {
                    store.patch(
                            present,
                            Optional.of(policy),
                            released,
                            spec -> spec.inAccount(instance.accountId())
                                    .reopened(
                                            desired(mode),
                                            new PolicyRef(policy),
                                            Holds.written(hold),
                                            List.of(ref(sourceName, finding))));
                }
            }
            case Decision.Raise(String policy, Mode mode, Optional<Hold> hold) -> {
                if (present != null) {
                    store.patch(
                            present,
                            Optional.of(policy),
                            Optional.empty(),
                            spec -> raised(
                                    spec.inAccount(instance.accountId()),
                                    policy,
                                    mode,
                                    hold,
                                    ref(sourceName, finding)));
                }
            }
            case Decision.TakeBack _ -> {
                if (present != null) {
                    store.patch(
                            present, spec -> spec.takenBack(withFinding(spec.findings(), ref(sourceName, finding))));
                }
            }
            case Decision.AddFinding _ -> {
                if (present != null) {
                    store.patch(present, spec -> spec.listing(withFinding(spec.findings(), ref(sourceName, finding))));
                }
            }
            case Decision.Ignore _ -> {}
        }
    }

    private void create(
            String policy,
            Mode mode,
            Optional<Hold> hold,
            Optional<Instant> released,
            String sourceName,
            Finding finding,
            InstanceRef instance) {
        QuarantinedInstance fresh = new QuarantinedInstance();
        fresh.setMetadata(new ObjectMetaBuilder()
                .withName(instance.instanceId())
                .withLabels(Map.of(
                        ApiGroup.POLICY_LABEL, policy,
                        ApiGroup.ACCOUNT_LABEL, instance.accountId(),
                        ApiGroup.REGION_LABEL, instance.region()))
                .withAnnotations(ReleaseMemory.remembering(Map.of(), released))
                .build());
        fresh.setSpec(new QuarantinedInstanceSpec(
                instance.instanceId(),
                instance.region(),
                instance.accountId(),
                desired(mode),
                new PolicyRef(policy),
                Holds.written(hold),
                null,
                List.of(),
                List.of(ref(sourceName, finding))));
        store.create(fresh);
    }

    private static QuarantinedInstanceSpec raised(
            QuarantinedInstanceSpec spec, String policy, Mode mode, Optional<Hold> hold, FindingRef added) {
        DesiredState state = desired(mode) == DesiredState.ISOLATED || spec.desiredState() == null
                ? desired(mode)
                : spec.desiredState();
        return spec.raised(state, new PolicyRef(policy), Holds.written(hold), withFinding(spec.findings(), added));
    }

    private static QuarantineView view(QuarantinedInstance object) {
        QuarantinedInstanceSpec spec = object.getSpec();
        return new QuarantineView(
                stage(object),
                Optional.ofNullable(spec.policyRef()).map(PolicyRef::name),
                spec.findings().stream().map(FindingRef::id).collect(Collectors.toSet()),
                ReleaseMemory.releasedBefore(object),
                Holds.of(spec).map(Hold::reason));
    }

    private static Stage stage(QuarantinedInstance object) {
        return switch (object.getSpec().desiredState()) {
            case ISOLATED -> new Stage.Isolated();
            case RELEASED ->
                Optional.ofNullable(object.getStatus())
                        .flatMap(QuarantineReading::openSince)
                        .<Stage>map(Stage.Released::new)
                        .orElseGet(() -> new Stage.Releasing(Optional.ofNullable(object.getStatus())
                                .flatMap(QuarantineReading::partlyReleasedTime)));
            case OBSERVED -> new Stage.Observed();
            case null -> new Stage.Observed();
        };
    }

    private static DesiredState desired(Mode mode) {
        return mode == Mode.ENFORCE ? DesiredState.ISOLATED : DesiredState.OBSERVED;
    }

    private static FindingRef ref(String sourceName, Finding finding) {
        return new FindingRef(finding.id(), sourceName, finding.region());
    }

    private static List<FindingRef> withFinding(List<FindingRef> present, FindingRef added) {
        List<FindingRef> all = new ArrayList<>(present);
        all.removeIf(ref -> ref.id().equals(added.id()));
        all.add(added);
        return List.copyOf(all.subList(Math.max(0, all.size() - MOST_FINDINGS), all.size()));
    }
}
