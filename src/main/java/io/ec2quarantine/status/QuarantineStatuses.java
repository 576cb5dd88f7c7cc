package io.ec2quarantine.status;

import io.ec2quarantine.api.v1alpha1.Condition;
import io.ec2quarantine.api.v1alpha1.ConditionType;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.BaselineState;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.Drift;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.Episode;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.FindingStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.InstanceStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.InterfaceStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.IsolationGroupStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.TimelineEntry;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.VerificationStatus;
import io.ec2quarantine.api.v1alpha1.Response;
import io.ec2quarantine.core.CallFailure;
import io.ec2quarantine.core.finding.Finding;
import io.ec2quarantine.core.finding.Severity;
import io.ec2quarantine.core.isolation.Baseline;
import io.ec2quarantine.core.isolation.Difference;
import io.ec2quarantine.core.isolation.GroupState;
import io.ec2quarantine.core.isolation.InstanceFacts;
import io.ec2quarantine.core.isolation.InterfaceState;
import io.ec2quarantine.core.isolation.IsolationRecord;
import io.ec2quarantine.core.isolation.Observation;
import io.ec2quarantine.core.isolation.ReleaseRecord;
import io.ec2quarantine.core.isolation.Verification;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The next status of a quarantine: pure functions of the one before, so that a write can be repeated on fresh state, and
 * on a state that holds it already because only its answer was lost.
 */
public final class QuarantineStatuses {
    /** How long the printed verification time may lag behind the reads. */
    public static final Duration PRINT_LAG = Duration.ofMinutes(5);

    private static final int MOST_FINDINGS = 20;
    private static final int MOST_TIMELINE_ENTRIES = 50;
    private static final int LONGEST_DETAIL = 512;
    private static final Comparator<FindingStatus> MOST_SEVERE_FIRST = Comparator.comparingInt(
                    (FindingStatus finding) -> severityRank(finding.severity()))
            .reversed()
            .thenComparing(FindingStatus::lastSeenTime, Comparator.nullsLast(Comparator.reverseOrder()))
            .thenComparing(FindingStatus::id);

    private QuarantineStatuses() {}

    /**
     * Opens the episode with the response that it is carried out with. It is frozen from then on, unless another policy
     * raises a quarantine that so far only observed. After a release the next episode opens, and writes down anew.
     */
    public static QuarantinedInstanceStatus opened(
            QuarantinedInstanceStatus last, Optional<String> policy, Response response, Instant now) {
        boolean next = releasedTime(last).isPresent();
        QuarantinedInstanceStatus before = next ? cleared(last) : last;
        Optional<Episode> present = Optional.ofNullable(before.episode());
        boolean samePolicy = present.map(Episode::policyName).equals(policy);
        if (!next && before.response() != null && (samePolicy || isWrittenDown(before))) {
            return before;
        }
        Episode episode = new Episode(
                present.map(Episode::number).orElse(0) + (next || present.isEmpty() ? 1 : 0),
                present.filter(_ -> !next).map(Episode::openedTime).orElse(now),
                present.filter(_ -> !next).map(Episode::isolatedTime).orElse(null),
                null,
                policy.orElse(null));
        String by = policy.map(name -> "by policy " + name).orElse("by hand");
        return new StatusBuilder(before)
                .episode(episode)
                .response(response)
                .timeline(entry(now, "Opened", next ? by + ", episode " + episode.number() : by, "Done"))
                .build();
    }

    /** What the next episode must not take over from the last. */
    private static QuarantinedInstanceStatus cleared(QuarantinedInstanceStatus last) {
        InstanceStatus known = last.instance();
        return new StatusBuilder(last)
                .interfaces(List.of())
                .isolationGroups(List.of())
                .verification(null)
                .instance(known == null ? null : known.withTerminationBaseline(null))
                .conditions(last.conditions().stream()
                        .filter(condition ->
                                !ConditionType.EVIDENCE_PRESERVED.text().equals(condition.type()))
                        .toList())
                .build();
    }

