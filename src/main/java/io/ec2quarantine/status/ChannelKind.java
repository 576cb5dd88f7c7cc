package io.ec2quarantine.status;

import io.ec2quarantine.api.v1alpha1.Response.Notification;
import java.util.Optional;

/** By what a notification is sent. */
public enum ChannelKind {
    TOPIC("sns"),
    QUEUE("sqs"),
    WEBHOOK("webhook");

    private final String label;

    ChannelKind(String label) {
        this.label = label;
    }

    /** The kind as a metric spells it. */
    public String label() {
        return label;
    }

    /** The kind of a channel, where this version knows it. */
    static Optional<ChannelKind> of(Notification channel) {
        if (channel.snsTopicARN() != null) {
            return Optional.of(TOPIC);
        }
        if (channel.sqsQueueURL() != null) {
            return Optional.of(QUEUE);
        }
        return Optional.of(WEBHOOK).filter(_ -> channel.webhook() != null);
    }
}
