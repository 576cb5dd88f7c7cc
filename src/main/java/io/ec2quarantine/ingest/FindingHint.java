package io.ec2quarantine.ingest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a message claims: that there is such a finding. Whoever may send to the queue may have written it, so nothing else
 * of it is looked at, and this is looked up at GuardDuty.
 */
record FindingHint(String findingId, String accountId, String region) {
    /** An event of EventBridge has at most 256 KiB. */
    private static final int LONGEST_BODY = 256 * 1024;

    private static final int DEEPEST = 64;
    private static final Pattern FINDING_ID = Pattern.compile("[0-9a-f]{32}");
    private static final Pattern ACCOUNT_ID = Pattern.compile("[0-9]{12}");
    private static final Pattern REGION = Pattern.compile("[a-z]{2,4}(-[a-z]{1,20}){1,3}-[0-9]{1,2}");
    private static final ObjectMapper JSON = new ObjectMapper(JsonFactory.builder()
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(DEEPEST).build())
            .build());

    /** The claim of a message: an event of EventBridge, its {@code detail} alone, or either in a notification of SNS. */
    static Optional<FindingHint> in(String body) {
        return json(body).flatMap(document -> {
            JsonNode wrapped = document.path("Message");
            return wrapped.isTextual() ? json(wrapped.asText()).flatMap(FindingHint::of) : of(document);
        });
    }

    private static Optional<FindingHint> of(JsonNode document) {
        JsonNode finding = document.path("detail").isObject() ? document.path("detail") : document;
        Optional<String> id = text(finding, "id", FINDING_ID);
        Optional<String> account = text(finding, "accountId", ACCOUNT_ID);
        Optional<String> region = text(finding, "region", REGION);
        return id.flatMap(known -> account.flatMap(owner -> region.map(where -> new FindingHint(known, owner, where))));
    }

    private static Optional<String> text(JsonNode finding, String field, Pattern shape) {
        JsonNode value = finding.path(field);
        return Optional.of(value)
                .filter(JsonNode::isTextual)
                .map(JsonNode::asText)
                .filter(text -> shape.matcher(text).matches());
    }

    /** What cannot be read is no claim; why, is of no interest to anybody but whoever sent it. */
    private static Optional<JsonNode> json(String text) {
        if (text.length() > LONGEST_BODY) {
            return Optional.empty();
        }
        try {
            return Optional.ofNullable(JSON.readTree(text));
        } catch (JsonProcessingException _) {
            return Optional.empty();
        }
    }
}
