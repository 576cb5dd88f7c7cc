package io.ec2quarantine.notice;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** A notice for machines: a CloudEvent whose data is described by {@code docs/schema/quarantine-event.schema.json}. */
public final class QuarantineEvent {
    /** The name of the schema of the data; it changes when a reader of the old one could not read the new. */
    public static final String SCHEMA = "urn:ec2quarantine.io:schema:quarantine-event:v1";

    /** Less than the 256 KiB that a queue takes. */
    static final int MOST_BYTES = 200 * 1024;

    private static final ObjectMapper JSON = new ObjectMapper();

    private QuarantineEvent() {}

    /** The event in CloudEvents' structured mode; the lists are left out where it would be too long with them. */
    public static String json(String installId, Notice notice) {
        Map<String, Object> data = NoticeTree.forJson(notice);
        String whole = write(event(installId, notice, data));
        if (whole.getBytes(StandardCharsets.UTF_8).length <= MOST_BYTES) {
            return whole;
        }
        data.remove("findings");
        data.remove("isolation");
        data.put("shortened", true);
        return write(event(installId, notice, data));
    }

    private static Map<String, Object> event(String installId, Notice notice, Map<String, Object> data) {
        Map<String, Object> event = new LinkedHashMap<>();
        event.put("specversion", "1.0");
        event.put("id", notice.entry().eventID());
        event.put("source", "urn:ec2quarantine.io:installation:" + installId);
        event.put("type", "io.ec2quarantine." + notice.event());
        event.put("subject", notice.name());
        event.put("time", Objects.toString(notice.entry().time(), null));
        event.put("datacontenttype", "application/json");
        event.put("dataschema", SCHEMA);
        event.put("data", data);
        event.values().removeIf(Objects::isNull);
        return event;
    }

    private static String write(Map<String, Object> event) {
        try {
            return JSON.writeValueAsString(event);
        } catch (JsonProcessingException exception) {
            throw new IllegalStateException("maps, lists and texts can always be written", exception);
        }
    }
}
