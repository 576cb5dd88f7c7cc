package io.ec2quarantine.status;

import io.ec2quarantine.api.v1alpha1.Condition;
import io.ec2quarantine.api.v1alpha1.ConditionType;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus;
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
import io.ec2quarantine.core.isolation.Baseline;
import io.ec2quarantine.core.isolation.Difference;
import io.ec2quarantine.core.isolation.GroupState;
import io.ec2quarantine.core.isolation.InstanceFacts;
import io.ec2quarantine.core.isolation.InterfaceState;
import io.ec2quarantine.core.isolation.Observation;
import io.ec2quarantine.core.isolation.Verification;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The next status of a quarantine: pure functions of the one before, so that a write can be repeated on fresh state, and
 * on a state that holds it already because only its answer was lost.
 */
public final class QuarantineStatuses {
    /** How long the printed verification time may lag behind the reads. */
    public static final Duration PRINT_LAG = Duration.ofMinutes(5);

    private static final int MOST_TIMELINE_ENTRIES = 50;
    private static final int LONGEST_DETAIL = 512;
    private static final String CLEANED_UP = "CleanedUp";
    private static final String AND = "; ";

    private QuarantineStatuses() {}

    /**
     * Opens the episode with the response that it is carried out with. It is frozen from then on, unless another policy
     * raises a quarantine that so far only observed. After a release the next episode opens, and writes down anew; after
     * one that was begun and not finished it opens with what is written down already.
     */
    public static QuarantinedInstanceStatus opened(
            QuarantinedInstanceStatus last, Optional<String> policy, Response response, Instant now) {
        boolean next = QuarantineReading.openSince(last).isPresent();
        if (!next && QuarantineReading.partlyReleasedTime(last).isPresent()) {
            return takenBack(last, now);
        }
        QuarantinedInstanceStatus before = next ? cleared(last) : last;
        Optional<Episode> present = Optional.ofNullable(before.episode());
        boolean samePolicy = present.map(Episode::policyName).equals(policy);
        if (!next && before.response() != null && (samePolicy || QuarantineReading.isWrittenDown(before))) {
            return QuarantineReading.isWrittenDown(before) ? before : reachable(before, before.response(), response);
        }
        Episode episode = new Episode(
                present.map(Episode::number).orElse(0) + (next || present.isEmpty() ? 1 : 0),
                present.filter(_ -> !next).map(Episode::openedTime).orElse(now),
                present.filter(_ -> !next).map(Episode::isolatedTime).orElse(null),
                null,
                null,
                policy.orElse(null),
                QuarantineReading.openSince(last)
                        .or(() -> present.map(Episode::releasedBeforeTime))
                        .orElse(null));
        String by = policy.map(name -> "by policy " + name).orElse("by hand");
        return new StatusBuilder(before)
                .episode(episode)
                .response(response)
                .timeline(entry(now, "Opened", next ? by + ", episode " + episode.number() : by, "Done"))
                .build();
    }

    /**
     * While nothing is written down, a policy may still say by which role the instance can be reached: an episode that opened
     * without one could else never begin.
     */
    private static QuarantinedInstanceStatus reachable(
            QuarantinedInstanceStatus before, Response frozen, Response written) {
        return written.access() == null || written.access().equals(frozen.access())
                ? before
                : new StatusBuilder(before)
                        .response(frozen.reachedBy(written.access()))
                        .build();
    }

    /**
     * Interfaces that the release had not reached are still isolated, by the frozen response, and what they had before
     * cannot be seen any more; those that it had given back are as they were written down.
     */
    private static QuarantinedInstanceStatus takenBack(QuarantinedInstanceStatus last, Instant now) {
        int number = QuarantineReading.episodeNumber(last) + 1;
        Optional<Episode> released = Optional.ofNullable(last.episode());
        return new StatusBuilder(last)
                .episode(new Episode(
                        number,
                        now,
                        null,
                        null,
                        null,
                        released.map(Episode::policyName).orElse(null),
                        released.map(Episode::releasedBeforeTime).orElse(null)))
                .conditions(withoutWhatWasReadBefore(last.conditions()))
                .changes(
                        ConnectionRecords.isBeingOpened(last)
                                ? last.changes()
                                : ConnectionRecords.withoutOpened(last.changes()))
                .evidence(null)
                .timeline(entry(now, "Opened", "episode " + number + ", in the middle of a release", "Done"))
                .build();
    }

