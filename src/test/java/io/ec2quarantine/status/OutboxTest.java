package io.ec2quarantine.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.ec2quarantine.api.v1alpha1.Condition;
import io.ec2quarantine.api.v1alpha1.Condition.Status;
import io.ec2quarantine.api.v1alpha1.ConditionType;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceSpec.DesiredState;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.Drift;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.Episode;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.FindingStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.NotificationStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.VerificationStatus;
import io.ec2quarantine.api.v1alpha1.Response;
import io.ec2quarantine.api.v1alpha1.Response.Notification;
import io.ec2quarantine.api.v1alpha1.Response.NotificationEvent;
import io.ec2quarantine.core.isolation.Difference;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Which changes of a status are told, by which id, and how far the telling is. */
class OutboxTest {
    private static final Instant T0 = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant NOW = T0.plus(Duration.ofHours(3));
    private static final Instant RECENTLY = NOW.minusSeconds(50);
    private static final Instant LONG_AGO = NOW.minusSeconds(60);
    private static final String UID = "uid-1";
    private static final List<NotificationEvent> ALL = List.of(NotificationEvent.values());

    // --- what is told

    static Stream<Arguments> changes() {
        Sketch opened = new Sketch().episode(1, null);
        Sketch isolated = opened.isolated(T0);
        return Stream.of(
                told("nothing changed", opened, opened),
                told("isolated and read back", opened, isolated, "Isolated"),
                told(
                        "isolated, and not yet read back",
                        opened,
                        opened.is(ConditionType.ISOLATED, Status.TRUE, "Isolated")),
                told("verified again", isolated.lost(Status.UNKNOWN, "Stale", NOW), isolated.verified(NOW)),
                told(
                        "isolated again after it was taken back",
                        isolated,
                        isolated.episode(2, NOW).verified(NOW),
                        "Isolated"),
                told("drift", isolated, isolated.drift(NOW, "changed"), "Drifted"),
                told("the same drift", isolated.drift(T0, "changed"), isolated.drift(T0, "changed")),
                told("another drift", isolated.drift(T0, "changed"), isolated.drift(NOW, "changed"), "Drifted"),
                told("stale", isolated, isolated.lost(Status.UNKNOWN, "Stale", NOW), "VerificationLost"),
                told("unreadable for a moment", isolated, isolated.lost(Status.UNKNOWN, "Unreachable", RECENTLY)),
                told(
                        "unreadable for a minute",
                        isolated.lost(Status.UNKNOWN, "Unreachable", LONG_AGO),
                        isolated.lost(Status.UNKNOWN, "Unreachable", LONG_AGO),
                        "VerificationLost"),
                told(
                        "read as different for a minute",
                        isolated,
                        isolated.lost(Status.FALSE, "IsolationGroupHasRules", LONG_AGO),
                        "VerificationLost"),
                told("never verified, so nothing is lost", opened, opened.lost(Status.UNKNOWN, "Stale", LONG_AGO)),
                told(
                        "asked",
                        opened,
                        opened.is(ConditionType.READY, Status.FALSE, "AwaitingApproval"),
                        "AwaitingApproval"),
                told(
                        "asked still",
                        opened.is(ConditionType.READY, Status.FALSE, "AwaitingApproval"),
                        opened.is(ConditionType.READY, Status.FALSE, "AwaitingApproval")),
                told("deferred", opened, opened.is(ConditionType.READY, Status.FALSE, "Deferred"), "Deferred"),
                told(
                        "deferred, then for a person to decide",
                        opened.is(ConditionType.READY, Status.FALSE, "Deferred"),
                        opened.is(ConditionType.READY, Status.FALSE, "AwaitingApproval"),
                        "AwaitingApproval"),
                told("denied", opened, opened.is(ConditionType.STALLED, Status.TRUE, "Denied"), "Refused"),
                told(
                        "denied still",
                        opened.is(ConditionType.STALLED, Status.TRUE, "Denied"),
                        opened.is(ConditionType.STALLED, Status.TRUE, "Denied")),
                told(
                        "another thing to mend",
                        opened.is(ConditionType.STALLED, Status.TRUE, "Denied"),
                        opened.is(ConditionType.STALLED, Status.TRUE, "RoleNotAllowed"),
                        "Refused"),
                told(
                        "a fight, of which each drift is told",
                        isolated,
                        isolated.is(ConditionType.STALLED, Status.TRUE, "DriftLoop")),
                told("released", isolated, isolated.released(NOW), "Released"),
                told("released still", isolated.released(T0), isolated.released(T0)),
                told(
                        "a release that a person must mend",
                        isolated,
                        isolated.is(ConditionType.STALLED, Status.TRUE, "ReleaseIncomplete"),
                        "Failed"),
                told("not isolated for a moment", opened, opened.partial(RECENTLY)),
                told("not isolated for a minute", opened.partial(LONG_AGO), opened.partial(LONG_AGO), "Failed"),
                told(
                        "active after the isolation",
                        isolated,
                        isolated.active("a", Duration.ofMinutes(1)),
                        "StillActive"),
                told(
                        "active within the hour that was told",
                        isolated.active("a", Duration.ofMinutes(1)),
                        isolated.active("a", Duration.ofMinutes(59))),
                told(
                        "active an hour later",
                        isolated.active("a", Duration.ofMinutes(1)),
                        isolated.active("a", Duration.ofMinutes(61)),
                        "StillActive"),
                told(
                        "another finding active",
                        isolated.active("a", Duration.ofMinutes(1)),
                        isolated.active("a", Duration.ofMinutes(1)).active("b", Duration.ofMinutes(2)),
                        "StillActive"));
    }

