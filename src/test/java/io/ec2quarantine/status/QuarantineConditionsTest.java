package io.ec2quarantine.status;

import static io.ec2quarantine.core.isolation.Seen.READ;
import static io.ec2quarantine.core.isolation.Seen.eni;
import static io.ec2quarantine.core.isolation.Seen.gone;
import static io.ec2quarantine.core.isolation.Seen.group;
import static io.ec2quarantine.core.isolation.Seen.present;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.ec2quarantine.api.v1alpha1.Condition;
import io.ec2quarantine.api.v1alpha1.ConditionType;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.FindingStatus;
import io.ec2quarantine.core.CallFailure;
import io.ec2quarantine.core.isolation.Difference;
import io.ec2quarantine.core.isolation.Observation;
import io.ec2quarantine.core.isolation.Verification;
import io.ec2quarantine.core.policy.Hold;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What each outcome lets the conditions say; a type that a row leaves out keeps what it said before. */
class QuarantineConditionsTest {
    private static final CallFailure THROTTLED = new CallFailure.Throttled("ec2:X", "t", "slow down");
    private static final CallFailure UNREACHABLE = new CallFailure.Transient("ec2:X", "t", "timed out");
    private static final CallFailure DENIED = new CallFailure.Denied("ec2:X", "t", "not yours");
    private static final CallFailure REFUSED = new CallFailure.Invalid("ec2:X", "t", "Bad", "bad");
    private static final CallFailure NO_INSTANCE =
            new CallFailure.NotFound("ec2:DescribeInstances", "i-1", "no such instance");
    private static final CallFailure NOT_VISIBLE_YET =
            new CallFailure.NotFound("ec2:ModifyNetworkInterfaceAttribute", "eni-0", "InvalidGroup.NotFound");

    private static final Difference OUTSIDE = new Difference.OtherGroups("eni-0", List.of("sg-a"));
    private static final Difference ALSO_OUTSIDE = new Difference.OtherGroups("eni-1", List.of("sg-a"));
    private static final Difference UNCHANGEABLE = new Difference.Unchangeable("eni-1", "only AWS can change it");
    private static final Difference RULES = new Difference.GroupHasRules("sg-iso", 2);
    private static final Difference NO_GROUP = new Difference.NoGroup("vpc-1", "sg-iso");

    private static final Observation.Present TWO =
            present(List.of(eni("eni-0", 0, "vpc-1", "sg-iso"), eni("eni-1", 1, "vpc-1", "sg-iso")));

    private static Observation.Present leftIsolated(int rules) {
        return present(
                TWO.interfaces(), group("sg-iso", "vpc-1", "ForensicSecurityGroup", Optional.of("install"), rules));
    }