    /** A release is about to give the first group back. */
    public static QuarantinedInstanceStatus beingGivenBack(QuarantinedInstanceStatus before, Instant now) {
        return new StatusBuilder(before).partlyReleasedTime(now).build();
    }

    /**
     * A person lets an instance go. One that was never isolated is open from now on, whether it can be read or not: what it
     * does from here is news.
     */
    public static QuarantinedInstanceStatus letGo(QuarantinedInstanceStatus before, Instant now) {
        return QuarantineReading.isWrittenDown(before) ? before : beingGivenBack(before, now);
    }

    /** What the next episode must not take over from the last. */
    private static QuarantinedInstanceStatus cleared(QuarantinedInstanceStatus last) {
        InstanceStatus known = last.instance();
        // Until the cleaning up has ended, the instance may still be protected by us and not by its owner.
        boolean asBefore = QuarantineReading.isReleased(last);
        return new StatusBuilder(last)
                .interfaces(List.of())
                .isolationGroups(List.of())
                .verification(null)
                .instance(known == null || !asBefore ? known : known.withTerminationBaseline(null))
                .impact(asBefore ? null : last.impact())
                .changes(asBefore ? null : ConnectionRecords.withoutOpened(last.changes()))
                .evidence(null)
                .conditions(withoutEvidence(last.conditions()))
                .build();
    }

    /** The release may have opened it and not have lived to tell. */
    private static List<Condition> withoutWhatWasReadBefore(List<Condition> conditions) {
        Set<String> stale = Set.of(
                ConditionType.READY.text(),
                ConditionType.ISOLATED.text(),
                ConditionType.VERIFIED.text(),
                ConditionType.CONNECTIONS_CUT.text());
        return withoutEvidence(conditions).stream()
                .filter(condition -> !stale.contains(condition.type()))
                .toList();
    }

    /** What was done for it may have been undone with the release. */
    private static List<Condition> withoutEvidence(List<Condition> conditions) {
        return conditions.stream()
                .filter(condition -> !ConditionType.EVIDENCE_PRESERVED.text().equals(condition.type()))
                .toList();
    }

    /** Writes baselines down; one that is there already is never touched. */
    public static QuarantinedInstanceStatus writtenDown(
            QuarantinedInstanceStatus before, Observation.Present seen, List<Baseline> baselines, Instant now) {
        Set<String> written = QuarantineReading.record(before).interfaceIds();
        List<Baseline> fresh = baselines.stream()
                .filter(baseline -> !written.contains(baseline.interfaceId()))
                .toList();
        if (fresh.isEmpty()) {
            return before;
        }
        Map<String, InterfaceStatus> interfaces = InterfaceStatuses.byId(before.interfaces());
        Map<String, InterfaceState> states =
                seen.interfaces().stream().collect(Collectors.toMap(InterfaceState::id, state -> state));
        for (Baseline baseline : fresh) {
            InterfaceState state = states.get(baseline.interfaceId());
            if (state != null) {
                interfaces.put(state.id(), InterfaceStatuses.withBaseline(state, baseline));
            }
        }
        return new StatusBuilder(before)
                .instance(instance(before, seen.instance(), seen.interfaces()))
                .interfaces(InterfaceStatuses.bounded(List.copyOf(interfaces.values())))
                .timeline(entry(now, "BaselineRecorded", told(fresh), "Done"))
                .build();
    }