    private static Arguments told(String what, Sketch before, Sketch after, String... events) {
        return argumentSet(what, before.build(), after.build(), List.of(events));
    }

    @ParameterizedTest
    @MethodSource("changes")
    void aChangeMakesDueWhatItsReadsSay(
            QuarantinedInstanceStatus before, QuarantinedInstanceStatus after, List<String> events) {
        assertThat(due(before, after).notifications())
                .extracting(NotificationStatus::event)
                .containsExactlyElementsOf(events);
    }

    @ParameterizedTest
    @MethodSource("changes")
    void aWriteThatIsRepeatedOnItsOwnOutcomeMintsNoSecondId(
            QuarantinedInstanceStatus before, QuarantinedInstanceStatus after, List<String> events) {
        QuarantinedInstanceStatus once = due(before, after);

        assertThat(Notifications.due(once, once, UID, Optional.of(DesiredState.ISOLATED), NOW.plusSeconds(1))
                        .notifications())
                .isEqualTo(once.notifications());
        assertThat(due(before, after).notifications()).isEqualTo(once.notifications());
    }

    @Test
    void anObservedInstanceNeitherFailsNorLosesAnything() {
        QuarantinedInstanceStatus unreadable =
                new Sketch().episode(1, null).partial(LONG_AGO).build();

        assertThat(Notifications.due(unreadable, unreadable, UID, Optional.of(DesiredState.OBSERVED), NOW)
                        .notifications())
                .isEmpty();
    }

    @Test
    void theIdIsOfTheObjectTheEpisodeAndTheTransition() {
        Sketch opened = new Sketch().episode(1, null);
        String id = id(UID, opened, opened.isolated(T0));

        assertThat(id).matches("[0-9a-f]{32}");
        assertThat(id("uid-2", opened, opened.isolated(T0))).isNotEqualTo(id);
        assertThat(id(UID, opened.episode(2, null), opened.episode(2, null).isolated(T0)))
                .isNotEqualTo(id);
        assertThat(id(UID, opened, opened.is(ConditionType.STALLED, Status.TRUE, "Denied")))
                .isNotEqualTo(id);
        assertThat(id(UID, opened, opened.isolated(T0.plusSeconds(7)))).isEqualTo(id);
    }

    private static String id(String uid, Sketch before, Sketch after) {
        return Notifications.due(before.build(), after.build(), uid, Optional.of(DesiredState.ISOLATED), NOW)
                .notifications()
                .getFirst()
                .eventID();
    }

    @Test
    void eachChannelIsToldOfTheEventsThatItAskedForByTheSameId() {
        Sketch opened = new Sketch()
                .tell(channel("a", ALL), channel("b", List.of(NotificationEvent.ISOLATED)), channel("c", List.of()))
                .episode(1, null);
        QuarantinedInstanceStatus after =
                due(opened.build(), opened.isolated(T0).drift(NOW, "x").build());

        assertThat(after.notifications()).extracting(NotificationStatus::name).containsExactly("a", "b", "a");
        assertThat(after.notifications().subList(0, 2))
                .extracting(NotificationStatus::eventID)
                .doesNotContainNull();
        assertThat(after.notifications().get(0).eventID())
                .isEqualTo(after.notifications().get(1).eventID());
    }

