package io.ec2quarantine.core.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import io.ec2quarantine.core.CallFailure;
import io.ec2quarantine.core.evidence.Preserve.Scaling;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is to be done of each step, by what is asked, seen and written down. */
class NeedsTest {
    private static final String INSTANCE = "i-0123456789abcdef0";
    private static final Instant NOW = Instant.parse("2026-11-24T09:00:00Z");
    private static final TargetRegistration WEB = registration("web", 80);
    private static final TargetRegistration API = registration("api", 8080);
    private static final Preserve ALL = new Preserve(Scaling.DETACH, true, true, true);

    // --- Auto Scaling

    @ParameterizedTest
    @CsvSource(delimiter = '|', useHeadersInDisplayName = true, textBlock = """
            asked   | state               | recorded | need     | says
            LEAVE   | InService           |          | NotAsked |
            DETACH  |                     |          | None     | it is in no Auto Scaling group
            DETACH  |                     | Detach   | Met      | out of the Auto Scaling group web
            DETACH  | InService           |          | Open     | detached from the Auto Scaling group web
            DETACH  | InService           | Detach   | Open     | detached from the Auto Scaling group web
            STANDBY | InService           |          | Open     | on standby in the Auto Scaling group web
            STANDBY | Standby             | Standby  | Met      | out of the hands of the Auto Scaling group web (Standby)
            DETACH  | Standby             |          | Met      | out of the hands of the Auto Scaling group web (Standby)
            STANDBY | EnteringStandby     |          | Met      | out of the hands of the Auto Scaling group web (EnteringStandby)
            DETACH  | Detaching           | Detach   | Met      | out of the hands of the Auto Scaling group web (Detaching)
            DETACH  | Terminating:Wait    |          | Stuck    | autoscaling:DetachInstances; Terminating:Wait; lifecycle hook
            STANDBY | Terminating         |          | Stuck    | autoscaling:EnterStandby; lifecycle hook
            DETACH  | Warmed:Terminating  |          | Stuck    | lifecycle hook
            DETACH  | Pending:Wait        |          | Stuck    | Pending:Wait; only an instance in service
            """)
    void anInstanceInServiceLeavesItsAutoScalingGroup(
            Scaling asked, @Nullable String state, @Nullable String recorded, String need, @Nullable String says) {
        Need found = Needs.scaling(
                new Preserve(asked, false, false, false),
                INSTANCE,
                Optional.ofNullable(state).map(each -> new ScalingMembership("web", each, false)),
                Optional.ofNullable(recorded).map(each -> new Recorded.Taken("web", each)));

        assertNeed(found, need, says);
    }

    @Test
    void aProtectionFromScaleInThatIsLostIsSaid() {
        Need need = Needs.scaling(
                ALL, INSTANCE, Optional.of(new ScalingMembership("web", "InService", true)), Optional.empty());

        assertNeed(need, "Open", "which had protected it from scale-in");
    }

    @ParameterizedTest
    @CsvSource(useHeadersInDisplayName = true, textBlock = """
            state     , recorded , group written down
            InService ,          , other
            InService , web      , web
            Standby   , web      , web
            Pending   ,          ,
                      , web      , web
            """)
    void theGroupThatItIsAboutToLeaveIsWrittenDown(
            @Nullable String state, @Nullable String recorded, @Nullable String written) {
        Optional<Recorded.Taken> taken = Needs.toRecord(
                ALL,
                INSTANCE,
                Optional.ofNullable(state).map(each -> new ScalingMembership("other", each, false)),
                Optional.ofNullable(recorded).map(each -> new Recorded.Taken(each, "Standby")));

        assertThat(taken.map(Recorded.Taken::groupName)).isEqualTo(Optional.ofNullable(written));
    }

    // --- target groups

    @Test
    void aRegisteredInstanceLeavesItsTargetGroups() {
        assertNeed(Needs.targets(Preserve.NOTHING, List.of(WEB), List.of()), "NotAsked", null);
        assertNeed(Needs.targets(ALL, List.of(), List.of()), "None", "it is in no target group");
        assertNeed(Needs.targets(ALL, List.of(), List.of(WEB)), "Met", "out of the target group web");
        assertNeed(Needs.targets(ALL, List.of(WEB), List.of(WEB)), "Open", "out of the target group web");
        assertNeed(Needs.targets(ALL, List.of(WEB, API), List.of()), "Open", "out of 2 target groups (api, web)");
    }

    @Test
    void whatIsWrittenDownOfTargetsStaysAndWhatIsSeenComesToItOnce() {
        TargetRegistration other = new TargetRegistration(WEB.targetGroupArn(), 80, "10.0.0.9", Optional.of("all"));

        assertThat(Needs.toRecord(List.of(WEB, API, other), List.of(API))).containsExactly(API, WEB, other);
    }

