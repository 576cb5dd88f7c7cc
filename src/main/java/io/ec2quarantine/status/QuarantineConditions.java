package io.ec2quarantine.status;

import static io.ec2quarantine.api.v1alpha1.ConditionType.CONNECTIONS_CUT;
import static io.ec2quarantine.api.v1alpha1.ConditionType.ISOLATED;
import static io.ec2quarantine.api.v1alpha1.ConditionType.READY;
import static io.ec2quarantine.api.v1alpha1.ConditionType.RECONCILING;
import static io.ec2quarantine.api.v1alpha1.ConditionType.STALLED;
import static io.ec2quarantine.api.v1alpha1.ConditionType.VERIFIED;

import io.ec2quarantine.api.v1alpha1.Condition;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.FindingStatus;
import io.ec2quarantine.core.CallFailure;
import io.ec2quarantine.core.isolation.Difference;
import io.ec2quarantine.core.isolation.DriftHistory;
import io.ec2quarantine.core.isolation.Observation;
import io.ec2quarantine.core.isolation.Verification;
import io.ec2quarantine.core.policy.Hold;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What each outcome lets the conditions say: never more than was read. */
final class QuarantineConditions {
    /** A person cannot have it reached either, unless the object or AWS changes. */
    static final String ACCESS_MISSING = "ForensicAccessMissing";

    static final String UNSUPPORTED = "Unsupported";

    private static final String NOT_ISOLATED = "The instance is not isolated.";
    private static final String NOT_WATCHED = "Every interface is in an isolation group without rules that an earlier"
            + " quarantine left, and nothing keeps it there; set spec.desiredState to Isolated to have it kept.";
    private static final String ON_OWN_NODE = "The operator itself runs on this instance, and isolated it could neither"
            + " verify nor keep what it did; run a replica on another node, to which it hands over by itself.";
    private static final String WAITS_FOR_A_PERSON =
            "Nothing is under way until a person has mended what Stalled says.";

    private QuarantineConditions() {}

    static List<Claim> of(QuarantineOutcome outcome, QuarantinedInstanceStatus before, Optional<String> fight) {
        List<Claim> claims = of(outcome, before);
        boolean isolated = outcome instanceof QuarantineOutcome.Isolated || outcome instanceof QuarantineOutcome.Swept;
        return fight.filter(_ -> isolated)
                .map(sentence -> fought(claims, sentence))
                .orElse(claims);
    }

    /** What works against the operator is for a person to find and stop, however often it is repaired. */
    private static List<Claim> fought(List<Claim> claims, String sentence) {
        List<Claim> all = new ArrayList<>(claims);
        boolean stalledAnyway =
                all.stream().anyMatch(claim -> claim.type() == STALLED && claim.status() == Condition.Status.TRUE);
        if (!stalledAnyway) {
            all.removeIf(claim -> claim.type() == STALLED);
            all.add(
                    Claim.yes(
                            STALLED,
                            "DriftLoop",
                            "The same drift was found " + DriftHistory.FIGHT + " times within "
                                    + DriftHistory.WINDOW.toMinutes() + " minutes (" + sentence
                                    + "); find out in CloudTrail who changes it and stop that, the operator goes on repairing."));
        }
        return List.copyOf(all);
    }

    private static List<Claim> of(QuarantineOutcome outcome, QuarantinedInstanceStatus before) {
        return switch (outcome) {
            case QuarantineOutcome.Unsupported(String sentence) -> unsupported(sentence);
            case QuarantineOutcome.OnOwnNode _ -> onOwnNode();
            case QuarantineOutcome.Observed observed -> observed(observed);
            case QuarantineOutcome.Unreadable unreadable ->
                unreadable(
                        unreadable.failure(),
                        before,
                        unreadable.foundOpen() || QuarantineReading.isPartlyReleased(before));
            case QuarantineOutcome.Terminated _ -> terminated();
            case QuarantineOutcome.Isolated isolated -> isolated(isolated, before);
            case QuarantineOutcome.Swept(Verification verification, Optional<CallFailure> inTheWay) ->
                swept(verification, inTheWay);
            case QuarantineOutcome.GivenBack back -> ReleaseConditions.givenBack(back);
            case QuarantineOutcome.CleanedUp cleaned -> ReleaseConditions.cleanedUp(cleaned);
            case QuarantineOutcome.AtRest _ -> List.of();
        };
    }

