package io.ec2quarantine.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** An SNS topic, which keeps what was published to it as its subscribers would get it. */
public final class Topic {
    private final RegionWorld region;
    private final String name;
    private final List<Mail> mails = new ArrayList<>();

    /** What a subscriber gets. */
    public record Mail(String messageId, String subject, String message, Map<String, String> attributes) {}

    Topic(RegionWorld region, String name) {
        this.region = region;
        this.name = name;
    }

    /** The ARN that a policy names. */
    public String arn() {
        return "arn:aws:sns:" + region.name() + ":" + region.account().id() + ":" + name;
    }

    /** What was published, in its order. */
    public List<Mail> mails() {
        return region.locked(() -> List.copyOf(mails));
    }

    void add(Mail mail) {
        mails.add(mail);
    }
}
