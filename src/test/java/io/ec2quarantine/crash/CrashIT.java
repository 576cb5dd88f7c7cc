package io.ec2quarantine.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.ec2quarantine.cluster.KubernetesClients;
import io.ec2quarantine.crash.KillPoint.Side;
import io.ec2quarantine.sim.AccountWorld;
import io.ec2quarantine.sim.AwsSimulator;
import io.ec2quarantine.sim.RegionWorld;
import io.ec2quarantine.testing.EmbeddedCluster;
import io.ec2quarantine.testing.Eventually;
import io.ec2quarantine.testing.RealCluster;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Operators in processes of their own, on a real API server: each halts at another write, and the next one finishes what it
 * began, before it is halted itself on the way to the isolation of another instance.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CrashIT {
    private static final String ACCOUNT = "111122223333";
    private static final String REGION = "us-west-2";
    private static final IsolationScene UNDISTURBED = new IsolationScene(0);

    private final Path directory;
    private final RealCluster cluster;
    private final KubernetesClient client;
    private final AwsSimulator simulator = AwsSimulator.start(InstantSource.system());
    private final List<ChildOperator> children = new ArrayList<>();
    private final AtomicInteger survived = new AtomicInteger();
    private final ChildJvm jvm;
    private ChildOperator next;

    CrashIT(@TempDir Path directory) {
        this.directory = directory;
        this.cluster = RealCluster.start(RealCluster.assetsFromEnvironment(), directory.resolve("cluster"));
        this.client = KubernetesClients.create(
                Config.fromKubeconfig(cluster.kubeconfig().toFile()));
        simulator.requestLimits(false);
        install("isolationpolicies");
        install("quarantinedinstances");
        client.resource(IsolationScene.policy()).create();
        this.jvm = new ChildJvm(directory);
        train();
        this.next = spawn();
    }

    @AfterAll
    void end() {
        children.forEach(ChildOperator::close);
        client.close();
        simulator.close();
        cluster.close();
    }

    @TestFactory
    Stream<DynamicTest> theNextProcessFinishesWhatAHaltedOneBegan() {
        Stream<DynamicTest> firstWrite = Stream.of(Side.values())
                .map(side -> new KillPoint(1, side))
                .map(point ->
                        DynamicTest.dynamicTest(point + ": the id of the installation", () -> haltAtStart(point)));
        return Stream.concat(firstWrite, Stream.of(true).flatMap(_ -> isolations()));
    }

    private Stream<DynamicTest> isolations() {
        UndisturbedRun undisturbed = undisturbed();
        Stream<DynamicTest> halts = undisturbed.killPoints().stream()
                .map(point -> DynamicTest.dynamicTest(
                        undisturbed.journal().at(point), () -> outlive(point, sceneOf(point), undisturbed)));
        DynamicTest count = DynamicTest.dynamicTest("before and after every write", () -> {
            int writes = 1 + undisturbed.journal().writes();
            System.out.println("kill points: " + survived + ", writes: " + writes);
            assertThat(survived).hasValue(2 * writes);
            undisturbed
                    .killPoints()
                    .forEach(point -> assertThat(state(sceneOf(point)).differenceTo(undisturbed.state()))
                            .as("long after %s", point)
                            .isEmpty());
        });
        return Stream.concat(halts, Stream.of(count));
    }

    private void haltAtStart(KillPoint point) {
        ChildOperator doomed = takeNext().keepJournal(UNDISTURBED, Optional.of(point));
        doomed.start().awaitDeath();
        boolean written = client.secrets()
                        .inNamespace("default")
                        .withName("ec2-quarantine-operator")
                        .get()
                != null;
        assertThat(written).isEqualTo(point.side() == Side.AFTER);
        survived.incrementAndGet();
    }

    private UndisturbedRun undisturbed() {
        ChildOperator operator = takeNext().start();
        operator.keepJournal(UNDISTURBED, Optional.empty());
        try (Witness witness = new Witness(client, simulator, UNDISTURBED)) {
            UNDISTURBED.build(region());
            await(UNDISTURBED, new FinalState(IsolationScene.ISOLATED), operator);
            Eventually.holds(
                    "the end of the last write",
                    () -> operator.journal(UNDISTURBED).isAtRest(),
                    () -> {},
                    operator::log);
            UndisturbedRun run = new UndisturbedRun(operator.journal(UNDISTURBED), state(UNDISTURBED));
            long mark = simulator.calls().mark();
            Eventually.holds(
                    "a sweep",
                    () -> simulator.calls().since(mark).stream()
                            .anyMatch(call -> call.action().equals("DescribeSecurityGroups")),
                    () -> {},
                    operator::log);
            assertThat(operator.journal(UNDISTURBED).moments())
                    .as("the journal after another sweep")
                    .containsExactlyElementsOf(run.journal().moments());
            witness.testifies();
            return run;
        }
    }

    /** The operator that is halted is the one that has finished what the last one began. */
    private void outlive(KillPoint point, IsolationScene scene, UndisturbedRun undisturbed) {
        ChildOperator doomed = children.get(children.size() - 2);
        doomed.keepJournal(scene, Optional.of(point));
        try (Witness witness = new Witness(client, simulator, scene)) {
            scene.build(region());
            doomed.awaitDeath();
            ChildOperator survivor = takeNext().start();
            await(scene, undisturbed.state(), survivor);
            assertThat(state(scene).differenceTo(undisturbed.state())).isEmpty();
            witness.testifies();
            doomed.journal(scene).endedAt(point, undisturbed.journal());
            survived.incrementAndGet();
        }
    }

    /** In a world of its own, which ends with it. */
    private void train() {
        try (EmbeddedCluster elsewhere = EmbeddedCluster.start();
                AwsSimulator aws = AwsSimulator.start(InstantSource.system())) {
            elsewhere.create(IsolationScene.policy());
            UNDISTURBED.build(aws.world().account(ACCOUNT).region(REGION));
            ChildOperator child =
                    ChildOperator.train(jvm, environment(elsewhere.kubeconfig(directory), aws), directory);
            try (child) {
                child.start();
                Eventually.holds(
                        "an isolation",
                        () -> FinalState.of(
                                        elsewhere.client(),
                                        aws.world().account(ACCOUNT).region(REGION),
                                        UNDISTURBED)
                                .facts()
                                .containsAll(IsolationScene.ISOLATED),
                        () -> {},
                        child::log);
                child.stop();
            }
        }
    }

    /** The process that is up already; the one after it comes up meanwhile. */
    private ChildOperator takeNext() {
        ChildOperator taken = next;
        next = spawn();
        return taken;
    }

    private ChildOperator spawn() {
        ChildOperator child = ChildOperator.spawn(
                jvm, environment(cluster.kubeconfig(), simulator), directory, "operator-" + children.size());
        children.add(child);
        return child;
    }

    private static Map<String, String> environment(Path kubeconfig, AwsSimulator aws) {
        AccountWorld account = aws.world().account(ACCOUNT);
        return Map.ofEntries(
                Map.entry("KUBECONFIG", kubeconfig.toString()),
                Map.entry("AWS_ENDPOINT_URL", aws.endpoint().toString()),
                Map.entry("AWS_ACCESS_KEY_ID", account.accessKeyId()),
                Map.entry("AWS_SECRET_ACCESS_KEY", account.secretAccessKey()),
                Map.entry("AWS_REGION", REGION),
                Map.entry("OPERATOR_HTTP_PORT", "0"),
                Map.entry("OPERATOR_LOG_FORMAT", "text"),
                Map.entry("OPERATOR_LEADER_ELECTION", "false"),
                Map.entry("OPERATOR_POLL_INTERVAL_SECONDS", "1"),
                Map.entry("OPERATOR_SWEEP_INTERVAL_SECONDS", "10"));
    }

    private void install(String crd) {
        Resource<CustomResourceDefinition> resource = client.apiextensions()
                .v1()
                .customResourceDefinitions()
                .load(Path.of("crds", crd + ".ec2quarantine.io.yaml").toFile());
        resource.create();
        resource.waitUntilCondition(CrashIT::isEstablished, 30, TimeUnit.SECONDS);
    }

    private static boolean isEstablished(CustomResourceDefinition crd) {
        return crd.getStatus() != null
                && crd.getStatus().getConditions() != null
                && crd.getStatus().getConditions().stream()
                        .anyMatch(condition -> condition.getType().equals("Established")
                                && condition.getStatus().equals("True"));
    }

    private void await(IsolationScene scene, FinalState wanted, ChildOperator operator) {
        Eventually.holds(
                "the state of an isolation",
                () -> state(scene).facts().containsAll(wanted.facts()),
                () -> {},
                () -> state(scene).differenceTo(wanted) + "\n" + operator.log());
    }

    private FinalState state(IsolationScene scene) {
        return FinalState.of(client, region(), scene);
    }

    private static IsolationScene sceneOf(KillPoint point) {
        return new IsolationScene(2 * point.write() + (point.side() == Side.BEFORE ? 0 : 1));
    }

    private RegionWorld region() {
        return account().region(REGION);
    }

    private AccountWorld account() {
        return simulator.world().account(ACCOUNT);
    }
}
