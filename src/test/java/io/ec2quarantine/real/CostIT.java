package io.ec2quarantine.real;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ec2quarantine.api.v1alpha1.ConditionType;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.aws.Ec2Gateway;
import io.ec2quarantine.cluster.KubernetesClients;
import io.ec2quarantine.config.OperatorConfig;
import io.ec2quarantine.core.WriteHooks;
import io.ec2quarantine.runtime.QuarantineOperator;
import io.ec2quarantine.sim.Call;
import io.ec2quarantine.sim.Model.Group;
import io.ec2quarantine.sim.Model.Interface;
import io.ec2quarantine.sim.Model.Vpc;
import io.ec2quarantine.sim.RegionWorld;
import io.ec2quarantine.testing.ManualScheduler;
import io.ec2quarantine.testing.Policies;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a thousand quarantined instances cost when nothing happens to them, and when something does. */
class CostIT {
    private static final int INSTANCES = 1_000;
    private static final int VPCS = 250;
    private static final long READS_OF_INTERFACES = Math.ceilDiv(INSTANCES, Ec2Gateway.MOST_FILTER_VALUES);
    private static final long READS_OF_GROUPS = Math.ceilDiv(VPCS, Ec2Gateway.MOST_FILTER_VALUES);

    private static final Duration SWEEP_INTERVAL = Duration.ofSeconds(60);
    private static final int SWEEPS_IN_FIVE_MINUTES = 5;
    private static final int SWEEPS_PER_LOOK_AT_MEMBERS = 5;

    private static final int WRITERS = 4;
    private static final List<String> SDK_PROPERTIES =
            List.of("aws.endpointUrl", "aws.accessKeyId", "aws.secretAccessKey", "aws.region");

    private final ManualScheduler clock = new ManualScheduler(Instant.now().truncatedTo(ChronoUnit.SECONDS));
    private final RealWorld world;
    private final RegionWorld region;
    private final KubernetesClient client;

    CostIT(@TempDir Path directory) {
        this.world = new RealWorld(directory, clock);
        this.region = world.region();
        this.client = KubernetesClients.create(
                Config.fromKubeconfig(world.cluster().kubeconfig().toFile()));
        world.simulator().requestLimits(false);
        Map<String, String> aws = world.awsEnvironment(world.simulator());
        System.setProperty("aws.endpointUrl", aws.getOrDefault("AWS_ENDPOINT_URL", ""));
        System.setProperty("aws.accessKeyId", aws.getOrDefault("AWS_ACCESS_KEY_ID", ""));
        System.setProperty("aws.secretAccessKey", aws.getOrDefault("AWS_SECRET_ACCESS_KEY", ""));
        System.setProperty("aws.region", RealWorld.REGION);
    }

    @AfterEach
    void end() {
        SDK_PROPERTIES.forEach(System::clearProperty);
        client.close();
        world.close();
    }

    @Test
    void sweepsReadInBatchesAQuietInstanceCostsNextToNothingAndTheNextSweepRepairsADrift() {
        world.kubectl().apply(Policies.workshop());
        String first = isolateOne();
        seedTheOthers(first);
        StatusWrites writes = new StatusWrites();
        try (Watch _ = client.resources(QuarantinedInstance.class).watch(writes);
                QuarantineOperator operator = operator()) {
            quietMinutes(writes, operator);
            drift(first, writes);
        }
    }

    /** Ten minutes, the operator's start among them. */
    private void quietMinutes(StatusWrites writes, QuarantineOperator operator) {
        long mark = world.simulator().calls().mark();
        fiveQuietMinutes("first", writes, operator::start);
        int firstWrites = writes.total();
        writes.forget();
        fiveQuietMinutes("next", writes, () -> clock.advance(SWEEP_INTERVAL));
        assertThat(firstWrites + writes.total())
                .as("status writes: the printed time of the last read-back lags five minutes behind and no more")
                .isEqualTo(INSTANCES);
        assertThat(since(mark))
                .as("calls of whatever service that are about one instance")
                .noneMatch(
                        call -> !isOfASweep(call) && mentioned(call).findAny().isPresent());
    }

