package io.ec2quarantine.crash;

import static io.ec2quarantine.testing.OperatorWorld.isTrue;
import static org.assertj.core.api.Assertions.assertThat;

import io.ec2quarantine.api.v1alpha1.ConditionType;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceSpec.DesiredState;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.Episode;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.InterfaceStatus;
import io.ec2quarantine.core.isolation.Marks;
import io.ec2quarantine.sim.Model.Group;
import io.ec2quarantine.sim.Model.Permission;
import io.ec2quarantine.testing.Eventually;
import io.ec2quarantine.testing.OperatorWorld;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Two operators without a lease, while somebody meddles with the isolations for a minute and some instances are released:
 * nothing is lost, nothing is made twice, and the end is that of one operator alone.
 */
class TwoOperatorsTest {
    private static final Duration TICK = Duration.ofMillis(100);
    private static final Duration A_WHILE = Duration.ofSeconds(10);
    private static final IsolationScene SCENE = new IsolationScene(0);
    private static final IsolationScene OTHER = new IsolationScene(1);
    private static final int MEDDLED_WITH = 1;
    private static final int RELEASED = 2;
    private static final int LEFT_ALONE = 3;

    /** The instances by the scene that they are in. */
    private static final Map<String, IsolationScene> INSTANCES = new TreeMap<>(Map.of(
            SCENE.instance(), SCENE,
            SCENE.neighbour(MEDDLED_WITH), SCENE,
            SCENE.neighbour(RELEASED), SCENE,
            SCENE.neighbour(LEFT_ALONE), SCENE,
            OTHER.instance(), OTHER));

    @Test
    void twoOperatorsEndAsOneDoesAndLoseNoBaseline() {
        Map<String, FinalState> alone = endOf(1);
        Map<String, FinalState> together = endOf(2);

        alone.forEach((instance, state) -> assertThat(together.getOrDefault(instance, new FinalState(List.of()))
                        .differenceTo(state))
                .as(instance + " with two operators, measured by one alone")
                .isEmpty());
    }

    /** The whole story with so many operators. */
    private static Map<String, FinalState> endOf(int operators) {
        try (OperatorWorld world = isolated(operators)) {
            assertThat(baselines(world, SCENE.instance())).isEqualTo(SCENE.originalGroups());
            meddle(world);
            INSTANCES.keySet().stream().filter(each -> !isReleased(each)).forEach(world::awaitVerified);
            world.elapse(Duration.ofMinutes(2));
            assertNothingIsLostOrMadeTwice(world);
            Map<String, FinalState> end = states(world);
            world.elapse(Duration.ofMinutes(1));
            assertThat(states(world)).as("a minute later").isEqualTo(end);
            return end;
        }
    }

    private static OperatorWorld isolated(int operators) {
        OperatorWorld world = new OperatorWorld().setting("OPERATOR_SWEEP_INTERVAL_SECONDS", "5");
        Stream.of(SCENE, OTHER).forEach(scene -> scene.build(world.region()));
        Stream.of(MEDDLED_WITH, RELEASED, LEFT_ALONE)
                .forEach(neighbour -> SCENE.buildNeighbour(world.region(), neighbour));
        world.cluster().create(IsolationScene.policy());
        for (int started = 0; started < operators; started++) {
            world.startOperator();
        }
        INSTANCES.keySet().forEach(world::awaitVerified);
        return world;
    }