    /** Writes baselines down; one that is there already is never touched. */
    public static QuarantinedInstanceStatus writtenDown(
            QuarantinedInstanceStatus before, Observation.Present seen, List<Baseline> baselines, Instant now) {
        Set<String> written = record(before).interfaceIds();
        List<Baseline> fresh = baselines.stream()
                .filter(baseline -> !written.contains(baseline.interfaceId()))
                .toList();
        if (fresh.isEmpty()) {
            return before;
        }
        Map<String, InterfaceStatus> interfaces = byId(before.interfaces());
        Map<String, InterfaceState> states =
                seen.interfaces().stream().collect(Collectors.toMap(InterfaceState::id, state -> state));
        for (Baseline baseline : fresh) {
            InterfaceState state = states.get(baseline.interfaceId());
            if (state != null) {
                interfaces.put(state.id(), withBaseline(state, baseline));
            }
        }
        String ids = fresh.stream().map(Baseline::interfaceId).collect(Collectors.joining(", "));
        return new StatusBuilder(before)
                .instance(instance(before, seen.instance(), seen.interfaces()))
                .interfaces(List.copyOf(interfaces.values()))
                .timeline(entry(now, "BaselineRecorded", ids, "Done"))
                .build();
    }

    /**
     * Takes over what came out of a look.
     *
     * @param fight what is changed again and again, in one sentence without its full stop
     */
    public static QuarantinedInstanceStatus after(
            QuarantinedInstanceStatus before,
            QuarantineOutcome outcome,
            Collection<Finding> findings,
            Optional<String> fight,
            long generation,
            Duration validity,
            Instant now) {
        List<FindingStatus> merged = merge(before.findings(), findings);
        StatusBuilder next =
                new StatusBuilder(before).observedGeneration(generation).findings(merged);
        List<Claim> claims = new ArrayList<>(QuarantineConditions.of(outcome, before, fight));
        describe(next, before, outcome, validity, now);
        boolean isolated = isolatedAfter(before, claims);
        Optional<Instant> isolatedTime = isolatedTime(before, outcome, isolated);
        isolatedTime.ifPresent(next::isolatedTime);
        if (outcome instanceof QuarantineOutcome.GivenBack back && back.left().isDone()) {
            next.releasedTime(back.readBack().readTime());
        }
        if (!(outcome instanceof QuarantineOutcome.Unsupported || outcome instanceof QuarantineOutcome.AtRest)) {
            claims.add(QuarantineConditions.connectionsCut(isolated, isolatedTime, merged));
        }
        return next.conditions(Conditions.upsert(before.conditions(), claims, generation, now))
                .build();
    }

    /** What the quarantine has written down. */
    public static IsolationRecord record(QuarantinedInstanceStatus status) {
        return new IsolationRecord(
                status.interfaces().stream()
                        .filter(each -> each.baselineState() != null)
                        .map(InterfaceStatus::id)
                        .collect(Collectors.toSet()),
                status.isolationGroups().stream()
                        .filter(group -> group.groupID() != null)
                        .collect(Collectors.toMap(
                                IsolationGroupStatus::vpcID, group -> String.valueOf(group.groupID()))));
    }

    /**
     * What a release rests on.
     *
     * @param seenIsolationGroups the ids of the groups that were seen to isolate, whosever
     */
    public static ReleaseRecord releaseRecord(
            QuarantinedInstanceStatus status, Map<String, List<String>> chosen, Set<String> seenIsolationGroups) {
        Set<String> isolationGroups = new HashSet<>(seenIsolationGroups);
        isolationGroups.addAll(record(status).groupIds());
        return new ReleaseRecord(
                status.interfaces().stream()
                        .filter(each -> each.baselineState() != null)
                        .collect(Collectors.toMap(
                                InterfaceStatus::id,
                                each -> new Baseline(
                                        each.id(), each.baseline(), each.baselineState() == BaselineState.RECORDED))),
                chosen,
                isolationGroups);
    }

    /** The interfaces that may be in an isolation group: every one that an open episode has written down. */
    public static Set<String> quarantinedInterfaces(Stream<QuarantinedInstanceStatus> statuses) {
        return statuses.filter(status -> releasedTime(status).isEmpty())
                .flatMap(status -> record(status).interfaceIds().stream())
                .collect(Collectors.toSet());
    }

    /** When the release of the present episode was read back. */
    public static Optional<Instant> releasedTime(QuarantinedInstanceStatus status) {
        return Optional.ofNullable(status.episode()).map(Episode::releasedTime);
    }

    /** Whether the release is over, with everything beside it in order. */
    public static boolean isReleased(QuarantinedInstanceStatus status) {
        return releasedTime(status).isPresent() && Conditions.isTrue(status.conditions(), ConditionType.READY);
    }

    /** Whether the isolation was reached, so that sweeps can watch over it. */
    public static boolean isSettled(QuarantinedInstanceStatus status) {
        return Conditions.isTrue(status.conditions(), ConditionType.ISOLATED)
                && status.episode() != null
                && status.episode().isolatedTime() != null;
    }

