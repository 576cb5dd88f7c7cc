package io.ec2quarantine.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.ec2quarantine.sim.AccountWorld;
import io.ec2quarantine.sim.AwsSimulator;
import io.ec2quarantine.sim.Call;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.StreamSupport;

/** What the scene is played on: the Kubernetes API, and the simulated AWS with what the scene is about. */
record StageSet(Cluster cluster, AwsSimulator simulator, Scenery scenery) {
    /** How often the operator asks GuardDuty here. */
    static final int POLL_SECONDS = 2;

    /** How often the operator reads back what is isolated here. */
    static final int SWEEP_SECONDS = 5;

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> MESSAGES = Set.of("sns", "sqs");
    private static final String OPERATOR_KEY = "AKIAOPERATOR";
    private static final String OPERATOR_USER = "ec2-quarantine-operator";

    StageSet {
        // A key of its own: the call log then tells the operator from a person who looks around.
        scenery.home().account().accessKey(OPERATOR_KEY, OPERATOR_USER);
    }

    /** All that the operator is started with. */
    Map<String, String> operatorEnvironment() {
        Map<String, String> environment = environment(OPERATOR_KEY);
        environment.put("OPERATOR_POLL_INTERVAL_SECONDS", Integer.toString(POLL_SECONDS));
        environment.put("OPERATOR_SWEEP_INTERVAL_SECONDS", Integer.toString(SWEEP_SECONDS));
        environment.put("OPERATOR_HTTP_PORT", "0");
        environment.put("OPERATOR_LOG_FORMAT", "text");
        return environment;
    }

    /** What a person sets to look around. */
    Map<String, String> visitorEnvironment() {
        Map<String, String> environment = environment(account().accessKeyId());
        // Version 1 of the aws command line knows no other.
        environment.put("AWS_DEFAULT_REGION", scenery.home().name());
        return environment;
    }

    private Map<String, String> environment(String accessKeyId) {
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("KUBECONFIG", cluster.kubeconfig().toAbsolutePath().toString());
        environment.put("AWS_ENDPOINT_URL", simulator.endpoint().toString());
        environment.put("AWS_ACCESS_KEY_ID", accessKeyId);
        environment.put("AWS_SECRET_ACCESS_KEY", account().secretAccessKey());
        environment.put("AWS_REGION", scenery.home().name());
        return environment;
    }

    /** The quarantines as the API server prints them. */
    List<JsonNode> quarantines() {
        return objects("quarantinedinstances");
    }

    /** All objects of a kind as the API server prints them. */
    List<JsonNode> objects(String kind) {
        try {
            JsonNode list = JSON.readTree(cluster.client().raw("/apis/ec2quarantine.io/v1alpha1/" + kind));
            return StreamSupport.stream(list.path("items").spliterator(), false).toList();
        } catch (JsonProcessingException notJson) {
            throw new UncheckedIOException(notJson);
        }
    }

    /** What the operator tried to change in AWS. */
    List<Call> operatorWrites() {
        return simulator.calls().matching(StageSet::isOperatorsChange);
    }

    /** Whether the operator tried to change something by this call, rather than tell somebody. */
    static boolean isOperatorsChange(Call call) {
        return call.isWrite() && isOperators(call) && !MESSAGES.contains(call.service());
    }

    /** Whether the operator made this call. */
    static boolean isOperators(Call call) {
        return call.principal().endsWith("/" + OPERATOR_USER);
    }

    private AccountWorld account() {
        return scenery.home().account();
    }
}
