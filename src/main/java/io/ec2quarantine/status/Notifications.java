package io.ec2quarantine.status;

import io.ec2quarantine.api.v1alpha1.ConditionType;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceSpec.DesiredState;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.NotificationStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.TimelineEntry;
import io.ec2quarantine.api.v1alpha1.Response;
import io.ec2quarantine.api.v1alpha1.Response.Notification;
import io.ec2quarantine.api.v1alpha1.Response.NotificationEvent;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The outbox of a quarantine: what is due stands in the status from the very write that makes it so, and stays until its
 * channel took it. So no transition is lost with its operator, and none is ever given a second id.
 */
public final class Notifications {
    /** As many as the schema takes. */
    static final int MOST = 100;

    private static final int ID_BYTES = 16;
    /** Told of a state as long as it lasts, and once by its id. */
    private static final Set<String> LASTING = Stream.of(
                    NotificationEvent.VERIFICATION_LOST,
                    NotificationEvent.FAILED,
                    NotificationEvent.AWAITING_APPROVAL,
                    NotificationEvent.DEFERRED)
            .map(NotificationEvent::text)
            .collect(Collectors.toUnmodifiableSet());

    private Notifications() {}

    /**
     * Adds to a change of the status the notifications that it makes due, and says how far they are.
     *
     * @param uid the object's own, which no other object ever has
     * @param desired what is asked for, where it is understood
     */
    public static QuarantinedInstanceStatus due(
            QuarantinedInstanceStatus before,
            QuarantinedInstanceStatus after,
            String uid,
            Optional<DesiredState> desired,
            Instant now) {
        List<Notification> asked = asked(after.response());
        if (asked.isEmpty() && after.notifications().isEmpty()) {
            return after;
        }
        Instant time = now.truncatedTo(ChronoUnit.MILLIS);
        List<NotificationStatus> fresh = Transitions.between(before, after, desired, now)
                .flatMap(transition -> asked.stream()
                        .filter(each -> each.events().contains(transition.event()))
                        .map(each -> new NotificationStatus(
                                each.name(),
                                id(uid, QuarantineReading.episodeNumber(after), transition),
                                transition.event().text(),
                                time,
                                null,
                                null,
                                null,
                                null)))
                .filter(entry -> after.notifications().stream().noneMatch(known -> isSame(known, entry)))
                .toList();
        return withCondition(withRoomFor(withoutWhatNobodyTakes(after, time), fresh, time), now);
    }

    /**
     * Whom a quarantine tells follows its policy while there is anything to tell: a channel that is broken could else never be
     * mended for it. How it isolates stays as it was frozen, and so do the channels where the policy is gone.
     *
     * @param written the channels that the policy of the episode names now
     */
    public static QuarantinedInstanceStatus following(QuarantinedInstanceStatus before, List<Notification> written) {
        Response frozen = before.response();
        return frozen == null
                        || frozen.notifications().equals(written)
                        || (isOver(before) && unsent(before).isEmpty())
                ? before
                : new StatusBuilder(before).response(frozen.toldTo(written)).build();
    }

    private static boolean isOver(QuarantinedInstanceStatus status) {
        return QuarantineReading.isTerminated(status)
                || QuarantineReading.releasedTime(status).isPresent();
    }

    /** What is due, the oldest first. */
    public static List<NotificationStatus> unsent(QuarantinedInstanceStatus status) {
        return status.notifications().stream()
                .filter(entry -> entry.sentTime() == null)
                .toList();
    }

    /** How many notifications are due by channels of a kind and not sent. */
    public static long unsent(QuarantinedInstanceStatus status, ChannelKind kind) {
        Set<String> channels = asked(status.response()).stream()
                .filter(each -> ChannelKind.of(each).filter(kind::equals).isPresent())
                .map(Notification::name)
                .collect(Collectors.toUnmodifiableSet());
        return unsent(status).stream()
                .filter(entry -> channels.contains(entry.name()))
                .count();
    }

    /** What holds up each channel that has not taken what is due. */
    public static List<HeldUp> heldUp(QuarantinedInstanceStatus status) {
        return unsent(status).stream()
                .collect(Collectors.toMap(
                        NotificationStatus::name, Function.identity(), (first, _) -> first, LinkedHashMap::new))
                .values()
                .stream()
                .filter(Notifications::isTriedInVain)
                .map(entry -> new HeldUp(entry.name(), entry.eventID(), sentence(entry)))
                .toList();
    }

    /**
     * A channel that has not taken what is due.
     *
     * @param eventId of the notification that it has not taken, for which what comes after waits
     */
    public record HeldUp(String channel, String eventId, String sentence) {}

    private static boolean isTriedInVain(NotificationStatus unsent) {
        return unsent.attempts() != null && unsent.attempts() > 0;
    }

    private static String sentence(NotificationStatus unsent) {
        return unsent.event() + " to " + unsent.name() + ": " + unsent.message();
    }

    /** A channel took it. */
    public static QuarantinedInstanceStatus sent(
            QuarantinedInstanceStatus before, NotificationStatus entry, Optional<String> messageId, Instant when) {
        return replaced(
                before, entry, known -> known.taken(when.truncatedTo(ChronoUnit.MILLIS), messageId.orElse(null)));
    }

    /** A channel did not take it. */
    public static QuarantinedInstanceStatus notSent(
            QuarantinedInstanceStatus before, NotificationStatus entry, String sentence) {
        return replaced(before, entry, known -> known.notTaken(Conditions.bounded(sentence)));
    }

    /** What another operator has told to be taken stays taken. */
    private static QuarantinedInstanceStatus replaced(
            QuarantinedInstanceStatus before, NotificationStatus entry, UnaryOperator<NotificationStatus> change) {
        return new StatusBuilder(before)
                .notifications(before.notifications().stream()
                        .map(known -> isSame(known, entry) && known.sentTime() == null ? change.apply(known) : known)
                        .toList())
                .build();
    }

