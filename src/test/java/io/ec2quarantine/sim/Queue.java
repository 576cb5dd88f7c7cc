package io.ec2quarantine.sim;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A standard queue of SQS. What a test does with it passes no wire and is no call: it is what somebody else sends, or what
 * the owner of the queue sees.
 */
public final class Queue {
    /** A value that is sent beside the body. */
    record Attribute(String type, String value) {}

    /**
     * What lies in a queue.
     *
     * @param visible when it may be received; before that somebody who received it has it
     * @param receives how often it was received
     */
    public record Message(
            String id, String body, Map<String, Attribute> attributes, Instant sent, Instant visible, int receives) {
        /** Names this very receive: a later one makes it void. */
        String receipt() {
            return id + "#" + receives;
        }

        private Message received(Instant until) {
            return new Message(id, body, attributes, sent, until, receives + 1);
        }

        private Message visibleAt(Instant time) {
            return new Message(id, body, attributes, sent, time, receives);
        }
    }

    private final RegionWorld region;
    private final String name;
    private final Map<String, Message> messages = new LinkedHashMap<>();
    private final List<String> sent = new ArrayList<>();
    private final Set<String> admitted = new HashSet<>();
    private Duration visibility = Duration.ofSeconds(30);
    private boolean exists = true;

    Queue(RegionWorld region, String name) {
        this.region = region;
        this.name = name;
    }

    /** The address that a policy names, on the simulator's endpoint. */
    public String url() {
        return region.world().endpoint() + "/" + region.account().id() + "/" + name;
    }

    /** The name as IAM and event rules have it. */
    public String arn() {
        return "arn:aws:sqs:" + region.name() + ":" + region.account().id() + ":" + name;
    }

    /** Another account may use it as well, as the queue's resource policy says. */
    public Queue admit(String accountId) {
        region.world().changed(() -> admitted.add(accountId));
        return this;
    }

    /** How long a message that was received is hidden from others, where the receiver does not say. */
    public Queue visibilityTimeout(Duration time) {
        region.world().changed(() -> visibility = time);
        return this;
    }

    /** Somebody deletes the queue. */
    public Queue delete() {
        region.world().changed(() -> {
            exists = false;
            messages.clear();
        });
        return this;
    }

    /** Somebody makes it again. */
    public Queue make() {
        region.world().changed(() -> exists = true);
        return this;
    }

    /** Somebody sends this. */
    public String send(String body) {
        return region.locked(() -> add(body, Map.of()).id());
    }

    /** What lies in it, received or not, and is not deleted. */
    public List<Message> messages() {
        return region.locked(() -> List.copyOf(messages.values()));
    }

    /** The bodies of everything that was ever sent to it. */
    public List<String> sent() {
        return region.locked(() -> List.copyOf(sent));
    }

    // For the simulator itself, with the world's lock held.

    boolean exists() {
        return exists;
    }

    boolean admits(String accountId) {
        return region.account().id().equals(accountId) || admitted.contains(accountId);
    }

    Message add(String body, Map<String, Attribute> attributes) {
        var now = region.world().now();
        var message = new Message(region.world().ids().nextUuid(), body, attributes, now, now, 0);
        messages.put(message.id(), message);
        sent.add(body);
        region.world().tellWaiting();
        return message;
    }

    List<Message> receive(int most, Optional<Duration> hiddenFor) {
        var now = region.world().now();
        var until = now.plus(hiddenFor.orElse(visibility));
        var received = messages.values().stream()
                .filter(message -> !message.visible().isAfter(now))
                .limit(most)
                .map(message -> message.received(until))
                .toList();
        received.forEach(message -> messages.put(message.id(), message));
        return received;
    }

    /** The receipt of an earlier receive is taken, and deletes nothing. */
    void delete(String receipt) {
        messages.computeIfPresent(
                idOf(receipt), (id, message) -> message.receipt().equals(receipt) ? null : message);
    }

    /** Whether the message was in flight. */
    boolean hide(String receipt, Duration time) {
        var now = region.world().now();
        var message = Optional.ofNullable(messages.get(idOf(receipt)))
                .filter(each -> each.receipt().equals(receipt) && each.visible().isAfter(now));
        message.ifPresent(each -> messages.put(each.id(), each.visibleAt(now.plus(time))));
        return message.isPresent();
    }

    Duration visibility() {
        return visibility;
    }

    long visible() {
        var now = region.world().now();
        return messages.values().stream()
                .filter(message -> !message.visible().isAfter(now))
                .count();
    }

    long inFlight() {
        return messages.size() - visible();
    }

    private static String idOf(String receipt) {
        return receipt.split("#", -1)[0];
    }
}
