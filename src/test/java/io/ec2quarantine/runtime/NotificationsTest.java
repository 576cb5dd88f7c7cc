package io.ec2quarantine.runtime;

import static io.ec2quarantine.testing.OperatorWorld.condition;
import static io.ec2quarantine.testing.OperatorWorld.isTrue;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assertions.assertAll;

import ch.qos.logback.classic.Level;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialects;
import io.ec2quarantine.api.v1alpha1.Condition;
import io.ec2quarantine.api.v1alpha1.Condition.Status;
import io.ec2quarantine.api.v1alpha1.ConditionType;
import io.ec2quarantine.api.v1alpha1.IsolationPolicy;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceSpec.DesiredState;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.NotificationStatus;
import io.ec2quarantine.api.v1alpha1.Response;
import io.ec2quarantine.api.v1alpha1.Response.Notification;
import io.ec2quarantine.cluster.RecoveredObjects;
import io.ec2quarantine.core.WriteHooks;
import io.ec2quarantine.sim.Queue;
import io.ec2quarantine.sim.Topic;
import io.ec2quarantine.sim.WebhookReceiver;
import io.ec2quarantine.sim.WorkshopScene;
import io.ec2quarantine.status.Conditions;
import io.ec2quarantine.testing.Eventually;
import io.ec2quarantine.testing.LogCapture;
import io.ec2quarantine.testing.OperatorWorld;
import io.ec2quarantine.testing.Policies;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is to be told is told of every transition, of nothing that was not read, and by one id however often. */
class NotificationsTest {
    private static final String ALL =
            "[Isolated, Drifted, StillActive, VerificationLost, AwaitingApproval, Deferred, Refused, Released, Failed]";

    private static final String TOPIC = "snsTopicARN: \"arn:aws:sns:us-west-2:111122223333:security\"";
    private static final String KEY = "canary-hmac-key-of-sufficient-length";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Schema SCHEMA = SchemaRegistry.withDialect(Dialects.getDraft202012())
            .getSchema(read(Path.of("docs/schema/quarantine-event.schema.json")));

    private final OperatorWorld world = new OperatorWorld();
    private final WorkshopScene scene = WorkshopScene.build(world.world());
    private final String instance = scene.compromisedInstance();
    private final Topic topic = world.region().topic("security");

    @AfterEach
    void end() {
        world.close();
    }

    @Test
    void anIsolationIsToldOnceAfterItWasReadBack() {
        isolate(policy("Enforce"));

        awaitTold("Isolated");
        world.elapse(Duration.ofMinutes(3));

        assertThat(told()).containsExactly("Isolated");
        Topic.Mail mail = topic.mails().getFirst();
        assertThat(mail.subject())
                .startsWith("[isolated] " + instance)
                .endsWith("(111122223333/us-west-2): MaliciousIPCaller.Custom");
        assertThat(mail.message())
                .contains("The instance was isolated, and the isolation was read back.", "Release    kubectl patch qi");
        NotificationStatus entry = outbox().getFirst();
        assertThat(entry.messageID()).isEqualTo(mail.messageId());
        assertThat(mail.attributes()).containsEntry("eventID", entry.eventID()).containsEntry("event", "Isolated");
        assertThat(condition(quarantine(), ConditionType.NOTIFIED))
                .hasValueSatisfying(notified -> assertThat(notified.status()).isEqualTo(Status.TRUE));
    }

    @Test
    void driftAndReleaseAreToldEachOnce() {
        isolate(policy("Enforce"));
        awaitTold("Isolated");
        world.region()
                .setGroups(world.region().interfacesOf(instance).getFirst().id(), scene.targetSecurityGroup());
        awaitTold("Isolated", "Drifted");

        world.desire(instance, DesiredState.RELEASED);

        awaitTold("Isolated", "Drifted", "Released");
        assertThat(ids()).doesNotHaveDuplicates();
        assertThat(topic.mails().get(1).message()).contains("undone: ");
    }

