package io.ec2quarantine.status;

import static io.ec2quarantine.core.finding.FindingBuilder.finding;
import static io.ec2quarantine.core.isolation.Seen.READ;
import static io.ec2quarantine.core.isolation.Seen.eni;
import static io.ec2quarantine.core.isolation.Seen.gone;
import static io.ec2quarantine.core.isolation.Seen.ours;
import static io.ec2quarantine.core.isolation.Seen.present;
import static io.ec2quarantine.core.isolation.Seen.running;
import static io.ec2quarantine.core.isolation.Seen.unchangeable;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.ec2quarantine.api.v1alpha1.Condition;
import io.ec2quarantine.api.v1alpha1.ConditionType;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.BaselineState;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.Episode;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.FindingStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.InstanceStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.InterfaceStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.IsolationGroupStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.TerminationBaseline;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.TimelineEntry;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.VerificationStatus;
import io.ec2quarantine.api.v1alpha1.Response;
import io.ec2quarantine.api.v1alpha1.Response.Isolation;
import io.ec2quarantine.api.v1alpha1.Response.OnDelete;
import io.ec2quarantine.api.v1alpha1.Response.Preserve;
import io.ec2quarantine.api.v1alpha1.Response.Release;
import io.ec2quarantine.api.v1alpha1.Response.TerminationProtection;
import io.ec2quarantine.core.CallFailure;
import io.ec2quarantine.core.finding.Finding;
import io.ec2quarantine.core.isolation.Baseline;
import io.ec2quarantine.core.isolation.Difference;
import io.ec2quarantine.core.isolation.IsolationRecord;
import io.ec2quarantine.core.isolation.Observation;
import io.ec2quarantine.core.isolation.ReleasePlan;
import io.ec2quarantine.core.isolation.Shortfall;
import io.ec2quarantine.core.isolation.Verification;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class QuarantineStatusesTest {
    private static final Instant NOW = READ.plusSeconds(1);
    private static final Instant LATER = NOW.plusSeconds(600);
    private static final Duration VALIDITY = Duration.ofMinutes(2);
    private static final Response RESPONSE = response("isolation");
    private static final Response EDITED = response("weaker");
    private static final QuarantinedInstanceStatus EMPTY = QuarantinedInstanceStatus.empty();
    private static final QuarantinedInstanceStatus OPENED =
            QuarantineStatuses.opened(EMPTY, Optional.of("p"), RESPONSE, NOW);

    private static final Observation.Present BEFORE = present(List.of(eni("eni-0", 0, "vpc-1", "sg-a")));
    private static final Baseline BASELINE = new Baseline("eni-0", List.of("sg-a"), true);
    private static final Observation.Present AFTER =
            present(List.of(eni("eni-0", 0, "vpc-1", "sg-iso")), ours("sg-iso", "vpc-1"));
    private static final QuarantinedInstanceStatus WRITTEN_DOWN =
            QuarantineStatuses.writtenDown(OPENED, BEFORE, List.of(BASELINE), NOW);
    private static final QuarantineOutcome ISOLATED = isolated(AFTER, new Verification.Verified(READ));

    @Nested
    class TheResponse {
        @Test
        void isFrozenWhenTheEpisodeOpens() {
            assertThat(OPENED.episode()).isEqualTo(new Episode(1, NOW, null, null, null, "p", null));
            assertThat(OPENED.response()).isEqualTo(RESPONSE);
            assertThat(OPENED.timeline()).containsExactly(new TimelineEntry(NOW, "Opened", "by policy p", "Done"));
        }

        @Test
        void isNotChangedByEditingThePolicy() {
            assertThat(QuarantineStatuses.opened(OPENED, Optional.of("p"), EDITED, LATER))
                    .isEqualTo(OPENED);
        }

        @Test
        void isReplacedWhenAnotherPolicyRaisesWhatOnlyObserved() {
            QuarantinedInstanceStatus raised = QuarantineStatuses.opened(OPENED, Optional.of("other"), EDITED, LATER);

            assertThat(raised.response()).isEqualTo(EDITED);
            assertThat(raised.episode()).isEqualTo(new Episode(1, NOW, null, null, null, "other", null));
            assertThat(raised.timeline()).hasSize(2);
        }

        @Test
        void isReplacedWhenAnotherPolicyRaisesWhatHasBeenLookedAtWithoutWritingDown() {
            QuarantinedInstanceStatus observed =
                    after(OPENED, new QuarantineOutcome.Observed(BEFORE, false, List.of()));

            assertThat(QuarantineStatuses.opened(observed, Optional.of("other"), EDITED, LATER)
                            .response())
                    .isEqualTo(EDITED);
        }

        @Test
        void staysOnceABaselineIsWrittenDownWhateverPolicyIsNamed() {
            assertThat(QuarantineStatuses.opened(WRITTEN_DOWN, Optional.of("other"), EDITED, LATER))
                    .isEqualTo(WRITTEN_DOWN);
            assertThat(QuarantineStatuses.opened(WRITTEN_DOWN, Optional.empty(), EDITED, LATER))
                    .isEqualTo(WRITTEN_DOWN);
        }

        @Test
        void andWhatIsWrittenDownStayInTheEpisodeThatOpensInTheMiddleOfARelease() {
            QuarantinedInstanceStatus isolated = after(WRITTEN_DOWN, ISOLATED);
            QuarantinedInstanceStatus partly = after(
                    isolated,
                    new QuarantineOutcome.GivenBack(
                            BEFORE,
                            BEFORE.interfaces(),
                            false,
                            true,
                            new ReleasePlan(List.of(), List.of(new Shortfall.GroupsGone("eni-0", List.of("sg-b")))),
                            List.of(),
                            List.of()));

            QuarantinedInstanceStatus next = QuarantineStatuses.opened(partly, Optional.of("other"), EDITED, LATER);

            assertThat(partly.episode()).isEqualTo(new Episode(1, NOW, READ, READ, null, "p", null));
            assertThat(next.episode()).isEqualTo(new Episode(2, LATER, null, null, null, "p", null));
            assertThat(next.response()).isEqualTo(RESPONSE);
            assertThat(next.interfaces()).isEqualTo(partly.interfaces());
            assertThat(next.isolationGroups()).isEqualTo(isolated.isolationGroups());
            assertThat(QuarantineStatuses.opened(next, Optional.of("other"), EDITED, LATER))
                    .isEqualTo(next);
        }

        @Test
        void takesNoOpeningAndNothingSaidOfConnectionsIntoTheEpisodeThatOpensInTheMiddleOfARelease() {
            QuarantinedInstanceStatus opening =
                    ConnectionRecords.opening(after(WRITTEN_DOWN, ISOLATED), List.of("eni-0"), NOW);
            QuarantinedInstanceStatus closed = ConnectionRecords.closed(opening, BEFORE, BEFORE, Duration.ZERO);

            QuarantinedInstanceStatus next = QuarantineStatuses.opened(
                    QuarantineStatuses.beingGivenBack(closed, NOW), Optional.of("p"), RESPONSE, LATER);

            assertThat(ConnectionRecords.wasOpened(closed)).isTrue();
            assertThat(ConnectionRecords.wasOpened(next)).isFalse();
            assertThat(Conditions.find(next.conditions(), ConditionType.CONNECTIONS_CUT))
                    .isEmpty();
            assertThat(ConnectionRecords.wasOpened(QuarantineStatuses.opened(
                            QuarantineStatuses.beingGivenBack(opening, NOW), Optional.of("p"), RESPONSE, LATER)))
                    .as("what may still be open is still to be closed")
                    .isTrue();
        }

        @Test
        void opensTheNextEpisodeWithTheTimeOfTheReleaseBeforeItWhichStands() {
            QuarantinedInstanceStatus released = new StatusBuilder(after(WRITTEN_DOWN, ISOLATED))
                    .releasedTime(READ)
                    .build();

            QuarantinedInstanceStatus next = QuarantineStatuses.opened(released, Optional.of("p"), RESPONSE, LATER);

            assertThat(next.episode()).isEqualTo(new Episode(2, LATER, null, null, null, "p", READ));
            assertThat(QuarantineStatuses.opened(next, Optional.of("other"), EDITED, LATER)
                            .episode())
                    .isEqualTo(new Episode(2, LATER, null, null, null, "other", READ));
        }

        @Test
        void ofAQuarantineByHandIsFrozenLikewise() {
            QuarantinedInstanceStatus byHand = QuarantineStatuses.opened(EMPTY, Optional.empty(), RESPONSE, NOW);

            assertThat(byHand.episode()).isEqualTo(new Episode(1, NOW, null, null, null, null, null));
            assertThat(byHand.timeline()).extracting(TimelineEntry::detail).containsExactly("by hand");
            assertThat(QuarantineStatuses.opened(byHand, Optional.empty(), EDITED, LATER))
                    .isEqualTo(byHand);
        }
    }

    @Nested
    class TheTerminationBaseline {
        private static final TerminationBaseline OF_THE_OWNER = new TerminationBaseline("Disabled", "terminate");
        private static final QuarantinedInstanceStatus GIVEN_BACK = after(
                Evidence.terminationBaseline(after(WRITTEN_DOWN, ISOLATED), false, "terminate", false),
                new QuarantineOutcome.GivenBack(
                        BEFORE,
                        BEFORE.interfaces(),
                        false,
                        true,
                        new ReleasePlan(List.of(), List.of()),
                        List.of(),
                        List.of()));

        @Test
        void isOfOneEpisodeOnceTheCleaningUpHasEnded() {
            QuarantinedInstanceStatus released =
                    after(GIVEN_BACK, new QuarantineOutcome.CleanedUp(List.of(), List.of()));

            assertThat(inTheNextEpisode(released)).isEmpty();
        }

        @Test
        void isTakenOverByAnEpisodeThatOpensBeforeTheCleaningUpHasEnded() {
            CallFailure denied = new CallFailure.Denied("ec2:ModifyInstanceAttribute", "i-1", "no");

            assertThat(inTheNextEpisode(GIVEN_BACK)).contains(OF_THE_OWNER);
            assertThat(inTheNextEpisode(after(GIVEN_BACK, new QuarantineOutcome.CleanedUp(List.of(denied), List.of()))))
                    .contains(OF_THE_OWNER);
        }

        private static Optional<TerminationBaseline> inTheNextEpisode(QuarantinedInstanceStatus last) {
            QuarantinedInstanceStatus next = QuarantineStatuses.opened(last, Optional.of("p"), EDITED, LATER);
            assertThat(next.interfaces()).isEmpty();
            return Optional.ofNullable(next.instance()).map(instance -> instance.terminationBaseline());
        }
    }

    @Nested
    class ABaseline {
        @Test
        void isWrittenDownWithItsState() {
            Observation.Present seen = present(
                    List.of(eni("eni-0", 0, "vpc-1", "sg-b", "sg-a"), unchangeable("eni-1", 1, "vpc-2", "sg-iso")));

            QuarantinedInstanceStatus written = QuarantineStatuses.writtenDown(
                    OPENED,
                    seen,
                    List.of(
                            new Baseline("eni-0", List.of("sg-a", "sg-b"), true),
                            new Baseline("eni-1", List.of(), false)),
                    LATER);

            assertThat(written.interfaces())
                    .containsExactly(
                            new InterfaceStatus(
                                    "eni-0",
                                    0,
                                    0,
                                    "vpc-1",
                                    List.of("sg-a", "sg-b"),
                                    BaselineState.RECORDED,
                                    List.of(),
                                    List.of("sg-a", "sg-b"),
                                    null),
                            new InterfaceStatus(
                                    "eni-1",
                                    0,
                                    1,
                                    "vpc-2",
                                    List.of(),
                                    BaselineState.UNKNOWN,
                                    List.of(),
                                    List.of("sg-iso"),
                                    "only AWS can change it"));
            assertThat(written.timeline().getLast())
                    .isEqualTo(new TimelineEntry(
                            LATER, "BaselineRecorded", "eni-0, eni-1 (not known what it had)", "Done"));
        }

        @Test
        void isNeverOverwritten() {
            QuarantinedInstanceStatus again = QuarantineStatuses.writtenDown(
                    WRITTEN_DOWN,
                    present(List.of(eni("eni-0", 0, "vpc-1", "sg-x"), eni("eni-1", 1, "vpc-1", "sg-b"))),
                    List.of(new Baseline("eni-0", List.of("sg-x"), true), new Baseline("eni-1", List.of("sg-b"), true)),
                    LATER);

            assertThat(again.interfaces()).extracting(InterfaceStatus::id).containsExactly("eni-0", "eni-1");
            assertThat(again.interfaces())
                    .extracting(InterfaceStatus::baseline)
                    .containsExactly(List.of("sg-a"), List.of("sg-b"));
        }

        @Test
        void isWrittenDownForAnInterfaceThatWasOnlyObservedSoFar() {
            QuarantinedInstanceStatus observed =
                    after(OPENED, new QuarantineOutcome.Observed(BEFORE, false, List.of()));
            assertThat(QuarantineReading.record(observed).interfaceIds()).isEmpty();

            QuarantinedInstanceStatus written =
                    QuarantineStatuses.writtenDown(observed, BEFORE, List.of(BASELINE), LATER);

            assertThat(written.interfaces())
                    .extracting(InterfaceStatus::baseline)
                    .containsExactly(List.of("sg-a"));
            assertThat(QuarantineReading.record(written).interfaceIds()).containsExactly("eni-0");
        }

        @Test
        void outlivesEveryLook() {
            Observation.Present moved = present(List.of(eni("eni-0", 0, "vpc-1", "sg-elsewhere")));
            List<QuarantineOutcome> outcomes = List.of(
                    ISOLATED,
                    isolated(moved, new Verification.Drifted(READ, List.of())),
                    isolated(new Observation.Unreadable(THROTTLED), new Verification.Unknown("Throttled", "Later.")),
                    new QuarantineOutcome.Observed(moved, true, List.of()),
                    new QuarantineOutcome.Unreadable(THROTTLED),
                    new QuarantineOutcome.Swept(new Verification.Verified(READ)),
                    new QuarantineOutcome.Unsupported("What is that?"),
                    new QuarantineOutcome.Terminated(gone()));

            assertThat(outcomes)
                    .allSatisfy(outcome -> assertThat(
                                    after(WRITTEN_DOWN, outcome).interfaces())
                            .singleElement()
                            .satisfies(each -> {
                                assertThat(each.baseline()).containsExactly("sg-a");
                                assertThat(each.baselineState()).isEqualTo(BaselineState.RECORDED);
                            }));
        }

        @Test
        void outlivesTheInterfacesDetachment() {
            Observation.Present without = present(List.of(eni("eni-1", 1, "vpc-1", "sg-iso")), ours("sg-iso", "vpc-1"));

            QuarantinedInstanceStatus status =
                    after(after(WRITTEN_DOWN, ISOLATED), isolated(without, new Verification.Verified(READ)));

            assertThat(status.interfaces())
                    .containsExactly(
                            new InterfaceStatus(
                                    "eni-1",
                                    0,
                                    1,
                                    "vpc-1",
                                    List.of(),
                                    null,
                                    List.of("sg-iso"),
                                    List.of("sg-iso"),
                                    null),
                            new InterfaceStatus(
                                    "eni-0",
                                    0,
                                    0,
                                    "vpc-1",
                                    List.of("sg-a"),
                                    BaselineState.RECORDED,
                                    List.of("sg-iso"),
                                    List.of(),
                                    "not attached to the instance when it was last read"));
            assertThat(QuarantineReading.record(status).interfaceIds()).containsExactly("eni-0");
        }

        @Test
        void isAllThatKeepsADetachedInterface() {
            QuarantinedInstanceStatus observed =
                    after(OPENED, new QuarantineOutcome.Observed(BEFORE, false, List.of()));
            Observation.Present without = present(List.of(eni("eni-1", 0, "vpc-1", "sg-a")));

            assertThat(after(observed, new QuarantineOutcome.Observed(without, false, List.of()))
                            .interfaces())
                    .extracting(InterfaceStatus::id)
                    .containsExactly("eni-1");
        }
    }

    @Nested
    class AfterALook {
        @Test
        void theStatusSaysWhatWasReadBack() {
            QuarantinedInstanceStatus status = after(WRITTEN_DOWN, ISOLATED);

            assertThat(status.observedGeneration()).isEqualTo(7);
            assertThat(status.interfaces())
                    .containsExactly(new InterfaceStatus(
                            "eni-0",
                            0,
                            0,
                            "vpc-1",
                            List.of("sg-a"),
                            BaselineState.RECORDED,
                            List.of("sg-iso"),
                            List.of("sg-iso"),
                            null));
            assertThat(status.isolationGroups()).containsExactly(new IsolationGroupStatus("vpc-1", "sg-iso", 0));
            assertThat(status.verification())
                    .isEqualTo(new VerificationStatus(
                            READ, READ.plus(VALIDITY).plus(QuarantineStatuses.PRINT_LAG), 0, null));
            assertThat(status.instance())
                    .isEqualTo(new InstanceStatus(
                            "web-1",
                            List.of("vpc-1"),
                            "running",
                            "10.0.0.5",
                            "203.0.113.9",
                            running().launchTime().orElseThrow(),
                            null,
                            null));
            assertThat(QuarantineReading.record(status))
                    .isEqualTo(new IsolationRecord(Set.of("eni-0"), Map.of("vpc-1", "sg-iso")));
        }

        @Test
        void theIsolationTimeIsThatOfTheFirstReadThatFoundItAndStays() {
            QuarantinedInstanceStatus first = after(WRITTEN_DOWN, ISOLATED);
            assertThat(isolatedTime(first)).contains(READ);

            Observation.Present later =
                    new Observation.Present(running(), AFTER.interfaces(), AFTER.groups(), READ.plusSeconds(900));
            QuarantinedInstanceStatus drifted =
                    after(first, isolated(BEFORE, new Verification.Drifted(READ, List.of(outside()))));
            QuarantinedInstanceStatus again =
                    after(drifted, isolated(later, new Verification.Verified(later.readTime())));

            assertThat(isolatedTime(drifted)).contains(READ);
            assertThat(isolatedTime(again)).contains(READ);
        }

        static Stream<Arguments> notIsolated() {
            return Stream.of(
                    argumentSet("partial", isolated(BEFORE, new Verification.Drifted(READ, List.of(outside())))),
                    argumentSet(
                            "not read back",
                            isolated(
                                    new Observation.Unreadable(THROTTLED),
                                    new Verification.Unknown("Throttled", "Later."))),
                    argumentSet("observed", new QuarantineOutcome.Observed(BEFORE, true, List.of())),
                    argumentSet("unreadable", new QuarantineOutcome.Unreadable(THROTTLED)),
                    argumentSet("swept", new QuarantineOutcome.Swept(new Verification.Verified(READ))),
                    argumentSet("terminated", new QuarantineOutcome.Terminated(gone())),
                    argumentSet("unsupported", new QuarantineOutcome.Unsupported("What is that?")));
        }

        @ParameterizedTest
        @MethodSource
        void notIsolated(QuarantineOutcome outcome) {
            QuarantinedInstanceStatus status = after(WRITTEN_DOWN, outcome);

            assertThat(isolatedTime(status)).isEmpty();
            assertThat(QuarantineReading.isSettled(status)).isFalse();
        }

        @Test
        void itIsSettledOnlyWhileIsolated() {
            QuarantinedInstanceStatus isolated = after(WRITTEN_DOWN, ISOLATED);
            QuarantinedInstanceStatus drifted =
                    after(isolated, isolated(BEFORE, new Verification.Drifted(READ, List.of(outside()))));

            assertThat(QuarantineReading.isSettled(isolated)).isTrue();
            assertThat(QuarantineReading.isSettled(drifted)).isFalse();
        }

        @Test
        void aReadBackThatFailedKeepsWhatWasVerifiedAndVerifiesNothing() {
            QuarantinedInstanceStatus verified = after(WRITTEN_DOWN, ISOLATED);

            QuarantinedInstanceStatus lost = after(verified, new QuarantineOutcome.Unreadable(THROTTLED));

            assertThat(lost.verification()).isEqualTo(verified.verification());
            assertThat(lost.isolationGroups()).isEqualTo(verified.isolationGroups());
            assertThat(Conditions.find(lost.conditions(), ConditionType.VERIFIED)
                            .map(Condition::status))
                    .contains(Condition.Status.UNKNOWN);
        }

        @Test
        void theGroupsAreWrittenEvenWhenTheReadBackFailed() {
            QuarantinedInstanceStatus status = after(
                    WRITTEN_DOWN,
                    isolated(new Observation.Unreadable(THROTTLED), new Verification.Unknown("Throttled", "Later.")));

            assertThat(status.isolationGroups()).containsExactly(new IsolationGroupStatus("vpc-1", "sg-iso", null));
        }

        @Test
        void aSweepMovesThePrintedVerification() {
            QuarantinedInstanceStatus verified = after(WRITTEN_DOWN, ISOLATED);

            QuarantinedInstanceStatus swept =
                    after(verified, new QuarantineOutcome.Swept(new Verification.Verified(READ.plusSeconds(300))));

            assertThat(Optional.ofNullable(swept.verification()).map(VerificationStatus::lastVerifiedTime))
                    .contains(READ.plusSeconds(300));
            assertThat(swept.interfaces()).isEqualTo(verified.interfaces());
        }

        @Test
        void aTerminatedInstanceKeepsWhatWasKnownOfIt() {
            QuarantinedInstanceStatus status =
                    after(after(WRITTEN_DOWN, ISOLATED), new QuarantineOutcome.Terminated(gone()));

            assertThat(Optional.ofNullable(status.instance()).map(InstanceStatus::state))
                    .contains("terminated");
            assertThat(Optional.ofNullable(status.instance()).map(InstanceStatus::vpcIDs))
                    .contains(List.of("vpc-1"));
            assertThat(QuarantineReading.isTerminated(status)).isTrue();
            assertThat(QuarantineReading.isTerminated(after(WRITTEN_DOWN, ISOLATED)))
                    .isFalse();
        }

        @Test
        void activityAfterTheIsolationIsTold() {
            Finding active = finding().lastSeen(READ.plusSeconds(60)).build();

            QuarantinedInstanceStatus status = QuarantineStatuses.after(
                    after(WRITTEN_DOWN, ISOLATED),
                    new QuarantineOutcome.Swept(new Verification.Verified(READ)),
                    List.of(active),
                    Optional.empty(),
                    7,
                    VALIDITY,
                    NOW);

            assertThat(Conditions.find(status.conditions(), ConditionType.CONNECTIONS_CUT)
                            .map(Condition::reason))
                    .contains("StillActive");
        }

        static Stream<Arguments> connectionsOnceIsolated() {
            QuarantineOutcome drifted = isolated(BEFORE, new Verification.Drifted(READ, List.of(outside())));
            return Stream.of(
                    argumentSet("verified", List.of(ISOLATED), "TrackedConnectionsMayPersist"),
                    argumentSet(
                            "swept",
                            List.of(ISOLATED, new QuarantineOutcome.Swept(new Verification.Verified(READ))),
                            "TrackedConnectionsMayPersist"),
                    argumentSet(
                            "unreadable",
                            List.of(ISOLATED, new QuarantineOutcome.Unreadable(THROTTLED)),
                            "TrackedConnectionsMayPersist"),
                    argumentSet("never read", List.of(new QuarantineOutcome.Unreadable(THROTTLED)), "Throttled"),
                    argumentSet("drifted", List.of(ISOLATED, drifted), "NotIsolated"),
                    argumentSet(
                            "drifted, then unreadable",
                            List.of(ISOLATED, drifted, new QuarantineOutcome.Unreadable(THROTTLED)),
                            "NotIsolated"),
                    argumentSet("repaired", List.of(ISOLATED, drifted, ISOLATED), "TrackedConnectionsMayPersist"),
                    argumentSet(
                            "terminated", List.of(ISOLATED, new QuarantineOutcome.Terminated(gone())), "NotIsolated"));
        }

        @ParameterizedTest
        @MethodSource
        void connectionsOnceIsolated(List<QuarantineOutcome> outcomes, String reason) {
            QuarantinedInstanceStatus status = WRITTEN_DOWN;
            for (QuarantineOutcome outcome : outcomes) {
                status = after(status, outcome);
            }

            assertThat(Conditions.find(status.conditions(), ConditionType.CONNECTIONS_CUT)
                            .map(Condition::reason))
                    .contains(reason);
        }

        @Test
        void aGroupWithoutAnIdIsNoneThatIsUsed() {
            QuarantinedInstanceStatus status = new StatusBuilder(WRITTEN_DOWN)
                    .isolationGroups(List.of(
                            new IsolationGroupStatus("vpc-1", null, null),
                            new IsolationGroupStatus("vpc-2", "sg-iso", 0)))
                    .build();

            assertThat(QuarantineReading.record(status).groups()).containsExactly(Map.entry("vpc-2", "sg-iso"));
        }

        @Test
        void whatWasDoneIsInTheTimelineAndDoingNothingIsNot() {
            QuarantinedInstanceStatus done = after(
                    WRITTEN_DOWN,
                    new QuarantineOutcome.Isolated(
                            AFTER,
                            new Verification.Verified(READ),
                            Map.of("vpc-1", "sg-iso"),
                            List.of(THROTTLED),
                            List.of("eni-0 into sg-iso"),
                            false));

            assertThat(done.timeline().getLast())
                    .isEqualTo(new TimelineEntry(NOW, "Isolated", "eni-0 into sg-iso", "Throttled"));
            assertThat(after(done, ISOLATED).timeline()).isEqualTo(done.timeline());
        }
    }

    @Nested
    class Findings {
        @Test
        void areToldWhole() {
            assertThat(withFindings(OPENED, finding().threatLists("bad").build())
                            .findings())
                    .containsExactly(new FindingStatus(
                            "f1",
                            "arn:aws:guardduty:us-west-2:111122223333:detector/d/finding/f1",
                            "UnauthorizedAccess:EC2/MaliciousIPCaller.Custom",
                            "a title",
                            "Medium",
                            1L,
                            READ,
                            READ,
                            READ,
                            "VPC Flow Logs",
                            "Compromised",
                            "198.51.100.7",
                            null,
                            List.of("bad")));
        }

        @Test
        void comeMostSevereFirstThenMostRecent() {
            QuarantinedInstanceStatus status = withFindings(
                    OPENED,
                    finding().id("medium").severity(5).build(),
                    finding().id("critical").severity(9).build(),
                    finding()
                            .id("high-old")
                            .severity(8)
                            .lastSeen(READ.minusSeconds(60))
                            .build(),
                    finding().id("high-new").severity(7).lastSeen(READ).build(),
                    finding().id("high-also-new").severity(7).lastSeen(READ).build());

            assertThat(ids(status)).containsExactly("critical", "high-also-new", "high-new", "high-old", "medium");
        }

        @Test
        void areBoundedToTheTwentyMostSevere() {
            Finding[] many = IntStream.range(0, 40)
                    .mapToObj(index -> finding()
                            .id("f" + index)
                            .severity(index < 20 ? 2 : 8)
                            .build())
                    .toArray(Finding[]::new);

            assertThat(withFindings(OPENED, many).findings())
                    .hasSize(20)
                    .allMatch(each -> "High".equals(each.severity()));
        }

        @Test
        void areReplacedByTheirNewerUpdateOnly() {
            Finding one = finding().severity(5).updatedAt(READ).build();
            Finding newer = finding().severity(8).updatedAt(READ.plusSeconds(1)).build();
            QuarantinedInstanceStatus status = withFindings(withFindings(OPENED, one), newer);
            assertThat(status.findings()).extracting(FindingStatus::severity).containsExactly("High");

            assertThat(withFindings(status, one).findings()).isEqualTo(status.findings());
        }

        @Test
        void ofOneBatchAreMergedLikewiseWhateverTheOrder() {
            Finding one = finding().severity(5).updatedAt(READ).build();
            Finding newer = finding().severity(8).updatedAt(READ.plusSeconds(1)).build();

            assertThat(withFindings(OPENED, newer, one).findings())
                    .isEqualTo(withFindings(OPENED, one, newer).findings())
                    .hasSize(1);
        }

        @Test
        void thatTheSpecDoesNotListAreLeftOut() {
            QuarantinedInstanceStatus status = withFindings(
                    OPENED, finding().id("old").build(), finding().id("new").build());

            assertThat(ids(QuarantineStatuses.listing(status, Set.of("new")))).containsExactly("new");
        }

        @Test
        void thatHaveMadeRoomInAFullSpecAreStillTold() {
            Set<String> listed =
                    IntStream.range(0, 20).mapToObj(index -> "f" + index).collect(Collectors.toSet());
            QuarantinedInstanceStatus status =
                    withFindings(OPENED, finding().id("severe").severity(9).build());

            assertThat(ids(QuarantineStatuses.listing(status, listed))).containsExactly("severe");
        }

        @ParameterizedTest
        @CsvSource({"f1, 0, true", "f1, 1, false", "f1, -1, true", "other, 0, false"})
        void areTakenOverInTheVersionThatIsTold(String id, int secondsLater, boolean told) {
            QuarantinedInstanceStatus status =
                    withFindings(OPENED, finding().updatedAt(READ).build());

            assertThat(QuarantineStatuses.tellsOf(
                            status,
                            finding()
                                    .id(id)
                                    .updatedAt(READ.plusSeconds(secondsLater))
                                    .build()))
                    .isEqualTo(told);
        }

        @Test
        void stayWhenNoneIsAtHand() {
            QuarantinedInstanceStatus status = withFindings(OPENED, finding().build());

            assertThat(withFindings(status).findings()).isEqualTo(status.findings());
        }
    }

    @Nested
    class TheTimeline {
        @Test
        void keepsTheNewestFiftyEntries() {
            QuarantinedInstanceStatus status = WRITTEN_DOWN;
            for (int index = 1; index <= 60; index++) {
                status = QuarantineStatuses.drifted(
                        status,
                        List.of(outside()),
                        List.of("swapped"),
                        List.of(),
                        NOW.plusSeconds(index),
                        NOW.plusSeconds(index));
            }

            assertThat(status.timeline()).hasSize(50);
            assertThat(status.timeline().getFirst().time()).isEqualTo(NOW.plusSeconds(11));
            assertThat(status.timeline().getLast().time()).isEqualTo(NOW.plusSeconds(60));
            assertThat(Optional.ofNullable(status.verification()).map(VerificationStatus::driftCount))
                    .contains(60);
        }

        @ParameterizedTest
        @CsvSource({"511, 511, x", "512, 512, x", "513, 512, …"})
        void cutsNoDetailThatFits(int length, int kept, String last) {
            QuarantineOutcome outcome = new QuarantineOutcome.Isolated(
                    AFTER, new Verification.Verified(READ), Map.of(), List.of(), List.of("x".repeat(length)), false);

            assertThat(after(OPENED, outcome).timeline().getLast().detail())
                    .hasSize(kept)
                    .endsWith(last);
        }

        @Test
        void hasBoundedDetails() {
            List<Difference> many = IntStream.range(0, 500)
                    .<Difference>mapToObj(index -> new Difference.OtherGroups("eni-" + index, List.of("sg-a")))
                    .toList();

            assertThat(QuarantineStatuses.drifted(WRITTEN_DOWN, many, List.of("swapped"), List.of(), NOW, NOW)
                            .timeline()
                            .getLast()
                            .detail())
                    .hasSize(512)
                    .endsWith("…");
        }
    }

    @Test
    void driftIsCountedAndKeepsTheLastVerification() {
        QuarantinedInstanceStatus verified = after(WRITTEN_DOWN, ISOLATED);

        QuarantinedInstanceStatus drifted =
                QuarantineStatuses.drifted(verified, List.of(outside()), List.of("swapped"), List.of(), LATER, LATER);

        assertThat(Optional.ofNullable(drifted.verification()).map(VerificationStatus::lastVerifiedTime))
                .contains(READ);
        assertThat(Optional.ofNullable(drifted.verification()).map(VerificationStatus::driftCount))
                .contains(1);
        assertThat(Optional.ofNullable(after(drifted, ISOLATED).verification()).map(VerificationStatus::driftCount))
                .as("verifying the repair forgets no drift")
                .contains(1);
    }

    /** Each write as it is repeated: after a conflict on fresh state, and when the first was stored but its answer lost. */
    static Stream<Arguments> writes() {
        QuarantineOutcome acted = new QuarantineOutcome.Isolated(
                AFTER,
                new Verification.Verified(READ),
                Map.of("vpc-1", "sg-iso"),
                List.of(),
                List.of("eni-0 into it"),
                true);
        return Stream.of(
                write("opened", status -> QuarantineStatuses.opened(status, Optional.of("p"), RESPONSE, NOW)),
                write("raised", status -> QuarantineStatuses.opened(status, Optional.of("q"), EDITED, NOW)),
                write("written down", status -> QuarantineStatuses.writtenDown(status, BEFORE, List.of(BASELINE), NOW)),
                write("isolated", status -> after(status, acted)),
                write("verified", status -> after(status, ISOLATED)),
                write(
                        "drifted",
                        status -> QuarantineStatuses.drifted(
                                status, List.of(outside()), List.of("swapped"), List.of(), NOW, NOW)),
                write(
                        "observed",
                        status -> after(status, new QuarantineOutcome.Observed(BEFORE, true, List.of("move it")))),
                write("unreadable", status -> after(status, new QuarantineOutcome.Unreadable(THROTTLED))),
                write("swept", status -> after(status, new QuarantineOutcome.Swept(new Verification.Verified(READ)))),
                write("terminated", status -> after(status, new QuarantineOutcome.Terminated(gone()))),
                write("with findings", status -> withFindings(status, finding().build())),
                write(
                        "drifted and repaired",
                        status -> after(
                                QuarantineStatuses.drifted(
                                        status, List.of(outside()), List.of("swapped"), List.of(), NOW, NOW),
                                acted)));
    }

    @ParameterizedTest
    @MethodSource("writes")
    void aWriteThatIsRepeatedChangesNothing(UnaryOperator<QuarantinedInstanceStatus> write) {
        for (QuarantinedInstanceStatus before : List.of(OPENED, WRITTEN_DOWN, after(WRITTEN_DOWN, ISOLATED))) {
            QuarantinedInstanceStatus once = write.apply(before);

            assertThat(write.apply(before)).as("on the same state").isEqualTo(once);
            assertThat(write.apply(once)).as("on its own result").isEqualTo(once);
        }
    }

    private static final CallFailure THROTTLED = new CallFailure.Throttled("ec2:X", "t", "slow down");

    private static Arguments write(String name, UnaryOperator<QuarantinedInstanceStatus> write) {
        return argumentSet(name, write);
    }

    private static QuarantinedInstanceStatus after(QuarantinedInstanceStatus before, QuarantineOutcome outcome) {
        return QuarantineStatuses.after(before, outcome, List.of(), Optional.empty(), 7, VALIDITY, NOW);
    }

    private static QuarantinedInstanceStatus withFindings(QuarantinedInstanceStatus before, Finding... findings) {
        return QuarantineStatuses.after(
                before,
                new QuarantineOutcome.Unreadable(THROTTLED),
                List.of(findings),
                Optional.empty(),
                7,
                VALIDITY,
                NOW);
    }

    private static QuarantineOutcome isolated(Observation readBack, Verification verification) {
        return new QuarantineOutcome.Isolated(
                readBack, verification, Map.of("vpc-1", "sg-iso"), List.of(), List.of(), false);
    }

    private static Difference outside() {
        return new Difference.OtherGroups("eni-0", List.of("sg-a"));
    }

    private static Optional<Instant> isolatedTime(QuarantinedInstanceStatus status) {
        return Optional.ofNullable(status.episode()).map(Episode::isolatedTime);
    }

    private static List<String> ids(QuarantinedInstanceStatus status) {
        return status.findings().stream().map(FindingStatus::id).toList();
    }

    private static Response response(String groupName) {
        return new Response(
                null,
                new Isolation(groupName, List.of(), List.of(), null, null, null),
                new Preserve(TerminationProtection.ENABLE, null, null, null, null),
                new Release(OnDelete.LEAVE),
                List.of());
    }
}
