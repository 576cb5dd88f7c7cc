package io.ec2quarantine.aws;

import io.ec2quarantine.core.Result;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sns.model.MessageAttributeValue;
import software.amazon.awssdk.services.sqs.SqsClient;

/** Topics and queues of one Region, as far as telling people and machines of a quarantine needs them. */
public final class MessageGateway {
    private final Supplier<SnsClient> sns;
    private final Supplier<SqsClient> sqs;
    private final AwsCalls calls;

    MessageGateway(Supplier<SnsClient> sns, Supplier<SqsClient> sqs, AwsCalls calls) {
        this.sns = sns;
        this.sqs = sqs;
        this.calls = calls;
    }

    /**
     * Publishes to a topic, and returns the id that the message got.
     *
     * @param attributes what a subscription can filter by
     */
    public Result<String> publish(String topicArn, String subject, String message, Map<String, String> attributes) {
        return calls.write(
                new Call("sns:Publish", topicArn, RateBucket.MESSAGE),
                () -> sns.get()
                        .publish(request -> request.topicArn(topicArn)
                                .subject(subject)
                                .message(message)
                                .messageAttributes(attributes.entrySet().stream()
                                        .collect(Collectors.toMap(Map.Entry::getKey, each -> text(each.getValue())))))
                        .messageId());
    }

    /** Sends to a queue, and returns the id that the message got. */
    public Result<String> send(String queueUrl, String message, Map<String, String> attributes) {
        return calls.write(
                new Call("sqs:SendMessage", queueUrl, RateBucket.MESSAGE),
                () -> sqs.get()
                        .sendMessage(request -> request.queueUrl(queueUrl)
                                .messageBody(message)
                                .messageAttributes(attributes.entrySet().stream()
                                        .collect(Collectors.toMap(Map.Entry::getKey, each -> queued(each.getValue())))))
                        .messageId());
    }

    private static MessageAttributeValue text(String value) {
        return MessageAttributeValue.builder()
                .dataType("String")
                .stringValue(value)
                .build();
    }

    private static software.amazon.awssdk.services.sqs.model.MessageAttributeValue queued(String value) {
        return software.amazon.awssdk.services.sqs.model.MessageAttributeValue.builder()
                .dataType("String")
                .stringValue(value)
                .build();
    }
}
