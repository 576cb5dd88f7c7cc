package io.ec2quarantine.sim;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Map;

/** A rule of EventBridge that sends GuardDuty's findings to a queue, in the shapes that were seen in real events. */
record EventRule(RegionWorld region, Queue queue) {
    void send(Finding finding) {
        queue.add(event(finding.json().deepCopy()).toString(), Map.of());
    }

    private ObjectNode event(ObjectNode detail) {
        var event = JsonNodeFactory.instance.objectNode();
        event.put("version", "0")
                .put("id", region.world().ids().nextUuid())
                .put("detail-type", "GuardDuty Finding")
                .put("source", "aws.guardduty")
                .put("account", region.account().id())
                .put("time", Findings.time(region.world().now()))
                .put("region", region.name())
                .putArray("resources");
        event.set("detail", asEvent(detail));
        return event;
    }

    /** Numbers where the API has text, and the other way round. */
    private static ObjectNode asEvent(ObjectNode detail) {
        var count = detail.at("/service/count");
        if (count.isNumber()) {
            detail.withObject("/service").put("count", count.asDouble());
        }
        var launched = detail.at("/resource/instanceDetails/launchTime");
        if (launched.isTextual()) {
            detail.withObject("/resource/instanceDetails")
                    .put("launchTime", Instant.parse(launched.asText()).toEpochMilli())
                    .putNull("platform")
                    .putNull("outpostArn");
        }
        JsonNode organization = detail.at("/service/action/networkConnectionAction/remoteIpDetails/organization");
        if (organization instanceof ObjectNode object && object.path("asn").isTextual()) {
            object.put("asn", object.path("asn").asInt());
        }
        return detail;
    }
}
