package io.ec2quarantine.bench;

import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.sim.Call;
import io.ec2quarantine.sim.Model.Interface;
import io.ec2quarantine.sim.Model.Vpc;
import io.ec2quarantine.sim.WorkshopScene;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Measures what storms of findings and a sweep cost, and prints it. It asserts nothing: how fast a machine is says nothing of
 * whether the operator is right.
 */
public final class Bench {
    private static final List<Integer> STORMS = List.of(1, 20, 100);
    private static final int ISOLATED = 500;

    private Bench() {}

    /** Prints both tables. */
    public static void main(String[] arguments) {
        System.out.printf(
                "The whole operator, the simulator of AWS with EC2's request limits and the embedded Kubernetes API,%n"
                        + "in one Java process on %d processors.%n%n",
                Runtime.getRuntime().availableProcessors());
        // What is compiled while it runs for the first time is not what is to be measured.
        storm(STORMS.getFirst());
        System.out.printf(
                "From findings to instances that are isolated and verified  (GuardDuty is polled every %d s)%n",
                BenchWorld.POLL_SECONDS);
        System.out.println("  instances   first     last      AWS calls   each   of them writes");
        STORMS.forEach(size -> System.out.println(storm(size)));
        System.out.printf("%nOne sweep of %d isolated instances of which none has changed%n", ISOLATED);
        System.out.println(sweep());
        System.exit(0);
    }

    private static String storm(int size) {
        try (BenchWorld world = new BenchWorld().start()) {
            WorkshopScene scene = WorkshopScene.build(world.simulator().world());
            List<String> instances = instances(world, scene, size);
            long mark = world.simulator().calls().mark();
            Instant found = Instant.now();
            instances.forEach(id -> world.simulator().world().detect(world.region(), id, scene.maliciousIp()));
            world.await(size + " verified", () -> world.verified().keySet().containsAll(instances));
            world.await(size + " settled", () -> world.settled().keySet().containsAll(instances));
            List<Call> calls = world.calls(mark);
            List<Instant> verified = world.verified().values().stream().sorted().toList();
            return String.format(
                    Locale.ROOT,
                    "  %9d   %5.2f s   %5.2f s   %9d   %4.1f   %4.1f",
                    size,
                    seconds(found, verified.getFirst()),
                    seconds(found, verified.getLast()),
                    calls.size(),
                    (double) calls.size() / size,
                    (double) calls.stream().filter(Call::isWrite).count() / size);
        }
    }

    private static List<String> instances(BenchWorld world, WorkshopScene scene, int count) {
        Vpc vpc = world.region().vpcOf(scene.vpc());
        return IntStream.range(0, count)
                .mapToObj(number -> world.region()
                        .instance("web-" + number)
                        .in(vpc)
                        .groups(scene.targetSecurityGroup())
                        .launch()
                        .id())
                .toList();
    }

    private static String sweep() {
        try (BenchWorld world = new BenchWorld().start()) {
            WorkshopScene scene = WorkshopScene.build(world.simulator().world());
            scene.compromise(world.simulator().world());
            String first = scene.compromisedInstance();
            world.await("the first", () -> world.settled().containsKey(first));
            for (int number = 1; number < ISOLATED; number++) {
                seedLike(world, scene, first);
            }
            world.await("all of them", () -> world.settled().size() == ISOLATED);
            // Whoever is met for the first time is looked at once, alone.
            world.simulator().requestLimits(false);
            List<Call> calls = nextSweep(world);
            while (calls.stream().anyMatch(call -> call.action().equals("DescribeInstances"))) {
                calls = nextSweep(world);
            }
            Map<String, Long> counts =
                    calls.stream().collect(Collectors.groupingBy(Call::action, TreeMap::new, Collectors.counting()));
            return String.format(
                    Locale.ROOT,
                    "  %d AWS calls within %d ms: %s",
                    calls.size(),
                    Duration.between(calls.getFirst().at(), calls.getLast().at())
                            .toMillis(),
                    counts.entrySet().stream()
                            .map(each -> each.getValue() + " " + each.getKey())
                            .collect(Collectors.joining(", ")));
        }
    }

    private static List<Call> nextSweep(BenchWorld world) {
        world.awaitQuiet(0);
        long mark = world.simulator().calls().mark();
        world.await("a sweep", () -> !world.calls(mark).isEmpty());
        world.awaitQuiet(mark);
        return world.calls(mark).stream().sorted(Comparator.comparing(Call::at)).toList();
    }

    /** Another isolated instance, on both sides as the operator left the first: isolating so many takes minutes by EC2's limits. */
    private static void seedLike(BenchWorld world, WorkshopScene scene, String first) {
        Interface pattern = world.region().interfacesOf(first).getFirst();
        String instance = world.region()
                .instance("seeded")
                .in(world.region().vpcOf(scene.vpc()))
                .groups(pattern.groups().getFirst())
                .launch()
                .id();
        Interface primary = world.region().interfacesOf(instance).getFirst();
        world.region()
                .tagsOf(first)
                .forEach((key, value) -> world.region().tag(instance, key, value.replace(first, instance)));
        world.region()
                .tagsOf(pattern.id())
                .forEach((key, value) -> world.region().tag(primary.id(), key, value.replace(first, instance)));
        QuarantinedInstance object = Serialization.unmarshal(
                Serialization.asJson(world.settled().get(first))
                        .replace(first, instance)
                        .replace(pattern.id(), primary.id())
                        .replace(pattern.privateIp(), primary.privateIp()),
                QuarantinedInstance.class);
        object.getMetadata().setResourceVersion(null);
        object.getMetadata().setUid(null);
        QuarantinedInstance created = world.cluster().client().resource(object).create();
        created.setStatus(object.getStatus());
        world.cluster().client().resource(created).updateStatus();
    }

    private static double seconds(Instant from, Instant to) {
        return Duration.between(from, to).toMillis() / 1000.0;
    }
}