    static Stream<Arguments> rows() {
        return Stream.of(
                row("unsupported", new QuarantineOutcome.Unsupported("What is that?"), """
                        Ready False/Unsupported
                        Reconciling False/Unsupported
                        Stalled True/Unsupported"""),
                row("a dry run", new QuarantineOutcome.Observed(TWO, false, List.of("move it")), """
                        Ready True/DryRun
                        Isolated False/DryRun
                        Verified Unknown/NotIsolated
                        Reconciling False/Settled
                        Stalled False/NotStalled"""),
                row("waiting for a person", new QuarantineOutcome.Observed(TWO, true, List.of("move it")), """
                        Ready False/AwaitingApproval
                        Isolated False/AwaitingApproval
                        Verified Unknown/NotIsolated
                        Reconciling False/Settled
                        Stalled False/NotStalled"""),
                row(
                        "waiting under a policy that is paused",
                        new QuarantineOutcome.Observed(
                                TWO,
                                true,
                                Optional.of(new Hold(Hold.Reason.PAUSED, "It is paused.")),
                                List.of("move it")),
                        """
                        Ready False/Paused
                        Isolated False/Paused
                        Verified Unknown/NotIsolated
                        Reconciling False/Settled
                        Stalled False/NotStalled"""),
                row(
                        "left isolated by an earlier quarantine",
                        new QuarantineOutcome.Observed(leftIsolated(0), true, List.of()),
                        """
                        Ready False/AwaitingApproval
                        Isolated True/NotWatched
                        Verified Unknown/NotWatched
                        Reconciling False/Settled
                        Stalled False/NotStalled"""),
                row(
                        "left in a group that has rules",
                        new QuarantineOutcome.Observed(leftIsolated(1), false, List.of()),
                        """
                        Ready True/DryRun
                        Isolated False/DryRun
                        Verified Unknown/NotIsolated
                        Reconciling False/Settled
                        Stalled False/NotStalled"""),
                row("terminated", new QuarantineOutcome.Terminated(gone()), """
                        Ready True/InstanceTerminated
                        Isolated False/InstanceTerminated
                        Verified Unknown/InstanceTerminated
                        Reconciling False/Settled
                        Stalled False/NotStalled"""),
                row("throttled at the first look", new QuarantineOutcome.Unreadable(THROTTLED), """
                        Ready False/Throttled
                        Isolated Unknown/Throttled
                        Verified Unknown/Throttled
                        Reconciling True/Throttled
                        Stalled False/NotStalled"""),
                row("unreachable at the first look", new QuarantineOutcome.Unreadable(UNREACHABLE), """
                        Ready False/Unreachable
                        Isolated Unknown/Unreachable
                        Verified Unknown/Unreachable
                        Reconciling True/Unreachable
                        Stalled False/NotStalled"""),
                row("denied at the first look", new QuarantineOutcome.Unreadable(DENIED), """
                        Ready False/Denied
                        Isolated Unknown/Denied
                        Verified Unknown/Denied
                        Reconciling False/Denied
                        Stalled True/Denied"""),
                row("an instance that EC2 does not show", new QuarantineOutcome.Unreadable(NO_INSTANCE), """
                        Ready False/InstanceNotFound
                        Isolated Unknown/InstanceNotFound
                        Verified Unknown/InstanceNotFound
                        Reconciling False/InstanceNotFound
                        Stalled True/InstanceNotFound"""),
                argumentSet(
                        "denied once it was isolated: what was last read stands",
                        new QuarantineOutcome.Unreadable(DENIED),
                        isolatedBefore(),
                        """
                        Ready False/Denied
                        Verified Unknown/Denied
                        Reconciling False/Denied
                        Stalled True/Denied"""),
                argumentSet(
                        "denied once it was isolated, and found open by another read",
                        new QuarantineOutcome.Unreadable(DENIED, true),
                        isolatedBefore(),
                        """
                        Ready False/Denied
                        Isolated Unknown/Denied
                        Verified Unknown/Denied
                        Reconciling False/Denied
                        Stalled True/Denied"""),
                argumentSet(
                        "unreadable for another reason than before",
                        new QuarantineOutcome.Unreadable(THROTTLED),
                        before(Claim.unknown(ConditionType.ISOLATED, "Denied", "It was denied.")),
                        """
                        Ready False/Throttled
                        Isolated Unknown/Throttled
                        Verified Unknown/Throttled
                        Reconciling True/Throttled
                        Stalled False/NotStalled"""),
                argumentSet(
                        "found outside, moved, and not read back: what was read before stands no more",
                        new QuarantineOutcome.Isolated(
                                new Observation.Unreadable(UNREACHABLE),
                                new Verification.Unknown("Unreachable", "It was not read back."),
                                Map.of("vpc-1", "sg-iso"),
                                List.of(),
                                List.of("eni-0 into sg-iso"),
                                true),
                        isolatedBefore(),
                        """
                        Ready False/Unreachable
                        Isolated Unknown/Unreachable
                        Verified Unknown/Unreachable
                        Reconciling True/Unreachable
                        Stalled False/NotStalled"""),
                row("isolated and read back", isolated(new Verification.Verified(READ)), """
                        Ready True/Isolated
                        Isolated True/Isolated
                        Verified True/Verified
                        Reconciling False/Settled
                        Stalled False/NotStalled"""),
                row("one of two outside, no failure yet", isolated(drifted(OUTSIDE)), """
                        Ready False/Partial
                        Isolated False/Partial
                        Verified False/Partial
                        Reconciling True/Isolating
                        Stalled False/NotStalled"""),
                row("both outside", isolated(drifted(OUTSIDE, ALSO_OUTSIDE)), """
                        Ready False/NotIsolated
                        Isolated False/NotIsolated
                        Verified False/NotIsolated
                        Reconciling True/Isolating
                        Stalled False/NotStalled"""),
                row("one outside, throttled", isolated(drifted(OUTSIDE), THROTTLED), """
                        Ready False/Partial
                        Isolated False/Partial
                        Verified False/Partial
                        Reconciling True/Throttled
                        Stalled False/NotStalled"""),
                row("one outside, throttled and denied", isolated(drifted(OUTSIDE), THROTTLED, DENIED), """
                        Ready False/Partial
                        Isolated False/Partial
                        Verified False/Partial
                        Reconciling False/Denied
                        Stalled True/Denied"""),
                row("one outside, refused", isolated(drifted(OUTSIDE), REFUSED), """
                        Ready False/Partial
                        Isolated False/Partial
                        Verified False/Partial
                        Reconciling False/Refused
                        Stalled True/Refused"""),
                row("one outside, its new group not visible yet", isolated(drifted(OUTSIDE), NOT_VISIBLE_YET), """
                        Ready False/Partial
                        Isolated False/Partial
                        Verified False/Partial
                        Reconciling True/NotFound
                        Stalled False/NotStalled"""),
                row("one that only AWS can change", isolated(drifted(UNCHANGEABLE)), """
                        Ready False/Partial
                        Isolated False/Partial
                        Verified False/Partial
                        Reconciling False/Unsupported
                        Stalled True/Unsupported"""),
                row("one outside and one that only AWS can change", isolated(drifted(OUTSIDE, UNCHANGEABLE)), """
                        Ready False/NotIsolated
                        Isolated False/NotIsolated
                        Verified False/NotIsolated
                        Reconciling True/Isolating
                        Stalled False/NotStalled"""),
                row("rules in the isolation group", isolated(drifted(RULES)), """
                        Ready False/IsolationGroupHasRules
                        Isolated True/Isolated
                        Verified False/IsolationGroupHasRules
                        Reconciling True/Isolating
                        Stalled False/NotStalled"""),
                row("the isolation group not found", isolated(drifted(NO_GROUP)), """
                        Ready False/IsolationGroupNotFound
                        Isolated True/Isolated
                        Verified False/IsolationGroupNotFound
                        Reconciling True/Isolating
                        Stalled False/NotStalled"""),
                row("rules, and one outside", isolated(drifted(RULES, OUTSIDE)), """
                        Ready False/Partial
                        Isolated False/Partial
                        Verified False/Partial
                        Reconciling True/Isolating
                        Stalled False/NotStalled"""),
                row("swapped, but not read back", isolated(new Verification.Unknown("Throttled", "Later.")), """
                        Ready False/Throttled
                        Isolated Unknown/Throttled
                        Verified Unknown/Throttled
                        Reconciling True/Throttled
                        Stalled False/NotStalled"""),
                argumentSet(
                        "repaired, but not read back: what was last read stands",
                        isolated(new Verification.Unknown("Throttled", "Later.")),
                        isolatedBefore(),
                        """
                        Ready False/Throttled
                        Verified Unknown/Throttled
                        Reconciling True/Throttled
                        Stalled False/NotStalled"""),
                row("swept and found as desired", new QuarantineOutcome.Swept(new Verification.Verified(READ)), """
                        Ready True/Isolated
                        Verified True/Verified
                        Reconciling False/Settled
                        Stalled False/NotStalled"""),
                row("not swept for long", new QuarantineOutcome.Swept(new Verification.Unknown("Stale", "Old.")), """
                        Ready False/Stale
                        Verified Unknown/Stale"""),
                row("not swept for long, for it is denied", stale(DENIED), """
                        Ready False/Denied
                        Verified Unknown/Stale
                        Reconciling False/Denied
                        Stalled True/Denied"""),
                row("not swept for long, for AWS is slow", stale(THROTTLED), """
                        Ready False/Stale
                        Verified Unknown/Stale
                        Reconciling True/Throttled
                        Stalled False/NotStalled"""),
                row(
                        "swept and found different: the look that follows speaks",
                        new QuarantineOutcome.Swept(drifted(OUTSIDE)),
                        ""));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void anOutcomeLetsTheConditionsSay(QuarantineOutcome outcome, QuarantinedInstanceStatus before, String expected) {
        List<Claim> claims = QuarantineConditions.of(outcome, before, Optional.empty());

        assertThat(claims.stream()
                        .collect(Collectors.toMap(each -> each.type().text(), QuarantineConditionsTest::show)))
                .isEqualTo(expected.lines()
                        .map(line -> line.split(" ", 2))
                        .collect(Collectors.toMap(words -> words[0], words -> words[1])));
        assertThat(claims)
                .filteredOn(claim -> claim.type() == ConditionType.VERIFIED && claim.status() == Condition.Status.TRUE)
                .as("Verified is True only from a read that found everything as desired")
                .hasSize(isVerified(outcome) ? 1 : 0);
        assertThat(claims)
                .as("whatever is claimed has a message")
                .noneMatch(claim -> claim.message().isEmpty());
    }

    @Test
    void aPartialIsolationNamesWhatIsOutside() {
        List<Claim> claims = QuarantineConditions.of(
                isolated(drifted(OUTSIDE)), QuarantinedInstanceStatus.empty(), Optional.empty());

        assertThat(find(claims, ConditionType.ISOLATED).message())
                .isEqualTo("1 of 2 interfaces isolated: eni-0 is in sg-a instead of its isolation group.");
    }

    @ParameterizedTest
    @CsvSource({
        "1, Its one interface is in the isolation group and in no other.",
        "2, Both interfaces are in the isolation group and in no other."
    })
    void anIsolationSaysHowManyInterfacesItIsAbout(int count, String message) {
        QuarantineOutcome outcome = new QuarantineOutcome.Isolated(
                present(TWO.interfaces().subList(0, count)),
                new Verification.Verified(READ),
                Map.of("vpc-1", "sg-iso"),
                List.of(),
                List.of(),
                false);

        List<Claim> claims = QuarantineConditions.of(outcome, QuarantinedInstanceStatus.empty(), Optional.empty());

        assertThat(find(claims, ConditionType.ISOLATED).message()).isEqualTo(message);
    }

    @Test
    void approvalSaysWhatWouldBeDoneAndHowToApprove() {
        QuarantineOutcome outcome = new QuarantineOutcome.Observed(TWO, true, List.of("make a group", "move eni-0"));

        assertThat(find(
                                QuarantineConditions.of(outcome, QuarantinedInstanceStatus.empty(), Optional.empty()),
                                ConditionType.READY)
                        .message())
                .isEqualTo("Isolating would make a group, move eni-0; set spec.desiredState to Isolated to approve.");
    }

    @Test
    void aStalledConditionTellsTheSentenceOfItsFailure() {
        List<Claim> claims = QuarantineConditions.of(
                new QuarantineOutcome.Unreadable(DENIED), QuarantinedInstanceStatus.empty(), Optional.empty());

        assertThat(find(claims, ConditionType.STALLED).message()).isEqualTo(DENIED.sentence());
        assertThat(find(claims, ConditionType.READY).message()).isEqualTo(DENIED.sentence());
    }

    @ParameterizedTest
    @CsvSource(useHeadersInDisplayName = true, nullValues = "-", textBlock = """
            isolated , isolated since       , last seen            , expected
            FALSE    , -                    , 2026-11-24T09:00:00Z , Unknown/NotIsolated
            TRUE     , -                    , 2026-11-24T09:00:00Z , Unknown/NotIsolated
            FALSE    , 2026-11-24T09:00:00Z , 2026-11-24T10:00:00Z , Unknown/NotIsolated
            UNKNOWN  , -                    , 2026-11-24T09:00:00Z , Unknown/BecauseOfThis
            UNKNOWN  , 2026-11-24T09:00:00Z , 2026-11-24T10:00:00Z , Unknown/BecauseOfThis
            TRUE     , 2026-11-24T09:00:00Z , 2026-11-24T08:59:59Z , Unknown/TrackedConnectionsMayPersist
            TRUE     , 2026-11-24T09:00:00Z , 2026-11-24T09:00:00Z , Unknown/TrackedConnectionsMayPersist
            TRUE     , 2026-11-24T09:00:00Z , 2026-11-24T09:00:01Z , False/StillActive
            TRUE     , 2026-11-24T09:00:00.3Z , 2026-11-24T09:00:00Z , Unknown/TrackedConnectionsMayPersist
            TRUE     , 2026-11-24T09:00:00Z , 2026-11-24T09:00:00.9Z , Unknown/TrackedConnectionsMayPersist
            TRUE     , 2026-11-24T09:00:00.9Z , 2026-11-24T09:00:01Z , False/StillActive
            TRUE     , 2026-11-24T09:00:00Z , -                    , Unknown/TrackedConnectionsMayPersist
            """)
    void onlyActivityAfterTheIsolationProvesThatConnectionsLive(
            Condition.Status isolated, @Nullable Instant since, @Nullable Instant lastSeen, String expected) {
        List<FindingStatus> findings = List.of(lastSeen("f1", READ.minusSeconds(9_999)), lastSeen("f2", lastSeen));

        assertThat(show(QuarantineConditions.connectionsCut(
                        isolation(isolated), Optional.ofNullable(since), findings, Optional.empty())))
                .isEqualTo(expected);
    }

    @Test
    void whatWasSaidOfConnectionsStandsUntilSomethingWorseIsKnown() {
        Claim said = Claim.unknown(ConditionType.CONNECTIONS_CUT, "Untracked", "It was opened.");
        Instant since = READ;
        Claim isolated = isolation(Condition.Status.TRUE);

        assertThat(QuarantineConditions.connectionsCut(isolated, Optional.of(since), List.of(), Optional.of(said)))
                .isEqualTo(said);
        assertThat(show(QuarantineConditions.connectionsCut(
                        isolated, Optional.of(since), List.of(lastSeen("f", since.plusSeconds(5))), Optional.of(said))))
                .isEqualTo("False/StillActive");
        assertThat(show(QuarantineConditions.connectionsCut(
                        isolation(Condition.Status.FALSE), Optional.of(since), List.of(), Optional.of(said))))
                .isEqualTo("Unknown/NotIsolated");
        assertThat(show(QuarantineConditions.connectionsCut(
                        isolated,
                        Optional.of(since),
                        List.of(),
                        Optional.of(Claim.unknown(ConditionType.CONNECTIONS_CUT, "NotIsolated", "It was not.")))))
                .isEqualTo("Unknown/TrackedConnectionsMayPersist");
    }

    @Test
    void whereTheIsolationIsNotKnownNothingIsKnownOfConnectionsForTheSameReason() {
        assertThat(QuarantineConditions.connectionsCut(
                                isolation(Condition.Status.UNKNOWN), Optional.empty(), List.of(), Optional.empty())
                        .message())
                .isEqualTo("Whether the instance is isolated is not known: It says why.");
    }

    @Test
    void withoutAnyFindingNothingIsKnownOfConnections() {
        assertThat(show(QuarantineConditions.connectionsCut(
                        isolation(Condition.Status.TRUE), Optional.of(READ), List.of(), Optional.empty())))
                .isEqualTo("Unknown/TrackedConnectionsMayPersist");
    }

    private static Claim isolation(Condition.Status status) {
        return new Claim(ConditionType.ISOLATED, status, "BecauseOfThis", "It says why.");
    }

    private static Arguments row(String name, QuarantineOutcome outcome, String expected) {
        return argumentSet(name, outcome, QuarantinedInstanceStatus.empty(), expected);
    }

    private static QuarantineOutcome stale(CallFailure inTheWay) {
        return new QuarantineOutcome.Swept(new Verification.Unknown("Stale", "Old."), Optional.of(inTheWay));
    }

    private static QuarantineOutcome isolated(Verification verification, CallFailure... failures) {
        return new QuarantineOutcome.Isolated(
                TWO, verification, Map.of("vpc-1", "sg-iso"), List.of(failures), List.of(), false);
    }

    private static Verification drifted(Difference... differences) {
        return new Verification.Drifted(READ, List.of(differences));
    }

    private static QuarantinedInstanceStatus isolatedBefore() {
        return before(Claim.yes(ConditionType.ISOLATED, "Isolated", "It is."));
    }

    private static QuarantinedInstanceStatus before(Claim claim) {
        return new StatusBuilder(QuarantinedInstanceStatus.empty())
                .conditions(Conditions.upsert(List.of(), List.of(claim), 1, READ))
                .build();
    }

    private static boolean isVerified(QuarantineOutcome outcome) {
        return switch (outcome) {
            case QuarantineOutcome.Isolated isolated -> isolated.verification() instanceof Verification.Verified;
            case QuarantineOutcome.Swept swept -> swept.verification() instanceof Verification.Verified;
            default -> false;
        };
    }

    private static Claim find(List<Claim> claims, ConditionType type) {
        return claims.stream().filter(claim -> claim.type() == type).findFirst().orElseThrow();
    }

    private static String show(Claim claim) {
        String status = switch (claim.status()) {
            case TRUE -> "True";
            case FALSE -> "False";
            case UNKNOWN -> "Unknown";
        };
        return status + "/" + claim.reason();
    }

    private static FindingStatus lastSeen(String id, @Nullable Instant lastSeen) {
        return new FindingStatus(
                id, null, "Some:EC2/Type", null, "High", 1L, null, lastSeen, null, null, null, null, null, List.of());
    }
}
