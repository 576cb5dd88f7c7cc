package io.ec2quarantine.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.ec2quarantine.api.v1alpha1.ConditionType;
import io.ec2quarantine.api.v1alpha1.IsolationPolicyStatus;
import io.ec2quarantine.core.CallFailure;
import io.ec2quarantine.core.access.Access;
import io.ec2quarantine.core.preflight.Answer;
import io.ec2quarantine.core.preflight.Checked;
import io.ec2quarantine.core.preflight.Feature;
import io.ec2quarantine.core.preflight.Need;
import io.ec2quarantine.core.preflight.Needs;
import io.ec2quarantine.core.preflight.Place;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What dry runs let a policy say: no failure reads as permission, and none as its want. */
class PermissionClaimsTest {
    private static final Access SPLIT =
            new Access(Optional.of("respond"), Optional.of("release"), Optional.empty(), Optional.of("hush"));
    private static final Access ONE =
            new Access(Optional.of("respond"), Optional.empty(), Optional.empty(), Optional.empty());
    private static final Set<Feature> ASKED =
            Set.of(Feature.LOOK, Feature.ISOLATE, Feature.GROUP, Feature.MARK, Feature.RELEASE);
    private static final CallFailure TIMED_OUT = new CallFailure.Transient("ec2:X", "t", "timed out");
    private static final CallFailure NO_ROLE = new CallFailure.Denied("sts:AssumeRole", "respond", "not yours");

    private static final CallFailure NOT_ON_LIST = new CallFailure.RoleNotAllowed(
            "sts:AssumeRole", "arn:aws:iam::111122223333:role/respond", "the role is not on the operator's allow-list");