    private void fiveQuietMinutes(String which, StatusWrites writes, Runnable firstSweep) {
        for (int sweep = 0; sweep < SWEEPS_IN_FIVE_MINUTES; sweep++) {
            long mark = world.simulator().calls().mark();
            if (sweep == 0) {
                firstSweep.run();
            } else {
                clock.advance(SWEEP_INTERVAL);
            }
            boolean members = sweep % SWEEPS_PER_LOOK_AT_MEMBERS == 0;
            awaitSweep(mark, members, writes);
            Map<String, Long> calls = kinds(ec2(mark));
            say("%s five minutes, sweep %d: calls of EC2 %s".formatted(which, sweep + 1, calls));
            assertThat(calls).as("calls of EC2 in one sweep").isEqualTo(ofASweep(members));
        }
        say("%s five minutes: %d status writes for %d instances, at most %d for one"
                .formatted(which, writes.total(), INSTANCES, writes.most()));
        assertThat(writes.most())
                .as("status writes of one quiet instance in five minutes")
                .isLessThanOrEqualTo(1);
    }

    private static Map<String, Long> ofASweep(boolean members) {
        return members
                ? Map.of("interfaces", READS_OF_INTERFACES, "rules", READS_OF_GROUPS, "members", READS_OF_GROUPS)
                : Map.of("interfaces", READS_OF_INTERFACES, "rules", READS_OF_GROUPS);
    }

    /** The clock moves by one interval and no further. */
    private void drift(String instance, StatusWrites writes) {
        Interface primary = region.interfacesOf(instance).getFirst();
        writes.forget();
        long mark = world.simulator().calls().mark();
        region.setGroups(primary.id(), world.target().id());
        clock.advance(SWEEP_INTERVAL);
        Waiting.until(
                "the repair",
                () -> region.interfaceOf(primary.id()).groups().equals(primary.groups()),
                () -> ec2(mark).toString());
        awaitRest(writes);
        List<Call> calls = ec2(mark);
        long reads = kinds(calls).getOrDefault("interfaces", 0L);
        say("one drifted instance is repaired after %d sweep of an interval of %d s, with calls of EC2 %s"
                .formatted(reads / READS_OF_INTERFACES, SWEEP_INTERVAL.toSeconds(), kinds(calls)));
        assertThat(reads).as("reads of interfaces until the repair").isEqualTo(READS_OF_INTERFACES);
        assertThat(calls.stream().filter(call -> !isOfASweep(call)))
                .as("calls for the repair, which are about nobody else")
                .isNotEmpty()
                .allMatch(call -> mentioned(call).allMatch(instance::equals));
        assertThat(writes.names()).as("the quarantines that were written").containsExactly(instance);
    }

    /** Waits for the end of everything that a sweep set going. */
    private void awaitSweep(long mark, boolean members, StatusWrites writes) {
        String last = members ? "members" : "rules";
        Waiting.until(
                "a sweep",
                () -> kinds(ec2(mark)).getOrDefault(last, 0L) >= READS_OF_GROUPS,
                () -> kinds(ec2(mark)).toString());
        // A sweep that has made its last call has still to judge by it, and is not overtaken by the next one.
        Waiting.until("the end of the sweep", clock::isAtRest, () -> "");
        awaitRest(writes);
    }

    private void awaitRest(StatusWrites writes) {
        Waiting.until("the end of what a sweep set going", new Rest(writes), writes::toString);
    }

    // The thousand.

