package io.ec2quarantine.sim;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;

/** SNS on the Query protocol, as far as publishing to standard topics (SNS API reference, "Publish"). */
final class SnsApi extends QueryApi {
    private static final Pattern ARN = Pattern.compile("arn:aws:sns:([a-z0-9-]+):([0-9]{12}):([a-zA-Z0-9_-]{1,256})");
    private static final Pattern SUBJECT = Pattern.compile("[!-~][ -~]{0,98}");
    private static final int MOST_BYTES = 256 * 1024;

    SnsApi(World world) {
        super(world, "SNS", "http://sns.amazonaws.com/doc/2010-03-31/");
    }

    @Override
    void result(Request request, Xml xml) {
        if (!request.action().equals("Publish")) {
            throw unknownAction(request);
        }
        var topic = topic(request);
        var subject = request.params().optional("Subject");
        if (subject.filter(text -> !SUBJECT.matcher(text).matches()).isPresent()) {
            throw AwsError.invalid("InvalidParameter", "Invalid parameter: Subject");
        }
        var message = request.params().optional("Message").filter(text -> !text.isEmpty());
        if (message.isEmpty()) {
            throw AwsError.invalid("InvalidParameter", "Invalid parameter: Empty message");
        }
        if (message.get().getBytes(StandardCharsets.UTF_8).length > MOST_BYTES) {
            throw AwsError.invalid("InvalidParameter", "Invalid parameter: Message too long");
        }
        var id = UUID.randomUUID().toString();
        topic.add(new Topic.Mail(id, subject.orElse(""), message.get(), attributes(request)));
        xml.text("MessageId", id);
    }

    private static Map<String, String> attributes(Request request) {
        var attributes = new TreeMap<String, String>();
        request.params()
                .structures("MessageAttributes.entry")
                .forEach(entry -> attributes.put(entry.required("Name"), entry.required("Value.StringValue")));
        return attributes;
    }

    /** Who may publish to another account's topic says that topic's policy, which the simulator's topics do not have. */
    private Topic topic(Request request) {
        var arn = ARN.matcher(request.params().required("TopicArn"));
        if (!arn.matches()) {
            throw AwsError.invalid("InvalidParameter", "Invalid parameter: TopicArn");
        }
        if (!arn.group(1).equals(request.region())) {
            throw AwsError.invalid("InvalidParameter", "Invalid parameter: TopicArn Reason: it is of another Region");
        }
        if (!arn.group(2).equals(request.account())) {
            throw denied(request);
        }
        return region(request)
                .topicNamed(arn.group(3))
                .orElseThrow(() -> new AwsError("NotFound", 404, "Topic does not exist"));
    }

    @Override
    public boolean writes(String action) {
        return true;
    }

    @Override
    public AwsError denied(Request request) {
        return new AwsError(
                "AuthorizationError",
                403,
                "User: " + request.principal() + " is not authorized to perform: SNS:" + request.action()
                        + " on resource: " + request.param("TopicArn"));
    }

    @Override
    public AwsError throttled() {
        return new AwsError("Throttled", 429, "Rate exceeded");
    }

    @Override
    public AwsError broken() {
        return new AwsError("InternalError", 500, "The request processing has failed.");
    }
}
