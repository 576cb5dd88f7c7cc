package io.ec2quarantine.core.policy;

import io.ec2quarantine.core.finding.Finding;
import io.ec2quarantine.core.finding.InstanceRef;
import io.ec2quarantine.core.finding.Involvement;
import io.ec2quarantine.core.finding.Severity;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The rules that a finding and its instance must all satisfy; an empty set of accounts or lists allows every one. */
public record MatchRules(
        List<Glob> findingTypes,
        Severity minSeverity,
        Set<Involvement> involvement,
        Set<String> accountIds,
        Set<String> threatListNames,
        Duration maxAge,
        List<TagRule> includeTags,
        List<TagRule> excludeTags,
        Optional<MatchExpression> expression) {

    public MatchRules {
        findingTypes = List.copyOf(findingTypes);
        involvement = Set.copyOf(involvement);
        accountIds = Set.copyOf(accountIds);
        threatListNames = Set.copyOf(threatListNames);
        includeTags = List.copyOf(includeTags);
        excludeTags = List.copyOf(excludeTags);
    }

    /** Rules without an expression. */
    public MatchRules(
            List<Glob> findingTypes,
            Severity minSeverity,
            Set<Involvement> involvement,
            Set<String> accountIds,
            Set<String> threatListNames,
            Duration maxAge,
            List<TagRule> includeTags,
            List<TagRule> excludeTags) {
        this(
                findingTypes,
                minSeverity,
                involvement,
                accountIds,
                threatListNames,
                maxAge,
                includeTags,
                excludeTags,
                Optional.empty());
    }

    /** Whether the instance's tags must be read before these rules can be told. */
    public boolean needTags() {
        return !includeTags.isEmpty()
                || !excludeTags.isEmpty()
                || expression.filter(MatchExpression::needsTags).isPresent();
    }

    /**
     * Why the rules do not match, judged without the instance's tags; empty when they may match.
     *
     * @param now decides the finding's age
     */
    public Optional<Mismatch> mismatchOf(Finding finding, InstanceRef instance, Instant now) {
        if (findingTypes.stream().noneMatch(type -> type.matches(finding.type()))) {
            return Optional.of(Mismatch.FINDING_TYPE);
        }
        if (finding.severity().compareTo(minSeverity) < 0) {
            return Optional.of(Mismatch.SEVERITY);
        }
        if (!involvement.contains(finding.involvement())) {
            return Optional.of(Mismatch.INVOLVEMENT);
        }
        if (!accountIds.isEmpty() && !accountIds.contains(instance.accountId())) {
            return Optional.of(Mismatch.ACCOUNT);
        }
        if (!threatListNames.isEmpty() && Collections.disjoint(threatListNames, finding.threatListNames())) {
            return Optional.of(Mismatch.THREAT_LIST);
        }
        return finding.lastSeen().isBefore(now.minus(maxAge)) ? Optional.of(Mismatch.AGE) : Optional.empty();
    }

    /** Whether the rules mean a finding of which only this is known. */
    public boolean mean(String type, Severity severity, String accountId, Collection<String> lists) {
        return findingTypes.stream().anyMatch(each -> each.matches(type))
                && severity.compareTo(minSeverity) >= 0
                && (accountIds.isEmpty() || accountIds.contains(accountId))
                && (threatListNames.isEmpty() || !Collections.disjoint(threatListNames, lists));
    }

    /** Whether the tag rules hold. */
    public boolean tagsMatch(Map<String, String> tags) {
        return includeTags.stream().allMatch(rule -> rule.holdsFor(tags))
                && excludeTags.stream().noneMatch(rule -> rule.holdsFor(tags));
    }

    /** What the expression says; without one, every finding that the other rules let through matches. */
    public MatchExpression.Outcome express(Finding finding, InstanceRef instance, Map<String, String> tags) {
        return expression
                .map(each -> each.evaluate(finding, instance, tags))
                .orElseGet(MatchExpression.Outcome.Matched::new);
    }

    /** The first rule that a finding fails. */
    public enum Mismatch {
        FINDING_TYPE,
        SEVERITY,
        INVOLVEMENT,
        ACCOUNT,
        THREAT_LIST,
        AGE,
        INSTANCE_TAGS
    }
}