    /**
     * What is known of the connections, which no read of interfaces can tell.
     *
     * @param isolated what is known of the isolation
     * @param standing what was said of them before
     */
    static Claim connectionsCut(
            Claim isolated, Optional<Instant> isolatedTime, List<FindingStatus> findings, Optional<Claim> standing) {
        if (isolated.status() == Condition.Status.UNKNOWN) {
            return Claim.unknown(
                    CONNECTIONS_CUT,
                    isolated.reason(),
                    "Whether the instance is isolated is not known: " + isolated.message());
        }
        if (isolated.status() == Condition.Status.FALSE || isolatedTime.isEmpty()) {
            return Claim.unknown(CONNECTIONS_CUT, "NotIsolated", "This quarantine does not isolate the instance.");
        }
        return findings.stream()
                .filter(finding -> isAfter(finding.lastSeenTime(), isolatedTime.get()))
                .findFirst()
                .map(finding -> Claim.no(
                        CONNECTIONS_CUT,
                        "StillActive",
                        "GuardDuty saw " + finding.type() + " at " + finding.lastSeenTime()
                                + ", after the isolation; stop the instance or block its flows at the subnet's network"
                                + " ACL to cut connections that security groups still track."))
                .or(() -> standing.filter(ConnectionClaims::isSaid))
                .orElseGet(() -> Claim.unknown(
                        CONNECTIONS_CUT,
                        ConnectionClaims.MAY_PERSIST,
                        "Security groups do not cut connections that are already tracked; watch for new activity."));
    }

    /** GuardDuty tells whole seconds: what was seen within the second of the isolation may have been before it. */
    private static boolean isAfter(@Nullable Instant seen, Instant isolated) {
        return seen != null && seen.truncatedTo(ChronoUnit.SECONDS).isAfter(isolated.truncatedTo(ChronoUnit.SECONDS));
    }

    private static List<Claim> onOwnNode() {
        String reason = "OwnNode";
        return List.of(
                Claim.no(READY, reason, ON_OWN_NODE),
                Claim.no(ISOLATED, reason, NOT_ISOLATED),
                Claim.unknown(VERIFIED, reason, NOT_ISOLATED),
                Claim.no(RECONCILING, reason, WAITS_FOR_A_PERSON),
                Claim.yes(STALLED, reason, ON_OWN_NODE));
    }

    private static List<Claim> unsupported(String sentence) {
        return List.of(
                Claim.no(READY, UNSUPPORTED, sentence),
                Claim.no(RECONCILING, UNSUPPORTED, WAITS_FOR_A_PERSON),
                Claim.yes(STALLED, UNSUPPORTED, sentence));
    }

    private static List<Claim> observed(QuarantineOutcome.Observed observed) {
        Claim ready = observedReady(observed);
        boolean left = observed.seen().isIsolatedByEarlierQuarantine();
        return List.of(
                ready,
                left
                        ? Claim.yes(ISOLATED, "NotWatched", NOT_WATCHED)
                        : Claim.no(ISOLATED, ready.reason(), NOT_ISOLATED),
                left
                        ? Claim.unknown(VERIFIED, "NotWatched", NOT_WATCHED)
                        : Claim.unknown(VERIFIED, "NotIsolated", NOT_ISOLATED),
                settled(),
                notStalled());
    }

    private static Claim observedReady(QuarantineOutcome.Observed observed) {
        String plan = observed.plan().isEmpty()
                ? "The instance is isolated already"
                : "Isolating would " + String.join(", ", observed.plan());
        return observed.hold()
                .map(hold -> Claim.no(READY, reason(hold.reason()), hold.sentence() + " " + plan + "."))
                .orElseGet(() -> observed.awaitsApproval()
                        ? Claim.no(READY, "AwaitingApproval", plan + "; set spec.desiredState to Isolated to approve.")
                        : Claim.yes(READY, "DryRun", plan + "; nothing is changed."));
    }

