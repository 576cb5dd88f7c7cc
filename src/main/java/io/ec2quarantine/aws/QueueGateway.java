package io.ec2quarantine.aws;

import io.ec2quarantine.core.CallFailure;
import io.ec2quarantine.core.Result;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchResponse;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;

/** One queue of SQS. */
public final class QueueGateway {
    /** The most messages that one call receives or deletes (SQS API reference). */
    public static final int BATCH = 10;
    /** How long a message that was received is hidden from other readers: longer than a batch of findings takes. */
    public static final Duration HIDDEN = Duration.ofMinutes(1);

    private final Supplier<Result<Open>> opening;
    private final String url;

    /** @param opening asked before every call: the session may have ended since the last one */
    QueueGateway(Supplier<Result<Open>> opening, String url) {
        this.opening = opening;
        this.url = url;
    }

    /**
     * Receives up to {@link #BATCH} messages, which are hidden for a while.
     *
     * @param wait how long to wait for the first one
     */
    public Result<List<QueueMessage>> receive(Duration wait) {
        Call call = new Call("sqs:ReceiveMessage", url, RateBucket.SQS);
        return opening.get().then(open -> open.calls().read(call, () -> receive(open.client(), wait)));
    }

    private List<QueueMessage> receive(SqsClient client, Duration wait) {
        return client
                .receiveMessage(request -> request.queueUrl(url)
                        .maxNumberOfMessages(BATCH)
                        .waitTimeSeconds(Math.toIntExact(wait.toSeconds()))
                        .visibilityTimeout(Math.toIntExact(HIDDEN.toSeconds()))
                        .messageSystemAttributeNames(MessageSystemAttributeName.APPROXIMATE_RECEIVE_COUNT))
                .messages()
                .stream()
                .map(QueueGateway::message)
                .toList();
    }

    private static QueueMessage message(Message message) {
        return new QueueMessage(
                message.messageId(),
                message.receiptHandle(),
                Optional.ofNullable(message.body()).orElse(""),
                receives(Optional.ofNullable(
                        message.attributes().get(MessageSystemAttributeName.APPROXIMATE_RECEIVE_COUNT))));
    }

    /** A service that does not count is taken at its first word. */
    private static int receives(Optional<String> count) {
        return count.filter(text -> text.matches("[0-9]{1,9}"))
                .map(Integer::parseInt)
                .orElse(1);
    }

    /** Deletes messages for good, at most {@link #BATCH}; those that are not deleted come again. */
    public Result<Integer> delete(List<QueueMessage> messages) {
        Call call = new Call("sqs:DeleteMessage", url, RateBucket.SQS);
        return opening.get()
                .then(open -> open.calls().write(call, () -> delete(open.client(), messages)))
                .then(answer -> answer.failed().isEmpty()
                        ? Result.ok(answer.successful().size())
                        : Result.failed(new CallFailure.Transient(
                                call.action(),
                                url,
                                answer.failed().size() + " of " + messages.size() + " messages were not deleted")));
    }

    private DeleteMessageBatchResponse delete(SqsClient client, List<QueueMessage> messages) {
        // A message that came twice may stand in a batch once only; its later receipt is the valid one.
        Map<String, QueueMessage> byId = new LinkedHashMap<>();
        messages.forEach(message -> byId.put(message.id(), message));
        List<DeleteMessageBatchRequestEntry> entries = byId.values().stream()
                .map(message -> DeleteMessageBatchRequestEntry.builder()
                        .id(message.id())
                        .receiptHandle(message.receipt())
                        .build())
                .toList();
        return client.deleteMessageBatch(request -> request.queueUrl(url).entries(entries));
    }

    /** A client with its identity. */
    record Open(SqsClient client, AwsCalls calls) {}
}