    /** Two accounts; an answer is that of the one action named there, and everything else is allowed. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', useHeadersInDisplayName = true, textBlock = """
            first                | second              | opening | reason
            allowed              | allowed             | denied  | TRUE AllAllowed
            MARK denied          | allowed             | denied  | FALSE MissingPermissions
            allowed              | MARK denied         | allowed | FALSE MissingPermissions
            allowed              | allowed             | allowed | FALSE TooMuchAllowed
            allowed              | allowed             | nothing | TRUE AllAllowed
            LOOK no answer       | allowed             | denied  | UNKNOWN Unreadable
            LOOK no answer       | MARK denied         | denied  | FALSE MissingPermissions
            unreadable           | allowed             | denied  | UNKNOWN Unreadable
            perhaps unreadable   | allowed             | denied  | TRUE AllAllowed
            perhaps unreadable   | perhaps unreadable  | denied  | UNKNOWN NotCheckable
            no role              | allowed             | denied  | FALSE MissingPermissions
            perhaps no role      | allowed             | denied  | TRUE AllAllowed
            not on list          | allowed             | denied  | FALSE RoleNotAllowed
            not on list          | MARK denied         | denied  | FALSE RoleNotAllowed
            perhaps not on list  | allowed             | denied  | TRUE AllAllowed
            RELEASE not on list  | allowed             | denied  | FALSE RoleNotAllowed
            given up             | allowed             | denied  | UNKNOWN GivenUp
            given up             | unreadable          | denied  | UNKNOWN GivenUp
            given up             | MARK denied         | denied  | FALSE MissingPermissions
            perhaps given up     | allowed             | denied  | UNKNOWN GivenUp
            RELEASE no role      | allowed             | denied  | FALSE MissingPermissions
            ISOLATE nothing      | allowed             | denied  | UNKNOWN NotCheckable
            MARK nothing         | allowed             | denied  | TRUE AllAllowed
            """)
    void theWorstThatIsKnownIsSaid(String first, String second, String opening, String reason) {
        Claim claim = PermissionClaims.of(
                ASKED, SPLIT, List.of(place("111122223333", first, opening), place("444455556666", second, opening)));

        assertThat(claim.status() + " " + claim.reason()).isEqualTo(reason);
    }

    @Test
    void whatIsMissingIsNamedWithWhereForWhomAndWhatItBreaks() {
        Claim claim = PermissionClaims.of(ASKED, SPLIT, List.of(place("111122223333", "MARK denied", "denied")));

        assertThat(claim.message())
                .contains("ec2:CreateTags in 111122223333/us-west-2 for the role respond")
                .contains("a release role that goes by the tag gives nothing back")
                .contains("docs/iam")
                .doesNotContain("hush");
    }

    @Test
    void aRoleThatIsNotOnTheAllowListIsNoRightThatIsMissing() {
        Claim claim = PermissionClaims.of(ASKED, SPLIT, List.of(place("111122223333", "not on list", "denied")));

        assertThat(claim.message())
                .isEqualTo(
                        "sts:AssumeRole for arn:aws:iam::111122223333:role/respond was not sent (the role is not on the"
                                + " operator's allow-list); name a role that is on it in the policy, or add this one to"
                                + " OPERATOR_ROLE_ALLOWLIST.");
    }

    @Test
    void besideARoleThatIsNotOnTheAllowListTheRightsThatAreMissingAreNamedToo() {
        Claim claim = PermissionClaims.of(
                ASKED,
                SPLIT,
                List.of(
                        place("111122223333", "RELEASE not on list", "denied"),
                        place("444455556666", "MARK denied", "denied")));

        assertThat(claim.message())
                .contains("OPERATOR_ROLE_ALLOWLIST. ec2:CreateTags in 444455556666/us-west-2 for the role respond")
                .containsOnlyOnce("allow-list");
    }

    @Test
    void whoeverMayNotBeAssumedMayNotExistAndThatIsSaid() {
        String check = "Check the names under spec.response.access";

        assertThat(PermissionClaims.of(ASKED, SPLIT, List.of(place("111122223333", "no role", "denied")))
                        .message())
                .contains("sts:AssumeRole in 111122223333/us-west-2 for the role respond")
                .contains(check);
        assertThat(PermissionClaims.of(ASKED, SPLIT, List.of(place("111122223333", "RELEASE no role", "denied")))
                        .message())
                .contains("sts:AssumeRole in 111122223333/us-west-2 for the role release")
                .contains(check);
        assertThat(PermissionClaims.of(ASKED, SPLIT, List.of(place("111122223333", "MARK denied", "denied")))
                        .message())
                .doesNotContain(check);
    }

    @Test
    void anActionThatSeveralFeaturesNeedIsNamedOnceAsNotTried() {
        Claim claim = PermissionClaims.of(
                Set.of(Feature.LOOK, Feature.ISOLATE, Feature.RELEASE, Feature.IDLE_TIMEOUTS),
                SPLIT,
                List.of(place("111122223333", "ISOLATE,RELEASE nothing", "denied")));

        assertThat(claim.reason()).isEqualTo("NotCheckable");
        assertThat(claim.message())
                .containsOnlyOnce("ec2:ModifyNetworkInterfaceAttribute")
                .contains("to try this on: ec2:ModifyNetworkInterfaceAttribute in 111122223333/us-west-2.")
                .contains("There was nothing to try this on either: ec2:CreateTags, ");
    }

    @Test
    void whatIsGivenUpIsNotSaidToBeTriedAgain() {
        Claim claim = PermissionClaims.of(ASKED, SPLIT, List.of(place("111122223333", "given up", "denied")));

        assertThat(claim.message())
                .isEqualTo("The check of 111122223333/us-west-2 failed (it was carried out) and is not tried again;"
                        + " mend that and restart the operator, or set OPERATOR_PREFLIGHT to Off.");
    }

    @Test
    void whoseReleasesAreNotKeptApartIsToldSoAndNotAccusedOfTooMuch() {
        Claim claim = PermissionClaims.of(ASKED, ONE, List.of(place("111122223333", "allowed", "allowed")));

        assertThat(claim.reason()).isEqualTo("AllAllowed");
        assertThat(claim.message()).contains("The same identity isolates and gives back");
    }

    @Test
    void whatHasNoDryRunIsNamedAndNotTakenForAllowed() {
        Claim claim = PermissionClaims.of(
                Set.of(Feature.LOOK, Feature.AUTO_SCALING), SPLIT, List.of(place("111122223333", "allowed", "denied")));

        assertThat(claim.message())
                .startsWith("Whatever could be tried is allowed in 111122223333/us-west-2.")
                .contains("Known only at the first use: autoscaling:");
    }

    @Test
    void anActionThatTheResponseDoesNotAskForIsNotMissed() {
        Claim claim = PermissionClaims.of(
                Set.of(Feature.LOOK), SPLIT, List.of(place("111122223333", "MARK denied", "denied")));

        assertThat(claim.reason()).isEqualTo("AllAllowed");
    }

    @Test
    void withoutAnAccountNothingIsClaimed() {
        Claim claim = PermissionClaims.of(ASKED, SPLIT, List.of());

        assertThat(claim.reason()).isEqualTo("NotCheckable");
        assertThat(claim.message()).contains("spec.match.accountIDs");
    }

    @Test
    void whereNothingIsTriedAnyMoreNoWordStands() {
        Instant now = Instant.parse("2026-11-24T09:00:00Z");
        Claim claim = PermissionClaims.of(ASKED, SPLIT, List.of());
        IsolationPolicyStatus told =
                PermissionClaims.in(IsolationPolicyStatus.empty(), true, Optional.of(claim), 1, now);

        assertThat(Conditions.find(told.conditions(), ConditionType.PERMISSIONS_SUFFICIENT))
                .isPresent();
        assertThat(PermissionClaims.in(told, true, Optional.empty(), 1, now).conditions())
                .isEqualTo(told.conditions());
        assertThat(PermissionClaims.in(told, false, Optional.empty(), 1, now).conditions())
                .isEmpty();
    }

    private static Checked place(String account, String what, String opening) {
        boolean certain = !what.startsWith("perhaps ");
        Place place = new Place(account, "us-west-2", certain);
        String plain = what.replace("perhaps ", "");
        if (plain.equals("unreadable") || plain.equals("no role") || plain.equals("not on list")) {
            return new Checked.Unreadable(place, failure(plain));
        }
        if (plain.equals("given up")) {
            return new Checked.GivenUp(place, "it was carried out");
        }
        String[] words = plain.split(" ", 2);
        Map<Need, Answer> answers = Needs.of(Set.of(Feature.values())).stream()
                .collect(Collectors.toMap(
                        need -> need,
                        need -> need.trial().isEmpty()
                                ? new Answer.NotTried()
                                : answer(
                                        List.of(words[0].split(","))
                                                        .contains(need.feature().name())
                                                ? words[1]
                                                : "allowed"),
                        (first, _) -> first));
        return new Checked.Tried(place, answers, answer(opening));
    }

    private static Answer answer(String word) {
        return switch (word) {
            case "allowed" -> new Answer.Allowed();
            case "denied" -> new Answer.Denied();
            case "nothing" -> new Answer.NothingToTryOn();
            default -> new Answer.NoAnswer(failure(word));
        };
    }

    private static CallFailure failure(String word) {
        return switch (word) {
            case "no role" -> NO_ROLE;
            case "not on list" -> NOT_ON_LIST;
            default -> TIMED_OUT;
        };
    }
}
