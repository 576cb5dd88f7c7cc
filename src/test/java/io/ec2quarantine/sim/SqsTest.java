package io.ec2quarantine.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import software.amazon.awssdk.services.sqs.model.QueueDoesNotExistException;
import software.amazon.awssdk.services.sqs.model.ReceiptHandleIsInvalidException;

/** The simulator's SQS, and the event rule before it, as the unmodified AWS SDK sees them. */
class SqsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final MovableClock clock = new MovableClock(Instant.parse("2026-11-02T08:00:00Z"));
    private final AwsSimulator simulator = AwsSimulator.start(clock);
    private final World world = simulator.world();
    private final RegionWorld region = world.account("111122223333").region("us-west-2");
    private final SdkClients clients = new SdkClients(simulator);
    private final SqsClient sqs = clients.sqs(region);
    private final Queue queue = region.queue("findings");

    @AfterEach
    void stop() {
        clients.close();
        simulator.close();
    }

    private List<Message> receive(int most, int waitSeconds) {
        return sqs.receiveMessage(request -> request.queueUrl(queue.url())
                        .maxNumberOfMessages(most)
                        .waitTimeSeconds(waitSeconds)
                        .visibilityTimeout(30)
                        .messageSystemAttributeNames(MessageSystemAttributeName.APPROXIMATE_RECEIVE_COUNT))
                .messages();
    }

    private static String codeOf(ThrowingCallable call) {
        return catchThrowableOfType(AwsServiceException.class, call)
                .awsErrorDetails()
                .errorCode();
    }

    @Test
    void whatIsSentIsThereWithTheChecksumsThatTheSdkAsksFor() {
        sqs.sendMessage(request -> request.queueUrl(queue.url())
                .messageBody("{\"é\": 1}")
                .messageAttributes(Map.of(
                        "type",
                        MessageAttributeValue.builder()
                                .dataType("String")
                                .stringValue("Isolated")
                                .build())));

        assertThat(queue.sent()).containsExactly("{\"é\": 1}");
        assertThat(receive(10, 0)).extracting(Message::body).containsExactly("{\"é\": 1}");
        assertThat(simulator.calls().writes()).singleElement().satisfies(call -> {
            assertThat(call.action()).isEqualTo("SendMessage");
            assertThat(call.param("QueueUrl")).isEqualTo(queue.url());
        });
    }

    @Test
    void whatIsReceivedIsHiddenUntilItsTimeIsOverAndGoneOnceItIsDeleted() {
        queue.send("one");
        queue.send("two");

        assertThat(receive(1, 0)).extracting(Message::body).containsExactly("one");
        assertThat(receive(10, 0)).extracting(Message::body).containsExactly("two");
        assertThat(receive(10, 0)).isEmpty();
        clock.advance(Duration.ofSeconds(30));
        var again = receive(10, 0);
        assertThat(again)
                .extracting(message -> message.attributesAsStrings().get("ApproximateReceiveCount"))
                .containsExactly("2", "2");
        sqs.deleteMessageBatch(request -> request.queueUrl(queue.url())
                .entries(again.stream()
                        .map(message -> DeleteMessageBatchRequestEntry.builder()
                                .id(message.messageId())
                                .receiptHandle(message.receiptHandle())
                                .build())
                        .toList()));
        assertThat(queue.messages()).isEmpty();
    }

    @Test
    void anOlderReceiptDeletesNothing() {
        queue.send("one");
        var first = receive(1, 0).getFirst().receiptHandle();
        clock.advance(Duration.ofSeconds(30));
        receive(1, 0);

        sqs.deleteMessage(request -> request.queueUrl(queue.url()).receiptHandle(first));

        assertThat(queue.messages()).hasSize(1);
    }

    @Test
    void whatIsGivenBackIsVisibleAtOnce() {
        queue.send("one");
        var receipt = receive(1, 0).getFirst().receiptHandle();

        sqs.changeMessageVisibility(
                request -> request.queueUrl(queue.url()).receiptHandle(receipt).visibilityTimeout(0));

        assertThat(receive(1, 0)).hasSize(1);
    }

    @Test
    void aLongPollEndsWithTheFirstMessageAndHoldsNobodyUpMeanwhile() {
        var waiting = CompletableFuture.supplyAsync(() -> receive(10, 20));

        assertThat(attribute(QueueAttributeName.QUEUE_ARN)).isEqualTo(queue.arn());
        sqs.sendMessage(request -> request.queueUrl(queue.url()).messageBody("at last"));

        assertThat(waiting.orTimeout(10, TimeUnit.SECONDS).join())
                .extracting(Message::body)
                .containsExactly("at last");
    }

    @Test
    void aLongPollEndsEmptyWhenItsTimeIsOverByTheWorldsClock() {
        var waiting = CompletableFuture.supplyAsync(() -> receive(10, 20));
        while (!waiting.isDone()) {
            clock.advance(Duration.ofSeconds(1));
        }
        assertThat(waiting.join()).isEmpty();
    }

    @Test
    void countsAndTheAddressAreTold() {
        queue.send("one");
        queue.send("two");
        receive(1, 0);

        assertThat(attribute(QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES)).isEqualTo("1");
        assertThat(attribute(QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE))
                .isEqualTo("1");
        assertThat(sqs.getQueueUrl(request -> request.queueName("findings")).queueUrl())
                .isEqualTo(queue.url());
    }

    private String attribute(QueueAttributeName name) {
        return sqs.getQueueAttributes(request -> request.queueUrl(queue.url()).attributeNames(name))
                .attributes()
                .getOrDefault(name, "");
    }

    @Test
    void errorsHaveTheirNames() {
        queue.send("one");
        assertThat(catchThrowableOfType(
                        ReceiptHandleIsInvalidException.class,
                        () -> sqs.deleteMessage(
                                request -> request.queueUrl(queue.url()).receiptHandle("none"))))
                .isNotNull();
        simulator.faults().on("ReceiveMessage").times(1).deny();
        assertThat(codeOf(() -> receive(1, 0))).isEqualTo("AccessDenied");
        simulator.faults().on("ReceiveMessage").times(1).throttle();
        assertThat(codeOf(() -> receive(1, 0))).isEqualTo("RequestThrottled");
        queue.delete();
        assertThat(catchThrowableOfType(QueueDoesNotExistException.class, () -> receive(1, 0)))
                .isNotNull();
        assertThat(codeOf(() -> receive(1, 0))).isEqualTo("AWS.SimpleQueueService.NonExistentQueue");
        assertThat(codeOf(() -> sqs.receiveMessage(request -> request.queueUrl("https://example.com/nobody"))))
                .isEqualTo("InvalidAddress");
    }

    @Test
    void anotherAccountUsesAQueueOnlyWhereItIsAdmitted() {
        var stranger = clients.sqs(world.account("444455556666").region("us-west-2"));
        ThrowingCallable receiving = () -> stranger.receiveMessage(request -> request.queueUrl(queue.url()));

        assertThat(codeOf(receiving)).isEqualTo("AccessDenied");
        queue.admit("444455556666");
        assertThat(stranger.receiveMessage(request -> request.queueUrl(queue.url()))
                        .messages())
                .isEmpty();
    }

    @Test
    void anEventRuleSendsNewAndChangedFindingsOfMembersToo() throws Exception {
        var member = world.account("444455556666").administeredBy(region.account());
        var instance = member.region("us-west-2")
                .instance("web")
                .in(member.region("us-west-2").vpc())
                .launch();
        region.sendFindingsTo(queue);

        var id = member.region("us-west-2").finding(FindingTemplate.bitcoinDns(instance.id(), "pool.example"));
        world.seenAgain(id);

        assertThat(queue.sent()).hasSize(2);
        JsonNode event = JSON.readTree(queue.sent().getLast());
        assertThat(event.path("detail-type").asText()).isEqualTo("GuardDuty Finding");
        assertThat(event.path("account").asText()).isEqualTo("111122223333");
        assertThat(event.at("/detail/accountId").asText()).isEqualTo("444455556666");
        assertThat(event.at("/detail/id").asText()).isEqualTo(id);
        assertThat(event.at("/detail/service/count").toString()).isEqualTo("2.0");
        assertThat(event.at("/detail/resource/instanceDetails/launchTime").isNumber())
                .isTrue();
    }
}