    @Test
    void whereNobodyIsToBeToldNothingIsSaid() {
        Sketch opened = new Sketch().tell().episode(1, null);
        QuarantinedInstanceStatus after = opened.isolated(T0).build();

        assertThat(due(opened.build(), after)).isEqualTo(after);
    }

    @Test
    void thePolicyThatRaisesAnObservedQuarantineHasItsOwnChannelAsked() {
        Sketch askedByA = new Sketch()
                .tell(channel("a", ALL))
                .episode(1, null)
                .is(ConditionType.READY, Status.FALSE, "AwaitingApproval");
        QuarantinedInstanceStatus before =
                due(new Sketch().tell(channel("a", ALL)).episode(1, null).build(), askedByA.build());
        // another policy (Enforce, protected instance) takes the object over: its response is frozen instead
        QuarantinedInstanceStatus raised = new StatusBuilder(before)
                .response(new Response(null, null, null, null, List.of(channel("pager-of-b", ALL))))
                .build();
        assertThat(due(before, raised).notifications())
                .as("the pager of the policy that protects is told that a person must decide")
                .anyMatch(entry -> entry.name().equals("pager-of-b") && "AwaitingApproval".equals(entry.event()));
    }

    @Test
    void whatAnEpisodesChannelsNoLongerNameIsNotDueForEver() {
        QuarantinedInstanceStatus isolated = due(
                new Sketch().tell(channel("old", ALL)).episode(1, null).build(),
                new Sketch()
                        .tell(channel("old", ALL))
                        .episode(1, null)
                        .isolated(T0)
                        .build());
        QuarantinedInstanceStatus next = due(
                isolated,
                new StatusBuilder(isolated)
                        .episode(new Episode(2, NOW, null, null, null, null, T0))
                        .response(new Response(null, null, null, null, List.of(channel("new", ALL))))
                        .build());
        assertThat(Notifications.unsent(next))
                .as("nothing is due that no channel of the response can ever take")
                .noneMatch(entry -> entry.name().equals("old"));
    }

    @Test
    void twoOperatorsThatFindOneDriftMintOneId() {
        QuarantinedInstanceStatus isolated =
                new Sketch().episode(1, null).isolated(T0).build();
        List<Difference> differences = List.of(new Difference.NotOurs("sg-0123456789abcdef0"));
        QuarantinedInstanceStatus first = due(
                isolated,
                QuarantineStatuses.drifted(isolated, differences, List.of(), List.of(), NOW.minusMillis(500), NOW));
        // the other one gets 409 for its own patch and applies its function to the state of the first
        QuarantinedInstanceStatus second = due(
                first,
                QuarantineStatuses.drifted(
                        first, differences, List.of(), List.of(), NOW.minusMillis(500), NOW.plusMillis(300)));
        assertThat(second.notifications()).extracting(NotificationStatus::event).containsExactly("Drifted");
    }

    @Test
    void afterAMomentInWhichNothingWasKnownOnlyActivityThatWasNotToldIsTold() {
        QuarantinedInstanceStatus isolated = new Sketch()
                .tell(channel("oncall", ALL))
                .episode(1, T0)
                .isolated(T0)
                .build();
        QuarantinedInstanceStatus first = due(
                isolated,
                new Sketch(isolated).active("a", Duration.ofMinutes(1)).build());
        QuarantinedInstanceStatus second = due(
                first, new Sketch(first).active("b", Duration.ofMinutes(200)).build());
        QuarantinedInstanceStatus unreadable = due(
                second,
                new Sketch(second)
                        .is(ConditionType.CONNECTIONS_CUT, Status.UNKNOWN, "Denied")
                        .build());

        assertThat(stillActive(unreadable)).hasSize(2);
        assertThat(stillActive(due(
                        unreadable,
                        new Sketch(unreadable)
                                .is(ConditionType.CONNECTIONS_CUT, Status.FALSE, "StillActive")
                                .build())))
                .isEqualTo(stillActive(second));
        assertThat(stillActive(due(
                        unreadable,
                        new Sketch(unreadable)
                                .active("c", Duration.ofMinutes(5))
                                .build())))
                .hasSize(3)
                .containsAll(stillActive(second));
    }

    private static List<String> stillActive(QuarantinedInstanceStatus status) {
        return status.notifications().stream()
                .filter(entry -> "StillActive".equals(entry.event()))
                .map(NotificationStatus::eventID)
                .toList();
    }

