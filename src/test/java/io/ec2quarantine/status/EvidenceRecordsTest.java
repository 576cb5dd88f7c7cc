package io.ec2quarantine.status;

import static io.ec2quarantine.core.isolation.Seen.READ;
import static org.assertj.core.api.Assertions.assertThat;

import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.AddressChange;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.Changes;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.Impact;
import io.ec2quarantine.api.v1alpha1.Response;
import io.ec2quarantine.core.CallFailure;
import io.ec2quarantine.core.Result;
import io.ec2quarantine.core.evidence.Preserve;
import io.ec2quarantine.core.evidence.Preserve.Scaling;
import io.ec2quarantine.core.evidence.Recorded;
import io.ec2quarantine.core.evidence.ScalingMembership;
import io.ec2quarantine.core.evidence.Surroundings;
import io.ec2quarantine.core.evidence.TargetRegistration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a quarantine writes down of its instance's surroundings. */
class EvidenceRecordsTest {
    private static final QuarantinedInstanceStatus NOTHING = QuarantinedInstanceStatus.empty();
    private static final ScalingMembership MEMBER = new ScalingMembership("web", "InService", false);
    private static final TargetRegistration TARGET =
            new TargetRegistration("arn:targetgroup/web/1", 80, "i-1", Optional.of("us-west-2a"));
    private static final Recorded.Taken DETACHED = new Recorded.Taken("web", "Detach");
    private static final CallFailure DENIED =
            new CallFailure.Denied("elasticloadbalancing:DescribeTargetGroups", "the target groups", "no");

    @Test
    void aResponseThatWasFrozenBeforeThereWasAStepDoesNotAskForIt() {
        assertThat(EvidenceRecords.asked(NOTHING)).isEqualTo(Preserve.NOTHING);
        assertThat(EvidenceRecords.asked(frozen(null, null, null, null))).isEqualTo(Preserve.NOTHING);
        assertThat(EvidenceRecords.asked(frozen(
                        Response.AutoScaling.STANDBY,
                        Response.LoadBalancers.DEREGISTER,
                        Response.VolumeSnapshots.TAKE,
                        Response.InstanceProfile.DISASSOCIATE)))
                .isEqualTo(new Preserve(Scaling.STANDBY, true, true, true));
        assertThat(EvidenceRecords.asked(frozen(
                        Response.AutoScaling.DETACH,
                        Response.LoadBalancers.LEAVE,
                        Response.VolumeSnapshots.SKIP,
                        Response.InstanceProfile.LEAVE)))
                .isEqualTo(new Preserve(Scaling.DETACH, false, false, false));
    }

    @Test
    void whatIsWrittenDownIsReadAsItWas() {
        QuarantinedInstanceStatus written = EvidenceRecords.snapshotsTaken(
                EvidenceRecords.snapshotsBegun(changed(NOTHING), READ), List.of("snap-2", "snap-1"));

        assertThat(EvidenceRecords.recorded(written))
                .isEqualTo(new Recorded(
                        Optional.of(DETACHED),
                        List.of(TARGET),
                        Optional.of("arn:profile"),
                        List.of("snap-1", "snap-2"),
                        Optional.of(READ)));
        assertThat(EvidenceRecords.recorded(NOTHING)).isEqualTo(Recorded.NOTHING);
        assertThat(changed(written)).as("writing it down again changes nothing").isEqualTo(written);
    }

    @Test
    void whatOthersHaveWrittenDownOfTheirChangesStays() {
        AddressChange address = new AddressChange("eni-1", "203.0.113.9", null, null);
        QuarantinedInstanceStatus before = new StatusBuilder(NOTHING)
                .changes(new Changes(null, List.of(), null, List.of(address), List.of(), List.of()))
                .build();

        assertThat(Optional.ofNullable(changed(before).changes()).map(Changes::addresses))
                .contains(List.of(address));
    }

    @Test
    void nothingAffectedLeavesNoImpact() {
        assertThat(EvidenceRecords.impact(NOTHING, around(null, List.of(), List.of()), READ))
                .isEqualTo(NOTHING);
    }

    @Test
    void theImpactIsReadAnewUntilSomethingIsChangedAndStaysAsItWasThen() {
        QuarantinedInstanceStatus observed =
                EvidenceRecords.impact(NOTHING, around(null, List.of(), List.of("203.0.113.9")), READ);
        QuarantinedInstanceStatus isolated =
                EvidenceRecords.impact(observed, around(MEMBER, List.of(TARGET), List.of("203.0.113.10")), READ);
        Impact then = new Impact("web", List.of("arn:targetgroup/web/1"), List.of("203.0.113.10"), null);

        assertThat(isolated.impact()).isEqualTo(then);
        assertThat(EvidenceRecords.impact(changed(isolated), around(null, List.of(), List.of()), READ)
                        .impact())
                .isEqualTo(then);
    }

