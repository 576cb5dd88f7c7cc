package io.ec2quarantine.demo;

import io.ec2quarantine.demo.Screen.Style;
import io.ec2quarantine.sim.RegionWorld;
import io.ec2quarantine.sim.Topic;
import io.ec2quarantine.sim.WorkshopScene;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What whoever is on call got by mail. */
record Mailbox(RegionWorld region, Screen screen) {
    private static final String ISOLATED = "Isolated";

    /** Shows the mail of the isolation as it arrived, and the subjects of the others, once this one came as well. */
    void show(Acting acting, String last) {
        Topic topic = region.topic(WorkshopScene.TOPIC);
        Topic.Mail first = await(acting, topic, ISOLATED);
        await(acting, topic, last);
        screen.heading("The mail as it arrived", topic.arn());
        screen.paragraph("  Subject: ", 11, Style.BOLD, first.subject());
        screen.line("");
        first.message().lines().forEach(this::line);
        screen.line("");
        List<String> others = mails(topic)
                .filter(mail -> !mail.equals(first))
                .map(Topic.Mail::subject)
                .toList();
        others.forEach(subject -> screen.paragraph("  And then: ", 12, Style.PLAIN, subject));
    }

    private void line(String text) {
        if (text.isEmpty()) {
            screen.line("");
        } else {
            String start =
                    "  " + text.substring(0, text.length() - text.stripLeading().length());
            screen.paragraph(start, 13, Style.PLAIN, text.strip());
        }
    }

    private static Topic.Mail await(Acting acting, Topic topic, String event) {
        return acting.await(
                () -> mails(topic).filter(mail -> of(mail).equals(event)).findFirst(),
                () -> "Nobody got a mail of the event " + event);
    }

    private static Stream<Topic.Mail> mails(Topic topic) {
        return topic.mails().stream();
    }

    private static String of(Topic.Mail mail) {
        return Optional.ofNullable(mail.attributes().get("event")).orElse("");
    }
}