    @Test
    void aRefusalThatComesBackIsToldAgain() {
        Sketch opened = new Sketch().episode(1, null);
        QuarantinedInstanceStatus status = opened.build();
        for (String reason : List.of("Denied", "RoleNotAllowed", "Denied")) {
            QuarantinedInstanceStatus next = new StatusBuilder(status)
                    .conditions(Conditions.upsert(
                            status.conditions(),
                            List.of(new Claim(ConditionType.STALLED, Status.TRUE, reason, "Something.")),
                            1,
                            NOW))
                    .build();
            status = due(status, next);
        }
        assertThat(status.notifications()).hasSize(3);
    }

    @Test
    void anEvictedSentEntryOfALastingStateIsNotSentAgain() {
        QuarantinedInstanceStatus lost = due(
                new Sketch().episode(1, null).isolated(T0).build(),
                new Sketch()
                        .episode(1, null)
                        .isolated(T0)
                        .lost(Status.UNKNOWN, "Stale", T0)
                        .build());
        assertThat(lost.notifications()).extracting(NotificationStatus::event).contains("VerificationLost");
        QuarantinedInstanceStatus status = lost;
        for (NotificationStatus entry : lost.notifications()) {
            status = Notifications.sent(status, entry, Optional.empty(), NOW);
        }
        for (int each = 0; each < 100; each++) {
            status = drifted(status, each);
        }
        QuarantinedInstanceStatus end = due(status, status);
        assertThat(Notifications.unsent(end)).noneMatch(entry -> "VerificationLost".equals(entry.event()));
    }

    // --- how far it is

    @Test
    void theConditionSaysHowFarItIs() {
        Sketch opened = new Sketch().episode(1, null);
        QuarantinedInstanceStatus none = due(opened.build(), opened.build());
        assertThat(notified(none)).isEqualTo("TRUE NothingDue");

        QuarantinedInstanceStatus due = due(opened.build(), opened.isolated(T0).build());
        assertThat(notified(due)).isEqualTo("UNKNOWN Pending");

        NotificationStatus entry = due.notifications().getFirst();
        QuarantinedInstanceStatus failed = due(due, Notifications.notSent(due, entry, "It was denied; allow it."));
        assertThat(notified(failed)).isEqualTo("FALSE NotSent");
        assertThat(Conditions.find(failed.conditions(), ConditionType.NOTIFIED)
                        .orElseThrow()
                        .message())
                .isEqualTo("One notification is not sent yet; Isolated to oncall: It was denied; allow it.");
        assertThat(failed.notifications().getFirst().attempts()).isEqualTo(1);

        Sketch both =
                new Sketch().tell(channel("oncall", ALL), channel("siem", ALL)).episode(1, null);
        QuarantinedInstanceStatus two = due(both.build(), both.isolated(T0).build());
        QuarantinedInstanceStatus oneFailed =
                due(two, Notifications.notSent(two, two.notifications().getFirst(), "It was denied; allow it."));
        assertThat(Conditions.find(oneFailed.conditions(), ConditionType.NOTIFIED)
                        .orElseThrow()
                        .message())
                .isEqualTo(
                        "2 notifications are not sent yet; Isolated to oncall: It was denied; allow it. The rest are in"
                                + " status.notifications.");

        QuarantinedInstanceStatus sent = due(failed, Notifications.sent(failed, entry, Optional.of("m-1"), NOW));
        assertThat(notified(sent)).isEqualTo("TRUE Sent");
        assertThat(sent.notifications().getFirst().messageID()).isEqualTo("m-1");
        assertThat(sent.notifications().getFirst().message()).isNull();
    }

    @Test
    void whatIsUnsentIsCountedByTheKindOfItsChannel() {
        Sketch opened = new Sketch()
                .tell(
                        channel("oncall", ALL),
                        new Notification("siem", null, "https://sqs.example/q", null, ALL, null, null),
                        new Notification("hook", null, null, new Response.Webhook("https://h", null), ALL, null, null))
                .episode(1, null);
        QuarantinedInstanceStatus due = due(opened.build(), opened.isolated(T0).build());
        QuarantinedInstanceStatus sent =
                Notifications.sent(due, due.notifications().getFirst(), Optional.empty(), NOW);

        assertThat(Stream.of(ChannelKind.values()).map(kind -> Notifications.unsent(due, kind)))
                .containsExactly(1L, 1L, 1L);
        assertThat(Stream.of(ChannelKind.values()).map(kind -> Notifications.unsent(sent, kind)))
                .containsExactly(0L, 1L, 1L);
    }