    /** The same transition has the same id, whichever operator and whichever attempt writes it. */
    private static String id(String uid, int episode, Transition transition) {
        String text = String.join(
                "|", uid, Integer.toString(episode), transition.event().text(), transition.mark());
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, ID_BYTES);
        } catch (NoSuchAlgorithmException exception) {
            throw new IllegalStateException("every Java platform has SHA-256", exception);
        }
    }

    /** What the channels of another response are due can be sent no more, and would stand there as failing for ever. */
    private static QuarantinedInstanceStatus withoutWhatNobodyTakes(QuarantinedInstanceStatus after, Instant now) {
        if (after.response() == null) {
            return after;
        }
        List<NotificationStatus> ended = unsent(after).stream()
                .filter(entry -> asked(after.response()).stream()
                        .noneMatch(each -> each.name().equals(entry.name())))
                .toList();
        if (ended.isEmpty()) {
            return after;
        }
        StatusBuilder next = new StatusBuilder(after);
        ended.stream()
                .collect(Collectors.groupingBy(NotificationStatus::name, LinkedHashMap::new, Collectors.toList()))
                .forEach((channel, lost) ->
                        next.timeline(new TimelineEntry(now, "NotificationEnded", dropped(channel, lost), "NotSent")));
        return next.notifications(after.notifications().stream()
                        .filter(entry -> !ended.contains(entry))
                        .toList())
                .build();
    }

    private static String dropped(String channel, List<NotificationStatus> lost) {
        NotificationStatus first = lost.getFirst();
        return first.event() + " of " + first.time()
                + (lost.size() == 1 ? " was" : " and " + (lost.size() - 1) + " more were") + " not sent to " + channel
                + " and dropped: the response has no channel of that name any more";
    }

    private static QuarantinedInstanceStatus withRoomFor(
            QuarantinedInstanceStatus after, List<NotificationStatus> fresh, Instant now) {
        if (fresh.isEmpty()) {
            return after;
        }
        StatusBuilder next = new StatusBuilder(after);
        List<NotificationStatus> all = new ArrayList<>(after.notifications());
        all.addAll(fresh);
        while (all.size() > MOST) {
            Optional<NotificationStatus> sent =
                    all.stream().filter(entry -> isOver(entry, all)).findFirst();
            NotificationStatus leaves = sent.orElseGet(() -> oldestOfItsKind(all));
            all.remove(leaves);
            if (sent.isEmpty()) {
                next.timeline(new TimelineEntry(
                        now,
                        "NotificationsMerged",
                        leaves.event() + " of " + leaves.time() + " to " + leaves.name()
                                + " was merged into the next of its kind, for " + MOST + " are due and none was taken",
                        "Done"));
            }
        }
        return next.notifications(List.copyOf(all)).build();
    }

    /** What was sent, except the last word on what may last: without it, that would be told anew. */
    private static boolean isOver(NotificationStatus entry, List<NotificationStatus> all) {
        return entry.sentTime() != null
                && (!LASTING.contains(String.valueOf(entry.event()))
                        || all.lastIndexOf(entry)
                                < all.lastIndexOf(all.stream()
                                        .filter(other -> other.name().equals(entry.name())
                                                && Objects.equals(other.event(), entry.event()))
                                        .reduce(entry, (_, later) -> later)));
    }

    /** One with a younger one of the same channel and event, which tells the state as it is when it is sent. */
    private static NotificationStatus oldestOfItsKind(List<NotificationStatus> all) {
        return all.stream()
                .filter(entry -> all.stream()
                        .anyMatch(other -> !other.equals(entry)
                                && other.name().equals(entry.name())
                                && Objects.equals(other.event(), entry.event())))
                .findFirst()
                .orElseGet(all::getFirst);
    }

    private static QuarantinedInstanceStatus withCondition(QuarantinedInstanceStatus status, Instant now) {
        long generation = Optional.ofNullable(status.observedGeneration()).orElse(0L);
        return new StatusBuilder(status)
                .conditions(
                        Conditions.upsert(status.conditions(), List.of(claim(status.notifications())), generation, now))
                .build();
    }

    private static Claim claim(List<NotificationStatus> all) {
        List<NotificationStatus> unsent =
                all.stream().filter(entry -> entry.sentTime() == null).toList();
        Optional<NotificationStatus> failing =
                unsent.stream().filter(Notifications::isTriedInVain).findFirst();
        if (failing.isPresent()) {
            return Claim.no(
                    ConditionType.NOTIFIED,
                    "NotSent",
                    count(unsent.size()) + " not sent yet; " + sentence(failing.get()) + rest(unsent.size()));
        }
        if (!unsent.isEmpty()) {
            return Claim.unknown(ConditionType.NOTIFIED, "Pending", count(unsent.size()) + " on the way.");
        }
        return all.isEmpty()
                ? Claim.yes(ConditionType.NOTIFIED, "NothingDue", "Nothing has happened yet that is to be told.")
                : Claim.yes(
                        ConditionType.NOTIFIED, "Sent", "Every notification that was due was taken by its channel.");
    }

    private static String rest(int number) {
        return number == 1 ? "" : " The rest are in status.notifications.";
    }

    private static String count(int number) {
        return number == 1 ? "One notification is" : number + " notifications are";
    }

    private static boolean isSame(NotificationStatus one, NotificationStatus other) {
        return one.name().equals(other.name()) && one.eventID().equals(other.eventID());
    }

    private static List<Notification> asked(@Nullable Response response) {
        return response == null ? List.of() : response.notifications();
    }
}