    private static String told(List<Baseline> baselines) {
        return baselines.stream()
                .map(each -> each.known() ? each.interfaceId() : each.interfaceId() + " (not known what it had)")
                .collect(Collectors.joining(", "));
    }

    /** Leaves out the findings that the spec does not list: they were an earlier episode's, or an earlier quarantine's. */
    public static QuarantinedInstanceStatus listing(QuarantinedInstanceStatus before, Set<String> findingIds) {
        List<FindingStatus> listed = FindingStatuses.listed(before.findings(), findingIds);
        return listed.equals(before.findings())
                ? before
                : new StatusBuilder(before).findings(listed).build();
    }

    /** Whether the status tells of a finding as it is. */
    public static boolean tellsOf(QuarantinedInstanceStatus status, Finding finding) {
        return FindingStatuses.tell(status.findings(), finding);
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
        List<FindingStatus> merged = FindingStatuses.merge(before.findings(), findings);
        StatusBuilder next =
                new StatusBuilder(before).observedGeneration(generation).findings(merged);
        List<Claim> claims = new ArrayList<>(QuarantineConditions.of(outcome, before, fight));
        describe(next, before, outcome, validity, now);
        Claim isolated = isolatedAfter(before, claims);
        Optional<Instant> isolatedTime = isolatedTime(before, outcome, isolated.status() == Condition.Status.TRUE);
        isolatedTime.ifPresent(next::isolatedTime);
        if (outcome instanceof QuarantineOutcome.GivenBack back && back.left().isDone()) {
            next.releasedTime(back.readBack().readTime());
        } else if (outcome instanceof QuarantineOutcome.GivenBack back && back.openInPart()) {
            next.partlyReleasedTime(back.readBack().readTime());
        }
        if (!(outcome instanceof QuarantineOutcome.Unsupported || outcome instanceof QuarantineOutcome.AtRest)) {
            claims.add(QuarantineConditions.connectionsCut(
                    isolated,
                    isolatedTime,
                    merged,
                    Claim.standing(before.conditions(), ConditionType.CONNECTIONS_CUT)));
        }
        return next.conditions(Conditions.upsert(before.conditions(), claims, generation, now))
                .build();
    }

    private static Claim isolatedAfter(QuarantinedInstanceStatus before, List<Claim> claims) {
        return claims.stream()
                .filter(claim -> claim.type() == ConditionType.ISOLATED)
                .findFirst()
                .or(() -> Claim.standing(before.conditions(), ConditionType.ISOLATED))
                .orElseGet(() ->
                        Claim.unknown(ConditionType.ISOLATED, "Pending", "The instance has not been looked at yet."));
    }

