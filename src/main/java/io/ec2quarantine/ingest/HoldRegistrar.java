package io.ec2quarantine.ingest;

import io.ec2quarantine.api.v1alpha1.IsolationPolicySpec.Source;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceSpec.DesiredState;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.FindingStatus;
import io.ec2quarantine.cluster.ClusterFailures;
import io.ec2quarantine.cluster.Holds;
import io.ec2quarantine.core.CallFailure;
import io.ec2quarantine.core.Result;
import io.ec2quarantine.core.finding.Finding;
import io.ec2quarantine.core.finding.InstanceRef;
import io.ec2quarantine.core.finding.Severity;
import io.ec2quarantine.core.policy.Hold;
import io.ec2quarantine.core.policy.MatchExpression;
import io.ec2quarantine.core.policy.MatchRules;
import io.ec2quarantine.core.policy.Policy;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Stores what becomes of an isolation that was held back. */
public final class HoldRegistrar {
    private static final int ATTEMPTS = 5;

    private final QuarantineStore store;
    private final SafeguardGate gate;
    private final FindingRecall findings;

    public HoldRegistrar(QuarantineStore store, SafeguardGate gate, FindingRecall findings) {
        this.store = store;
        this.gate = gate;
        this.findings = findings;
    }

    /** A policy as it stands, and the sources that it reads. */
    record Standing(Policy policy, List<Source> sources) {}

    /**
     * Isolates what was deferred, where its policy still means it and the safeguards let it through by now.
     *
     * @param tags the instance's tags, or why they could not be read
     * @return what holds it back still
     * @throws KubernetesClientException when it could not be stored
     */
    Optional<Hold> takeUp(Standing standing, InstanceRef instance, Result<Map<String, String>> tags) {
        for (int attempt = 1; ; attempt++) {
            try {
                return takeUpOnce(standing, instance, tags);
            } catch (KubernetesClientException exception) {
                // The room is taken, and may not be wasted on a write that came between.
                if (!ClusterFailures.isOvertaken(exception) || attempt == ATTEMPTS) {
                    throw exception;
                }
            }
        }
    }

    private Optional<Hold> takeUpOnce(Standing standing, InstanceRef instance, Result<Map<String, String>> tags) {
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
        return switch (isStillMeant(present, standing, instance, tags)) {
            case Result.Ok<Boolean>(Boolean meant) ->
                meant ? pass(present, before, standing, instance, tags) : putBeforeAPerson(present);
            case Result.Failed<Boolean>(CallFailure failure) ->
                stored(
                        present,
                        before,
                        Optional.of(SafeguardGate.unreadable("whether its policy still means it", failure)));
        };
    }

    private Optional<Hold> pass(
            QuarantinedInstance present,
            Optional<Hold> before,
            Standing standing,
            InstanceRef instance,
            Result<Map<String, String>> tags) {
        Instant since = ReleaseMemory.releasedBefore(present).orElse(Instant.EPOCH);
        return stored(present, before, gate.pass(standing.policy(), instance, tags, since));
    }

    /** What the policy has ceased to mean is for a person to judge, like everything that it does not match. */
    private Optional<Hold> putBeforeAPerson(QuarantinedInstance present) {
        patchHold(present, present.getSpec().desiredState(), Optional.empty());
        return Optional.empty();
    }

    private Optional<Hold> stored(QuarantinedInstance present, Optional<Hold> before, Optional<Hold> hold) {
        if (!hold.map(Hold::reason).equals(before.map(Hold::reason))) {
            patchHold(present, hold.isEmpty() ? DesiredState.ISOLATED : DesiredState.OBSERVED, hold);
        }
        return hold;
    }

    /** Whether a policy, as it is now, means what it had deferred; where its tags cannot be read, the safeguards hold it back. */
    private Result<Boolean> isStillMeant(
            QuarantinedInstance present, Standing standing, InstanceRef instance, Result<Map<String, String>> tags) {
        MatchRules rules = standing.policy().rules();
        return switch (tags) {
            case Result.Failed<Map<String, String>> _ -> Result.ok(meansWhatIsTold(rules, present));
            case Result.Ok<Map<String, String>>(Map<String, String> read) -> {
                boolean meant = rules.tagsMatch(read) && meansWhatIsTold(rules, present);
                yield !meant || rules.expression().isEmpty()
                        ? Result.ok(meant)
                        : findings.read(standing.sources(), present.getSpec().findings())
                                .map(shown -> shown.stream().anyMatch(each -> means(rules, each, instance, read)));
            }
        };
    }

    /** As far as the status tells of the findings, which it may not yet. */
    private static boolean meansWhatIsTold(MatchRules rules, QuarantinedInstance present) {
        List<FindingStatus> findings = Optional.ofNullable(present.getStatus())
                .map(QuarantinedInstanceStatus::findings)
                .orElseGet(List::of);
        return findings.isEmpty()
                || findings.stream()
                        .anyMatch(finding -> rules.mean(
                                String.valueOf(finding.type()),
                                Severity.labelled(finding.severity()).orElse(Severity.LOW),
                                String.valueOf(present.getSpec().accountID()),
                                finding.threatListNames()));
    }

    private static boolean means(MatchRules rules, Finding finding, InstanceRef instance, Map<String, String> tags) {
        return rules.mean(finding.type(), finding.severity(), instance.accountId(), finding.threatListNames())
                && rules.express(finding, instance, tags) instanceof MatchExpression.Outcome.Matched;
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