    /** Whether the instance was found terminated. */
    public static boolean isTerminated(QuarantinedInstanceStatus status) {
        return Conditions.find(status.conditions(), ConditionType.ISOLATED)
                .filter(condition -> "InstanceTerminated".equals(condition.reason()))
                .isPresent();
    }

    private static boolean isWrittenDown(QuarantinedInstanceStatus status) {
        return status.interfaces().stream().anyMatch(each -> each.baselineState() != null);
    }

    private static boolean isolatedAfter(QuarantinedInstanceStatus before, List<Claim> claims) {
        return claims.stream()
                .filter(claim -> claim.type() == ConditionType.ISOLATED)
                .findFirst()
                .map(claim -> claim.status() == Condition.Status.TRUE)
                .orElseGet(() -> Conditions.isTrue(before.conditions(), ConditionType.ISOLATED));
    }

    /** The first read of the episode that found every interface isolated. */
    private static Optional<Instant> isolatedTime(
            QuarantinedInstanceStatus before, QuarantineOutcome outcome, boolean isolated) {
        Optional<Instant> present = Optional.ofNullable(before.episode()).map(Episode::isolatedTime);
        return present.isPresent() || !isolated || !(outcome instanceof QuarantineOutcome.Isolated reached)
                ? present
                : reached.readBack() instanceof Observation.Present seen
                        ? Optional.of(seen.readTime())
                        : Optional.empty();
    }

    private static void describe(
            StatusBuilder next,
            QuarantinedInstanceStatus before,
            QuarantineOutcome outcome,
            Duration validity,
            Instant now) {
        switch (outcome) {
            case QuarantineOutcome.Observed observed ->
                next.instance(instance(
                                before,
                                observed.seen().instance(),
                                observed.seen().interfaces()))
                        .interfaces(observed(before.interfaces(), observed.seen(), Map.of()));
            case QuarantineOutcome.Terminated terminated ->
                next.instance(terminated(before, terminated.seen().instance()));
            case QuarantineOutcome.Isolated isolated -> describe(next, before, isolated, validity, now);
            case QuarantineOutcome.Swept swept -> {
                if (swept.verification() instanceof Verification.Verified verified) {
                    next.verification(read(before, verified.readTime(), validity));
                }
            }
            case QuarantineOutcome.GivenBack back -> describe(next, before, back, now);
            case QuarantineOutcome.CleanedUp cleaned -> {
                if (!cleaned.actions().isEmpty()) {
                    next.timeline(
                            entry(now, "CleanedUp", String.join("; ", cleaned.actions()), ended(cleaned.failures())));
                }
            }
            case QuarantineOutcome.Unsupported _, QuarantineOutcome.Unreadable _, QuarantineOutcome.AtRest _ -> {}
        }
    }

    private static void describe(
            StatusBuilder next,
            QuarantinedInstanceStatus before,
            QuarantineOutcome.Isolated outcome,
            Duration validity,
            Instant now) {
        if (outcome.readBack() instanceof Observation.Present seen) {
            next.instance(instance(before, seen.instance(), seen.interfaces()))
                    .interfaces(observed(before.interfaces(), seen, outcome.groups()))
                    .isolationGroups(groups(before, outcome.groups(), seen.groups()));
        } else {
            next.isolationGroups(groups(before, outcome.groups(), List.of()));
        }
        if (outcome.verification() instanceof Verification.Verified verified) {
            next.verification(read(before, verified.readTime(), validity));
        }
        // An operator that died after its last change left no entry: whoever finds the isolation first makes it.
        boolean firstFound = outcome.verification() instanceof Verification.Verified
                && Optional.ofNullable(before.episode())
                        .map(Episode::isolatedTime)
                        .isEmpty();
        if (!outcome.actions().isEmpty() || firstFound) {
            String actions =
                    outcome.actions().isEmpty() ? "found isolated already" : String.join("; ", outcome.actions());
            next.timeline(entry(now, "Isolated", actions, ended(outcome.failures())));
        }
    }

    private static void describe(
            StatusBuilder next, QuarantinedInstanceStatus before, QuarantineOutcome.GivenBack outcome, Instant now) {
        Observation.Present seen = outcome.readBack();
        next.instance(instance(before, seen.instance(), seen.interfaces()))
                .interfaces(released(before.interfaces(), seen, outcome.interfaces()));
        // A release whose last write was lost with its operator is told by whoever finds it done.
        boolean firstFound = outcome.left().isDone() && releasedTime(before).isEmpty();
        if (!outcome.actions().isEmpty() || firstFound) {
            String actions = outcome.actions().isEmpty()
                    ? "nothing was left to give back"
                    : String.join("; ", outcome.actions());
            next.timeline(
                    entry(now, outcome.left().isDone() ? "Released" : "Releasing", actions, ended(outcome.failures())));
        }
    }

