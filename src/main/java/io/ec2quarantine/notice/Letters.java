package io.ec2quarantine.notice;

import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.InstanceStatus;
import io.ec2quarantine.api.v1alpha1.Response.Notification;
import java.text.Normalizer;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Writes letters: in the words of a policy, or else in the default ones, which a tired person understands in ten seconds. */
public final class Letters {
    /** What SNS takes: less than 100 characters of ASCII in one line. */
    static final int LONGEST_SUBJECT = 99;
    /** Far below the 256 KiB that a message may have, also where every letter takes four bytes. */
    static final int LONGEST_BODY = 16_384;

    /** The message that is used where a policy gives none. */
    public static final String DEFAULT_BODY = """
            {{headline}}
            {{#detail}}
            {{detail}}
            {{/detail}}

            Instance   {{instance.instanceID}} {{instance.name}} {{instance.state}}
            Where      {{#instance.accountID}}account {{instance.accountID}}, {{/instance.accountID}}{{instance.region}}
            {{#finding.id}}
            What       {{finding.type}} ({{finding.severityLabel}}, count {{finding.count}}, {{finding.dataSource}})
                       {{finding.title}}
            Since      {{finding.firstSeen}}, last seen {{finding.lastSeen}}
            {{/finding.id}}
            {{^finding.id}}
            What       opened by a person, without a finding
            {{/finding.id}}
            Now        {{now}}
            {{#isolation.interfaces}}
            Interface  {{id}}: had {{before}}, now {{observed}}
            {{/isolation.interfaces}}
            {{#verification.lastVerifiedTime}}
            Verified   {{verification.lastVerifiedTime}}
            {{/verification.lastVerifiedTime}}
            {{#connections}}
            Survives   {{connections}}
            {{/connections}}
            {{#impact.autoScalingGroup}}
            Affects    Auto Scaling group {{impact.autoScalingGroup}}
            {{/impact.autoScalingGroup}}
            {{#impact.targetGroups}}
            Affects    target group {{.}}
            {{/impact.targetGroups}}
            {{#impact.publicIPs}}
            Affects    public address {{.}}
            {{/impact.publicIPs}}
            {{#impact.kubernetesNode}}
            Affects    Kubernetes node {{impact.kubernetesNode}}
            {{/impact.kubernetesNode}}
            {{#changes}}
            Changed    {{.}}
            {{/changes}}
            {{#evidence.summary}}
            Evidence   {{evidence.summary}}
            {{/evidence.summary}}
            {{#evidence.snapshotIDs}}
            Snapshot   {{.}}
            {{/evidence.snapshotIDs}}

            Look       {{commands.show}}
            {{#commands.approve}}
            Isolate    {{commands.approve}}
            {{/commands.approve}}
            {{#commands.release}}
            Release    {{commands.release}}
            {{/commands.release}}

            {{event}} at {{time}}, event {{eventID}}, episode {{quarantine.episode}}{{#quarantine.policy}}, policy {{quarantine.policy}}{{/quarantine.policy}}
            """;

    private static final Pattern MARKS = Pattern.compile("\\p{M}+");
    private static final Pattern NOT_ASCII = Pattern.compile("[^ -~]");
    private static final Pattern SPACES = Pattern.compile(" {2,}");
    private static final Pattern BROKEN_LINES = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}&&[^\n]]+");

    private Letters() {}

    /** What is wrong with the templates of a notification, in a sentence without its full stop. */
    public static Optional<String> problem(Notification notification) {
        return Stream.of(problem("subject", notification.subject()), problem("message", notification.message()))
                .flatMap(Optional::stream)
                .map(problem -> "the " + problem + " of notification " + notification.name())
                .findFirst();
    }

    private static Optional<String> problem(String what, @Nullable String template) {
        return Optional.ofNullable(template)
                .flatMap(text -> new TextTemplate(text).problem())
                .map(reason -> what + " is wrong (" + reason + ")");
    }

    /** The letter of a notice; a template that is wrong all the same is replaced by the default, for the letter must go out. */
    public static Letter of(Notification notification, Notice notice) {
        return new Letter(subject(notification, notice), body(notification, notice));
    }

    private static String subject(Notification notification, Notice notice) {
        return rendered(notification.subject(), notice, LONGEST_BODY)
                .map(Letters::asSubject)
                .filter(subject -> !subject.isEmpty())
                .orElseGet(() -> standardSubject(notice));
    }

    /** What must not be cut off stands whole: of the name, which anybody may have made long, there is what fits. */
    private static String standardSubject(Notice notice) {
        String type = notice.finding()
                .flatMap(finding -> Optional.ofNullable(finding.type()))
                .orElse("");
        String head = asSubject("[" + Wording.of(notice).map(Wording::label).orElseGet(notice::event) + "] "
                + notice.spec().instanceID());
        String tail = asSubject("("
                + Optional.ofNullable(notice.spec().accountID())
                        .map(id -> id + "/")
                        .orElse("")
                + notice.spec().region() + ")" + (type.isEmpty() ? "" : ": ")
                + type.substring(type.lastIndexOf('/') + 1));
        String name = asSubject(Optional.ofNullable(notice.status().instance())
                .map(InstanceStatus::name)
                .orElse(""));
        int room = Math.max(0, LONGEST_SUBJECT - head.length() - tail.length() - 2);
        return asSubject(
                head + " " + name.substring(0, Math.min(room, name.length())).strip() + " " + tail);
    }

    private static String body(Notification notification, Notice notice) {
        return rendered(notification.message(), notice, LONGEST_BODY)
                .map(Letters::asBody)
                .filter(body -> !body.isBlank())
                .orElseGet(() -> asBody(
                        new TextTemplate(DEFAULT_BODY).of(notice, LONGEST_BODY).orElseGet(notice::event)));
    }

    private static Optional<String> rendered(@Nullable String template, Notice notice, int longest) {
        return Optional.ofNullable(template).flatMap(text -> new TextTemplate(text).of(notice, longest));
    }

    private static String asSubject(String text) {
        String plain = MARKS.matcher(Normalizer.normalize(text, Normalizer.Form.NFKD))
                .replaceAll("")
                .replaceAll("\\s", " ");
        String ascii = SPACES.matcher(NOT_ASCII.matcher(plain).replaceAll("?"))
                .replaceAll(" ")
                .strip();
        return ascii.length() <= LONGEST_SUBJECT
                ? ascii
                : ascii.substring(0, LONGEST_SUBJECT).strip();
    }

    /** The lines are the template's; the values have none. */
    private static String asBody(String text) {
        return BROKEN_LINES.matcher(text.replace("\r\n", "\n")).replaceAll(" ");
    }
}
