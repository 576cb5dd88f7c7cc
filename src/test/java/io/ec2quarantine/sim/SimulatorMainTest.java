package io.ec2quarantine.sim;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.ec2.Ec2Client;

/** The simulator as a process of its own, driven over HTTP as from a shell. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SimulatorMainTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern ENDPOINT =
            Pattern.compile("export AWS_ENDPOINT_URL=(?<url>\\S+)\nexport AWS_ACCESS_KEY_ID=(?<key>\\S+)\n");
    private static final int LINES = 6;

    private final HttpClient http = HttpClient.newHttpClient();
    private final Process simulator = program("--port", "0", "--scene", "workshop");
    private final String greeting = firstLinesOf(simulator);

    @AfterAll
    void stop() {
        simulator.destroy();
        http.close();
    }

    @Test
    void whatItPrintsCanBePastedIntoAShell() throws Exception {
        var pasted = greeting.lines().skip(1).collect(Collectors.joining("\n"));
        var shell = new ProcessBuilder("/bin/sh", "-euc", pasted + "\necho \"$AWS_ENDPOINT_URL $AWS_REGION\"").start();

        assertThat(new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEqualTo(said("url") + " us-west-2\n");
    }

    @Test
    void aPortThatIsTakenIsNamedInOneSentenceThatSaysWhatToDo() throws Exception {
        var port = said("url").replaceAll(".*:", "");
        var second = program("--port", port);

        assertThat(new String(second.getErrorStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEqualTo("The simulator could not listen on port " + port
                        + " (Address already in use); choose another: make simulator PORT=4567\n");
        assertThat(second.waitFor()).isEqualTo(1);
    }

    @Test
    void theSceneIsThereAndAFindingCanBeMade() throws Exception {
        var scene = JSON.readTree(send("POST", "scene/workshop", "").body());
        var asked = "{\"template\":\"MaliciousIPCaller.Custom\",\"instanceId\":\""
                + scene.path("compromisedInstance").asText() + "\"}";
        var id =
                JSON.readTree(send("POST", "findings", asked).body()).path("id").asText();
        assertThat(id).hasSize(32);
        assertThat(send("POST", "findings/" + id + "/seen-again", "").statusCode())
                .isEqualTo(200);
        try (var ec2 = ec2()) {
            var names = ec2.describeInstancesPaginator().reservations().stream()
                    .map(reservation ->
                            reservation.instances().getFirst().tags().getFirst().value())
                    .toList();
            assertThat(names).hasSize(8).contains("GuardDuty-Example: Malicious Instance: Scenario 1 & 2");
        }
    }

    @Test
    void aRawFindingIsTakenAsItIs() throws Exception {
        var raw = "{\"id\":\"mine\",\"accountId\":\"111122223333\",\"region\":\"us-west-2\",\"type\":\"T\"}";
        assertThat(send("POST", "findings", raw).body()).isEqualTo("{\"id\":\"mine\"}");
    }

    @Test
    void faultsAreOrderedAndCallsAreListed() throws Exception {
        send("POST", "faults", "{\"action\":\"DescribeRegions\",\"effect\":\"throttle\",\"times\":1}");
        try (var ec2 = ec2()) {
            assertThat(catchCode(ec2)).isEqualTo("RequestLimitExceeded");
            assertThat(ec2.describeRegions().regions()).isNotEmpty();
        }
        List<String> outcomes = new ArrayList<>();
        for (var line : send("GET", "calls?since=0", "").body().lines().toList()) {
            JsonNode call = JSON.readTree(line);
            if (call.path("action").asText().equals("DescribeRegions")) {
                outcomes.add(call.path("outcome").asText());
            }
        }
        assertThat(outcomes).containsExactly("RequestLimitExceeded", "ok");
    }

    @Test
    void anOrganisationIsSetUpFromOutside() throws Exception {
        var role = "{\"account\":\"444455556666\",\"name\":\"ec2-quarantine-responder\",\"trusts\":[\"111122223333\"],"
                + "\"externalId\":\"wanted\",\"sessionSeconds\":900}";
        assertThat(send("POST", "roles", role).body())
                .isEqualTo("{\"arn\":\"arn:aws:iam::444455556666:role/ec2-quarantine-responder\"}");
        assertThat(send("POST", "members", "{\"account\":\"444455556666\",\"administrator\":\"111122223333\"}")
                        .statusCode())
                .isEqualTo(200);
        send("POST", "regions", "{\"account\":\"111122223333\",\"region\":\"eu-south-2\"}");
        send("POST", "regions", "{\"account\":\"111122223333\",\"region\":\"us-east-1\",\"enabled\":false}");
        try (var ec2 = ec2()) {
            assertThat(ec2.describeRegions().regions())
                    .extracting(each -> each.regionName())
                    .contains("eu-south-2")
                    .doesNotContain("us-east-1");
        }
    }

    @Test
    void whatCannotBeDoneIsSaid() throws Exception {
        assertThat(send("POST", "findings", "{\"template\":\"X\",\"instanceId\":\"i-1\"}"))
                .satisfies(answer -> assertThat(answer.statusCode()).isEqualTo(400))
                .satisfies(answer -> assertThat(answer.body()).contains("No instance 'i-1'"));
        assertThat(send("POST", "nonsense", "").statusCode()).isEqualTo(404);
        assertThat(send("GET", "", "").body()).isEqualTo(AdminApi.HELP);
    }

    @Test
    void wrongArgumentsEndItWithItsUsage() throws Exception {
        var wrong = program("--prot", "1");
        assertThat(new String(wrong.getErrorStream().readAllBytes(), StandardCharsets.UTF_8))
                .startsWith("Usage:");
        assertThat(wrong.waitFor()).isEqualTo(2);
    }

    private static String catchCode(Ec2Client ec2) {
        try {
            ec2.describeRegions();
            return "no error";
        } catch (AwsServiceException e) {
            return e.awsErrorDetails().errorCode();
        }
    }

    private HttpResponse<String> send(String method, String path, String body) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(said("url") + "/_simulator/" + path))
                .method(method, BodyPublishers.ofString(body))
                .build();
        return http.send(request, BodyHandlers.ofString());
    }

    private Ec2Client ec2() {
        return Ec2Client.builder()
                .endpointOverride(URI.create(said("url")))
                .region(Region.US_WEST_2)
                .credentialsProvider(
                        StaticCredentialsProvider.create(AwsBasicCredentials.create(said("key"), "any secret")))
                .overrideConfiguration(override -> override.retryStrategy(AwsRetryStrategy.doNotRetry()))
                .build();
    }

    private String said(String group) {
        var matcher = ENDPOINT.matcher(greeting);
        assertThat(matcher.find()).as(greeting).isTrue();
        return matcher.group(group);
    }

    private static Process program(String... arguments) {
        var command = new ArrayList<>(List.of(
                System.getProperty("java.home") + "/bin/java",
                "-cp",
                System.getProperty("java.class.path"),
                SimulatorMain.class.getName()));
        command.addAll(List.of(arguments));
        try {
            return new ProcessBuilder(command).start();
        } catch (IOException e) {
            throw new AssertionError("Could not start " + command, e);
        }
    }

    private static String firstLinesOf(Process process) {
        var lines = new StringBuilder();
        try {
            var reader = process.inputReader(StandardCharsets.UTF_8);
            for (int line = 0; line < LINES; line++) {
                lines.append(reader.readLine()).append('\n');
            }
            return lines.toString();
        } catch (IOException e) {
            throw new AssertionError("The simulator said nothing", e);
        }
    }
}
