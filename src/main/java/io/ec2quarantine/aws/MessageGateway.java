package io.ec2quarantine.aws;

import io.ec2quarantine.core.CallFailure;
import io.ec2quarantine.core.Result;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sns.model.MessageAttributeValue;
import software.amazon.awssdk.services.sqs.SqsClient;

/** Topics and queues of one Region, as far as telling people and machines of a quarantine needs them. */
public final class MessageGateway {
    private static final Pattern ACCOUNT_OF_A_TOPIC = Pattern.compile("arn:[^:]*:sns:[^:]*:([0-9]{12}):.*");
    private static final Pattern ACCOUNT_OF_A_QUEUE = Pattern.compile("https?://[^/]+/([0-9]{12})/.*");

    private final Supplier<SnsClient> sns;
    private final Supplier<SqsClient> sqs;
    private final AwsCalls calls;
    private final Supplier<Optional<String>> ownAccount;

    /** @param ownAccount the account of the operator, where it is known */
    MessageGateway(
            Supplier<SnsClient> sns, Supplier<SqsClient> sqs, AwsCalls calls, Supplier<Optional<String>> ownAccount) {
        this.sns = sns;
        this.sqs = sqs;
        this.calls = calls;
        this.ownAccount = ownAccount;
    }

    /**
     * Publishes to a topic, and returns the id that the message got.
     *
     * @param attributes what a subscription can filter by
     */
    public Result<String> publish(String topicArn, String subject, String message, Map<String, String> attributes) {
        return advised(
                "topic",
                ACCOUNT_OF_A_TOPIC.matcher(topicArn),
                calls.write(
                        new Call("sns:Publish", topicArn, RateBucket.MESSAGE),
                        () -> sns.get()
                                .publish(request -> request.topicArn(topicArn)
                                        .subject(subject)
                                        .message(message)
                                        .messageAttributes(attributes.entrySet().stream()
                                                .collect(Collectors.toMap(
                                                        Map.Entry::getKey, each -> text(each.getValue())))))
                                .messageId()));
    }

    /** Sends to a queue, and returns the id that the message got. */
    public Result<String> send(String queueUrl, String message, Map<String, String> attributes) {
        return advised(
                "queue",
                ACCOUNT_OF_A_QUEUE.matcher(queueUrl),
                calls.write(
                        new Call("sqs:SendMessage", queueUrl, RateBucket.MESSAGE),
                        () -> sqs.get()
                                .sendMessage(request -> request.queueUrl(queueUrl)
                                        .messageBody(message)
                                        .messageAttributes(attributes.entrySet().stream()
                                                .collect(Collectors.toMap(
                                                        Map.Entry::getKey, each -> queued(each.getValue())))))
                                .messageId()));
    }

    /** What another account owns must be allowed by both. */
    private Result<String> advised(String kind, Matcher matcher, Result<String> answer) {
        return answer instanceof Result.Failed<String>(CallFailure failure)
                        && failure
                                instanceof CallFailure.Denied(String call, String target, String detail, String advice)
                ? Result.failed(new CallFailure.Denied(
                        call,
                        target,
                        detail,
                        advice
                                + inItsOwnPolicy(
                                        kind, matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty())))
                : answer;
    }

    private String inItsOwnPolicy(String kind, Optional<String> owner) {
        Optional<String> own = ownAccount.get();
        if (own.isEmpty() || owner.isEmpty()) {
            return ", and where the " + kind + " is of another account in its own policy as well";
        }
        return own.equals(owner)
                ? ""
                : ", and in the own policy of the " + kind + " as well, for it is of account " + owner.get();
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
