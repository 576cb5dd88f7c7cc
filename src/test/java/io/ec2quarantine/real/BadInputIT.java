package io.ec2quarantine.real;

import static io.ec2quarantine.real.Kubectl.condition;
import static io.ec2quarantine.real.Kubectl.says;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.ec2quarantine.sim.AwsSimulator;
import io.ec2quarantine.sim.Faults;
import io.ec2quarantine.testing.Policies;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * What no schema can refuse is said in a condition that names the thing and the next step; it is retried, mends by itself
 * and loses nothing. GuardDuty and EC2 have endpoints of their own, and at first nobody listens there.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadInputIT {
    private static final String CALLING = "UnauthorizedAccess:EC2/MaliciousIPCaller.Custom";
    private static final String BACKDOOR = "Backdoor:EC2/C&CActivity.B";

    private final RealWorld world;
    private final Kubectl kubectl;
    private final int guardDutyPort;
    private final int ec2Port;
    private final String reported;
    private final String byHand;
    private AwsSimulator guardDuty;
    private AwsSimulator ec2;

    BadInputIT(@TempDir Path directory) {
        this.world = new RealWorld(directory);
        this.kubectl = world.kubectl();
        this.guardDuty = world.endpoint(0);
        this.ec2 = world.endpoint(0);
        this.guardDutyPort = guardDuty.endpoint().getPort();
        this.ec2Port = ec2.endpoint().getPort();
        this.reported = world.launch("reported while GuardDuty cannot be reached");
        this.byHand = world.launch("written by hand while EC2 cannot be reached");
    }

    @BeforeAll
    void nothingIsLostWhileTheEndpointsCannotBeReached() {
        guardDuty.close();
        ec2.close();
        world.startOperator(
                "operator",
                Map.of(
                        "AWS_ENDPOINT_URL_GUARDDUTY", "http://127.0.0.1:" + guardDutyPort,
                        "AWS_ENDPOINT_URL_EC2", "http://127.0.0.1:" + ec2Port));
        kubectl.apply(Policies.workshop());
        world.report(CALLING, reported);
        kubectl.apply(quarantine(byHand, ""));

        JsonNode policy = kubectl.awaitPolicy("malicious-ip-callers", "SourcesReachable", "False", "Unreachable");
        assertThat(message(policy, "SourcesReachable"))
                .contains("guardduty:ListDetectors", "us-west-2", "check the network and the endpoint");
        assertThat(says(policy, "Ready")).isEqualTo("False/Unreachable");
        JsonNode quarantine = kubectl.awaitQuarantine(byHand, "Ready", "False", "Unreachable");
        assertThat(message(quarantine, "Ready"))
                .contains("ec2:DescribeInstances", byHand, "check the network and the endpoint");
        assertThat(says(quarantine, "Isolated")).isEqualTo("Unknown/Unreachable");
        assertThat(says(quarantine, "Reconciling")).isEqualTo("True/Unreachable");

        guardDuty = world.endpoint(guardDutyPort);
        kubectl.awaitQuarantine(reported, "Ready", "False", "Unreachable");
        ec2 = world.endpoint(ec2Port);
        kubectl.waitsFor("condition=Verified", "qi/" + byHand);
        kubectl.waitsFor("condition=Verified", "qi/" + reported);
        kubectl.awaitPolicy("malicious-ip-callers", "Ready", "True", "Watching");
    }

    @AfterAll
    void close() {
        world.close();
    }

    @Test
    void anInstanceThatDoesNotExistIsMissingUntilItDoes() {
        String instance = "i-0123456789abcdef0";
        kubectl.apply(quarantine(instance, ""));

        JsonNode missing = kubectl.awaitQuarantine(instance, "Stalled", "True", "InstanceNotFound");

        assertThat(says(missing, "Ready")).isEqualTo("False/InstanceNotFound");
        assertThat(message(missing, "Stalled")).contains(instance, "check the id, the account and the Region");
        world.launch("late", instance);
        kubectl.waitsFor("condition=Verified", "qi/" + instance);
    }

    @Test
    void aDeniedSwapIsNamedUntilItIsAllowed() {
        String instance = world.launch("denied");
        String networkInterface =
                world.region().interfacesOf(instance).getFirst().id();
        Faults.Fault denied = ec2.faults()
                .on("ModifyNetworkInterfaceAttribute")
                .param("NetworkInterfaceId", networkInterface)
                .deny();
        kubectl.apply(quarantine(instance, ""));

        JsonNode stalled = kubectl.awaitQuarantine(instance, "Stalled", "True", "Denied");

        assertThat(message(stalled, "Stalled"))
                .contains(
                        "ec2:ModifyNetworkInterfaceAttribute",
                        networkInterface,
                        "allow it for the operator's identity");
        assertThat(says(stalled, "Isolated")).isEqualTo("False/NotIsolated");
        assertThat(world.aws().groupsOf(instance))
                .containsExactly(List.of(world.target().id()));
        denied.remove();
        kubectl.waitsFor("condition=Verified", "qi/" + instance);
    }

    @Test
    void anInstanceInAnotherAccountIsSaidToBeOutOfReach() {
        String instance = "i-0fedcba9876543210";
        kubectl.apply(quarantine(instance, "accountID: \"999988887777\""));

        JsonNode stalled = kubectl.awaitQuarantine(instance, "Stalled", "True", "Denied");

        assertThat(message(stalled, "Stalled")).contains("account 999988887777", "account " + RealWorld.ACCOUNT);
        assertThat(says(stalled, "Ready")).isEqualTo("False/Denied");
    }

    @Test
    void regionsThatFailAreNamedWhileTheOthersGoOnAndWhatCameInMeanwhileIsOpened() {
        world.region("eu-west-1").withoutDetector();
        world.region("eu-central-1").suspendDetector();
        Faults.Fault denied =
                guardDuty.faults().on("ListFindings").inRegion("us-east-1").deny();
        String east = world.launchIn("us-east-1", "reported in us-east-1 while that is denied");
        String west = world.launch("reported in the Region that works");

        kubectl.apply(Policies.enforcing("four-regions", BACKDOOR)
                .replace("[us-west-2]", "[us-west-2, eu-west-1, eu-central-1, us-east-1]"));
        world.reportIn("us-east-1", BACKDOOR, east);
        world.report(BACKDOOR, west);

        kubectl.waitsFor("condition=Verified", "qi/" + west);
        JsonNode policy = kubectl.await(
                "isopol",
                "four-regions",
                "names three Regions",
                each -> each.at("/status/sources").findValuesAsText("message").size() == 3);
        assertThat(message(policy, "SourcesReachable"))
                .contains("GuardDuty is not enabled in eu-west-1; enable it there")
                .contains("GuardDuty is suspended in eu-central-1")
                .contains("resume the detector")
                .contains("guardduty:ListFindings for us-east-1 was denied");
        assertThat(says(policy, "Ready")).startsWith("False/");

        denied.remove();
        world.region("eu-central-1").resumeDetector();
        String ireland = world.launchIn("eu-west-1", "reported as soon as GuardDuty is enabled");
        world.region("eu-west-1").enableDetector();
        world.reportIn("eu-west-1", BACKDOOR, ireland);

        kubectl.waitsFor("condition=Verified", "qi/" + east);
        kubectl.waitsFor("condition=Verified", "qi/" + ireland);
        JsonNode mended = kubectl.awaitPolicy("four-regions", "Ready", "True", "Watching");
        assertThat(says(mended, "SourcesReachable")).isEqualTo("True/Polled");
    }

    private static String message(JsonNode object, String type) {
        String message = condition(object, type).path("message").asText();
        assertThat(message).as(type).endsWith(".").doesNotContain("\n");
        return message;
    }

    private static String quarantine(String instance, String more) {
        return """
                apiVersion: ec2quarantine.io/v1alpha1
                kind: QuarantinedInstance
                metadata: {name: %s}
                spec: {instanceID: %s, region: us-west-2, desiredState: Isolated, %s}
                """.formatted(instance, instance, more);
    }
}
