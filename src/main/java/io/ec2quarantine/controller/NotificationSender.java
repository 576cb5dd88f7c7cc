package io.ec2quarantine.controller;

import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.NotificationStatus;
import io.ec2quarantine.api.v1alpha1.Response.Notification;
import io.ec2quarantine.cluster.ReconcileTrigger;
import io.ec2quarantine.core.Scheduler;
import io.ec2quarantine.notice.Notice;
import io.ec2quarantine.notify.Courier;
import io.ec2quarantine.notify.Delivery;
import io.ec2quarantine.status.Notifications;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Empties the outboxes: sends what the acknowledged status says is due, beside the work that it tells of and never in its
 * way, and has the outcome written by the next pass. What was sent and not written down is sent again, with the same id.
 */
final class NotificationSender {
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);
    /** An object that is no more has no outbox: what could not be sent by then is not known after a restart. */
    private static final int ATTEMPTS_WITHOUT_OBJECT = 10;

    private static final Logger LOG = LoggerFactory.getLogger(NotificationSender.class);

    private final Courier courier;
    private final Scheduler scheduler;
    private final ReconcileTrigger trigger;
    private final Backoff backoff = new Backoff();
    private final ConcurrentMap<String, QuarantinedInstance> latest = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, Integer> gone = new ConcurrentHashMap<>();
    private final ConcurrentMap<Parcel, Outcome> outcomes = new ConcurrentHashMap<>();
    private final Set<Route> underWay = ConcurrentHashMap.newKeySet();

    NotificationSender(Courier courier, Scheduler scheduler, ReconcileTrigger trigger) {
        this.courier = courier;
        this.scheduler = scheduler;
        this.trigger = trigger;
    }

    /**
     * Writes down how the attempts since the last pass ended.
     *
     * @return whether there were any
     */
    boolean report(QuarantinedInstance object, StatusPatch<QuarantinedInstanceStatus> status) {
        List<Parcel> ended = outcomes.keySet().stream()
                .filter(parcel -> parcel.route().uid().equals(uid(object)))
                .toList();
        if (ended.isEmpty()) {
            return false;
        }
        List<Ending> endings = new ArrayList<>();
        ended.forEach(parcel -> Optional.ofNullable(outcomes.get(parcel))
                .ifPresent(outcome -> endings.add(new Ending(parcel, outcome))));
        status.patch(before -> {
            QuarantinedInstanceStatus after = before;
            for (Ending ending : endings) {
                after = ending.in(after);
            }
            return after;
        });
        endings.forEach(ending -> outcomes.remove(ending.parcel(), ending.outcome()));
        return true;
    }

    /** Sends what is due, one after the other by each channel. */
    void send(QuarantinedInstance object) {
        String name = object.getMetadata().getName();
        String uid = uid(object);
        latest.forEach((other, known) -> {
            if (!other.equals(uid) && known.getMetadata().getName().equals(name)) {
                gone.putIfAbsent(other, 0);
            }
        });
        List<NotificationStatus> unsent = unsent(object);
        if (unsent.isEmpty()) {
            latest.remove(uid);
            return;
        }
        Optional<QuarantinedInstance> before = Optional.ofNullable(latest.put(uid, object));
        unsent.stream()
                .map(entry -> new Route(name, uid, entry.name()))
                .distinct()
                .filter(route -> underWay.add(route) || needNotWait(route, before, object))
                .forEach(route -> scheduler.after(Duration.ZERO, () -> deliver(route)));
    }

    /** A channel that was corrected is tried at once. */
    private boolean needNotWait(Route route, Optional<QuarantinedInstance> before, QuarantinedInstance now) {
        return before.filter(known -> !channel(route, known).equals(channel(route, now)))
                        .isPresent()
                && backoff.takesBack(route.toString());
    }

    private static Optional<Notification> channel(Route route, QuarantinedInstance object) {
        return Optional.ofNullable(object.getStatus()).map(QuarantinedInstanceStatus::response).stream()
                .flatMap(response -> response.notifications().stream())
                .filter(each -> each.name().equals(route.channel()))
                .findFirst();
    }

    /** The object is no more, though its name may be: what it had to tell is told still, but not tried for ever. */
    void forget(QuarantinedInstance object) {
        String uid = uid(object);
        if (latest.containsKey(uid)) {
            gone.putIfAbsent(uid, 0);
        }
        outcomes.keySet()
                .removeIf(parcel -> parcel.route().uid().equals(uid)
                        && outcomes.get(parcel) instanceof Outcome(Delivery.NotTaken _, Instant _));
        forgetWhatIsGone(uid);
    }

    private void deliver(Route route) {
        boolean taken = true;
        try {
            taken = deliverAll(route);
        } finally {
            if (taken) {
                backoff.reset(route.toString());
                underWay.remove(route);
                forgetWhatIsGone(route.uid());
            } else {
                later(route);
            }
        }
        trigger.trigger(route.quarantine());
    }

    /** Whether everything was taken; what one channel did not take holds up what comes after it, which keeps the order. */
    private boolean deliverAll(Route route) {
        QuarantinedInstance object = latest.get(route.uid());
        if (object == null) {
            return true;
        }
        for (NotificationStatus entry : unsent(object)) {
            Parcel parcel = new Parcel(route, entry);
            if (!entry.name().equals(route.channel()) || isTaken(parcel)) {
                continue;
            }
            Delivery delivery = Notice.of(object, entry).map(courier::deliver).orElseThrow();
            if (delivery instanceof Delivery.Waits) {
                return false;
            }
            outcomes.put(parcel, new Outcome(delivery, scheduler.instant()));
            if (delivery instanceof Delivery.NotTaken(String sentence)) {
                LOG.warn(
                        "{} of {} was not sent to {}: {}",
                        entry.event(),
                        route.quarantine(),
                        route.channel(),
                        sentence);
                return false;
            }
            LOG.info(
                    "told {} of {} to {}, event {}",
                    entry.event(),
                    route.quarantine(),
                    route.channel(),
                    entry.eventID());
        }
        return true;
    }

    private void forgetWhatIsGone(String uid) {
        if (gone.containsKey(uid)
                && underWay.stream().noneMatch(route -> route.uid().equals(uid))) {
            latest.remove(uid);
            gone.remove(uid);
            outcomes.keySet().removeIf(parcel -> parcel.route().uid().equals(uid));
        }
    }

    private boolean isTaken(Parcel parcel) {
        return Optional.ofNullable(outcomes.get(parcel))
                .filter(outcome -> outcome.delivery() instanceof Delivery.Taken)
                .isPresent();
    }

    private void later(Route route) {
        Integer attempts = gone.computeIfPresent(route.uid(), (_, before) -> before + 1);
        if (attempts != null && attempts > ATTEMPTS_WITHOUT_OBJECT) {
            LOG.error("what {} had to tell {} is given up: the object is deleted", route.quarantine(), route.channel());
            underWay.remove(route);
            forgetWhatIsGone(route.uid());
            return;
        }
        backoff.next(route.toString(), LONGEST_WAIT)
                .ifPresent(attempt -> scheduler.after(attempt.delay(), () -> {
                    if (backoff.begins(route.toString(), attempt)) {
                        deliver(route);
                    }
                }));
    }

    private static List<NotificationStatus> unsent(QuarantinedInstance object) {
        return Optional.ofNullable(object.getStatus())
                .map(Notifications::unsent)
                .orElseGet(List::of);
    }

    private static String uid(QuarantinedInstance object) {
        return Optional.ofNullable(object.getMetadata().getUid())
                .orElseGet(() -> object.getMetadata().getName());
    }

    /** One channel of one quarantine; one that is made anew under the same name is another. */
    private record Route(String quarantine, String uid, String channel) {}

    /** One transition on its way by one channel, as it is known by its id. */
    private record Parcel(Route route, String eventId) {
        Parcel(Route route, NotificationStatus entry) {
            this(route, entry.eventID());
        }
    }

    private record Outcome(Delivery delivery, Instant time) {}

    private record Ending(Parcel parcel, Outcome outcome) {
        QuarantinedInstanceStatus in(QuarantinedInstanceStatus before) {
            return before.notifications().stream()
                    .filter(entry -> entry.name().equals(parcel.route().channel())
                            && entry.eventID().equals(parcel.eventId()))
                    .findFirst()
                    .map(entry -> switch (outcome.delivery()) {
                        case Delivery.Taken(Optional<String> id) ->
                            Notifications.sent(before, entry, id, outcome.time());
                        case Delivery.NotTaken(String sentence) -> Notifications.notSent(before, entry, sentence);
                        case Delivery.Waits() -> before;
                    })
                    .orElse(before);
        }
    }
}