    /** A minute of drift and of releases. */
    private static void meddle(OperatorWorld world) {
        var region = world.region();
        region.setGroups(SCENE.primary(), SCENE.web(), SCENE.database());
        region.attach(SCENE.instance(), details -> details.id(SCENE.late()).groups(SCENE.web()));
        region.addRule(world.isolationGroup(OTHER.instance()), Permission.all(true, "0.0.0.0/0"));
        world.desire(SCENE.neighbour(RELEASED), DesiredState.RELEASED);
        world.elapse(A_WHILE);

        region.setGroups(SCENE.neighboursInterface(MEDDLED_WITH), SCENE.web());
        region.addRule(world.isolationGroup(SCENE.instance()), Permission.all(false, "::/0"));
        region.setGroups(OTHER.secondary(), world.isolationGroup(OTHER.instance()));
        world.desire(OTHER.instance(), DesiredState.RELEASED);
        awaitReleased(world, OTHER.instance());

        region.setGroups(SCENE.late(), SCENE.database());
        region.setGroups(SCENE.secondary(), SCENE.backOffice());
        world.elapse(A_WHILE);

        world.desire(OTHER.instance(), DesiredState.ISOLATED);
        region.setGroups(SCENE.neighboursInterface(MEDDLED_WITH), SCENE.database());
        awaitReleased(world, SCENE.neighbour(RELEASED));
        await(
                world,
                OTHER.instance(),
                "isolated in its second episode",
                object -> Optional.of(2)
                                .equals(Optional.ofNullable(episode(object).number()))
                        && isTrue(object, ConditionType.VERIFIED));
        region.addRule(world.isolationGroup(OTHER.instance()), Permission.all(true, "::/0"));
        region.setGroups(OTHER.primary(), OTHER.web());
        world.elapse(A_WHILE.multipliedBy(3));
    }

    private static void assertNothingIsLostOrMadeTwice(OperatorWorld world) {
        assertThat(baselines(world, SCENE.instance()))
                .as("baselines, that of the late interface included")
                .containsAllEntriesOf(SCENE.originalGroups())
                .containsEntry(SCENE.late(), List.of(SCENE.web()));
        assertThat(baselines(world, OTHER.instance()))
                .as("baselines of the second episode")
                .isEqualTo(OTHER.originalGroups());
        assertThat(baselines(world, SCENE.neighbour(MEDDLED_WITH)))
                .containsExactly(Map.entry(SCENE.neighboursInterface(MEDDLED_WITH), List.of(SCENE.web())));
        Map<String, List<String>> owned = world.region().groups().stream()
                .filter(group -> world.region().tagsOf(group.id()).containsKey(Marks.OWNER))
                .collect(Collectors.groupingBy(Group::vpc, Collectors.mapping(Group::id, Collectors.toList())));
        assertThat(owned)
                .as("isolation groups by VPC")
                .hasSize(4)
                .allSatisfy((_, groups) -> assertThat(groups).hasSize(1));
    }

    private static Map<String, List<String>> baselines(OperatorWorld world, String instance) {
        return world.quarantine(instance).orElseThrow().getStatus().interfaces().stream()
                .collect(Collectors.toMap(InterfaceStatus::id, InterfaceStatus::baseline));
    }

    /** How often somebody was seen to meddle differs with the number of those who look. */
    private static Map<String, FinalState> states(OperatorWorld world) {
        return INSTANCES.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        entry -> FinalState.of(world.client(), world.region(), entry.getValue(), entry.getKey())
                                .without(fact -> fact.startsWith("drift:")
                                        || fact.startsWith("timeline:")
                                        || fact.startsWith("events:"))));
    }

    private static boolean isReleased(String instance) {
        return instance.equals(SCENE.neighbour(RELEASED));
    }

    private static void awaitReleased(OperatorWorld world, String instance) {
        await(
                world,
                instance,
                "released and tidied up",
                object -> Optional.ofNullable(episode(object).releasedTime()).isPresent()
                        && isTrue(object, ConditionType.READY));
    }

    /** In small steps: a minute is not to be over before the operators have done anything. */
    private static void await(
            OperatorWorld world, String instance, String what, Function<QuarantinedInstance, Boolean> condition) {
        Eventually.holds(
                instance + " " + what,
                () -> condition.apply(world.quarantine(instance).orElseThrow()),
                () -> world.clock().advance(TICK),
                () -> states(world).get(instance) + "\n"
                        + world.simulator().calls().writes());
    }

    private static Episode episode(QuarantinedInstance object) {
        return Optional.ofNullable(object.getStatus().episode()).orElseThrow();
    }
}