    /** The first read of the episode that found every interface isolated which is not for AWS alone to change. */
    private static Optional<Instant> isolatedTime(
            QuarantinedInstanceStatus before, QuarantineOutcome outcome, boolean isolated) {
        Optional<Instant> present = Optional.ofNullable(before.episode()).map(Episode::isolatedTime);
        if (present.isPresent()
                || !(outcome instanceof QuarantineOutcome.Isolated reached)
                || !(reached.readBack() instanceof Observation.Present seen)) {
            return present;
        }
        boolean asFarAsItCan =
                reached.verification() instanceof Verification.Drifted drifted && drifted.isForAwsAlone();
        return isolated || asFarAsItCan ? Optional.of(seen.readTime()) : present;
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
                        .interfaces(InterfaceStatuses.observed(before.interfaces(), observed.seen(), Map.of()));
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
                String known = cleanedUp(before);
                List<String> told = Stream.concat(cleaned.left().stream(), cleaned.actions().stream())
                        .filter(each -> !known.contains(AND + each + AND))
                        .toList();
                if (!told.isEmpty()) {
                    next.timeline(entry(now, CLEANED_UP, String.join(AND, told), ended(cleaned.failures())));
                }
            }
            case QuarantineOutcome.OnOwnNode _,
                    QuarantineOutcome.Unsupported _,
                    QuarantineOutcome.Unreadable _,
                    QuarantineOutcome.AtRest _ -> {}
        }
    }

    /** What a release has told of its cleaning up so far, which is tried again as long as a part of it fails. */
    private static String cleanedUp(QuarantinedInstanceStatus status) {
        return QuarantineReading.releasedTime(status)
                .map(released -> status.timeline().stream()
                        .filter(each -> CLEANED_UP.equals(each.action())
                                && each.time() != null
                                && !each.time().isBefore(released))
                        .map(each -> String.valueOf(each.detail()))
                        .collect(Collectors.joining(AND, AND, AND)))
                .orElse("");
    }

    private static void describe(
            StatusBuilder next,
            QuarantinedInstanceStatus before,
            QuarantineOutcome.Isolated outcome,
            Duration validity,
            Instant now) {
        if (outcome.readBack() instanceof Observation.Present seen) {
            next.instance(instance(before, seen.instance(), seen.interfaces()))
                    .interfaces(InterfaceStatuses.observed(before.interfaces(), seen, outcome.groups()))
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
                .interfaces(InterfaceStatuses.released(before.interfaces(), seen, outcome.interfaces()));
        // A release whose last write was lost with its operator is told by whoever finds it done.
        boolean firstFound = outcome.left().isDone()
                && QuarantineReading.releasedTime(before).isEmpty();
        if (!outcome.actions().isEmpty() || firstFound) {
            String actions = outcome.actions().isEmpty()
                    ? "nothing was left to give back"
                    : String.join("; ", outcome.actions());
            next.timeline(
                    entry(now, outcome.left().isDone() ? "Released" : "Releasing", actions, ended(outcome.failures())));
        }
    }

    private static String ended(List<CallFailure> failures) {
        return failures.isEmpty() ? "Done" : failures.getFirst().reason();
    }

    /**
     * Counts what a look found changed after the isolation had been reached.
     *
     * @param seenTime when it was looked: what was told since of the same changes is the same drift, told by another operator
     */
    public static QuarantinedInstanceStatus drifted(
            QuarantinedInstanceStatus before,
            List<Difference> differences,
            List<String> actions,
            List<CallFailure> failures,
            Instant seenTime,
            Instant now) {
        VerificationStatus present = before.verification();
        String found = differences.stream().map(Difference::sentence).collect(Collectors.joining("; "));
        String done = failures.isEmpty()
                ? "undone: " + (actions.isEmpty() ? "it had gone by itself" : String.join("; ", actions))
                : "not all undone yet: " + failures.getFirst().sentence();
        String detail = bounded(found + "; " + done);
        Drift drift = new Drift(now, detail);
        Optional<Drift> last = Optional.ofNullable(present).map(VerificationStatus::lastDrift);
        if (last.filter(known -> drift.equals(known) || tells(known, found, seenTime))
                .isPresent()) {
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

    private static boolean tells(Drift drift, String found, Instant seenTime) {
        return drift.time() != null
                && drift.time().isAfter(seenTime)
                && drift.detail() != null
                && drift.detail().startsWith(bounded(found + "; "));
    }

    private static VerificationStatus read(QuarantinedInstanceStatus before, Instant readTime, Duration validity) {
        VerificationStatus present = before.verification();
        return new VerificationStatus(
                readTime,
                readTime.plus(validity).plus(PRINT_LAG),
                present == null || present.driftCount() == null ? Integer.valueOf(0) : present.driftCount(),
                present == null ? null : present.lastDrift());
    }

    /** The chosen groups; where none could be chosen, the one that is used still is the one. */
    private static List<IsolationGroupStatus> groups(
            QuarantinedInstanceStatus before, Map<String, String> chosen, List<GroupState> seen) {
        Map<String, String> used =
                new HashMap<>(QuarantineReading.record(before).groups());
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

    static TimelineEntry entry(Instant time, String action, String detail, String outcome) {
        return new TimelineEntry(time, action, bounded(detail), outcome);
    }

    static String bounded(String text) {
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
