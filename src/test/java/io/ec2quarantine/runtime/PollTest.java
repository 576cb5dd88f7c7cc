package io.ec2quarantine.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.sim.Call;
import io.ec2quarantine.sim.FindingTemplate;
import io.ec2quarantine.sim.WorkshopScene;
import io.ec2quarantine.testing.Eventually;
import io.ec2quarantine.testing.OperatorWorld;
import io.ec2quarantine.testing.Policies;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How findings are read, and what that costs. */
class PollTest {
    private static final String UPDATED_SINCE = "findingCriteria.criterion.updatedAt.greaterThanOrEqual";

    private final OperatorWorld world = new OperatorWorld();
    private final WorkshopScene scene = WorkshopScene.build(world.world());

    @AfterEach
    void end() {
        world.close();
    }

    @Test
    void everyReadOverlapsTheOneBeforeAndStartsAtTheNewestFindingThatIsStored() {
        world.cluster().create(Policies.workshop());
        Instant seen = world.clock().instant();
        scene.compromise(world.world());
        world.startOperator();
        world.awaitVerified(scene.compromisedInstance());
        long mark = world.simulator().calls().mark();

        world.awaitCalls("ListFindings", mark, 1);

        Call list = world.simulator().calls().since(mark).stream()
                .filter(call -> call.action().equals("ListFindings"))
                .findFirst()
                .orElseThrow();
        assertThat(list.param(UPDATED_SINCE))
                .isEqualTo(Long.toString(seen.minus(Duration.ofMinutes(5)).toEpochMilli()));
    }

    @Test
    void aReplayChangesNothing() {
        world.cluster().create(Policies.workshop());
        scene.compromise(world.world());
        world.startOperator();
        QuarantinedInstance before = world.awaitVerified(scene.compromisedInstance());
        world.stopOperator();
        long mark = world.simulator().calls().mark();

        world.startOperator();
        world.awaitCalls("GetFindings", mark, 2);

        QuarantinedInstance after =
                world.quarantine(scene.compromisedInstance()).orElseThrow();
        assertThat(after.getMetadata().getGeneration())
                .isEqualTo(before.getMetadata().getGeneration());
        assertThat(after.getStatus().interfaces()).isEqualTo(before.getStatus().interfaces());
        assertThat(world.simulator().calls().since(mark)).noneMatch(Call::isWrite);
    }

    @Test
    void policiesThatShareASourceShareItsReads() {
        world.cluster().create(Policies.workshop());
        world.cluster().create(Policies.policy("another", "DryRun", "*", ""));
        Instant start = world.clock().instant();
        world.startOperator();

        world.awaitCalls("ListFindings", 0, 3);

        long rounds = Duration.between(start, world.clock().instant()).toSeconds() / 15 + 1;
        assertThat(world.calls("ListFindings", 0)).isLessThanOrEqualTo(rounds);
        assertThat(world.calls("ListDetectors", 0)).isEqualTo(1);
    }

    @Test
    void everyPageIsReadAndEveryFindingOpened() {
        world.world().pageSize(7);
        List<String> instances = IntStream.range(0, 40)
                .mapToObj(number -> world.region()
                        .instance("web-" + number)
                        .in(world.region().vpc())
                        .launch()
                        .id())
                .toList();
        instances.forEach(id -> world.region().finding(FindingTemplate.bitcoinDns(id, "pool.example")));
        world.cluster().create(Policies.policy("watch", "DryRun", "*", ""));

        world.startOperator();

        Eventually.holds(
                "forty quarantines",
                () -> world.client()
                                .resources(QuarantinedInstance.class)
                                .list()
                                .getItems()
                                .size()
                        == 40,
                () -> world.clock().advance(Duration.ofMillis(100)),
                () -> world.simulator().calls().all().toString());
    }

    @Test
    void aFindingWhoseDecisionIsNotStoredHoldsTheCursorAndIsOpenedInTheEnd() {
        String unreadable = scene.compromisedInstance();
        world.simulator()
                .faults()
                .on("DescribeInstances")
                .param("Filter.1.Value.1", unreadable)
                .deny();
        world.cluster().create(Policies.policy("tagged", "Enforce", "*", "instanceTags: {exclude: [{key: keep-out}]}"));
        world.startOperator();
        world.awaitCalls("ListFindings", 0, 1);
        world.region().finding(FindingTemplate.bitcoinDns(unreadable, "pool.example"));
        Instant first = world.clock().instant();
        world.elapse(Duration.ofMinutes(8));
        world.region().finding(FindingTemplate.bitcoinDns(scene.compromisedInstance2(), "pool.example"));
        world.awaitVerified(scene.compromisedInstance2());
        long mark = world.simulator().calls().mark();
        world.awaitCalls("ListFindings", mark, 2);

        assertThat(world.simulator().calls().since(mark))
                .filteredOn(call -> call.action().equals("ListFindings"))
                .allSatisfy(call -> assertThat(Long.parseLong(call.param(UPDATED_SINCE)))
                        .isLessThanOrEqualTo(first.toEpochMilli()));
        assertThat(world.quarantine(unreadable)).isEmpty();
        world.simulator().faults().clear();
        world.awaitVerified(unreadable);
    }

    @Test
    void anIsolationTakesAtMostThreeCallsAndTwoForEachInterfaceWhenItsGroupExists() {
        world.cluster().create(Policies.enforcing("all", "*"));
        world.startOperator();
        scene.compromise(world.world());
        world.awaitVerified(scene.compromisedInstance());
        String victim = scene.compromisedInstance2();
        world.region().attach(victim, details -> details.groups(scene.targetSecurityGroup()));
        long mark = world.simulator().calls().mark();

        world.region().finding(FindingTemplate.bitcoinDns(victim, "pool.example"));
        world.awaitVerified(victim);

        List<Call> calls = world.simulator().calls().since(mark);
        int answered = index(calls, "GetFindings");
        int lastSwap = index(calls, "ModifyNetworkInterfaceAttribute") + 1;
        assertThat(calls.subList(answered, lastSwap + 1))
                .filteredOn(call -> call.service().equals("ec2"))
                .hasSizeLessThanOrEqualTo(3 + 2 * 2)
                .extracting(Call::action)
                .doesNotContain("CreateTags", "ModifyInstanceAttribute");
    }

    private static int index(List<Call> calls, String action) {
        return IntStream.range(0, calls.size())
                .filter(index -> calls.get(index).action().equals(action))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + action + " in " + calls));
    }
}