    private static String reason(Hold.Reason hold) {
        if (hold == Hold.Reason.PAUSED) {
            return "Paused";
        }
        return hold.isPassing() ? "Deferred" : "AwaitingApproval";
    }

    private static List<Claim> unreadable(CallFailure failure, QuarantinedInstanceStatus before, boolean mayBeOpen) {
        List<Claim> claims = new ArrayList<>();
        claims.add(Claim.no(READY, reason(failure), failure.sentence()));
        boolean known = Conditions.find(before.conditions(), ISOLATED)
                .filter(condition -> condition.status() != Condition.Status.UNKNOWN)
                .isPresent();
        if (!known || mayBeOpen) {
            claims.add(Claim.unknown(ISOLATED, reason(failure), failure.sentence()));
        }
        claims.add(Claim.unknown(VERIFIED, reason(failure), failure.sentence()));
        claims.addAll(progress(List.of(failure)));
        return claims;
    }

    private static List<Claim> terminated() {
        String sentence = "The instance is terminated: nothing is left to isolate, and this episode is over.";
        return List.of(
                Claim.yes(READY, "InstanceTerminated", sentence),
                Claim.no(ISOLATED, "InstanceTerminated", sentence),
                Claim.unknown(VERIFIED, "InstanceTerminated", sentence),
                settled(),
                notStalled());
    }

    private static List<Claim> isolated(QuarantineOutcome.Isolated outcome, QuarantinedInstanceStatus before) {
        return switch (outcome.verification()) {
            case Verification.Verified _ -> verified(interfaceCount(outcome.readBack()));
            case Verification.Drifted drifted -> drifted(drifted, outcome);
            case Verification.Unknown(String reason, String sentence) ->
                readBackFailed(
                        reason, sentence, outcome.foundOpen() || !Conditions.isTrue(before.conditions(), ISOLATED));
        };
    }

    private static List<Claim> swept(Verification verification, Optional<CallFailure> inTheWay) {
        return switch (verification) {
            case Verification.Verified _ -> readBack();
            case Verification.Drifted _ -> List.of();
            case Verification.Unknown(String reason, String sentence) -> {
                List<Claim> claims = new ArrayList<>();
                claims.add(Claim.no(
                        READY,
                        inTheWay.filter(failure -> !passesByItself(failure))
                                .map(QuarantineConditions::reason)
                                .orElse(reason),
                        sentence));
                claims.add(Claim.unknown(VERIFIED, reason, sentence));
                inTheWay.ifPresent(failure -> claims.addAll(progress(List.of(failure))));
                yield claims;
            }
        };
    }

    private static List<Claim> verified(int interfaces) {
        String all = switch (interfaces) {
            case 1 -> "Its one interface is";
            case 2 -> "Both interfaces are";
            default -> "All " + interfaces + " interfaces are";
        };
        List<Claim> claims = new ArrayList<>(readBack());
        claims.add(Claim.yes(ISOLATED, "Isolated", all + " in the isolation group and in no other."));
        return claims;
    }

    private static List<Claim> readBack() {
        return List.of(
                Claim.yes(READY, "Isolated", "The instance is isolated, and the isolation was read back."),
                Claim.yes(VERIFIED, "Verified", "The interfaces and their isolation group were read back as desired."),
                settled(),
                notStalled());
    }

