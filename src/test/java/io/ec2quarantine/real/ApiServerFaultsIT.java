package io.ec2quarantine.real;

import static io.ec2quarantine.real.Kubectl.says;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.ec2quarantine.sim.Call;
import io.ec2quarantine.sim.Faults.Fault;
import io.ec2quarantine.sim.Model.Group;
import io.ec2quarantine.testing.Policies;
import io.ec2quarantine.testing.RealCluster;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** An API server that goes away, hangs, forgets or is written to by others in the middle of an isolation. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ApiServerFaultsIT {
    private static final String CALLING = "UnauthorizedAccess:EC2/MaliciousIPCaller.Custom";
    private static final String LOOK = "DescribeInstances";
    private static final String SWAP = "ModifyNetworkInterfaceAttribute";
    /** One a second: more than the swap would take if it waited for nothing. */
    private static final int POLLS = 4;

    private static final String QUARANTINES = "/apis/ec2quarantine.io/v1alpha1/quarantinedinstances";

    private final RealWorld world;
    private final Kubectl kubectl;
    private final OperatorJar operator;

    ApiServerFaultsIT(@TempDir Path directory) {
        this.world = new RealWorld(directory);
        this.kubectl = world.kubectl();
        this.operator = world.startOperator("operator", Map.of());
    }

    @BeforeAll
    void start() {
        kubectl.apply(Policies.workshop());
        operator.awaitReady();
        kubectl.awaitPolicy("malicious-ip-callers", "Ready", "True", "Watching");
    }

    @AfterEach
    void endFaults() {
        world.simulator().faults().clear();
    }

    @AfterAll
    void close() {
        world.close();
    }

    record Outage(String name, Consumer<RealCluster> begin, Consumer<RealCluster> end) {
        Arguments named() {
            return Arguments.argumentSet(name, this);
        }
    }

    private static Stream<Arguments> outages() {
        return Stream.of(
                        new Outage("stopped", RealCluster::stopApiServer, RealCluster::startApiServer),
                        new Outage("paused", RealCluster::pauseApiServer, RealCluster::resumeApiServer))
                .map(Outage::named);
    }

    @ParameterizedTest
    @MethodSource("outages")
    void beforeTheBaselineIsAcknowledgedNothingIsChangedAndAfterTheOutageItGoesOn(Outage outage) {
        String instance = world.launch("before the baseline, " + outage.name());
        Fault look = holdLookAt(instance);
        world.report(CALLING, instance);
        awaitHit(look);
        long mark = world.simulator().calls().mark();

        outage.begin().accept(world.cluster());
        look.remove();
        Waiting.until("the end of the look", () -> count("DescribeSecurityGroups", mark) > 0, this::told);
        long looked = world.simulator().calls().mark();
        Waiting.until("time for the swap: more polls", () -> count("ListFindings", looked) >= POLLS, this::told);
        assertThat(world.simulator().calls().since(mark)).noneMatch(Call::isWrite);
        outage.end().accept(world.cluster());

        assertIsolatedWithItsBaseline(instance);
    }

    @ParameterizedTest
    @MethodSource("outages")
    void afterTheBaselineTheSwapIsMadeAllTheSameAndToldAfterTheOutage(Outage outage) {
        String instance = world.launch("before the swap, " + outage.name());
        Fault swap = holdSwapOf(instance);
        world.report(CALLING, instance);
        awaitHit(swap);

        outage.begin().accept(world.cluster());
        swap.remove();
        Waiting.until(
                "the swap", () -> !groupsOf(instance).contains(world.target().id()), this::told);
        outage.end().accept(world.cluster());

        assertIsolatedWithItsBaseline(instance);
    }

    @Test
    void anOperatorWhoseWatchesWereCutAndWhosePlaceInHistoryIsGoneReadsAllAgain() {
        String instance = world.launch("while nobody watched");
        String version =
                kubectl.raw(QUARANTINES).at("/metadata/resourceVersion").asText();
        operator.pause();
        world.cluster().restartApiServer();
        kubectl.apply(byHand(instance));
        world.cluster().restartApiServer();
        world.cluster().compact();
        assertThat(kubectl.does("get", "--raw", QUARANTINES + "?watch=1&timeoutSeconds=1&resourceVersion=" + version))
                .as("a watch from where the operator was")
                .contains("\"code\":410");

        operator.resume();

        assertIsolatedWithItsBaseline(instance);
    }

    @Test
    void whatAPersonChangesBetweenALookAndItsStatusIsKeptAndSoIsTheBaseline() {
        String instance = world.launch("edited meanwhile");
        Fault look = holdLookAt(instance);
        Fault swap = holdSwapOf(instance);
        world.report(CALLING, instance);
        awaitHit(look);
        kubectl.does("label", "qi", instance, "ticket=4711");
        look.remove();
        awaitHit(swap);
        kubectl.does(
                "patch",
                "qi",
                instance,
                "--type=merge",
                "-p",
                "{\"spec\":{\"decision\":{\"by\":\"somebody\",\"reason\":\"ticket 4711\"}}}");
        swap.remove();

        JsonNode quarantine = assertIsolatedWithItsBaseline(instance);

        assertThat(quarantine.at("/metadata/labels/ticket").asText()).isEqualTo("4711");
        assertThat(quarantine.at("/spec/decision/reason").asText()).isEqualTo("ticket 4711");
    }

    // --- how

    private JsonNode assertIsolatedWithItsBaseline(String instance) {
        JsonNode quarantine = kubectl.await(
                "qi",
                instance,
                "isolated and verified, with its evidence",
                each -> says(each, "Ready").equals("True/Isolated")
                        && says(each, "Verified").equals("True/Verified")
                        && says(each, "EvidencePreserved").equals("True/TerminationProtected"));
        String group = quarantine.at("/status/isolationGroups/0/groupID").asText();
        assertThat(quarantine.at("/status/interfaces")).singleElement().satisfies(each -> {
            assertThat(each.at("/baseline"))
                    .singleElement()
                    .satisfies(baseline -> assertThat(baseline.asText())
                            .isEqualTo(world.target().id()));
            assertThat(each.at("/baselineState").asText()).isEqualTo("Recorded");
        });
        assertThat(quarantine.at("/status/timeline"))
                .extracting(each -> each.path("action").asText())
                .containsOnlyOnce("BaselineRecorded");
        assertThat(groupsOf(instance)).containsExactly(group);
        assertThat(world.region().groups().stream().map(Group::name).filter("ForensicSecurityGroup"::equals))
                .hasSize(1);
        return quarantine;
    }

    private Fault holdSwapOf(String instance) {
        return world.simulator()
                .faults()
                .on(SWAP)
                .param("NetworkInterfaceId", interfaceOf(instance))
                .hold();
    }

    private Fault holdLookAt(String instance) {
        return world.simulator()
                .faults()
                .on(LOOK)
                .param("InstanceId.1", instance)
                .hold();
    }

    private long count(String action, long mark) {
        return world.simulator().calls().since(mark).stream()
                .filter(call -> call.action().equals(action))
                .count();
    }

    private void awaitHit(Fault fault) {
        Waiting.until("the call that is held", () -> fault.hits() > 0, this::told);
    }

    private String interfaceOf(String instance) {
        return world.region().interfacesOf(instance).getFirst().id();
    }

    private List<String> groupsOf(String instance) {
        return world.region().groupsOf(instance).values().stream()
                .flatMap(List::stream)
                .toList();
    }

    private String told() {
        return operator.log() + world.simulator().calls().all();
    }

    private static String byHand(String instance) {
        return """
                apiVersion: ec2quarantine.io/v1alpha1
                kind: QuarantinedInstance
                metadata: {name: %s}
                spec:
                  instanceID: %s
                  region: us-west-2
                  desiredState: Isolated
                  policyRef: {name: malicious-ip-callers}
                """.formatted(instance, instance);
    }
}
