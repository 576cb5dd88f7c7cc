package io.ec2quarantine.real;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.StreamSupport;

/** The {@code kubectl} of a person who looks at the cluster and changes it. */
public final class Kubectl {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path program;
    private final Path kubeconfig;
    private final Path cache;

    Kubectl(Path assets, Path kubeconfig, Path cache) {
        this.program = assets.resolve("kubectl");
        this.kubeconfig = kubeconfig;
        this.cache = cache;
    }

    /** Runs it, whatever comes of that. */
    public Answer run(String... arguments) {
        return runWith("", arguments);
    }

    /** Runs it; it must end well. */
    public String does(String... arguments) {
        return run(arguments).succeeds();
    }

    /** Applies objects written in YAML. */
    public void apply(String yaml) {
        runWith(yaml, "apply", "-f", "-").succeeds();
    }

    /** What it prints with {@code -o json}. */
    public JsonNode json(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("-o", "json"));
        return parse(does(all.toArray(String[]::new)));
    }

    /** What the API server answers to a GET of this path. */
    JsonNode raw(String path) {
        return parse(does("get", "--raw", path));
    }

    /** One quarantine. */
    public JsonNode quarantine(String name) {
        return json("get", "qi", name);
    }

    /** Waits until there is a quarantine with a condition of this status and reason. */
    public JsonNode awaitQuarantine(String name, String condition, String status, String reason) {
        return await(
                "qi", name, condition + "=" + status + "/" + reason, object -> has(object, condition, status, reason));
    }

    /** Waits until a policy has a condition of this status and reason. */
    public JsonNode awaitPolicy(String name, String condition, String status, String reason) {
        return await(
                "isopol",
                name,
                condition + "=" + status + "/" + reason,
                object -> has(object, condition, status, reason));
    }

    /** Waits until there is an object of this kind and name that is as wanted. */
    JsonNode await(String kind, String name, String what, Predicate<JsonNode> wanted) {
        return Waiting.forValue(
                kind + " " + name + " " + what,
                () -> found(kind, name).filter(wanted),
                () -> run("get", kind, name, "-o", "yaml")
                        + run("get", "events").output());
    }

    /** Waits as people do in scripts: {@code kubectl wait}, the object's creation included. */
    public void waitsFor(String condition, String object) {
        String timeout = "--timeout=" + Waiting.PATIENCE.toSeconds() + "s";
        run("wait", "--for=create", object, timeout).succeeds();
        Answer answer = run("wait", "--for=" + condition, object, timeout);
        if (answer.exitCode() != 0) {
            throw new AssertionError(answer + "\n" + run("get", object, "-o", "yaml"));
        }
    }

    /** A condition of an object; a missing node where it has none of this type. */
    public static JsonNode condition(JsonNode object, String type) {
        return StreamSupport.stream(object.at("/status/conditions").spliterator(), false)
                .filter(each -> each.path("type").asText().equals(type))
                .findFirst()
                .orElseGet(com.fasterxml.jackson.databind.node.MissingNode::getInstance);
    }

    /** A condition as status and reason. */
    public static String says(JsonNode object, String type) {
        JsonNode condition = condition(object, type);
        return condition.path("status").asText() + "/"
                + condition.path("reason").asText();
    }

    private static boolean has(JsonNode object, String type, String status, String reason) {
        return says(object, type).equals(status + "/" + reason);
    }

    private Optional<JsonNode> found(String kind, String name) {
        Answer answer = run("get", kind, name, "--ignore-not-found", "-o", "json", "--request-timeout=5s");
        return answer.exitCode() == 0 && !answer.output().isBlank()
                ? Optional.of(parse(answer.output()))
                : Optional.empty();
    }

    public Answer runWith(String input, String... arguments) {
        List<String> command =
                new ArrayList<>(List.of(program.toString(), "--kubeconfig=" + kubeconfig, "--cache-dir=" + cache));
        command.addAll(List.of(arguments));
        return Answer.of(command, Map.of(), input);
    }

    private static JsonNode parse(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException failure) {
            throw new AssertionError("not JSON: " + text, failure);
        }
    }
}
