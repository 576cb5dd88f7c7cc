package io.ec2quarantine.status;

import static io.ec2quarantine.api.v1alpha1.ConditionType.EVIDENCE_PRESERVED;
import static io.ec2quarantine.api.v1alpha1.ConditionType.ISOLATED;
import static io.ec2quarantine.api.v1alpha1.ConditionType.READY;
import static io.ec2quarantine.api.v1alpha1.ConditionType.RECONCILING;
import static io.ec2quarantine.api.v1alpha1.ConditionType.VERIFIED;

import io.ec2quarantine.core.CallFailure;
import io.ec2quarantine.core.isolation.ReleasePlan;
import io.ec2quarantine.core.isolation.Shortfall;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the way back lets the conditions say: never more than was read. */
final class ReleaseConditions {
    static final String RELEASED = "Released";
    static final String INCOMPLETE = "ReleaseIncomplete";
    private static final String RELEASING = "Releasing";

    private ReleaseConditions() {}

    static List<Claim> givenBack(QuarantineOutcome.GivenBack outcome) {
        return outcome.left().isDone() ? complete() : incomplete(outcome);
    }

    static List<Claim> cleanedUp(QuarantineOutcome.CleanedUp outcome) {
        if (outcome.failures().isEmpty()) {
            String left = outcome.left().isEmpty()
                    ? ""
                    : " Not everything else is as it was: " + String.join("; ", outcome.left()) + ".";
            return List.of(
                    Claim.yes(
                            READY,
                            RELEASED,
                            "Every interface was given its groups back, and the release was read back." + left),
                    Claim.unknown(
                            EVIDENCE_PRESERVED,
                            RELEASED,
                            left.isEmpty()
                                    ? "The instance is released; its protection against termination is what it was before."
                                    : "The instance is released." + left),
                    QuarantineConditions.settled(),
                    QuarantineConditions.notStalled());
        }
        String sentence = "Every interface was given its groups back, but not everything else is as it was: "
                + sentences(outcome.failures());
        boolean passes = outcome.failures().stream().allMatch(QuarantineConditions::passesByItself);
        List<Claim> claims = new ArrayList<>();
        claims.add(Claim.no(READY, passes ? RELEASING : INCOMPLETE, sentence));
        claims.addAll(
                passes
                        ? QuarantineConditions.progress(outcome.failures(), RELEASING, sentence)
                        : QuarantineConditions.stalled(INCOMPLETE, sentence));
        return claims;
    }

    private static List<Claim> complete() {
        String sentence = "Every interface was given its groups back.";
        return List.of(
                Claim.no(READY, RELEASING, sentence + " The marks and protections of the quarantine are taken away."),
                Claim.no(ISOLATED, RELEASED, sentence),
                Claim.unknown(VERIFIED, RELEASED, "The instance is released and no longer watched."),
                Claim.yes(RECONCILING, RELEASING, sentence),
                QuarantineConditions.notStalled());
    }

    private static List<Claim> incomplete(QuarantineOutcome.GivenBack outcome) {
        ReleasePlan left = outcome.left();
        List<CallFailure> lasting = outcome.failures().stream()
                .filter(Predicate.not(QuarantineConditions::passesByItself))
                .toList();
        String sentence = Stream.concat(
                        left.shortfalls().stream().map(Shortfall::sentence),
                        outcome.failures().stream().map(CallFailure::sentence).map(ReleaseConditions::withoutFullStop))
                .collect(Collectors.joining("; ", "", "."));
        boolean waitsForAPerson = !lasting.isEmpty()
                || (left.steps().isEmpty() && !left.shortfalls().isEmpty());
        String reason = waitsForAPerson ? INCOMPLETE : RELEASING;
        String message = sentence.equals(".") ? "The release is under way." : sentence;
        List<Claim> claims = new ArrayList<>();
        claims.add(Claim.no(READY, reason, message));
        claims.add(
                outcome.stillIsolated()
                        ? Claim.yes(ISOLATED, "Isolated", "Every interface is still in its isolation group.")
                        : Claim.no(ISOLATED, reason, message));
        claims.add(Claim.unknown(VERIFIED, reason, message));
        claims.addAll(
                waitsForAPerson
                        ? QuarantineConditions.stalled(INCOMPLETE, message)
                        : QuarantineConditions.progress(outcome.failures(), RELEASING, message));
        return claims;
    }

    private static String sentences(List<CallFailure> failures) {
        return failures.stream()
                .map(CallFailure::sentence)
                .map(ReleaseConditions::withoutFullStop)
                .collect(Collectors.joining("; ", "", "."));
    }

    private static String withoutFullStop(String sentence) {
        return sentence.endsWith(".") ? sentence.substring(0, sentence.length() - 1) : sentence;
    }
}
