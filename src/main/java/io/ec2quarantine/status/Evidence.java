package io.ec2quarantine.status;

import io.ec2quarantine.api.v1alpha1.Condition;
import io.ec2quarantine.api.v1alpha1.ConditionType;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.InstanceStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.TerminationBaseline;
import io.ec2quarantine.core.CallFailure;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What the status says of the steps that preserve evidence. */
public final class Evidence {
    /** The API could terminate the instance before its quarantine. */
    public static final String DISABLED = "Disabled";

    private static final String UNKNOWN = "Unknown";
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
                        new TerminationBaseline(protection, perhapsOurs ? "unknown" : behaviorNow)))
                .build();
    }

    /** Says how the steps ended. */
    public static QuarantinedInstanceStatus after(
            QuarantinedInstanceStatus before, Claim claim, long generation, Instant now) {
        List<Condition> conditions = Conditions.upsert(before.conditions(), List.of(claim), generation, now);
        return new StatusBuilder(before).conditions(conditions).build();
    }

    /** What a finished attempt lets the condition say. */
    public static Claim claim(boolean asked, boolean spot, Optional<CallFailure> failure) {
        if (!asked) {
            return Claim.yes(ConditionType.EVIDENCE_PRESERVED, "NothingAsked", "The response asks for no step.");
        }
        if (spot) {
            return Claim.no(
                    ConditionType.EVIDENCE_PRESERVED,
                    SPOT_INSTANCE,
                    "A Spot instance has no termination protection; take what you need from it soon.");
        }
        return failure.map(each -> Claim.no(ConditionType.EVIDENCE_PRESERVED, each.reason(), each.sentence()))
                .orElseGet(() -> Claim.yes(
                        ConditionType.EVIDENCE_PRESERVED,
                        "TerminationProtected",
                        "The instance cannot be terminated through the API, and a shutdown from inside stops it."));
    }
}