    /** One that the operator isolates by itself, after which it stops. */
    private String isolateOne() {
        String instance = world.launch("one of a thousand");
        try (QuarantineOperator operator = operator()) {
            operator.start();
            world.kubectl().apply("""
                    apiVersion: ec2quarantine.io/v1alpha1
                    kind: QuarantinedInstance
                    metadata: {name: %1$s}
                    spec:
                      instanceID: %1$s
                      region: %2$s
                      desiredState: Isolated
                      policyRef: {name: malicious-ip-callers}
                    """.formatted(instance, RealWorld.REGION));
            for (ConditionType condition :
                    List.of(ConditionType.ISOLATED, ConditionType.VERIFIED, ConditionType.EVIDENCE_PRESERVED)) {
                world.kubectl().waitsFor("condition=" + condition.text(), "qi/" + instance);
            }
        }
        return instance;
    }

    /** The others, on both sides as the operator left the first: isolating a thousand takes longer than a test may. */
    private void seedTheOthers(String first) {
        long start = System.nanoTime();
        JsonNode pattern = world.kubectl().quarantine(first);
        Ids ids = ids(first, world.target());
        List<Ids> others = new ArrayList<>();
        for (int number = 0; number < VPCS; number++) {
            Vpc vpc = number == 0 ? region.vpcOf(ids.vpc()) : region.vpc();
            Group target = number == 0
                    ? world.target()
                    : region.securityGroup(vpc, world.target().name());
            String isolation = number == 0 ? ids.isolation() : isolationGroup(vpc, ids);
            IntStream.range(number == 0 ? 1 : 0, INSTANCES / VPCS)
                    .forEach(_ -> others.add(launch(vpc, isolation, target, ids)));
        }
        try (ExecutorService writers = Executors.newFixedThreadPool(WRITERS)) {
            CompletableFuture.allOf(IntStream.range(0, others.size())
                            .mapToObj(number -> CompletableFuture.runAsync(
                                    () -> create(likeness(pattern, ids, others.get(number), number % 2 == 0)), writers))
                            .toArray(CompletableFuture[]::new))
                    .join();
        }
        say("%d instances in %d VPCs seeded in %d s"
                .formatted(
                        others.size() + 1,
                        VPCS,
                        Duration.ofNanos(System.nanoTime() - start).toSeconds()));
    }

    private String isolationGroup(Vpc vpc, Ids pattern) {
        String group = region.securityGroupLike(region.groupOf(pattern.isolation()), vpc)
                .id();
        region.removeRules(group);
        region.tagsOf(pattern.isolation()).forEach((key, value) -> region.tag(group, key, value));
        return group;
    }

    private Ids launch(Vpc vpc, String isolation, Group target, Ids pattern) {
        String instance = region.instance("").in(vpc).groups(isolation).launch().id();
        Ids ids = ids(instance, target);
        region.tagsOf(pattern.instance())
                .forEach((key, value) -> region.tag(ids.instance(), key, ids.insteadOf(pattern, value)));
        region.tagsOf(pattern.networkInterface())
                .forEach((key, value) -> region.tag(ids.networkInterface(), key, ids.insteadOf(pattern, value)));
        return ids;
    }

    private Ids ids(String instance, Group target) {
        Interface primary = region.interfacesOf(instance).getFirst();
        return new Ids(
                instance, primary.id(), primary.vpc(), primary.groups().getFirst(), target.id(), primary.privateIp());
    }

    /** Some name the account that is the operator's own anyway. */
    private QuarantinedInstance likeness(JsonNode pattern, Ids patternIds, Ids ids, boolean namesAccount) {
        ObjectNode copy = pattern.deepCopy();
        copy.putObject("metadata").put("name", patternIds.instance());
        if (namesAccount) {
            ((ObjectNode) copy.get("spec")).put("accountID", RealWorld.ACCOUNT);
        }
        return client.getKubernetesSerialization()
                .unmarshal(ids.insteadOf(patternIds, copy.toString()), QuarantinedInstance.class);
    }

    private void create(QuarantinedInstance object) {
        QuarantinedInstance created = client.resource(object).create();
        created.setStatus(object.getStatus());
        client.resource(created).updateStatus();
    }

