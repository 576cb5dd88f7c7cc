package io.ec2quarantine.notify;

import io.ec2quarantine.api.v1alpha1.Response.Notification;
import io.ec2quarantine.api.v1alpha1.Response.Webhook;
import io.ec2quarantine.aws.AwsSessions;
import io.ec2quarantine.notice.Letter;
import io.ec2quarantine.notice.Letters;
import io.ec2quarantine.notice.Notice;
import io.ec2quarantine.notice.QuarantineEvent;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Takes a notice to its channel: a letter for people, the JSON event for machines. */
public final class Courier {
    private static final Pattern REGION_OF_A_QUEUE = Pattern.compile("https?://sqs\\.([a-z0-9-]+)\\..*");
    private static final int PLACE_OF_REGION = 3;

    private final AwsSessions sessions;
    private final WebhookSender webhooks;
    private final String installId;

    public Courier(AwsSessions sessions, WebhookSender webhooks, String installId) {
        this.sessions = sessions;
        this.webhooks = webhooks;
        this.installId = installId;
    }

    /** Delivers by the channel that the frozen response of the notice's quarantine has under its name. */
    public Delivery deliver(Notice notice) {
        return Optional.ofNullable(notice.status().response()).stream()
                .flatMap(response -> response.notifications().stream())
                .filter(each -> each.name().equals(notice.entry().name()))
                .findFirst()
                .map(channel -> deliver(channel, notice))
                .orElseGet(() -> new Delivery.NotTaken(
                        "The response of this episode has no channel of that name any more; it cannot be sent."));
    }

    private Delivery deliver(Notification channel, Notice notice) {
        if (channel.snsTopicARN() != null) {
            return toTopic(channel.snsTopicARN(), Letters.of(channel, notice), notice);
        }
        if (channel.sqsQueueURL() != null) {
            return Delivery.of(sessions.messages(regionOf(channel.sqsQueueURL()))
                    .send(channel.sqsQueueURL(), QuarantineEvent.json(installId, notice), attributes(notice)));
        }
        Webhook webhook = channel.webhook();
        return webhook == null
                ? new Delivery.NotTaken("The channel is of a kind that this version of the operator does not know;"
                        + " upgrade the operator.")
                : webhooks.post(webhook, notice.entry().eventID(), QuarantineEvent.json(installId, notice));
    }

    private Delivery toTopic(String topic, Letter letter, Notice notice) {
        return Delivery.of(sessions.messages(Optional.of(topic.split(":", -1)[PLACE_OF_REGION]))
                .publish(topic, letter.subject(), letter.body(), attributes(notice)));
    }

    /** What a subscription or a consumer can filter by without reading the message. */
    private static Map<String, String> attributes(Notice notice) {
        return Map.of(
                "event",
                Optional.ofNullable(notice.entry().event()).orElse("Unknown"),
                "eventID",
                notice.entry().eventID());
    }

    /** An endpoint of one's own names no Region: that of the operator is meant. */
    private static Optional<String> regionOf(String queueUrl) {
        return Optional.of(REGION_OF_A_QUEUE.matcher(queueUrl))
                .filter(Matcher::matches)
                .map(matcher -> matcher.group(1));
    }
}