    @Test
    void aChannelIsHeldUpByTheFirstThatItDoesNotTake() {
        Sketch opened =
                new Sketch().tell(channel("oncall", ALL), channel("siem", ALL)).episode(1, null);
        QuarantinedInstanceStatus due = due(opened.build(), opened.isolated(T0).build());
        NotificationStatus first = due.notifications().getFirst();
        QuarantinedInstanceStatus failed = drifted(Notifications.notSent(due, first, "It was denied."), 1);

        assertThat(Notifications.heldUp(due)).isEmpty();
        assertThat(Notifications.heldUp(failed))
                .containsExactly(
                        new Notifications.HeldUp("oncall", first.eventID(), "Isolated to oncall: It was denied."));
    }

    @Test
    void whatAnotherOperatorHasSentStaysSent() {
        Sketch opened = new Sketch().episode(1, null);
        QuarantinedInstanceStatus due = due(opened.build(), opened.isolated(T0).build());
        NotificationStatus entry = due.notifications().getFirst();
        QuarantinedInstanceStatus sent = Notifications.sent(due, entry, Optional.of("m-1"), NOW);

        assertThat(Notifications.notSent(sent, entry, "late")).isEqualTo(sent);
        assertThat(Notifications.sent(sent, entry, Optional.of("m-2"), NOW)).isEqualTo(sent);
    }

    // --- whom it tells, when its policy is edited

    @Test
    void whomAQuarantineTellsFollowsThePolicyAndNothingElseOfItsResponseDoes() {
        Sketch opened = new Sketch().episode(1, null);
        QuarantinedInstanceStatus due = due(opened.build(), opened.isolated(T0).build());
        List<Notification> elsewhere = List.of(new Notification("oncall", "another", null, null, ALL, null, null));

        QuarantinedInstanceStatus followed = Notifications.following(due, elsewhere);

        assertThat(followed)
                .isEqualTo(new StatusBuilder(due)
                        .response(Objects.requireNonNull(due.response()).toldTo(elsewhere))
                        .build());
        assertThat(due(due, followed).notifications()).isEqualTo(due.notifications());
        assertThat(Notifications.following(followed, elsewhere)).isSameAs(followed);
    }

    @Test
    void whatIsOverAndToldFollowsNobody() {
        Sketch opened = new Sketch().episode(1, null);
        QuarantinedInstanceStatus isolated =
                due(opened.build(), opened.isolated(T0).build());
        QuarantinedInstanceStatus told =
                Notifications.sent(isolated, isolated.notifications().getFirst(), Optional.empty(), NOW);
        List<Notification> none = List.of();

        assertThat(Notifications.following(new Sketch(told).released(NOW).build(), none))
                .isEqualTo(new Sketch(told).released(NOW).build());
        QuarantinedInstanceStatus due =
                Notifications.following(new Sketch(isolated).released(NOW).build(), none);
        assertThat(Objects.requireNonNull(due.response()).notifications()).isEmpty();
    }

    @Test
    void whatIsDroppedWithItsChannelIsOneLineOfTheTimeline() {
        QuarantinedInstanceStatus before = drifts(3);
        QuarantinedInstanceStatus after = due(before, Notifications.following(before, List.of()));

        assertThat(after.notifications()).isEmpty();
        assertThat(after.timeline())
                .extracting(QuarantinedInstanceStatus.TimelineEntry::detail)
                .singleElement()
                .asString()
                .endsWith(
                        " and 2 more were not sent to oncall and dropped: the response has no channel of that name any"
                                + " more");
    }

    // --- the bound

    @Test
    void whatWasSentMakesRoomFirst() {
        QuarantinedInstanceStatus status = drifts(100);
        NotificationStatus sent = status.notifications().get(50);
        status = drifted(Notifications.sent(status, sent, Optional.empty(), NOW), 100);

        assertThat(status.notifications())
                .hasSize(100)
                .noneMatch(entry -> entry.eventID().equals(sent.eventID()));
        assertThat(status.timeline()).isEmpty();
    }

    @Test
    void whereAllAreDueTheOldestOfAKindIsMergedAndThatIsTold() {
        QuarantinedInstanceStatus full = drifts(100);
        String oldest = full.notifications().getFirst().eventID();
        QuarantinedInstanceStatus status = drifted(full, 100);

        assertThat(status.notifications())
                .hasSize(100)
                .noneMatch(entry -> entry.eventID().equals(oldest));
        assertThat(status.timeline())
                .singleElement()
                .satisfies(entry -> assertThat(entry.action()).isEqualTo("NotificationsMerged"))
                .satisfies(entry -> assertThat(entry.detail()).startsWith("Drifted of 2026-01-01T03:00:00Z to oncall"));
    }

