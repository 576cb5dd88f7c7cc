package io.ec2quarantine.core.isolation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A release gives back what is written down or chosen, and names what it cannot. */
class ReleasePlannerTest {
    private static final Set<String> EXISTING = Set.of("sg-a", "sg-b", "sg-c");

    /** Groups are one word each; {@code ?} is a baseline that is not known. */
    @ParameterizedTest
    @CsvSource(useHeadersInDisplayName = true, delimiter = '|', textBlock = """
            now        | baseline  | chosen    | gives back | says
            iso        | sg-a      |           | sg-a       |
            iso        | sg-b sg-a |           | sg-a sg-b  |
            sg-a       | sg-a      |           |            |
            sg-c       | sg-a      |           | sg-a       |
            iso        | sg-a gone |           | sg-a       | GroupsGone
            sg-a       | sg-a gone |           |            | GroupsGone
            iso        | gone      |           |            | GroupsGone
            iso        | sg-a gone | sg-b      | sg-b       |
            iso        | sg-a      | sg-c gone | sg-c       | GroupsGone
            iso        | sg-a      | -         |            |
            iso        | gone      | -         |            |
            iso        | ?         |           |            | NoBaseline
            iso sg-a   | ?         |           |            | NoBaseline
            iso        |           |           |            | NoBaseline
            sg-a       | ?         |           |            |
            sg-a       |           |           |            |
            iso        | ?         | sg-a      | sg-a       |
            iso        |           | sg-a      | sg-a       |
            iso        | ?         | -         |            |
            """)
    void anAttachedInterfaceGetsWhatIsWrittenDownOrChosen(
            String now,
            @Nullable String baseline,
            @Nullable String chosen,
            @Nullable String back,
            @Nullable String says) {
        ReleasePlan plan = ReleasePlanner.plan(
                List.of(state("eni-1", 0, words(now))), List.of(), record(baseline, chosen), EXISTING);

        assertThat(plan.steps()).isEqualTo(back == null ? List.of() : List.of(new Step.GiveBack("eni-1", words(back))));
        assertThat(plan.shortfalls())
                .extracting(each -> each.getClass().getSimpleName())
                .isEqualTo(says == null ? List.of() : List.of(says));
        assertThat(plan.isDone()).isEqualTo(back == null && says == null);
    }

    @Test
    void aBaselineWithoutGroupsIsNoKnowledge() {
        ReleaseRecord record =
                new ReleaseRecord(Map.of("eni-1", new Baseline("eni-1", List.of(), true)), Map.of(), Set.of("iso"));

        ReleasePlan plan = ReleasePlanner.plan(List.of(state("eni-1", 0, List.of("iso"))), List.of(), record, EXISTING);

        assertThat(plan.shortfalls()).containsExactly(new Shortfall.NoBaseline("eni-1"));
    }

    @Test
    void anInterfaceThatIsAttachedElsewhereIsGivenBackOnlyWhileItIsIsolated() {
        ReleaseRecord record = record("sg-a", null);

        assertThat(ReleasePlanner.plan(List.of(), List.of(state("eni-1", 0, List.of("iso"))), record, EXISTING)
                        .steps())
                .containsExactly(new Step.GiveBack("eni-1", List.of("sg-a")));
        assertThat(ReleasePlanner.plan(List.of(), List.of(state("eni-1", 0, List.of("sg-c"))), record, EXISTING)
                        .isDone())
                .isTrue();
    }

    @Test
    void anInterfaceThatExistsNoMoreIsNamedUntilAPersonLetsItGo() {
        assertThat(ReleasePlanner.plan(List.of(), List.of(), record("sg-a", null), EXISTING)
                        .shortfalls())
                .containsExactly(new Shortfall.InterfaceGone("eni-1"));
        assertThat(ReleasePlanner.plan(List.of(), List.of(), record("sg-a", "sg-b"), EXISTING)
                        .shortfalls())
                .containsExactly(new Shortfall.InterfaceGone("eni-1"));
        assertThat(ReleasePlanner.plan(List.of(), List.of(), record("sg-a", "-"), EXISTING)
                        .isDone())
                .isTrue();
    }

    @Test
    void aChosenInterfaceThatIsNotTheInstancesIsNamedAndLeftAlone() {
        ReleasePlan plan = ReleasePlanner.plan(List.of(), List.of(), record(null, "sg-a"), EXISTING);

        assertThat(plan.steps()).isEmpty();
        assertThat(plan.shortfalls()).containsExactly(new Shortfall.NotIts("eni-1"));
    }