    @Test
    void ofMoreRegistrationsThanTheRecordHoldsTheRestIsForAPerson() {
        List<TargetRegistration> many = IntStream.range(0, Needs.MOST_TARGETS + 1)
                .mapToObj(port -> registration("web", 1000 + port))
                .toList();

        assertThat(Needs.toRecord(many, List.of())).hasSize(Needs.MOST_TARGETS);
        assertNeed(
                Needs.tooMany(INSTANCE), "Stuck", "elasticloadbalancing:DeregisterTargets; " + INSTANCE + "; yourself");
    }

    // --- snapshots

    @ParameterizedTest
    @CsvSource(delimiter = '|', useHeadersInDisplayName = true, textBlock = """
            asked | volumes | taken | begun seconds ago | need     | says
            false | 2       |       |                   | NotAsked |
            true  | 2       |       |                   | Open     | copied
            true  | 0       |       |                   | None     | it has no EBS volumes
            true  | 2       | snap  |                   | Met      | snapshots of its volumes begun (snap)
            true  | 0       | snap  |                   | Met      | snapshots of its volumes begun (snap)
            true  | 2       |       | 0                 | Awaited  |
            true  | 2       |       | 29                | Awaited  |
            true  | 2       |       | 30                | Open     | copied
            true  | 2       | snap  | 5                 | Met      | snapshots of its volumes begun (snap)
            """)
    void volumesAreCopiedOnceAndWhatMayBeUnderWayIsWaitedFor(
            boolean asked,
            int volumes,
            @Nullable String taken,
            @Nullable Long begun,
            String need,
            @Nullable String says) {
        Recorded recorded = new Recorded(
                Optional.empty(),
                List.of(),
                Optional.empty(),
                Optional.ofNullable(taken).stream().toList(),
                Optional.ofNullable(begun).map(NOW::minusSeconds));

        Need found = Needs.snapshots(
                new Preserve(Scaling.LEAVE, false, asked, false),
                IntStream.range(0, volumes).mapToObj(each -> "vol-" + each).toList(),
                recorded,
                NOW);

        assertNeed(found, need, says);
    }

    // --- instance profile

    @Test
    void aProfileIsTakenAwayWhereThatIsAsked() {
        ProfileAssociation web = new ProfileAssociation("a-1", "arn:aws:iam::111122223333:instance-profile/path/web");

        assertNeed(Needs.profile(Preserve.NOTHING, List.of(web), Optional.empty()), "NotAsked", null);
        assertNeed(Needs.profile(ALL, List.of(), Optional.empty()), "None", "it has no instance profile");
        assertNeed(Needs.profile(ALL, List.of(web), Optional.empty()), "Open", "without the instance profile web");
        assertNeed(Needs.profile(ALL, List.of(), Optional.of(web.arn())), "Met", "without the instance profile web");
    }

    // --- what is said

    @Test
    void onlyWhatIsDoneOrDoesNotApplyIsTold() {
        assertThat(Needs.told(List.of(
                        new Need.Met("done"),
                        new Need.NotAsked(),
                        new Need.Open("open"),
                        new Need.None("nothing"),
                        Needs.tooMany(INSTANCE))))
                .containsExactly("done", "nothing");
    }

    @Test
    void anythingAskedIsAsked() {
        assertThat(Preserve.NOTHING.isAnything()).isFalse();
        assertThat(List.of(
                        new Preserve(Scaling.STANDBY, false, false, false),
                        new Preserve(Scaling.LEAVE, true, false, false),
                        new Preserve(Scaling.LEAVE, false, true, false),
                        new Preserve(Scaling.LEAVE, false, false, true)))
                .allMatch(Preserve::isAnything);
    }

    @Test
    void aNameFromOutsideStaysOnOneLine() {
        assertThat(Shown.name(" a\r\nb\u202e{{c}}\u0000 ")).isEqualTo("a b {{c}}");
    }

    private static void assertNeed(Need found, String need, @Nullable String says) {
        assertThat(found.getClass().getSimpleName()).isEqualTo(need);
        String text = switch (found) {
            case Need.NotAsked _, Need.Awaited _ -> "";
            case Need.None(String because) -> because;
            case Need.Met(String sentence) -> sentence;
            case Need.Open(String sentence) -> sentence;
            case Need.Stuck(CallFailure failure) -> failure.sentence();
        };
        Optional.ofNullable(says).ifPresent(each -> assertThat(text).contains(each.split("; ")));
    }

    private static TargetRegistration registration(String name, int port) {
        return new TargetRegistration(
                "arn:aws:elasticloadbalancing:us-west-2:111122223333:targetgroup/" + name + "/0123456789abcdef",
                port,
                INSTANCE,
                Optional.empty());
    }
}
