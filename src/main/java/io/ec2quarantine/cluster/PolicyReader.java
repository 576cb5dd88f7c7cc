package io.ec2quarantine.cluster;

import io.ec2quarantine.api.v1alpha1.IsolationPolicy;
import io.ec2quarantine.api.v1alpha1.IsolationPolicySpec;
import io.ec2quarantine.core.finding.Involvement;
import io.ec2quarantine.core.finding.Severity;
import io.ec2quarantine.core.policy.Backlog;
import io.ec2quarantine.core.policy.Glob;
import io.ec2quarantine.core.policy.MatchExpression;
import io.ec2quarantine.core.policy.MatchRules;
import io.ec2quarantine.core.policy.Mode;
import io.ec2quarantine.core.policy.Policy;
import io.ec2quarantine.core.policy.Safeguards;
import io.ec2quarantine.core.policy.TagRule;
import io.ec2quarantine.expression.Compilation;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Turns a policy as written into one that can be decided with; the expression of a policy is compiled once. */
public final class PolicyReader {
    private static final String UNSUPPORTED = "Unsupported";

    private final ExpressionCache expressions = new ExpressionCache();

    /** A policy that is understood in full, or why it is not: half a policy is never acted on. */
    public sealed interface Reading {
        /** Every field is understood. */
        record Understood(Policy policy) implements Reading {}

        /**
         * A field is missing or has a value that this version does not know, or the expression is wrong.
         *
         * @param reason in CamelCase
         */
        record NotUnderstood(String reason, String sentence) implements Reading {}
    }

    /** Reads a policy. */
    public Reading read(IsolationPolicy object) {
        IsolationPolicySpec spec = object.getSpec();
        if (spec == null) {
            return notUnderstood("spec");
        }
        IsolationPolicySpec.Match match = spec.match();
        if (spec.mode() == null) {
            return notUnderstood("spec.mode");
        }
        if (spec.backlog() == null) {
            return notUnderstood("spec.backlog");
        }
        if (spec.sources().isEmpty()
                || spec.sources().stream().anyMatch(source -> source.regions().isEmpty())) {
            return notUnderstood("spec.sources");
        }
        if (match == null || match.findingTypes().isEmpty()) {
            return notUnderstood("spec.match.findingTypes");
        }
        if (match.minSeverity() == null) {
            return notUnderstood("spec.match.minSeverity");
        }
        if (match.involvement().isEmpty() || match.involvement().stream().anyMatch(Objects::isNull)) {
            return notUnderstood("spec.match.involvement");
        }
        if (match.maxAgeSeconds() == null) {
            return notUnderstood("spec.match.maxAgeSeconds");
        }
        Optional<String> unknown = Responses.notUnderstood(spec.response());
        if (unknown.isPresent()) {
            return notUnderstood("spec.response." + unknown.get());
        }
        if (spec.safeguards() != null && !isUnderstood(spec.safeguards())) {
            return notUnderstood("spec.safeguards");
        }
        Optional<Compilation> compilation =
                Optional.ofNullable(match.expression()).map(text -> expressions.of(object.getMetadata(), text));
        if (compilation.isPresent() && compilation.get() instanceof Compilation.Unusable(String reason)) {
            return new Reading.NotUnderstood(
                    "InvalidExpression",
                    "spec.match.expression is wrong: " + reason
                            + "; correct it, for the policy matches nothing until then.");
        }
        return new Reading.Understood(new Policy(
                object.getMetadata().getName(),
                Mode.valueOf(spec.mode().name()),
                Backlog.valueOf(spec.backlog().name()),
                created(object),
                rules(
                        match,
                        match.minSeverity(),
                        match.maxAgeSeconds(),
                        compilation
                                .filter(Compilation.Usable.class::isInstance)
                                .map(Compilation.Usable.class::cast)
                                .map(Compilation.Usable::expression)),
                spec.safeguards() == null ? Safeguards.STANDARD : safeguards(spec.safeguards())));
    }

    private static boolean isUnderstood(IsolationPolicySpec.Safeguards safeguards) {
        return safeguards.maxActive() != null
                && safeguards.maxPerHour() != null
                && safeguards.maxAutoScalingGroupPercent() != null
                && safeguards.kubernetesNodes() != null;
    }

    private static Safeguards safeguards(IsolationPolicySpec.Safeguards safeguards) {
        return new Safeguards(
                Objects.requireNonNull(safeguards.maxActive()),
                Objects.requireNonNull(safeguards.maxPerHour()),
                Objects.requireNonNull(safeguards.maxAutoScalingGroupPercent()),
                tags(safeguards.protectedTags()),
                safeguards.kubernetesNodes() == IsolationPolicySpec.NodeHandling.REQUIRE_APPROVAL);
    }

    private static MatchRules rules(
            IsolationPolicySpec.Match match,
            IsolationPolicySpec.SeverityLevel minSeverity,
            long maxAgeSeconds,
            Optional<MatchExpression> expression) {
        Set<Involvement> involvement = match.involvement().stream()
                .filter(Objects::nonNull)
                .map(kind -> Involvement.valueOf(kind.name()))
                .collect(Collectors.toSet());
        return new MatchRules(
                match.findingTypes().stream().map(Glob::of).toList(),
                Severity.valueOf(minSeverity.name()),
                involvement,
                Set.copyOf(match.accountIDs()),
                Set.copyOf(match.threatListNames()),
                Duration.ofSeconds(maxAgeSeconds),
                match.instanceTags() == null
                        ? List.of()
                        : tags(match.instanceTags().include()),
                match.instanceTags() == null
                        ? List.of()
                        : tags(match.instanceTags().exclude()),
                expression);
    }

    private static List<TagRule> tags(List<IsolationPolicySpec.TagRule> rules) {
        return rules.stream()
                .map(rule -> new TagRule(rule.key(), Set.copyOf(rule.values())))
                .toList();
    }

    /** When a policy was made. */
    public static Instant created(IsolationPolicy object) {
        String created = object.getMetadata().getCreationTimestamp();
        return created == null ? Instant.EPOCH : Instant.parse(created);
    }

    private static Reading notUnderstood(String field) {
        return new Reading.NotUnderstood(
                UNSUPPORTED,
                field
                        + " is missing or has a value that this version of the operator does not know; correct it or upgrade the"
                        + " operator.");
    }
}