    /** What one of the thousand is known by. */
    private record Ids(
            String instance, String networkInterface, String vpc, String isolation, String target, String privateIp) {
        String insteadOf(Ids others, String text) {
            return text.replace(others.instance, instance)
                    .replace(others.networkInterface, networkInterface)
                    .replace(others.vpc, vpc)
                    .replace(others.isolation, isolation)
                    .replace(others.target, target)
                    .replace(others.privateIp, privateIp);
        }
    }

    private QuarantineOperator operator() {
        return new QuarantineOperator(
                OperatorConfig.from(Map.of(
                        "OPERATOR_HTTP_PORT", "0",
                        "OPERATOR_LEADER_ELECTION", "false",
                        "OPERATOR_PREFLIGHT", "Off",
                        "OPERATOR_SWEEP_INTERVAL_SECONDS", Long.toString(SWEEP_INTERVAL.toSeconds()))),
                client,
                clock,
                WriteHooks.NONE,
                () -> {});
    }

    // The calls.

    private List<Call> since(long mark) {
        return world.simulator().calls().since(mark);
    }

    private List<Call> ec2(long mark) {
        return since(mark).stream().filter(call -> call.service().equals("ec2")).toList();
    }

    private static Map<String, Long> kinds(List<Call> calls) {
        return calls.stream().collect(Collectors.groupingBy(CostIT::kind, TreeMap::new, Collectors.counting()));
    }

    private static boolean isOfASweep(Call call) {
        return List.of("interfaces", "rules", "members").contains(kind(call));
    }

    /** What a read of a sweep is for; a look at one instance is another kind. */
    private static String kind(Call call) {
        boolean one = call.param("Filter.1.Value.2").isEmpty();
        return switch (call.action() + " by " + call.param("Filter.1.Name")) {
            case "DescribeNetworkInterfaces by attachment.instance-id" ->
                one ? call.action() + " of one" : "interfaces";
            case "DescribeNetworkInterfaces by group-id" -> one ? call.action() + " in one group" : "members";
            case "DescribeSecurityGroups by group-id" -> one ? call.action() + " of one" : "rules";
            default -> call.action();
        };
    }

    /** The instances that a call names. */
    private static Stream<String> mentioned(Call call) {
        return call.params().values().stream().filter(value -> value.startsWith("i-"));
    }

    private static void say(String figure) {
        System.out.println("cost: " + figure);
    }

    /** Holds when nobody has called AWS or written to the cluster for some looks. */
    private final class Rest implements Supplier<Boolean> {
        private static final int LOOKS = 10;

        private final StatusWrites writes;
        private long last;
        private int looks;

        Rest(StatusWrites writes) {
            this.writes = writes;
        }

        @Override
        public Boolean get() {
            long now = world.simulator().calls().mark() + writes.total();
            looks = now == last ? looks + 1 : 0;
            last = now;
            return looks == LOOKS;
        }
    }

    /** How often each quarantine was written, by the API server's own word. */
    private static final class StatusWrites implements Watcher<QuarantinedInstance> {
        private final ConcurrentMap<String, Integer> byName = new ConcurrentHashMap<>();

        @Override
        public void eventReceived(Action action, QuarantinedInstance object) {
            if (action == Action.MODIFIED) {
                byName.merge(object.getMetadata().getName(), 1, Integer::sum);
            }
        }

        /** Whoever watches no more misses the writes that the test expects. */
        @Override
        public void onClose(WatcherException cause) {}

        void forget() {
            byName.clear();
        }

        Set<String> names() {
            return byName.keySet();
        }

        int total() {
            return byName.values().stream().mapToInt(Integer::intValue).sum();
        }

        int most() {
            return byName.values().stream().mapToInt(Integer::intValue).max().orElse(0);
        }

        @Override
        public String toString() {
            return total() + " status writes: " + byName;
        }
    }
}
