package io.ec2quarantine.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.ec2quarantine.testing.Eventually;
import io.ec2quarantine.testing.OperatorWorld;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Whenever an operator dies in what comes after an isolation, the next one ends in the same state as if it had lived. */
@ParameterizedClass
@EnumSource(Chapter.class)
class CrashChapterIT {
    private static final Duration MORE_THAN_A_SWEEP = Duration.ofSeconds(64);
    private static final IsolationScene SCENE = new IsolationScene(0);

    private final Chapter chapter;

    CrashChapterIT(Chapter chapter) {
        this.chapter = chapter;
    }

    @TestFactory
    Stream<DynamicTest> theNextOperatorFinishesWhatADeadOneBegan() {
        UndisturbedRun undisturbed = undisturbed();
        AtomicInteger survived = new AtomicInteger();
        int first = chapter.action().map(undisturbed.journal()::before).orElse(1);
        Stream<DynamicTest> deaths = undisturbed.killPoints().stream()
                .filter(point -> point.write() >= first)
                .map(point -> DynamicTest.dynamicTest(undisturbed.journal().at(point), () -> {
                    outlive(point, undisturbed);
                    survived.incrementAndGet();
                }));
        DynamicTest count = DynamicTest.dynamicTest("before and after every write of the chapter", () -> {
            int writes = undisturbed.journal().writes() - first + 1;
            System.out.println("kill points of " + chapter + ": " + survived + ", writes: " + writes);
            assertThat(survived).hasValue(2 * writes);
        });
        return Stream.concat(deaths, Stream.of(count));
    }

    private UndisturbedRun undisturbed() {
        try (OperatorWorld world = SCENE.world();
                MortalOperator operator = MortalOperator.start(world)) {
            prepare(world);
            begin(world, operator, Optional.empty());
            await(world, "the end of the chapter", chapter.end());
            world.elapse(MORE_THAN_A_SWEEP);
            Eventually.holds(
                    "the end of the last write",
                    () -> operator.journal().isAtRest(),
                    () -> {},
                    () -> operator.journal().toString());
            UndisturbedRun run = new UndisturbedRun(operator.journal(), comparable(world));
            world.elapse(MORE_THAN_A_SWEEP);
            assertThat(comparable(world).differenceTo(run.state()))
                    .as("a sweep later")
                    .isEmpty();
            assertThat(operator.journal().moments())
                    .as("the journal after another sweep")
                    .containsExactlyElementsOf(run.journal().moments());
            return run;
        }
    }

    private void outlive(KillPoint point, UndisturbedRun undisturbed) {
        try (OperatorWorld world = SCENE.world();
                MortalOperator doomed = MortalOperator.start(world)) {
            prepare(world);
            begin(world, doomed, Optional.of(point));
            doomed.awaitDeath(world.timeGoesBy(chapter.step()));
            world.startOperator();
            await(world, "the undisturbed run's state", () -> comparable(world), undisturbed.state());
            world.elapse(MORE_THAN_A_SWEEP);
            assertThat(comparable(world).differenceTo(undisturbed.state()))
                    .as("after a sweep")
                    .isEmpty();
            doomed.journal().endedAt(point, undisturbed.journal());
        }
    }

    /** Everything before the chapter, told to its end. */
    private void prepare(OperatorWorld world) {
        await(world, "an isolation", new FinalState(IsolationScene.ISOLATED));
        chapter.prepare(world, SCENE);
    }

    /** What begins the chapter is all there before a sweep or a poll comes by. */
    private void begin(OperatorWorld world, MortalOperator operator, Optional<KillPoint> point) {
        if (chapter.isOrdered()) {
            operator.doOneThingAfterAnother();
        }
        operator.keepJournal(SCENE, point);
        long mark = world.simulator().calls().mark();
        chapter.begin(world, SCENE);
        Eventually.holds(
                "a look of the operator",
                () -> chapter.isNoticed(action -> world.calls(action, mark) > 0),
                world.timeGoesBy(chapter.step()),
                () -> SCENE.state(world).toString());
    }

    /** How often somebody was seen to meddle, and what was told of it, differs with the operators that saw it. */
    private static FinalState comparable(OperatorWorld world) {
        return SCENE.state(world).without(fact -> fact.startsWith("drift:") || fact.startsWith("timeline:"));
    }

    private void await(OperatorWorld world, String what, FinalState wanted) {
        await(world, what, () -> SCENE.state(world), wanted);
    }

    private void await(OperatorWorld world, String what, Supplier<FinalState> state, FinalState wanted) {
        Eventually.holds(
                what,
                () -> state.get().facts().containsAll(wanted.facts()),
                world.timeGoesBy(chapter.step()),
                () -> state.get().differenceTo(wanted));
    }
}
