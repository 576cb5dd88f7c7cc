package io.ec2quarantine.sim;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ec2quarantine.sim.Queue.Attribute;
import io.ec2quarantine.sim.Queue.Message;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** SQS on AWS's JSON protocol 1.0: standard queues. */
final class SqsApi implements ServiceApi {
    /** What the header {@code X-Amz-Target} of a call begins with. */
    static final String TARGET = "AmazonSQS.";

    private static final int MOST_MESSAGES = 10;
    private static final int LONGEST_MESSAGE = 1_048_576;
    private static final int LONGEST_WAIT = 20;
    private static final int LONGEST_HIDDEN = 43_200;
    private static final Set<String> WRITES = Set.of(
            "CreateQueue",
            "DeleteQueue",
            "SendMessage",
            "DeleteMessage",
            "DeleteMessageBatch",
            "ChangeMessageVisibility");
    /** The names of errors from before this protocol, which clients still tell them apart by. */
    private static final Map<String, String> QUERY_NAMES = Map.of(
            "QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue",
            "MessageNotInflight", "AWS.SimpleQueueService.MessageNotInflight",
            "TooManyEntriesInBatchRequest", "AWS.SimpleQueueService.TooManyEntriesInBatchRequest",
            "EmptyBatchRequest", "AWS.SimpleQueueService.EmptyBatchRequest",
            "AccessDeniedException", "AccessDenied");

    private final World world;

    SqsApi(World world) {
        this.world = world;
    }

    @Override
    public Answer answer(Request request) {
        return json(200, answerTo(request).toString(), Map.of());
    }

    private ObjectNode answerTo(Request request) {
        return switch (request.action()) {
            case "CreateQueue" ->
                object().put(
                                "QueueUrl",
                                region(request)
                                        .queue(request.param("QueueName"))
                                        .make()
                                        .url());
            case "GetQueueUrl" -> object().put("QueueUrl", named(request).url());
            case "DeleteQueue" -> {
                queue(request).delete();
                yield object();
            }
            case "GetQueueAttributes" -> attributes(request, queue(request));
            case "SendMessage" -> send(request, queue(request));
            case "ReceiveMessage" -> receive(request);
            case "DeleteMessage" -> {
                queue(request).delete(receipt(request.body()));
                yield object();
            }
            case "DeleteMessageBatch" -> deleteBatch(request, queue(request));
            case "ChangeMessageVisibility" -> changeVisibility(request, queue(request));
            default -> throw AwsError.invalid("UnknownOperationException", "");
        };
    }

    private RegionWorld region(Request request) {
        return world.account(request.account()).region(request.region());
    }

    private Queue named(Request request) {
        var owner = Optional.of(request.param("QueueOwnerAWSAccountId"))
                .filter(account -> !account.isEmpty())
                .orElse(request.account());
        return existing(request, owner, request.param("QueueName"));
    }

    /** Only the path of the URL says which queue is meant: the request is at the Region's endpoint already. */
    private Queue queue(Request request) {
        var parts = path(request.param("QueueUrl")).split("/", -1);
        if (parts.length < 3) {
            throw AwsError.invalid("InvalidAddress", "The address " + request.param("QueueUrl") + " is not valid.");
        }
        return existing(request, parts[parts.length - 2], parts[parts.length - 1]);
    }

