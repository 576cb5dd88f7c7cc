package io.ec2quarantine.real;

import static io.ec2quarantine.real.Kubectl.says;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.ec2quarantine.sim.AwsSimulator;
import io.ec2quarantine.sim.Faults;
import io.ec2quarantine.testing.Policies;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Two operators and one lease: only one acts, and when it goes the other goes on. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LeadershipIT {
    private static final String FINDING_TYPE = "UnauthorizedAccess:EC2/MaliciousIPCaller.Custom";
    private static final String NODE_TYPE = "Backdoor:EC2/C&CActivity.B";
    private static final String SWAP = "ModifyNetworkInterfaceAttribute";
    /** How long a pod is given to stop. */
    private static final Duration GRACE = Duration.ofSeconds(60);
    /** How long a lease stands after its holder was last heard of. */
    private static final Duration LEASE = Duration.ofSeconds(15);
    /** How often its holder is heard of. */
    private static final Duration RENEWAL = Duration.ofSeconds(2);

    /** An operator with an endpoint to AWS of its own, so that its calls are told from the other's. */
    private record Replica(String name, OperatorJar operator, AwsSimulator aws) {}

    private final RealWorld world;
    private final Kubectl kubectl;
    private final List<Replica> replicas = new ArrayList<>();

    LeadershipIT(@TempDir Path directory) {
        this.world = new RealWorld(directory);
        this.kubectl = world.kubectl();
        kubectl.apply(Policies.workshop());
        kubectl.does("create", "serviceaccount", "operator");
    }

    @BeforeEach
    void startTwo(TestInfo test) {
        String name = test.getTestMethod().orElseThrow().getName().toLowerCase(Locale.ROOT);
        Replica one = start(name + "-1");
        Replica other = start(name + "-2");
        one.operator().awaitReady();
        other.operator().awaitReady();
        Waiting.until(
                "a leader", () -> one.operator().isLeading() || other.operator().isLeading(), one.operator()::log);
    }

    @AfterEach
    void endBoth() {
        replicas.forEach(replica -> replica.operator().kill());
        replicas.clear();
        kubectl.does("delete", "lease", "ec2-quarantine-operator", "--ignore-not-found");
    }

    @AfterAll
    void close() {
        world.close();
    }

    @Test
    void toldToStopTheLeaderFinishesItsWorkAndHandsOver() {
        Replica leader = leader();
        Replica standby = standby();
        Faults.Fault held = leader.aws().faults().on(SWAP).hold();
        String underWay = compromise("under way when the leader is told to stop");
        awaitHit(held);

        leader.operator().terminate();
        Waiting.until(
                "the leader's stopping", () -> leader.operator().log().contains("stopping"), leader.operator()::log);
        Instant told = Instant.now();
        held.remove();
        standby.operator().awaitLeading();
        Duration handover = Duration.between(told, Instant.now());

        System.out.println("handover after SIGTERM: " + handover.toMillis() + " ms");
        assertThat(handover).as("handed over, and not run out").isLessThan(LEASE.minus(RENEWAL));
        assertThat(leader.operator().exitCode(GRACE)).isEqualTo(143);
        assertThat(leader.aws().calls().of(SWAP)).hasSize(1);
        assertThat(says(kubectl.quarantine(underWay), "Isolated")).isEqualTo("True/Isolated");
        assertThat(standby.aws().calls().of(SWAP)).isEmpty();
        assertIsolatedBy(standby, compromise("after the handover"));
    }

    @Test
    void killedInTheMiddleOfAnIsolationTheLeaderIsFollowedWhenItsLeaseHasRunOut() {
        Replica leader = leader();
        Replica standby = standby();
        String before = compromise("before the leader is killed");
        assertIsolatedBy(leader, before);
        Faults.Fault held = leader.aws().faults().on(SWAP).hold();
        String underWay = compromise("under way when the leader is killed");
        awaitHit(held);
        assertThat(standby.aws().calls().all()).as("a standby calls nothing").isEmpty();

        Instant killed = Instant.now();
        leader.operator().kill();
        standby.operator().awaitLeading();

        System.out.println("takeover after SIGKILL: "
                + Duration.between(killed, Instant.now()).toMillis() + " ms");
        assertIsolatedBy(standby, underWay);
        assertThat(kubectl.quarantine(underWay).at("/status/timeline"))
                .as("the baseline that the killed leader wrote down is kept")
                .extracting(each -> each.path("action").asText())
                .containsOnlyOnce("BaselineRecorded");
        assertThat(says(kubectl.awaitQuarantine(before, "Verified", "True", "Verified"), "Ready"))
                .isEqualTo("True/Isolated");
    }

    @Test
    void aLeaderThatLosesItsLeaseEndsAndWritesNoMore() {
        Replica leader = leader();
        Replica standby = standby();

        Instant taken = Instant.now();
        kubectl.does(
                "patch",
                "lease",
                "ec2-quarantine-operator",
                "--type=merge",
                "-p",
                "{\"spec\":{\"holderIdentity\":\"somebody-else\",\"leaseDurationSeconds\":2}}");
        int exitCode = leader.operator().exitCode(GRACE);
        System.out.println("end after the lease was lost: "
                + Duration.between(taken, Instant.now()).toMillis() + " ms");

        assertThat(exitCode).isEqualTo(1);
        List<JsonNode> log = leader.operator().logLines();
        assertThat(log.getLast().path("message").asText()).contains("was lost while leading");
        long mark = leader.aws().calls().mark();
        standby.operator().awaitLeading();
        assertIsolatedBy(standby, compromise("after the lease was lost"));
        assertThat(leader.aws().calls().since(mark)).isEmpty();
    }

    @Test
    void aNodeIsIsolatedByAReplicaElsewhere() {
        Replica leader = leader();
        Replica standby = standby();
        String node = world.launch("the leader's node");
        kubectl.apply(Policies.enforcing("nodes-too", NODE_TYPE) + "  safeguards: {kubernetesNodes: Enforce}\n");
        replicas.forEach(
                replica -> kubectl.apply("""
                apiVersion: v1
                kind: Node
                metadata: {name: %s}
                spec: {providerID: "aws:///us-west-2a/%s"}
                """.formatted(nodeOf(replica), replica.equals(leader) ? node : "i-00000000")));

        world.report(NODE_TYPE, node);
        kubectl.awaitQuarantine(node, "Stalled", "True", "OwnNode");
        assertThat(leader.aws().calls().of(SWAP)).isEmpty();
        replicas.forEach(this::runAsPod);

        assertThat(leader.operator().exitCode(GRACE)).isEqualTo(1);
        assertThat(leader.operator().log()).contains("it hands over to a replica on another node");
        assertIsolatedBy(standby, node);
        assertThat(leader.aws().calls().of(SWAP)).isEmpty();
    }

    private static String nodeOf(Replica replica) {
        return "node-of-" + replica.name();
    }

    /** As the kubelet tells of it. */
    private void runAsPod(Replica replica) {
        kubectl.apply("""
                apiVersion: v1
                kind: Pod
                metadata: {name: %s, namespace: default, labels: {app.kubernetes.io/name: ec2-quarantine-operator}}
                spec:
                  nodeName: %s
                  serviceAccountName: operator
                  automountServiceAccountToken: false
                  containers: [{name: operator, image: operator}]
                """.formatted(replica.name(), nodeOf(replica)));
        kubectl.does(
                "patch",
                "pod",
                replica.name(),
                "--subresource=status",
                "--type=merge",
                "-p",
                "{\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}]}}");
    }

    private Replica leader() {
        return only(replica -> replica.operator().isLeading());
    }

    private Replica standby() {
        return only(replica -> !replica.operator().isLeading());
    }

    private Replica only(Predicate<Replica> condition) {
        List<Replica> found = replicas.stream().filter(condition).toList();
        assertThat(found).hasSize(1);
        return found.getFirst();
    }

    private Replica start(String name) {
        AwsSimulator aws = world.endpoint(0);
        OperatorJar operator = world.startOperator(
                name, aws, Map.of("OPERATOR_LEADER_ELECTION", "true", "OPERATOR_NODE_NAME", "node-of-" + name));
        Replica replica = new Replica(name, operator, aws);
        replicas.add(replica);
        return replica;
    }

    private String compromise(String name) {
        String instance = world.launch(name);
        world.report(FINDING_TYPE, instance);
        return instance;
    }

    private void awaitHit(Faults.Fault fault) {
        Waiting.until("the call that is held", () -> fault.hits() > 0, () -> kubectl.does("get", "qi", "-o", "yaml"));
    }

    private void assertIsolatedBy(Replica replica, String instance) {
        kubectl.waitsFor("condition=Verified", "qi/" + instance);
        String networkInterface =
                world.region().interfacesOf(instance).getFirst().id();
        assertThat(replica.aws().calls().of(SWAP))
                .filteredOn(call -> call.params().containsValue(networkInterface))
                .hasSize(1);
    }
}