    @Test
    void whoeverIsAskedIsToldOnce() {
        isolate(policy("RequireApproval"));

        awaitTold("AwaitingApproval");
        assertThat(topic.mails().getFirst().message())
                .contains("NOT isolated", "{\"spec\":{\"desiredState\":\"Isolated\",\"decision\"");
        world.desire(instance, DesiredState.ISOLATED);
        awaitTold("AwaitingApproval", "Isolated");
    }

    @Test
    void whatAPersonMustMendIsToldAtOnceAndTheIsolationWhenItIsReached() {
        world.simulator().faults().on("ModifyNetworkInterfaceAttribute").deny();
        isolate(policy("Enforce"));

        awaitTold("Refused");
        assertThat(topic.mails().getFirst().message()).contains("ec2:ModifyNetworkInterfaceAttribute", "was denied");
        world.elapse(Duration.ofMinutes(5));
        assertThat(told()).containsExactly("Refused");

        world.simulator().faults().clear();
        awaitTold("Refused", "Isolated");
    }

    @Test
    void whatIsNotReachedForAMinuteHasFailedAndIsToldOnce() {
        world.simulator().faults().on("ModifyNetworkInterfaceAttribute").internalError();
        isolate(policy("Enforce"));

        world.elapse(Duration.ofSeconds(50));
        assertThat(told()).isEmpty();
        awaitTold("Failed");
        world.elapse(Duration.ofMinutes(5));
        assertThat(told()).containsExactly("Failed");
    }

    @Test
    void whoMayNotReadAnyMoreIsToldOnceThatTheVerificationIsLostAndOnceOfTheRight() {
        isolate(policy("Enforce"));
        awaitTold("Isolated");
        world.simulator().faults().on("DescribeNetworkInterfaces").deny();

        awaitTold("Isolated", "VerificationLost", "Refused");
        world.elapse(Duration.ofMinutes(5));
        assertThat(told()).containsExactly("Isolated", "VerificationLost", "Refused");
    }

    @Test
    void aTopicThatRefusesIsTriedAgainAndSaysSoMeanwhile() {
        world.simulator().faults().on("Publish").deny();
        isolate(policy("Enforce"));

        world.await(instance, ConditionType.NOTIFIED, Status.FALSE, "NotSent");
        assertThat(condition(quarantine(), ConditionType.NOTIFIED).orElseThrow().message())
                .contains(
                        "Isolated to oncall: sns:Publish for " + topic.arn() + " was denied",
                        "it is retried by itself.");
        assertThat(isTrue(quarantine(), ConditionType.READY))
                .as("what is told waits for nobody, and nobody for it")
                .isTrue();
        assertThat(outbox().getFirst().attempts()).isPositive();

        world.simulator().faults().clear();
        world.await(instance, ConditionType.NOTIFIED, Status.TRUE, "Sent");
        assertThat(told()).containsExactly("Isolated");
    }

    @Test
    void whatAChannelDoesNotTakeIsOneEventForEachCauseHoweverOftenItIsTried() {
        world.simulator().faults().on("Publish").deny();
        isolate(policy("Enforce"));
        world.await(instance, ConditionType.NOTIFIED, Status.FALSE, "NotSent");
        world.elapse(Duration.ofMinutes(10));

        assertThat(outbox().getFirst().attempts()).isGreaterThan(5);
        assertThat(notSent()).singleElement().satisfies(event -> {
            assertThat(event.getType()).isEqualTo("Warning");
            assertThat(event.getNote())
                    .startsWith("Isolated to oncall: sns:Publish for " + topic.arn() + " was denied");
        });

        world.simulator().faults().clear();
        world.simulator().faults().on("Publish").internalError();
        world.elapse(Duration.ofMinutes(10));
        assertThat(notSent())
                .extracting(Event::getNote)
                .satisfiesExactly(
                        first -> assertThat(first).contains("was denied"),
                        second -> assertThat(second).contains("got no answer"));
    }