    private static String path(String url) {
        try {
            return Optional.ofNullable(URI.create(url).getPath()).orElse("");
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    private Queue existing(Request request, String account, String name) {
        var queue = world.hasAccount(account)
                ? world.account(account).region(request.region()).queueNamed(name)
                : Optional.<Queue>empty();
        return queue.map(each -> {
                    if (!each.admits(request.account())) {
                        throw denied(request);
                    }
                    return each;
                })
                .filter(Queue::exists)
                .orElseThrow(() -> AwsError.invalid("QueueDoesNotExist", "The specified queue does not exist."));
    }

    private static ObjectNode attributes(Request request, Queue queue) {
        var all = new TreeMap<String, String>();
        all.put("QueueArn", queue.arn());
        all.put("ApproximateNumberOfMessages", Long.toString(queue.visible()));
        all.put("ApproximateNumberOfMessagesNotVisible", Long.toString(queue.inFlight()));
        all.put("VisibilityTimeout", Long.toString(queue.visibility().toSeconds()));
        var wanted = request.params().list("AttributeNames");
        var json = object();
        var attributes = json.putObject("Attributes");
        all.forEach((name, value) -> {
            if (wanted.contains("All") || wanted.contains(name)) {
                attributes.put(name, value);
            }
        });
        return json;
    }

    private static ObjectNode send(Request request, Queue queue) {
        var body = request.param("MessageBody");
        if (body.isEmpty()) {
            throw AwsError.invalid("MissingParameter", "The request must contain the parameter MessageBody.");
        }
        if (body.getBytes(StandardCharsets.UTF_8).length > LONGEST_MESSAGE) {
            throw badParameter("Message must be shorter than " + LONGEST_MESSAGE + " bytes.");
        }
        var message = queue.add(body, sentAttributes(request.body().path("MessageAttributes")));
        var json = object().put("MessageId", message.id()).put("MD5OfMessageBody", md5(bytes(body)));
        if (!message.attributes().isEmpty()) {
            json.put("MD5OfMessageAttributes", md5(message.attributes()));
        }
        return json;
    }

    private static Map<String, Attribute> sentAttributes(JsonNode sent) {
        var attributes = new TreeMap<String, Attribute>();
        sent.properties()
                .forEach(entry -> attributes.put(
                        entry.getKey(),
                        new Attribute(
                                entry.getValue().path("DataType").asText(),
                                entry.getValue().path("StringValue").asText())));
        return attributes;
    }

    /** Waits without the world's lock, which nobody else would get meanwhile. */
    private ObjectNode receive(Request request) {
        int most = number(request, "MaxNumberOfMessages", 1, MOST_MESSAGES).orElse(1);
        var wait = Duration.ofSeconds(
                number(request, "WaitTimeSeconds", 0, LONGEST_WAIT).orElse(0));
        var hidden = number(request, "VisibilityTimeout", 0, LONGEST_HIDDEN).map(Duration::ofSeconds);
        List<Message> received = world.waitFor(wait, () -> queue(request).receive(most, hidden), List::isEmpty);
        var json = object();
        if (!received.isEmpty()) {
            var messages = json.putArray("Messages");
            received.forEach(message -> describe(message, messages.addObject()));
        }
        return json;
    }

    private static void describe(Message message, ObjectNode json) {
        json.put("MessageId", message.id())
                .put("ReceiptHandle", message.receipt())
                .put("MD5OfBody", md5(bytes(message.body())))
                .put("Body", message.body());
        json.putObject("Attributes")
                .put("ApproximateReceiveCount", Integer.toString(message.receives()))
                .put("SentTimestamp", Long.toString(message.sent().toEpochMilli()));
    }

    private static ObjectNode deleteBatch(Request request, Queue queue) {
        var entries = request.body().path("Entries");
        if (entries.isEmpty()) {
            throw AwsError.invalid("EmptyBatchRequest", "There should be at least one entry in the request.");
        }
        if (entries.size() > MOST_MESSAGES) {
            throw AwsError.invalid(
                    "TooManyEntriesInBatchRequest", "Maximum number of entries per request are " + MOST_MESSAGES + ".");
        }
        var json = object();
        var successful = json.putArray("Successful");
        json.putArray("Failed");
        entries.forEach(entry -> {
            queue.delete(receipt(entry));
            successful.addObject().put("Id", entry.path("Id").asText());
        });
        return json;
    }

    private static ObjectNode changeVisibility(Request request, Queue queue) {
        var time = Duration.ofSeconds(number(request, "VisibilityTimeout", 0, LONGEST_HIDDEN)
                .orElseThrow(
                        () -> AwsError.invalid("MissingParameter", "The request must contain VisibilityTimeout.")));
        if (!queue.hide(receipt(request.body()), time)) {
            throw AwsError.invalid("MessageNotInflight", "The specified message isn't in flight.");
        }
        return object();
    }

    private static String receipt(JsonNode body) {
        var receipt = body.path("ReceiptHandle").asText();
        if (!receipt.contains("#")) {
            throw new AwsError("ReceiptHandleIsInvalid", 404, "The input receipt handle is invalid.");
        }
        return receipt;
    }

    private static Optional<Integer> number(Request request, String name, int least, int most) {
        return request.params().integer(name).map(value -> {
            if (value < least || value > most) {
                throw badParameter("Value " + value + " for parameter " + name + " is invalid.");
            }
            return value;
        });
    }

    private static AwsError badParameter(String reason) {
        return AwsError.invalid("InvalidParameterValue", reason);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String md5(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has MD5", e);
        }
    }

    /** The checksum as the SQS developer guide describes it. */
    private static String md5(Map<String, Attribute> attributes) {
        var bytes = new ByteArrayOutputStream();
        try (var data = new DataOutputStream(bytes)) {
            for (var entry : new TreeMap<>(attributes).entrySet()) {
                withLength(data, entry.getKey());
                withLength(data, entry.getValue().type());
                data.writeByte(1);
                withLength(data, entry.getValue().value());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return md5(bytes.toByteArray());
    }

    private static void withLength(DataOutputStream data, String text) throws IOException {
        data.writeInt(bytes(text).length);
        data.write(bytes(text));
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    private static Answer json(int status, String body, Map<String, String> headers) {
        return new Answer(status, "application/x-amz-json-1.0", body, headers);
    }

    @Override
    public Answer refusal(AwsError error) {
        var body = object().put("__type", "com.amazonaws.sqs#" + error.code()).put("message", error.text());
        return json(
                error.status(),
                body.toString(),
                Map.of(
                        "x-amzn-query-error",
                        QUERY_NAMES.getOrDefault(error.code(), error.code())
                                + (error.status() < 500 ? ";Sender" : ";Receiver")));
    }

    @Override
    public boolean writes(String action) {
        return WRITES.contains(action);
    }

    @Override
    public AwsError denied(Request request) {
        return new AwsError(
                "AccessDeniedException",
                403,
                "User: " + request.principal() + " is not authorized to perform: sqs:"
                        + request.action().toLowerCase(java.util.Locale.ROOT) + " on resource: "
                        + request.param("QueueUrl"));
    }

    @Override
    public AwsError throttled() {
        return new AwsError("RequestThrottled", 400, "Rate exceeded");
    }

    @Override
    public AwsError broken() {
        return new AwsError("InternalFailure", 500, "The request processing has failed.");
    }

    @Override
    public AwsError unknownCredentials() {
        return new AwsError(
                "UnrecognizedClientException", 403, "The security token included in the request is invalid.");
    }

    @Override
    public AwsError expiredCredentials() {
        return new AwsError("ExpiredTokenException", 403, "The security token included in the request is expired");
    }
}