    private static List<InterfaceStatus> released(
            List<InterfaceStatus> before, Observation.Present seen, List<InterfaceState> all) {
        Map<String, InterfaceState> states =
                all.stream().collect(Collectors.toMap(InterfaceState::id, state -> state, (first, _) -> first));
        return observed(before, seen, Map.of()).stream()
                .map(each -> withObserved(each, Optional.ofNullable(states.get(each.id()))))
                .toList();
    }

    private static InterfaceStatus withObserved(InterfaceStatus status, Optional<InterfaceState> state) {
        return new InterfaceStatus(
                status.id(),
                status.networkCardIndex(),
                status.deviceIndex(),
                status.vpcID(),
                status.baseline(),
                status.baselineState(),
                status.baseline(),
                state.map(InterfaceState::groups).orElseGet(List::of),
                status.message());
    }

    private static String ended(List<CallFailure> failures) {
        return failures.isEmpty() ? "Done" : failures.getFirst().reason();
    }

    /** Counts what a look found changed after the isolation had been reached. */
    public static QuarantinedInstanceStatus drifted(
            QuarantinedInstanceStatus before,
            List<Difference> differences,
            List<String> actions,
            List<CallFailure> failures,
            Instant now) {
        VerificationStatus present = before.verification();
        String found = differences.stream().map(Difference::sentence).collect(Collectors.joining("; "));
        String done = failures.isEmpty()
                ? "undone: " + (actions.isEmpty() ? "it had gone by itself" : String.join("; ", actions))
                : "not all undone yet: " + failures.getFirst().sentence();
        String detail = bounded(found + "; " + done);
        Drift drift = new Drift(now, detail);
        if (present != null && drift.equals(present.lastDrift())) {
            return before;
        }
        int count = present == null || present.driftCount() == null ? 0 : present.driftCount();
        return new StatusBuilder(before)
                .verification(new VerificationStatus(
                        present == null ? null : present.lastVerifiedTime(),
                        present == null ? null : present.validUntilTime(),
                        count + 1,
                        drift))
                .timeline(entry(now, "DriftFound", detail, ended(failures)))
                .build();
    }

    private static VerificationStatus read(QuarantinedInstanceStatus before, Instant readTime, Duration validity) {
        VerificationStatus present = before.verification();
        return new VerificationStatus(
                readTime,
                readTime.plus(validity).plus(PRINT_LAG),
                present == null || present.driftCount() == null ? Integer.valueOf(0) : present.driftCount(),
                present == null ? null : present.lastDrift());
    }

    /** Seen interfaces as they are; those with a baseline are kept even when they are not attached just now. */
    private static List<InterfaceStatus> observed(
            List<InterfaceStatus> before, Observation.Present seen, Map<String, String> groups) {
        Map<String, InterfaceStatus> recorded = byId(before);
        Map<String, InterfaceStatus> next = new LinkedHashMap<>();
        seen.interfaces().forEach(state -> next.put(state.id(), observed(recorded.get(state.id()), state, groups)));
        before.stream()
                .filter(each -> each.baselineState() != null)
                .forEach(each -> next.putIfAbsent(each.id(), detached(each)));
        return List.copyOf(next.values());
    }

    private static InterfaceStatus observed(
            @Nullable InterfaceStatus recorded, InterfaceState state, Map<String, String> groups) {
        String group = groups.get(state.vpcId());
        return new InterfaceStatus(
                state.id(),
                state.networkCardIndex(),
                state.deviceIndex(),
                state.vpcId(),
                recorded == null ? List.of() : recorded.baseline(),
                recorded == null ? null : recorded.baselineState(),
                group == null ? List.of() : List.of(group),
                state.groups(),
                state.unchangeable().orElse(null));
    }

    private static InterfaceStatus detached(InterfaceStatus recorded) {
        return new InterfaceStatus(
                recorded.id(),
                recorded.networkCardIndex(),
                recorded.deviceIndex(),
                recorded.vpcID(),
                recorded.baseline(),
                recorded.baselineState(),
                recorded.desired(),
                List.of(),
                "not attached to the instance when it was last read");
    }