    @Test
    void whatOnlyAwsCanChangeIsNamedAndNotTried() {
        InterfaceState managed =
                new InterfaceState("eni-1", "vpc-1", 0, 0, List.of("iso"), Optional.of("AWS manages it"), Map.of());

        ReleasePlan plan = ReleasePlanner.plan(List.of(managed), List.of(), record("sg-a", null), EXISTING);

        assertThat(plan.steps()).isEmpty();
        assertThat(plan.shortfalls()).containsExactly(new Shortfall.Unchangeable("eni-1", "AWS manages it"));
    }

    @Test
    void thePrimaryInterfaceIsGivenBackFirst() {
        ReleaseRecord record = new ReleaseRecord(
                Map.of(
                        "eni-1", new Baseline("eni-1", List.of("sg-a"), true),
                        "eni-2", new Baseline("eni-2", List.of("sg-b"), true)),
                Map.of(),
                Set.of("iso"));

        ReleasePlan plan = ReleasePlanner.plan(
                List.of(state("eni-1", 1, List.of("iso")), state("eni-2", 0, List.of("iso"))),
                List.of(),
                record,
                EXISTING);

        assertThat(plan.steps())
                .containsExactly(
                        new Step.GiveBack("eni-2", List.of("sg-b")), new Step.GiveBack("eni-1", List.of("sg-a")));
    }

    @Test
    void everyShortfallSaysWhatAPersonCanDo() {
        for (Shortfall shortfall : List.of(
                new Shortfall.GroupsGone("eni-1", List.of("sg-a")),
                new Shortfall.NoBaseline("eni-1"),
                new Shortfall.NotIts("eni-1"),
                new Shortfall.InterfaceGone("eni-1"),
                new Shortfall.Unchangeable("eni-1", "AWS manages it"))) {
            assertThat(shortfall.sentence()).contains("eni-1", "spec.releaseTo").doesNotEndWith(".");
            assertThat(shortfall.interfaceId()).isEqualTo("eni-1");
        }
    }

    /** In every world: carrying the plan out leaves no step, and what stays short was short before. */
    @Test
    void aPlanThatIsCarriedOutLeavesNothingToDo() {
        for (long seed = 0; seed < 5_000; seed++) {
            Random random = new Random(seed);
            Map<String, Baseline> baselines = new HashMap<>();
            Map<String, List<String>> chosen = new HashMap<>();
            Map<String, InterfaceState> states = new HashMap<>();
            for (String id : List.of("eni-1", "eni-2", "eni-3")) {
                if (random.nextInt(4) > 0) {
                    states.put(id, state(id, states.size(), some(random, "iso", "sg-a", "sg-b")));
                }
                if (random.nextInt(4) > 0) {
                    baselines.put(id, new Baseline(id, some(random, "sg-a", "sg-b", "gone"), random.nextInt(4) > 0));
                }
                if (random.nextInt(4) == 0) {
                    chosen.put(id, random.nextBoolean() ? List.of() : some(random, "sg-b", "sg-c", "gone"));
                }
            }
            ReleaseRecord record = new ReleaseRecord(baselines, chosen, Set.of("iso"));
            ReleasePlan plan = ReleasePlanner.plan(List.copyOf(states.values()), List.of(), record, EXISTING);
            plan.steps().forEach(step -> {
                if (step instanceof Step.GiveBack(String id, List<String> groups)) {
                    states.computeIfPresent(id, (_, state) -> state(id, state.deviceIndex(), groups));
                }
            });

            ReleasePlan after = ReleasePlanner.plan(List.copyOf(states.values()), List.of(), record, EXISTING);

            assertThat(after.steps()).as("seed %s", seed).isEmpty();
            assertThat(after.shortfalls()).as("seed %s", seed).isEqualTo(plan.shortfalls());
            assertThat(ReleasePlanner.wantedGroups(record)).as("seed %s", seed).doesNotContain("iso");
        }
    }

    private static ReleaseRecord record(@Nullable String baseline, @Nullable String chosen) {
        return new ReleaseRecord(
                baseline == null
                        ? Map.of()
                        : Map.of(
                                "eni-1",
                                baseline.equals("?")
                                        ? new Baseline("eni-1", List.of(), false)
                                        : new Baseline("eni-1", words(baseline), true)),
                chosen == null ? Map.of() : Map.of("eni-1", chosen.equals("-") ? List.of() : words(chosen)),
                Set.of("iso"));
    }

    private static InterfaceState state(String id, int device, List<String> groups) {
        return new InterfaceState(id, "vpc-1", 0, device, groups, Optional.empty(), Map.of());
    }

    private static List<String> words(String text) {
        return Arrays.asList(text.split(" "));
    }

    private static List<String> some(Random random, String... groups) {
        List<String> some =
                Arrays.stream(groups).filter(_ -> random.nextBoolean()).collect(Collectors.toList());
        return some.isEmpty() ? List.of(groups[random.nextInt(groups.length)]) : some;
    }
}
