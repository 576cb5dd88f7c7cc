package io.ec2quarantine.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.ec2quarantine.testing.Eventually;
import io.ec2quarantine.testing.OperatorWorld;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Whenever an operator dies on the way to an isolation, the next one ends in the same state as if nothing had happened. */
class CrashTest {
    /** So small that the clock is no faster than the machine: slow threads must not look like hours without a sweep. */
    private static final Duration TICK = Duration.ofMillis(10);

    private static final IsolationScene SCENE = new IsolationScene(0);

    @BeforeAll
    static void deathsAreNotMourned() {
        Thread.setDefaultUncaughtExceptionHandler(MortalOperator.mourner());
    }

    @AfterAll
    static void errorsAreToldAsEver() {
        Thread.setDefaultUncaughtExceptionHandler(null);
    }

    @TestFactory
    Stream<DynamicTest> theNextOperatorFinishesWhatADeadOneBegan() {
        UndisturbedRun undisturbed = undisturbed();
        AtomicInteger survived = new AtomicInteger();
        Stream<DynamicTest> deaths = undisturbed.killPoints().stream()
                .map(point -> DynamicTest.dynamicTest(undisturbed.journal().at(point), () -> {
                    outlive(point, undisturbed);
                    survived.incrementAndGet();
                }));
        DynamicTest count = DynamicTest.dynamicTest("before and after every write", () -> {
            int writes = undisturbed.journal().writes();
            System.out.println("kill points: " + survived + ", writes: " + writes);
            assertThat(survived).hasValue(2 * writes);
        });
        return Stream.concat(deaths, Stream.of(count));
    }

    private static UndisturbedRun undisturbed() {
        try (OperatorWorld world = SCENE.world();
                Witness witness = new Witness(world.client(), world.simulator(), SCENE);
                MortalOperator operator = MortalOperator.start(world, SCENE, Optional.empty())) {
            await(world, "an isolation", new FinalState(IsolationScene.ISOLATED));
            Eventually.holds(
                    "the end of the last write",
                    () -> operator.journal().isAtRest(),
                    () -> {},
                    () -> operator.journal().toString());
            UndisturbedRun run = new UndisturbedRun(operator.journal(), SCENE.state(world));
            letASweepPass(world, run.state());
            assertThat(operator.journal().moments())
                    .as("the journal after another sweep")
                    .containsExactlyElementsOf(run.journal().moments());
            witness.testifies();
            return run;
        }
    }

    private static void outlive(KillPoint point, UndisturbedRun undisturbed) {
        try (OperatorWorld world = SCENE.world();
                Witness witness = new Witness(world.client(), world.simulator(), SCENE);
                MortalOperator doomed = MortalOperator.start(world, SCENE, Optional.of(point))) {
            doomed.awaitDeath();
            world.startOperator();
            await(world, "the undisturbed run's state", undisturbed.state());
            letASweepPass(world, undisturbed.state());
            witness.testifies();
            doomed.journal().endedAt(point, undisturbed.journal());
        }
    }

    /** Waits until everything is as wanted. */
    private static void await(OperatorWorld world, String what, FinalState wanted) {
        Eventually.holds(
                what,
                () -> SCENE.state(world).facts().containsAll(wanted.facts()),
                world.timeGoesBy(TICK),
                () -> SCENE.state(world).differenceTo(wanted));
    }

    /** The polls and the sweep that come afterwards find nothing to do. */
    private static void letASweepPass(OperatorWorld world, FinalState settled) {
        long mark = world.simulator().calls().mark();
        Eventually.holds(
                "a sweep",
                () -> world.calls("DescribeSecurityGroups", mark) > 0,
                () -> {
                    assertThat(SCENE.state(world).differenceTo(settled))
                            .as("while time goes by")
                            .isEmpty();
                    world.tick(Duration.ofSeconds(2));
                },
                () -> world.simulator().calls().since(mark).toString());
        assertThat(SCENE.state(world).differenceTo(settled)).as("after a sweep").isEmpty();
    }
}