    @Test
    void whatIsDueAndNotSentIsAMetricOfTheKindOfChannelAlone() throws IOException, InterruptedException {
        int port = freePort();
        world.setting("OPERATOR_HTTP_PORT", Integer.toString(port));
        world.simulator().faults().on("Publish").deny();
        isolate(policy("Enforce"));
        world.await(instance, ConditionType.NOTIFIED, Status.FALSE, "NotSent");

        assertThat(metrics(port))
                .contains(
                        "ec2quarantine_notifications_unsent{channel=\"sns\"} 1.0",
                        "ec2quarantine_notifications_unsent{channel=\"sqs\"} 0.0",
                        "ec2quarantine_notifications_unsent{channel=\"webhook\"} 0.0",
                        "ec2quarantine_quarantines_true{condition=\"Notified\"} 0.0",
                        "ec2quarantine_quarantines_true{condition=\"EvidencePreserved\"} ");

        world.simulator().faults().clear();
        world.await(instance, ConditionType.NOTIFIED, Status.TRUE, "Sent");
        assertThat(metrics(port))
                .contains(
                        "ec2quarantine_notifications_unsent{channel=\"sns\"} 0.0",
                        "ec2quarantine_quarantines_true{condition=\"Notified\"} 1.0");
    }

    @Test
    void aFailedAttemptIsWarnedOfInOneLine() {
        try (LogCapture log = new LogCapture("io.ec2quarantine")) {
            world.simulator().faults().on("Publish").deny();
            isolate(policy("Enforce"));
            world.await(instance, ConditionType.NOTIFIED, Status.FALSE, "NotSent");

            assertThat(log.messages(Level.WARN, "sns:Publish"))
                    .isNotEmpty()
                    .allSatisfy(
                            line -> assertThat(line).startsWith("Isolated of " + instance + " was not sent to oncall"));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            111122223333 | allow it for the operator's identity, it is retried
            444455556666 | allow it for the operator's identity, and in the own policy of the topic as well, for it is of account 444455556666, it is retried
            """)
    void aTopicOfAnotherAccountMustAllowItItself(String account, String advice) {
        world.simulator().faults().on("Publish").deny();
        isolate(policy("Enforce", TOPIC.replace("111122223333", account)));

        world.await(instance, ConditionType.NOTIFIED, Status.FALSE, "NotSent");

        assertThat(condition(quarantine(), ConditionType.NOTIFIED).orElseThrow().message())
                .contains(advice);
    }

    @Test
    void whatWaitsForThePaceOfTheAccountIsNoFailureThatAnybodyIsToldOf() {
        world.simulator().faults().on("Publish").throttle();
        isolate(policy("Enforce"));
        world.awaitCalls("Publish", 0, 3);

        world.elapse(Duration.ofMinutes(3));

        assertThat(condition(quarantine(), ConditionType.NOTIFIED).orElseThrow())
                .returns(Status.UNKNOWN, Condition::status)
                .returns("Pending", Condition::reason);
        assertThat(outbox().getFirst().attempts()).isNull();
        world.simulator().faults().clear();
        world.await(instance, ConditionType.NOTIFIED, Status.TRUE, "Sent");
        assertThat(told()).containsExactly("Isolated");
    }

    @Test
    void attemptsBecomeRareWhileATopicRefuses() {
        world.simulator().faults().on("Publish").deny();
        isolate(policy("Enforce"));
        world.await(instance, ConditionType.NOTIFIED, Status.FALSE, "NotSent");
        world.elapse(Duration.ofMinutes(20));
        long mark = world.simulator().calls().mark();

        world.elapse(Duration.ofMinutes(15));

        assertThat(world.calls("Publish", mark)).isBetween(2L, 4L);
    }

    @Test
    void aDeletedPolicyStillTellsByTheFrozenResponse() {
        isolate(policy("Enforce"));
        awaitTold("Isolated");
        world.cluster().client().resources(IsolationPolicy.class).delete();

        world.desire(instance, DesiredState.RELEASED);

        awaitTold("Isolated", "Released");
    }

    // --- a channel that was wrong, and an open quarantine

    @Test
    void aChannelThatIsCorrectedInThePolicyIsToldAtOnceWhatWasDueAndTheIsolationStaysAsItWasFrozen() {
        isolate(policy("Enforce", TOPIC.replace("security", "secruity")));
        world.await(instance, ConditionType.NOTIFIED, Status.FALSE, "NotSent");
        world.elapse(Duration.ofMinutes(20));
        String due = outbox().getFirst().eventID();
        Response frozen = response();

        edit(policy("Enforce").replace("ForensicSecurityGroup", "another-group"));
        world.elapse(Duration.ofSeconds(20));

        assertThat(told()).as("long before the next attempt would have been").containsExactly("Isolated");
        assertThat(ids()).containsExactly(due);
        assertThat(response().isolation()).isEqualTo(frozen.isolation());
        assertThat(response().notifications())
                .extracting(Notification::snsTopicARN)
                .containsExactly(topic.arn());
    }

    @Test
    void whatIsDueToAChannelThatThePolicyHasNoMoreIsDroppedAndTheTimelineSaysSo() {
        world.simulator().faults().on("Publish").deny();
        Queue queue = world.region().queue("siem");
        isolate(policy("Enforce"));
        world.await(instance, ConditionType.NOTIFIED, Status.FALSE, "NotSent");

        edit(policy("Enforce", "sqsQueueURL: \"" + queue.url() + "\"").replace("name: oncall", "name: siem"));
        world.await(instance, ConditionType.NOTIFIED, Status.TRUE, "NothingDue");

        assertThat(quarantine().getStatus().timeline())
                .filteredOn(entry -> "NotificationEnded".equals(entry.action()))
                .singleElement()
                .satisfies(entry -> assertThat(entry.detail())
                        .startsWith("Isolated of ")
                        .endsWith(" was not sent to oncall and dropped: the response has no channel of that name any"
                                + " more"));
        world.desire(instance, DesiredState.RELEASED);
        world.await(instance, "told of the release", NotificationsTest::isSent);
        assertThat(queue.sent()).singleElement().asString().contains("io.ec2quarantine.Released");
        world.simulator().faults().clear();
        world.elapse(Duration.ofMinutes(11));
        assertThat(told()).isEmpty();
    }

    @Test
    void aCorrectionAfterTheReleaseMendsWhatIsStillDue() {
        isolate(policy("Enforce", TOPIC.replace("security", "secruity")));
        world.await(instance, ConditionType.NOTIFIED, Status.FALSE, "NotSent");
        world.desire(instance, DesiredState.RELEASED);
        world.await(instance, ConditionType.READY, Status.TRUE, "Released");

        edit(policy("Enforce"));

        awaitTold("Isolated", "Released");
    }

    @Test
    void theEventsThatAreNotAskedForAreNotTold() {
        isolate(policy("Enforce").replace(ALL, "[Released]"));
        world.awaitVerified(instance);
        world.desire(instance, DesiredState.RELEASED);

        awaitTold("Released");
        assertThat(outbox()).hasSize(1);
    }

    // --- machines

    @Test
    void aQueueGetsTheEventThatItsSchemaDescribes() throws IOException {
        Queue queue = world.region().queue("siem");
        isolate(policy("Enforce", "sqsQueueURL: \"" + queue.url() + "\""));

        world.await(instance, "told", NotificationsTest::isSent);

        JsonNode event = JSON.readTree(queue.sent().getFirst());
        assertThat(event.at("/type").asText()).isEqualTo("io.ec2quarantine.Isolated");
        assertThat(event.at("/id").asText()).isEqualTo(outbox().getFirst().eventID());
        assertThat(event.at("/data/instance/instanceID").asText()).isEqualTo(instance);
        assertThat(event.at("/data/isolation/interfaces/0/before/0").asText()).isEqualTo(scene.targetSecurityGroup());
        assertThat(SCHEMA.validate(event)).isEmpty();
    }

    @Test
    void aWebhookGetsTheEventSignedAndDated() throws IOException, GeneralSecurityException {
        try (WebhookReceiver receiver = WebhookReceiver.start()) {
            world.setting("OPERATOR_WEBHOOK_ALLOWLIST", "127.0.0.1").trust(receiver.trust());
            secret("siem-key", KEY);
            isolate(policy("Enforce", "webhook: {url: \"" + receiver.url() + "\", secretName: siem-key}"));

            world.await(instance, "told", NotificationsTest::isSent);

            WebhookReceiver.Post post = receiver.posts().getFirst();
            assertThat(post.headers())
                    .containsEntry("content-type", "application/cloudevents+json; charset=utf-8")
                    .containsEntry("webhook-id", outbox().getFirst().eventID())
                    .hasEntrySatisfying(
                            "webhook-timestamp",
                            time -> assertThat(Long.parseLong(time))
                                    .isCloseTo(world.clock().instant().getEpochSecond(), within(60L)));
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(KEY.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            String signed = post.headers().get("webhook-id") + "."
                    + post.headers().get("webhook-timestamp") + "." + post.body();
            assertThat(post.headers())
                    .containsEntry(
                            "webhook-signature",
                            "v1,"
                                    + Base64.getEncoder()
                                            .encodeToString(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8))));
            assertThat(SCHEMA.validate(JSON.readTree(post.body()))).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', useHeadersInDisplayName = true, textBlock = """
            hosts           | secretName   | answer | told
            siem.example    | siem-key     | 202    | its host is not on OPERATOR_WEBHOOK_ALLOWLIST
            127.0.0.1       | other-key    | 202    | The Secret test/other-key has no hmac-key of at least 24 bytes
            127.0.0.1       | short-key    | 202    | The Secret test/short-key has no hmac-key of at least 24 bytes
            127.0.0.1       | siem-key     | 500    | answered HTTP 500; look into its log, it is retried by itself.
            127.0.0.1       | siem-key     | 307    | answered HTTP 307, and redirects are not followed
            """)
    void aWebhookThatCannotBePostedToIsSaidWhatIsToBeDone(
            String hosts, String secretName, int answer, String sentence) {
        try (WebhookReceiver receiver = WebhookReceiver.start();
                WebhookReceiver elsewhere = WebhookReceiver.start()) {
            receiver.redirect(elsewhere.url()).answer(answer);
            world.setting("OPERATOR_WEBHOOK_ALLOWLIST", hosts).trust(receiver.trust());
            secret("siem-key", KEY);
            secret("short-key", "short");
            isolate(policy("Enforce", "webhook: {url: \"" + receiver.url() + "\", secretName: " + secretName + "}"));

            world.await(instance, ConditionType.NOTIFIED, Status.FALSE, "NotSent");

            assertThat(condition(quarantine(), ConditionType.NOTIFIED)
                            .orElseThrow()
                            .message())
                    .contains(sentence.replace("Secret test/", "Secret " + namespace() + "/"));
            assertThat(receiver.posts().isEmpty()).isEqualTo(answer == 202);
            assertThat(elsewhere.posts()).isEmpty();
        }
    }

    @Test
    void aWebhookThatNobodyVouchesForIsNotPostedTo() {
        try (WebhookReceiver receiver = WebhookReceiver.start()) {
            world.setting("OPERATOR_WEBHOOK_ALLOWLIST", "127.0.0.1");
            isolate(policy("Enforce", "webhook: {url: \"" + receiver.url() + "\"}"));

            world.await(instance, ConditionType.NOTIFIED, Status.FALSE, "NotSent");

            assertThat(receiver.posts()).isEmpty();
            assertThat(condition(quarantine(), ConditionType.NOTIFIED)
                            .orElseThrow()
                            .message())
                    .contains("was not reached (SSLHandshakeException)");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"169.254.169.254", "0.0.0.0"})
    void noListAllowsTheAddressesOfTheMachine(String host) {
        world.setting("OPERATOR_WEBHOOK_ALLOWLIST", host);
        isolate(policy("Enforce", "webhook: {url: \"https://" + host + "/latest\"}"));

        world.await(instance, ConditionType.NOTIFIED, Status.FALSE, "NotSent");
        assertThat(condition(quarantine(), ConditionType.NOTIFIED).orElseThrow().message())
                .contains("stands for a link-local address or one of the instance's metadata");
    }

    // --- the words

    @Test
    void aTemplateThatIsWrongIsToldOnThePolicyAndTheMailGoesOutInTheDefaultWords() {
        isolate(policy("Enforce", TOPIC + ", message: \"{{finding.tilte}}\""));

        awaitTold("Isolated");
        assertThat(topic.mails().getFirst().message()).contains("The instance was isolated");
        world.awaitPolicy(
                "malicious-ip-callers",
                "telling of its template",
                policy -> Conditions.find(policy.getStatus().conditions(), ConditionType.READY)
                        .filter(ready -> ready.status() == Status.FALSE
                                && ready.reason().equals("InvalidTemplate")
                                && ready.message()
                                        .equals(
                                                "In spec.response.notifications the message is wrong ({{finding.tilte}} is"
                                                        + " no field) of notification oncall; correct it, until then the default"
                                                        + " words are sent."))
                        .isPresent());
        Eventually.holds("the event", () -> events("InvalidTemplate").size() == 1, () -> {}, () -> "");
    }

    // --- crashes, and two at once

    @Test
    void whatWasSentAndNotWrittenDownIsSentAgainWithTheSameId() {
        AtomicBoolean down = new AtomicBoolean();
        isolate(policy("Enforce"), new WriteHooks() {
            @Override
            public void before(Write write) {
                if (down.get() && write.action().equals("kubernetes:patchStatus")) {
                    throw new KubernetesClientException("the operator died before it wrote this");
                }
            }

            @Override
            public void after(Write write) {
                if (write.action().equals("sns:Publish")) {
                    down.set(true);
                }
            }
        });
        Eventually.holds("a mail", () -> !told().isEmpty(), () -> world.tick(Duration.ofMillis(200)), () -> "");
        world.stopOperator();
        assertThat(outbox().getFirst().sentTime()).isNull();

        world.startOperator();
        world.await(instance, "told", NotificationsTest::isSent);

        assertThat(ids()).hasSize(2);
        assertThat(ids().distinct()).containsExactly(outbox().getFirst().eventID());
    }

    @Test
    void twoOperatorsAtOnceMintOneIdForEachTransition() {
        world.cluster().create(policy("Enforce"));
        world.startOperator().startOperator();
        scene.compromise(world.world());
        world.await(instance, "told", NotificationsTest::isSent);
        // One that comes late with the isolation would undo the change as part of it, and count no drift.
        world.elapse(Duration.ofMinutes(2));
        world.region()
                .setGroups(world.region().interfacesOf(instance).getFirst().id(), scene.targetSecurityGroup());
        world.await(
                instance,
                "told of drift",
                object -> isSent(object)
                        && object.getStatus().notifications().stream()
                                .anyMatch(entry -> "Drifted".equals(entry.event())));

        assertThat(topic.mails().stream()
                        .filter(mail -> "Isolated".equals(mail.attributes().get("event")))
                        .map(mail -> mail.attributes().get("eventID"))
                        .distinct())
                .hasSize(1);
        assertThat(outbox()).extracting(NotificationStatus::eventID).doesNotHaveDuplicates();
    }

    @Test
    void anObjectWhoseDeletionGivesBackStaysUntilThatIsTold() {
        isolate(policy("Enforce").replace("  response:\n", "  response:\n    release: {onDelete: Restore}\n"));
        awaitTold("Isolated");

        world.client().resources(QuarantinedInstance.class).withName(instance).delete();
        world.awaitGone(instance);

        assertThat(told()).containsExactly("Isolated", "Released");
    }

    // --- what comes in between

    @Test
    void aUrlThatIsNoUriIsSaidOnTheQuarantineAndItsTokenIsNotLogged() {
        try (LogCapture log = new LogCapture("io.ec2quarantine")) {
            world.setting("OPERATOR_WEBHOOK_ALLOWLIST", "127.0.0.1");
            isolate(policy("Enforce", "webhook: {url: \"https://127.0.0.1:1/hooks/T0KEN-CANARY{x}\"}"));
            world.awaitVerified(instance);
            world.elapse(Duration.ofMinutes(3));
            assertAll(
                    () -> assertThat(condition(quarantine(), ConditionType.NOTIFIED)
                                    .orElseThrow()
                                    .reason())
                            .isEqualTo("NotSent"),
                    () -> assertThat(log.everything().toString()).doesNotContain("T0KEN-CANARY"));
        }
    }

    @Test
    void aPortThatIsNoneIsSaidOnTheQuarantine() {
        world.setting("OPERATOR_WEBHOOK_ALLOWLIST", "127.0.0.1");
        isolate(policy("Enforce", "webhook: {url: \"https://127.0.0.1:99999/hooks\"}"));
        world.awaitVerified(instance);
        world.elapse(Duration.ofMinutes(3));
        assertThat(condition(quarantine(), ConditionType.NOTIFIED).orElseThrow().reason())
                .isEqualTo("NotSent");
    }

    @Test
    void anObservedInstanceThatIsLetGoIsNotSaidToHaveItsGroupsBack() {
        isolate(policy("RequireApproval"));
        awaitTold("AwaitingApproval");
        world.desire(instance, DesiredState.RELEASED);
        world.elapse(Duration.ofMinutes(2));
        assertThat(topic.mails().stream().skip(1).map(Topic.Mail::message))
                .noneMatch(text -> text.contains("was given its security groups back"));
    }

    @Test
    void whatWasDueIsToldThoughTheObjectIsDeletedAndMadeAnew() {
        world.simulator().faults().on("Publish").deny();
        isolate(policy("Enforce"));
        world.await(instance, ConditionType.NOTIFIED, Status.FALSE, "NotSent");
        String due = outbox().getFirst().eventID();
        world.client().resources(IsolationPolicy.class).delete();
        world.client().resources(QuarantinedInstance.class).withName(instance).delete();
        world.awaitGone(instance);
        world.client()
                .resource(RecoveredObjects.object(
                        instance, OperatorWorld.ACCOUNT, OperatorWorld.REGION, QuarantinedInstanceStatus.empty()))
                .create();
        world.awaitVerified(instance);
        world.simulator().faults().clear();
        world.elapse(Duration.ofMinutes(6));
        assertThat(ids()).contains(due);
    }

    @Test
    void aLookThatWasAskedForIsNotLostWithAReportThatCouldNotBeWritten() {
        // an isolation that fails is told to a channel that fails; its retry must go on whatever becomes of the report
        world.setting("OPERATOR_SWEEP_INTERVAL_SECONDS", "3600").setting("OPERATOR_POLL_INTERVAL_SECONDS", "3600");
        world.simulator().faults().on("Publish").deny();
        world.simulator().faults().on("ModifyNetworkInterfaceAttribute").internalError();
        AtomicBoolean down = new AtomicBoolean();
        isolate(policy("Enforce"), new WriteHooks() {
            @Override
            public void before(Write write) {
                if (down.get() && write.action().equals("kubernetes:patchStatus")) {
                    throw new KubernetesClientException("the API server hiccups");
                }
            }

            @Override
            public void after(Write write) {}
        });
        world.await(instance, ConditionType.NOTIFIED, Status.FALSE, "NotSent");
        down.set(true);
        world.elapse(Duration.ofSeconds(100));
        down.set(false);
        world.simulator().faults().clear();
        world.simulator().faults().on("Publish").deny();
        long mark = world.simulator().calls().mark();
        // Long before a sweep, which would ask for it as well.
        world.awaitCalls("ModifyNetworkInterfaceAttribute", mark, 1);
    }

    // --- secrets

    @Test
    void noSecretIsToldOrLogged() {
        try (WebhookReceiver receiver = WebhookReceiver.start();
                LogCapture log = new LogCapture("io.ec2quarantine")) {
            Queue queue = world.region().queue("siem");
            world.setting("OPERATOR_WEBHOOK_ALLOWLIST", "127.0.0.1").trust(receiver.trust());
            secret("siem-key", KEY);
            isolate(policy("Enforce")
                    .replace("    notifications:\n", """
                                access: {externalID: %s}
                                notifications:
                                - {name: queue, sqsQueueURL: "%s", events: [Isolated, Refused, Failed]}
                                - {name: hook, webhook: {url: "%s", secretName: siem-key}, events: [Isolated, Refused, Failed]}
                            """.formatted("canary-external-id", queue.url(), receiver.url())));
            awaitTold("Isolated");

            List<String> said = new ArrayList<>(log.everything());
            said.addAll(queue.sent());
            receiver.posts().forEach(post -> said.add(post.toString()));
            topic.mails().forEach(mail -> said.add(mail.toString()));
            said.add(Serialization.asYaml(quarantine().getStatus().conditions()));
            said.add(Serialization.asYaml(outbox()));
            said.add(Serialization.asYaml(
                    world.client().events().v1().events().inAnyNamespace().list()));
            assertThat(queue.sent()).isNotEmpty();
            assertThat(receiver.posts()).isNotEmpty();
            assertThat(said)
                    .allSatisfy(text -> assertThat(text)
                            .doesNotContain(
                                    KEY,
                                    Base64.getEncoder().encodeToString(KEY.getBytes(StandardCharsets.UTF_8)),
                                    "canary-external-id",
                                    world.world().account(OperatorWorld.ACCOUNT).secretAccessKey()));
        }
    }

    private void secret(String name, String key) {
        world.client()
                .resource(new SecretBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withNamespace(namespace())
                        .endMetadata()
                        .addToData("hmac-key", Base64.getEncoder().encodeToString(key.getBytes(StandardCharsets.UTF_8)))
                        .build())
                .create();
    }

    private String namespace() {
        return Optional.ofNullable(world.client().getConfiguration().getNamespace())
                .orElse("default");
    }

    private static String policy(String mode) {
        return policy(mode, TOPIC);
    }

    private static String policy(String mode, String channel) {
        return Policies.policy("malicious-ip-callers", mode, "UnauthorizedAccess:EC2/MaliciousIPCaller.Custom", "")
                        .replaceFirst("(?m)^  response: .*$", "")
                        .stripTrailing()
                + """

                  response:
                    isolation: {securityGroupName: ForensicSecurityGroup}
                    notifications:
                    - {name: oncall, %s, events: %s}
                """.formatted(channel, ALL);
    }

    private void isolate(String policy) {
        isolate(policy, WriteHooks.NONE);
    }

    private void isolate(String policy, WriteHooks hooks) {
        world.cluster().create(policy);
        world.startOperator(hooks);
        scene.compromise(world.world());
    }

    private void edit(String policy) {
        world.cluster().replace(policy);
    }

    private Response response() {
        return Objects.requireNonNull(quarantine().getStatus().response());
    }

    private void awaitTold(String... events) {
        world.await(
                instance,
                "told " + List.of(events) + ", not " + told(),
                object -> told().size() >= events.length && isSent(object));
        assertThat(told()).containsExactly(events);
    }

    private static JsonNode read(Path file) {
        try {
            return JSON.readTree(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isSent(QuarantinedInstance object) {
        return condition(object, ConditionType.NOTIFIED)
                .filter(notified -> notified.reason().equals("Sent"))
                .isPresent();
    }

    private List<String> told() {
        return topic.mails().stream()
                .map(mail -> mail.attributes().get("event"))
                .toList();
    }

    private Stream<String> ids() {
        return topic.mails().stream().map(mail -> mail.attributes().get("eventID"));
    }

    private List<Event> notSent() {
        return events("NotSent");
    }

    private List<Event> events(String reason) {
        return world.client().events().v1().events().inNamespace("default").list().getItems().stream()
                .filter(event -> event.getReason().equals(reason))
                .sorted(Comparator.comparing(event -> event.getEventTime().getTime()))
                .toList();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static String metrics(int port) throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }

    private List<NotificationStatus> outbox() {
        return quarantine().getStatus().notifications();
    }

    private QuarantinedInstance quarantine() {
        return world.quarantine(instance).orElseThrow();
    }
}
