package io.ec2quarantine.sim;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/** What goes back over the wire. */
record Answer(int status, String contentType, String body, Map<String, String> headers) {
    static Answer xml(int status, String body) {
        return new Answer(status, "text/xml;charset=UTF-8", body, Map.of());
    }

    static Answer json(int status, String body) {
        return new Answer(status, "application/json", body, Map.of());
    }

    byte[] bytes() {
        return body.getBytes(StandardCharsets.UTF_8);
    }
}
