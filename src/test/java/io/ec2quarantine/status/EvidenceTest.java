package io.ec2quarantine.status;

import static io.ec2quarantine.core.isolation.Seen.READ;
import static org.assertj.core.api.Assertions.assertThat;

import io.ec2quarantine.api.v1alpha1.Condition.Status;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.InstanceStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.TerminationBaseline;
import io.ec2quarantine.core.CallFailure;
import io.ec2quarantine.core.evidence.Need;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EvidenceTest {
    private static final QuarantinedInstanceStatus LOOKED_AT = new StatusBuilder(QuarantinedInstanceStatus.empty())
            .instance(new InstanceStatus(
                    "web-1", List.of("vpc-1"), "running", "10.0.0.5", "203.0.113.9", READ, "arn:profile", null))
            .build();

    @Test
    void howItWasProtectedIsWrittenDownOnce() {
        QuarantinedInstanceStatus written = Evidence.terminationBaseline(LOOKED_AT, false, "terminate", false);

        assertThat(written.instance())
                .isEqualTo(new InstanceStatus(
                        "web-1",
                        List.of("vpc-1"),
                        "running",
                        "10.0.0.5",
                        "203.0.113.9",
                        READ,
                        "arn:profile",
                        new TerminationBaseline("Disabled", "terminate")));
        assertThat(Evidence.terminationBaseline(written, true, "stop", false))
                .as("what we have changed since is not what was before")
                .isEqualTo(written);
    }

    @ParameterizedTest
    @CsvSource(useHeadersInDisplayName = true, textBlock = """
            protected now , behaviour now , changed before , protection , behaviour
            true          , stop          , false          , Enabled    , stop
            false         , terminate     , false          , Disabled   , terminate
            true          , stop          , true           , Unknown    , unknown
            false         , stop          , true           , Disabled   , unknown
            true          , terminate     , true           , Unknown    , terminate
            """)
    void whatAnEarlierQuarantineMayHaveMadeSoIsNotKnown(
            boolean protectedNow, String behaviorNow, boolean changedBefore, String protection, String behavior) {
        QuarantinedInstanceStatus written =
                Evidence.terminationBaseline(LOOKED_AT, protectedNow, behaviorNow, changedBefore);

        assertThat(Optional.ofNullable(written.instance()).map(InstanceStatus::terminationBaseline))
                .contains(new TerminationBaseline(protection, behavior));
    }

    @Test
    void anInstanceThatWasNotLookedAtHasNoPlaceForIt() {
        assertThat(Evidence.terminationBaseline(QuarantinedInstanceStatus.empty(), true, "stop", false))
                .isEqualTo(QuarantinedInstanceStatus.empty());
    }

    @ParameterizedTest
    @CsvSource(useHeadersInDisplayName = true, textBlock = """
            asked , spot  , failed , status , reason
            false , false , false  , TRUE   , NothingAsked
            false , true  , false  , TRUE   , NothingAsked
            true  , true  , false  , FALSE  , SpotInstance
            true  , false , false  , TRUE   , TerminationProtected
            true  , false , true   , FALSE  , Denied
            true  , true  , true   , FALSE  , Denied
            false , false , true   , FALSE  , Denied
            """)
    void theConditionSaysHowTheStepsEnded(boolean asked, boolean spot, boolean failed, Status status, String reason) {
        CallFailure denied = new CallFailure.Denied("ec2:ModifyInstanceAttribute", "i-1", "not yours");

        Claim claim = Evidence.claim(asked, spot, failed ? List.of(denied) : List.of(), List.of());
        QuarantinedInstanceStatus after = Evidence.after(LOOKED_AT, claim, 1, READ);

        assertThat(claim.status()).isEqualTo(status);
        assertThat(claim.reason()).isEqualTo(reason);
        assertThat(Evidence.isFinished(after)).isEqualTo(status == Status.TRUE || reason.equals("SpotInstance"));
        assertThat(Evidence.after(after, claim, 1, READ.plusSeconds(60)))
                .as("saying it again changes nothing")
                .isEqualTo(after);
    }

    @ParameterizedTest
    @CsvSource(useHeadersInDisplayName = true, textBlock = """
            protection , spot  , snapshots , status , reason
            true       , false , Met       , TRUE   , Preserved
            true       , false , None      , TRUE   , TerminationProtected
            true       , false , NotAsked  , TRUE   , TerminationProtected
            true       , true  , Met       , FALSE  , SpotInstance
            false      , true  , Met       , TRUE   , Preserved
            false      , false , None      , TRUE   , Preserved
            false      , false , NotAsked  , TRUE   , NothingAsked
            """)
    void whatElseWasKeptAndWhatDoesNotApplyIsSaidPlainly(
            boolean protection, boolean spot, String snapshots, Status status, String reason) {
        Need need = switch (snapshots) {
            case "Met" -> new Need.Met("snapshots begun");
            case "None" -> new Need.None("it has no EBS volumes");
            default -> new Need.NotAsked();
        };

        Claim claim = Evidence.claim(protection, spot, List.of(), List.of(need));

        assertThat(claim.status()).isEqualTo(status);
        assertThat(claim.reason()).isEqualTo(reason);
        switch (need) {
            case Need.Met(String sentence) -> assertThat(claim.message()).endsWith(": " + sentence + ".");
            case Need.None(String because) -> assertThat(claim.message()).endsWith(": " + because + ".");
            default -> assertThat(claim.message()).doesNotContain("Beside that");
        }
    }

    @Test
    void whatWasDoneIsToldInTheTimelineAndNothingDoneIsNot() {
        assertThat(Evidence.carriedOut(LOOKED_AT, List.of(), List.of(), READ)).isEqualTo(LOOKED_AT);
        assertThat(Evidence.carriedOut(LOOKED_AT, List.of("one", "two"), List.of(), READ)
                        .timeline())
                .singleElement()
                .satisfies(each -> assertThat(each.detail()).isEqualTo("one; two"))
                .satisfies(each -> assertThat(each.outcome()).isEqualTo("Done"));
    }

    @Test
    void everyActionThatFailedIsNamedOnce() {
        Claim claim = Evidence.claim(
                true,
                false,
                List.of(
                        new CallFailure.Denied("ec2:ModifyInstanceAttribute", "i-1", "no"),
                        new CallFailure.Denied("ec2:CreateTags", "i-1", "no"),
                        new CallFailure.Denied("ec2:CreateTags", "eni-1", "no")),
                List.of());

        assertThat(claim.message())
                .contains("ec2:ModifyInstanceAttribute for i-1")
                .containsOnlyOnce("ec2:CreateTags");
    }

    @Test
    void onceDoneOnlyWhatAPersonMustMendIsToldOfTheMarks() {
        QuarantinedInstanceStatus done =
                Evidence.after(LOOKED_AT, Evidence.claim(true, false, List.of(), List.of()), 1, READ);
        CallFailure throttled = new CallFailure.Throttled("ec2:CreateTags", "i-1", "slow down");
        CallFailure denied = new CallFailure.Denied("ec2:CreateTags", "i-1", "no");

        assertThat(Evidence.isNews(LOOKED_AT, List.of(throttled))).isTrue();
        assertThat(Evidence.isNews(done, List.of())).isFalse();
        assertThat(Evidence.isNews(done, List.of(throttled))).isFalse();
        assertThat(Evidence.isNews(done, List.of(throttled, denied))).isTrue();
    }

    @Test
    void nothingIsPreservedBeforeAnythingIsSaid() {
        assertThat(Evidence.isFinished(LOOKED_AT)).isFalse();
    }
}
