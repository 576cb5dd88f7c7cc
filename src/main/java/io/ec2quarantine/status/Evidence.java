package io.ec2quarantine.status;

import io.ec2quarantine.api.v1alpha1.Condition;
import io.ec2quarantine.api.v1alpha1.ConditionType;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.InstanceStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.TerminationBaseline;
import io.ec2quarantine.core.CallFailure;
import io.ec2quarantine.core.evidence.Need;
import io.ec2quarantine.core.evidence.Needs;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What the status says of the steps that preserve evidence. */
public final class Evidence {
    /** The API could terminate the instance before its quarantine. */
    public static final String DISABLED = "Disabled";

    private static final String PROTECTED =
            "The instance cannot be terminated through the API, and a shutdown from inside stops it.";
    private static final String UNKNOWN = "Unknown";
    private static final String UNKNOWN_BEHAVIOR = "unknown";
    private static final String SPOT_INSTANCE = "SpotInstance";

    private Evidence() {}

    /** Whether nothing is left to do: every step is done, or cannot ever be. */
    public static boolean isFinished(QuarantinedInstanceStatus status) {
        return Conditions.find(status.conditions(), ConditionType.EVIDENCE_PRESERVED)
                .filter(condition ->
                        condition.status() == Condition.Status.TRUE || SPOT_INSTANCE.equals(condition.reason()))
                .isPresent();
    }

    /**
     * Writes down how the instance was protected against termination; what is written down already stays.
     *
     * @param protectedNow whether the API cannot terminate the instance now
     * @param behaviorNow what a shutdown from inside does now
     * @param changedBefore whether an earlier quarantine may have made it so
     */
    public static QuarantinedInstanceStatus terminationBaseline(
            QuarantinedInstanceStatus before, boolean protectedNow, String behaviorNow, boolean changedBefore) {
        InstanceStatus instance = before.instance();
        if (instance == null || instance.terminationBaseline() != null) {
            return before;
        }
        String protection = !protectedNow ? DISABLED : changedBefore ? UNKNOWN : "Enabled";
        boolean perhapsOurs = changedBefore && behaviorNow.equals("stop");
        return new StatusBuilder(before)
                .instance(instance.withTerminationBaseline(
                        new TerminationBaseline(protection, perhapsOurs ? UNKNOWN_BEHAVIOR : behaviorNow)))
                .build();
    }

    /** What a release leaves as the isolation made it, since nobody knows any more what it was. */
    public static List<String> leftProtected(QuarantinedInstanceStatus status) {
        Optional<TerminationBaseline> baseline =
                Optional.ofNullable(status.instance()).map(InstanceStatus::terminationBaseline);
        return Stream.of(
                        baseline.map(TerminationBaseline::apiTermination)
                                .filter(UNKNOWN::equals)
                                .map(_ -> "it is not known whether it was protected against termination before, and the"
                                        + " protection was left on"),
                        baseline.map(TerminationBaseline::shutdownBehavior)
                                .filter(UNKNOWN_BEHAVIOR::equals)
                                .map(_ -> "it is not known whether a shutdown from inside terminated it before, and"
                                        + " its shutdown behavior was left as it is"))
                .flatMap(Optional::stream)
                .toList();
    }

    /** Says how the steps ended. */
    public static QuarantinedInstanceStatus after(
            QuarantinedInstanceStatus before, Claim claim, long generation, Instant now) {
        List<Condition> conditions = Conditions.upsert(before.conditions(), List.of(claim), generation, now);
        return new StatusBuilder(before).conditions(conditions).build();
    }

    /** Says what was done; nothing done leaves no trace. */
    public static QuarantinedInstanceStatus carriedOut(
            QuarantinedInstanceStatus before, List<String> actions, List<CallFailure> failures, Instant now) {
        return actions.isEmpty()
                ? before
                : new StatusBuilder(before)
                        .timeline(QuarantineStatuses.entry(
                                now,
                                "EvidencePreserved",
                                String.join("; ", actions),
                                failures.isEmpty()
                                        ? "Done"
                                        : failures.getFirst().reason()))
                        .build();
    }

    /** Whether an attempt is to be told: of steps that are done, and marks that get lost, only what a person must mend. */
    public static boolean isNews(QuarantinedInstanceStatus status, List<CallFailure> failures) {
        return !isFinished(status) || failures.stream().anyMatch(each -> !QuarantineConditions.passesByItself(each));
    }

    /**
     * What a finished attempt lets the condition say.
     *
     * @param asked whether protection against termination is asked for
     * @param failures what could not be done of the steps, and of the marks by which people find them
     * @param needs what became of the other steps
     */
    public static Claim claim(boolean asked, boolean spot, List<CallFailure> failures, List<Need> needs) {
        if (!failures.isEmpty()) {
            return Claim.no(
                    ConditionType.EVIDENCE_PRESERVED, failures.getFirst().reason(), sentences(failures));
        }
        if (!asked && needs.stream().allMatch(Need.NotAsked.class::isInstance)) {
            return Claim.yes(ConditionType.EVIDENCE_PRESERVED, "NothingAsked", "The response asks for no step.");
        }
        if (asked && spot) {
            return Claim.no(
                    ConditionType.EVIDENCE_PRESERVED,
                    SPOT_INSTANCE,
                    "A Spot instance has no termination protection; take what you need from it soon."
                            + told("Beside that: ", needs));
        }
        boolean protectedAlone = asked && needs.stream().noneMatch(Need.Met.class::isInstance);
        return Claim.yes(
                ConditionType.EVIDENCE_PRESERVED,
                protectedAlone ? "TerminationProtected" : "Preserved",
                (asked ? PROTECTED + told("Beside that: ", needs) : told("The instance: ", needs)).strip());
    }

    private static String told(String opening, List<Need> needs) {
        List<String> told = Needs.told(needs);
        return told.isEmpty() ? "" : " " + opening + String.join("; ", told) + ".";
    }

    /** Each action once: what is denied for one interface is denied for all. */
    private static String sentences(List<CallFailure> failures) {
        Map<String, String> byCall = new LinkedHashMap<>();
        failures.forEach(each -> byCall.putIfAbsent(each.call(), each.sentence()));
        return String.join(" ", byCall.values());
    }
}