    private static QuarantinedInstanceStatus drifts(int number) {
        QuarantinedInstanceStatus status =
                new Sketch().episode(1, null).isolated(T0).build();
        for (int each = 0; each < number; each++) {
            status = drifted(status, each);
        }
        return status;
    }

    private static QuarantinedInstanceStatus drifted(QuarantinedInstanceStatus before, int second) {
        return due(
                before,
                new StatusBuilder(before)
                        .verification(
                                new VerificationStatus(T0, T0, second, new Drift(T0.plusSeconds(second), "changed")))
                        .build());
    }

    private static String notified(QuarantinedInstanceStatus status) {
        Condition condition =
                Conditions.find(status.conditions(), ConditionType.NOTIFIED).orElseThrow();
        return condition.status() + " " + condition.reason();
    }

    private static QuarantinedInstanceStatus due(QuarantinedInstanceStatus before, QuarantinedInstanceStatus after) {
        return Notifications.due(before, after, UID, Optional.of(DesiredState.ISOLATED), NOW);
    }

    private static Notification channel(String name, List<NotificationEvent> events) {
        return new Notification(name, "arn", null, null, List.copyOf(events), null, null);
    }

    /** A status in a few strokes. */
    private record Sketch(QuarantinedInstanceStatus status) {
        Sketch() {
            this(QuarantinedInstanceStatus.empty());
        }

        Sketch tell(Notification... channels) {
            return with(new StatusBuilder(status).response(new Response(null, null, null, null, List.of(channels))));
        }

        Sketch episode(int number, @Nullable Instant isolated) {
            Sketch heard = status.response() == null ? tell(channel("oncall", ALL)) : this;
            return with(
                    new StatusBuilder(heard.status).episode(new Episode(number, T0, isolated, null, null, null, null)));
        }

        Sketch isolated(Instant when) {
            int number = QuarantineReading.episodeNumber(status);
            return episode(number, when)
                    .is(ConditionType.ISOLATED, Status.TRUE, "Isolated")
                    .verified(when);
        }

        Sketch verified(Instant when) {
            return with(new StatusBuilder(status).verification(new VerificationStatus(when, when, 0, null)))
                    .is(ConditionType.VERIFIED, Status.TRUE, "Verified");
        }

        Sketch lost(Status state, String reason, Instant since) {
            return is(ConditionType.VERIFIED, state, reason, since);
        }

        Sketch drift(Instant when, String detail) {
            return with(
                    new StatusBuilder(status).verification(new VerificationStatus(T0, T0, 1, new Drift(when, detail))));
        }

        Sketch released(Instant when) {
            return with(new StatusBuilder(status).releasedTime(when))
                    .is(ConditionType.ISOLATED, Status.FALSE, "Released");
        }

        Sketch partial(Instant since) {
            return is(ConditionType.ISOLATED, Status.FALSE, "Partial")
                    .is(ConditionType.RECONCILING, Status.TRUE, "Unreachable", since);
        }

        Sketch active(String finding, Duration after) {
            List<FindingStatus> findings = new ArrayList<>(status.findings());
            findings.removeIf(each -> each.id().equals(finding));
            findings.add(new FindingStatus(
                    finding,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    T0.plus(after),
                    null,
                    null,
                    null,
                    null,
                    null,
                    List.of()));
            return with(new StatusBuilder(status).findings(findings))
                    .is(ConditionType.CONNECTIONS_CUT, Status.FALSE, "StillActive");
        }

        Sketch is(ConditionType type, Status state, String reason) {
            return is(type, state, reason, T0);
        }

        private Sketch is(ConditionType type, Status state, String reason, Instant since) {
            List<Condition> others = status.conditions().stream()
                    .filter(each -> !each.type().equals(type.text()))
                    .toList();
            return with(new StatusBuilder(status)
                    .conditions(Conditions.upsert(
                            others, List.of(new Claim(type, state, reason, "Something.")), 1, since)));
        }

        private static Sketch with(StatusBuilder builder) {
            return new Sketch(builder.build());
        }

        QuarantinedInstanceStatus build() {
            return status;
        }
    }
}