    @Test
    void whatCannotBeReadIsSaidOnceAndTakesNothingAwayThatIsKnown() {
        QuarantinedInstanceStatus known =
                EvidenceRecords.impact(NOTHING, around(MEMBER, List.of(TARGET), List.of()), READ);
        Surroundings unreadable = new Surroundings(
                Result.ok(Optional.of(MEMBER)), Result.failed(DENIED), List.of(), Result.ok(Optional.empty()));

        QuarantinedInstanceStatus after = EvidenceRecords.impact(known, unreadable, READ);

        assertThat(after.impact()).isEqualTo(known.impact());
        assertThat(after.timeline()).singleElement().satisfies(each -> {
            assertThat(each.action()).isEqualTo("ImpactUnknown");
            assertThat(each.detail()).isEqualTo(DENIED.sentence());
            assertThat(each.outcome()).isEqualTo("Denied");
        });
        assertThat(EvidenceRecords.impact(after, unreadable, READ.plusSeconds(60)))
                .isEqualTo(after);
    }

    @Test
    void moreThanTheSchemaHoldsIsNotWritten() {
        List<String> many =
                IntStream.range(0, 100).mapToObj(each -> "203.0.113." + each).toList();
        List<TargetRegistration> groups = many.stream()
                .map(each -> new TargetRegistration("arn:" + each, 80, "i-1", Optional.empty()))
                .toList();

        assertThat(EvidenceRecords.impact(NOTHING, around(null, groups, many), READ)
                        .impact())
                .satisfies(impact -> assertThat(impact.publicIPs()).hasSize(64))
                .satisfies(impact -> assertThat(impact.targetGroups()).hasSize(64));
        assertThat(EvidenceRecords.recorded(EvidenceRecords.snapshotsTaken(NOTHING, many))
                        .snapshotIds())
                .hasSize(64);
    }

    @Test
    void anAttemptThatCameToNothingIsTakenBackByWhoBeganIt() {
        Instant begun = READ;
        QuarantinedInstanceStatus under = EvidenceRecords.snapshotsBegun(NOTHING, begun);

        assertThat(EvidenceRecords.snapshotsNotBegun(under, begun)).isEqualTo(NOTHING);
        assertThat(EvidenceRecords.snapshotsNotBegun(under, begun.plusSeconds(1)))
                .isEqualTo(under);
        QuarantinedInstanceStatus taken = EvidenceRecords.snapshotsTaken(under, List.of("snap-1"));
        assertThat(EvidenceRecords.snapshotsNotBegun(taken, begun)).isEqualTo(taken);
    }

    private static QuarantinedInstanceStatus changed(QuarantinedInstanceStatus before) {
        return EvidenceRecords.toBeChanged(
                before, Optional.of(DETACHED), Optional.of(MEMBER), List.of(TARGET), Optional.of("arn:profile"));
    }

    @Test
    void anAddressThatWasTakenOffBeforeItsLossWasWrittenDownIsAmongWhatTheIsolationAffects() {
        QuarantinedInstanceStatus cut = new StatusBuilder(NOTHING)
                .changes(new Changes(
                        null,
                        List.of(),
                        null,
                        List.of(new AddressChange("eni-1", "203.0.113.9", null, null)),
                        List.of(),
                        List.of()))
                .build();

        assertThat(EvidenceRecords.impact(cut, around(null, List.of(), List.of()), READ)
                        .impact())
                .isEqualTo(new Impact(null, List.of(), List.of("203.0.113.9"), null));
    }

    private static Surroundings around(
            @Nullable ScalingMembership member, List<TargetRegistration> targets, List<String> publicIps) {
        return new Surroundings(
                Result.ok(Optional.ofNullable(member)), Result.ok(targets), publicIps, Result.ok(Optional.empty()));
    }

    private static QuarantinedInstanceStatus frozen(
            Response.@Nullable AutoScaling autoScaling,
            Response.@Nullable LoadBalancers loadBalancers,
            Response.@Nullable VolumeSnapshots snapshots,
            Response.@Nullable InstanceProfile profile) {
        return new StatusBuilder(NOTHING)
                .response(new Response(
                        null,
                        null,
                        new Response.Preserve(null, autoScaling, loadBalancers, snapshots, profile),
                        null,
                        List.of()))
                .build();
    }
}