    private static InterfaceStatus withBaseline(InterfaceState state, Baseline baseline) {
        return new InterfaceStatus(
                state.id(),
                state.networkCardIndex(),
                state.deviceIndex(),
                state.vpcId(),
                baseline.groups(),
                baseline.known() ? BaselineState.RECORDED : BaselineState.UNKNOWN,
                List.of(),
                state.groups(),
                state.unchangeable().orElse(null));
    }

    /** The chosen groups; where none could be chosen, the one that is used still is the one. */
    private static List<IsolationGroupStatus> groups(
            QuarantinedInstanceStatus before, Map<String, String> chosen, List<GroupState> seen) {
        Map<String, String> used = new HashMap<>(record(before).groups());
        used.putAll(chosen);
        Map<String, Integer> rules =
                seen.stream().collect(Collectors.toMap(GroupState::id, GroupState::ruleCount, (first, _) -> first));
        return used.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(each -> new IsolationGroupStatus(each.getKey(), each.getValue(), rules.get(each.getValue())))
                .toList();
    }

    private static InstanceStatus instance(
            QuarantinedInstanceStatus before, InstanceFacts facts, List<InterfaceState> interfaces) {
        return new InstanceStatus(
                facts.name().map(QuarantineStatuses::bounded).orElse(null),
                interfaces.stream()
                        .map(InterfaceState::vpcId)
                        .distinct()
                        .sorted()
                        .toList(),
                facts.state(),
                facts.privateIp().orElse(null),
                facts.publicIp().orElse(null),
                facts.launchTime().orElse(null),
                facts.profileArn().orElse(null),
                before.instance() == null ? null : before.instance().terminationBaseline());
    }

    /** EC2 forgets the addresses and interfaces of a terminated instance; what was known of them stays. */
    private static InstanceStatus terminated(QuarantinedInstanceStatus before, InstanceFacts facts) {
        InstanceStatus known = before.instance();
        return known == null
                ? instance(before, facts, List.of())
                : new InstanceStatus(
                        known.name(),
                        known.vpcIDs(),
                        facts.state(),
                        known.privateIP(),
                        null,
                        known.launchTime(),
                        known.iamInstanceProfileARN(),
                        known.terminationBaseline());
    }

    private static List<FindingStatus> merge(List<FindingStatus> present, Collection<Finding> fresh) {
        Map<String, FindingStatus> merged = new LinkedHashMap<>();
        Stream.concat(present.stream(), fresh.stream().map(QuarantineStatuses::finding))
                .forEach(finding -> merged.merge(finding.id(), finding, QuarantineStatuses::newer));
        return merged.values().stream()
                .sorted(MOST_SEVERE_FIRST)
                .limit(MOST_FINDINGS)
                .toList();
    }

    private static FindingStatus newer(FindingStatus one, FindingStatus other) {
        return one.updateTime() != null
                        && other.updateTime() != null
                        && one.updateTime().isAfter(other.updateTime())
                ? one
                : other;
    }

    private static FindingStatus finding(Finding finding) {
        return new FindingStatus(
                finding.id(),
                finding.arn(),
                finding.type(),
                finding.title(),
                finding.severity().label(),
                finding.count(),
                finding.firstSeen(),
                finding.lastSeen(),
                finding.updatedAt(),
                finding.dataSource().label(),
                finding.involvement().label(),
                finding.remoteIp().orElse(null),
                finding.remoteCountry().orElse(null),
                finding.threatListNames());
    }

    private static int severityRank(@Nullable String label) {
        return Stream.of(Severity.values())
                .filter(severity -> severity.label().equals(label))
                .findFirst()
                .map(Enum::ordinal)
                .orElse(-1);
    }

    private static Map<String, InterfaceStatus> byId(List<InterfaceStatus> interfaces) {
        Map<String, InterfaceStatus> byId = new LinkedHashMap<>();
        interfaces.forEach(each -> byId.put(each.id(), each));
        return byId;
    }

    private static TimelineEntry entry(Instant time, String action, String detail, String outcome) {
        return new TimelineEntry(time, action, bounded(detail), outcome);
    }

    private static String bounded(String text) {
        return text.length() <= LONGEST_DETAIL ? text : text.substring(0, LONGEST_DETAIL - 1) + "…";
    }

    static List<TimelineEntry> append(List<TimelineEntry> timeline, TimelineEntry entry) {
        if (timeline.contains(entry)) {
            return timeline;
        }
        List<TimelineEntry> all = new ArrayList<>(timeline);
        all.add(entry);
        return List.copyOf(all.subList(Math.max(0, all.size() - MOST_TIMELINE_ENTRIES), all.size()));
    }
}
