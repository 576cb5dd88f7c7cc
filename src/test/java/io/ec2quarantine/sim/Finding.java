package io.ec2quarantine.sim;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.function.Consumer;

/** A GuardDuty finding: the document that GetFindings answers with, changing under one id. */
final class Finding {
    private final ObjectNode json;

    Finding(ObjectNode json) {
        this.json = json;
    }

    String id() {
        return json.path("id").asText();
    }

    JsonNode json() {
        return json;
    }

    void update(Instant now, Consumer<ObjectNode> change) {
        var before = json.path("updatedAt").asText();
        change.accept(json);
        if (json.path("updatedAt").asText().equals(before)) {
            json.put("updatedAt", Findings.time(now));
        }
    }

    void archive(boolean archived) {
        json.withObject("/service").put("archived", archived);
    }
}
