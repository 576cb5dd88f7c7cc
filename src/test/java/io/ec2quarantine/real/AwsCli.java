package io.ec2quarantine.real;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.StreamSupport;

/** The {@code aws} of a person who looks at the account. */
final class AwsCli {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path program;
    private final Map<String, String> environment;

    /** @param environment the endpoint, the credentials and the Region, as any AWS program takes them */
    AwsCli(Map<String, String> environment) {
        this.program = Path.of(
                Optional.ofNullable(System.getenv("PYTHON_TOOLS"))
                        .orElseThrow(() -> new IllegalStateException(
                                "Set PYTHON_TOOLS to the last line that hack/python-tools.sh prints, or run this test"
                                        + " through `make test-all`.")),
                "aws");
        this.environment = environment;
    }

    /** What it prints; it must end well. */
    JsonNode json(String... arguments) {
        List<String> command = new ArrayList<>(List.of(program.toString(), "--output", "json"));
        command.addAll(List.of(arguments));
        String text = Answer.of(command, environment, "").succeeds();
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException failure) {
            throw new AssertionError("not JSON: " + text, failure);
        }
    }

    /** The ids of the groups of each interface of an instance. */
    List<List<String>> groupsOf(String instance) {
        JsonNode answer = json(
                "ec2", "describe-network-interfaces", "--filters", "Name=attachment.instance-id,Values=" + instance);
        return StreamSupport.stream(answer.path("NetworkInterfaces").spliterator(), false)
                .map(each -> texts(each.path("Groups"), "GroupId"))
                .toList();
    }

    /** One field of every element. */
    static List<String> texts(JsonNode array, String field) {
        return StreamSupport.stream(array.spliterator(), false)
                .map(each -> each.path(field).asText())
                .toList();
    }
}