    private static List<Claim> drifted(Verification.Drifted drifted, QuarantineOutcome.Isolated outcome) {
        String differences =
                drifted.differences().stream().map(Difference::sentence).collect(Collectors.joining("; ")) + ".";
        long outside = drifted.differences().stream()
                .flatMap(difference -> difference.interfaceConcerned().stream())
                .distinct()
                .count();
        int all = interfaceCount(outcome.readBack());
        String reason = outside == 0 ? groupReason(drifted) : outside < all ? "Partial" : "NotIsolated";
        List<Claim> claims = new ArrayList<>();
        claims.add(Claim.no(READY, reason, differences));
        claims.add(
                outside == 0
                        ? Claim.yes(ISOLATED, "Isolated", "Every interface is in the isolation group and in no other.")
                        : Claim.no(
                                ISOLATED,
                                reason,
                                (all - outside) + " of " + all + " interfaces isolated: " + differences));
        claims.add(Claim.no(VERIFIED, reason, differences));
        claims.addAll(drifted.isForAwsAlone() ? stalled(UNSUPPORTED, differences) : progress(outcome.failures()));
        return claims;
    }

    private static List<Claim> readBackFailed(String reason, String sentence, boolean wasOpen) {
        List<Claim> claims = new ArrayList<>();
        claims.add(Claim.no(READY, reason, sentence));
        if (wasOpen) {
            claims.add(Claim.unknown(ISOLATED, reason, sentence));
        }
        claims.add(Claim.unknown(VERIFIED, reason, sentence));
        claims.add(Claim.yes(RECONCILING, reason, "The read-back is tried again by itself."));
        claims.add(notStalled());
        return claims;
    }

    private static String groupReason(Verification.Drifted drifted) {
        return drifted.differences().stream()
                .map(difference -> switch (difference) {
                    case Difference.NoGroup _ -> "IsolationGroupNotFound";
                    case Difference.NotOurs _ -> "IsolationGroupNotOwned";
                    case Difference.Joined _ -> "IsolationGroupJoined";
                    case Difference.GroupLacksRules _ -> ACCESS_MISSING;
                    case Difference.GroupHasRules _,
                            Difference.GroupNotEmptied _,
                            Difference.OtherGroups _,
                            Difference.Unchangeable _ -> "IsolationGroupHasRules";
                })
                .findFirst()
                .orElse("IsolationGroupHasRules");
    }

    private static List<Claim> progress(List<CallFailure> failures) {
        return progress(failures, "Isolating", "The isolation is under way.");
    }

    /** What waits for time alone is under way; what waits for a person is stalled. */
    static List<Claim> progress(List<CallFailure> failures, String work, String underWay) {
        return failures.stream()
                .filter(failure -> !passesByItself(failure))
                .findFirst()
                .map(failure -> stalled(reason(failure), failure.sentence()))
                .orElseGet(() -> List.of(
                        Claim.yes(
                                RECONCILING,
                                failures.isEmpty() ? work : reason(failures.getFirst()),
                                failures.isEmpty()
                                        ? underWay
                                        : failures.getFirst().sentence()),
                        notStalled()));
    }

    /** What was just made is often not visible yet; an instance that is not found was there long before its finding. */
    static boolean passesByItself(CallFailure failure) {
        return switch (failure) {
            case CallFailure.Throttled _, CallFailure.Transient _ -> true;
            case CallFailure.NotFound _ -> !isMissingInstance(failure);
            case CallFailure.Denied _,
                    CallFailure.RoleNotAllowed _,
                    CallFailure.NoCredentials _,
                    CallFailure.Invalid _ -> false;
        };
    }

    private static boolean isMissingInstance(CallFailure failure) {
        return failure instanceof CallFailure.NotFound && failure.call().equals("ec2:DescribeInstances");
    }

    private static String reason(CallFailure failure) {
        return isMissingInstance(failure) ? "InstanceNotFound" : failure.reason();
    }

    static List<Claim> stalled(String reason, String sentence) {
        return List.of(Claim.no(RECONCILING, reason, WAITS_FOR_A_PERSON), Claim.yes(STALLED, reason, sentence));
    }

    static Claim settled() {
        return Claim.no(RECONCILING, "Settled", "Nothing is under way.");
    }

    static Claim notStalled() {
        return Claim.no(STALLED, "NotStalled", "Nothing has to be mended.");
    }

    private static int interfaceCount(Observation seen) {
        return seen instanceof Observation.Present present
                ? present.interfaces().size()
                : 0;
    }
}
