package io.ec2quarantine.core.isolation;

import static io.ec2quarantine.core.isolation.Seen.TARGET;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What holds for every world: plans are carried out on a model of EC2, in full or cut off by a crash, and made anew. */
class IsolationPlannerProperties {
    private static final int WORLDS = 2_000;
    private static final String STRANGER = "eni-stranger";

    @Test
    void aPlanThatIsCarriedOutLeavesNothingToDo() {
        forEachWorld(world -> {
            world.carryOut(world.plan());
            assertThat(world.plan().steps()).isEmpty();
            assertThat(world.leftOver()).allMatch(difference -> difference instanceof Difference.Unchangeable);
        });
    }

    @Test
    void aCrashAfterAnyStepEndsInTheSameState() {
        forEachWorld(world -> {
            Map<String, List<String>> before = world.groupsByInterface();
            IsolationPlan plan = world.plan();
            int survived = world.random.nextInt(plan.steps().size() + 1);
            world.carryOut(new IsolationPlan(plan.choices(), plan.steps().subList(0, survived)));
            world.forgetUnwritten();
            world.carryOut(world.plan());

            assertThat(world.plan().steps()).isEmpty();
            assertThat(world.leftOver()).allMatch(difference -> difference instanceof Difference.Unchangeable);
            world.fresh.stream()
                    .filter(id -> !before.getOrDefault(id, List.of()).isEmpty())
                    .forEach(id -> assertThat(
                                    Optional.ofNullable(world.baselines.get(id)).map(Baseline::groups))
                            .as("the baseline of %s", id)
                            .contains(world.withoutIsolationGroups(before.getOrDefault(id, List.of()))));
        });
    }

    @Test
    void noInterfaceIsSwappedBeforeItIsWrittenDownAndNoneTwice() {
        forEachWorld(world -> {
            Set<String> written = new HashSet<>(world.baselines.keySet());
            Set<String> swapped = new HashSet<>();
            Set<String> prepared = new HashSet<>();
            Set<String> letIn = new HashSet<>();
            for (Step step : world.plan().steps()) {
                switch (step) {
                    case Step.WriteDown down -> {
                        assertThat(prepared).isEmpty();
                        down.baselines()
                                .forEach(each -> assertThat(written.add(each.interfaceId()))
                                        .as("%s is written down once", each.interfaceId())
                                        .isTrue());
                    }
                    case Step.MakeGroup make -> prepared.add(make.vpcId());
                    case Step.StripGroup strip -> prepared.add(strip.vpcId());
                    case Step.PutRules put -> letIn.add(put.vpcId());
                    case Step.Swap swap -> {
                        assertThat(letIn).as("nothing is let in before a swap").isEmpty();
                        assertThat(written).contains(swap.interfaceId());
                        assertThat(swapped.add(swap.interfaceId())).isTrue();
                        assertThat(world.find(swap.interfaceId()).unchangeable())
                                .isEmpty();
                    }
                    default -> throw new AssertionError("an isolation has no step " + step);
                }
            }
        });
    }

    @Test
    void groupsArePreparedBeforeTheFirstSwapThePrimaryGoesFirstAndAccessComesLast() {
        forEachWorld(world -> {
            List<Step> steps = world.plan().steps();
            List<InterfaceState> swaps = steps.stream()
                    .filter(Step.Swap.class::isInstance)
                    .map(step -> world.find(((Step.Swap) step).interfaceId()))
                    .toList();
            List<Step> withoutAccess = steps.stream()
                    .takeWhile(step -> !(step instanceof Step.PutRules))
                    .toList();
            assertThat(steps.subList(withoutAccess.size(), steps.size())).allMatch(Step.PutRules.class::isInstance);
            assertThat(withoutAccess.subList(withoutAccess.size() - swaps.size(), withoutAccess.size()))
                    .allMatch(Step.Swap.class::isInstance);
            assertThat(swaps).isSortedAccordingTo(InterfaceState.PRIMARY_FIRST);
        });
    }

    @Test
    void aBaselineNeverContainsAnIsolationGroup() {
        forEachWorld(world -> {
            world.carryOut(world.plan());
            assertThat(world.baselines.values()).allSatisfy(baseline -> {
                assertThat(baseline.groups()).noneMatch(world.isolationGroups()::contains);
            });
        });
    }

    @Test
    void whatBelongsToOthersIsNeitherUsedNorStripped() {
        forEachWorld(world -> {
            Set<String> before = world.groups.stream().map(GroupState::id).collect(Collectors.toSet());
            IsolationPlan plan = world.plan();
            for (GroupState group : world.groups) {
                boolean ours =
                        group.owner().equals(Optional.of(TARGET.installId())) || world.used.containsValue(group.id());
                boolean joined = group.members().contains(STRANGER);
                plan.choices().values().stream()
                        .filter(choice -> choice.existing().equals(Optional.of(group.id())))
                        .forEach(choice -> {
                            assertThat(ours).isTrue();
                            assertThat(choice instanceof GroupChoice.Strip && joined)
                                    .isFalse();
                            assertThat(choice.vpcId()).isEqualTo(group.vpcId());
                            assertThat(group.madeWith()).isEqualTo(world.target.ruleSet());
                        });
            }
            assertThat(before)
                    .containsAll(plan.choices().values().stream()
                            .flatMap(choice -> choice.existing().stream())
                            .toList());
        });
    }

    @Test
    void theWorldsAreOfEveryKind() {
        Map<String, Integer> seen = new HashMap<>();
        forEachWorld(world -> {
            IsolationPlan plan = world.plan();
            plan.choices()
                    .values()
                    .forEach(choice -> seen.merge(choice.getClass().getSimpleName(), 1, Integer::sum));
            plan.steps().forEach(step -> seen.merge(step.getClass().getSimpleName(), 1, Integer::sum));
            plan.steps().stream()
                    .filter(Step.WriteDown.class::isInstance)
                    .flatMap(step -> ((Step.WriteDown) step).baselines().stream())
                    .filter(baseline -> !baseline.known())
                    .forEach(_ -> seen.merge("unknown baseline", 1, Integer::sum));
        });

        assertThat(seen.keySet())
                .containsExactlyInAnyOrder(
                        "Use",
                        "Fill",
                        "Strip",
                        "Make",
                        "WriteDown",
                        "StripGroup",
                        "MakeGroup",
                        "PutRules",
                        "Swap",
                        "unknown baseline");
        assertThat(seen.values()).allSatisfy(count -> assertThat(count).isGreaterThan(100));
    }

    private static void forEachWorld(Consumer<World> property) {
        for (long seed = 0; seed < WORLDS; seed++) {
            World world = new World(seed);
            String start = world.toString();
            try {
                property.accept(world);
            } catch (AssertionError error) {
                throw new AssertionError("seed " + seed + ": " + start + " is planned as " + world.plan(), error);
            }
        }
    }

    /** A model of EC2 and of what the cluster holds about one quarantine. */
    private static final class World {
        private static final List<String> VPCS = List.of("vpc-1", "vpc-2");
        private static final Set<GroupRule> ACCESS = Set.of(
                new GroupRule(false, "tcp", 22, 22, "10.1.2.0/24"),
                new GroupRule(true, "udp", 514, 514, "10.1.3.0/24"));
        private static final List<RuleSet> MADE_WITH =
                List.of(RuleSet.NONE, RuleSet.of(ACCESS), RuleSet.OPEN, new RuleSet("0123456789"));

        private final Random random;
        private final IsolationTarget target;
        private final List<InterfaceState> interfaces = new ArrayList<>();
        private final List<GroupState> groups = new ArrayList<>();
        private final Map<String, Baseline> baselines = new HashMap<>();
        /** The interfaces that had no baseline at first. */
        private final Set<String> fresh = new HashSet<>();
        /** The isolation group of each VPC that the status names. */
        private final Map<String, String> used = new HashMap<>();

        private final Map<String, String> usedAtFirst;

        World(long seed) {
            random = new Random(seed);
            target = seed % 2 == 0
                    ? TARGET
                    : new IsolationTarget(TARGET.installId(), TARGET.groupName(), Map.of(), ACCESS);
            for (String vpcId : VPCS) {
                int count = random.nextInt(4);
                for (int index = 0; index < count; index++) {
                    groups.add(group("sg-" + vpcId + "-" + index, vpcId));
                }
                groups.stream()
                        .filter(group -> group.vpcId().equals(vpcId))
                        .filter(_ -> random.nextInt(4) == 0)
                        .findFirst()
                        .ifPresent(group -> used.put(vpcId, group.id()));
            }
            usedAtFirst = Map.copyOf(used);
            int count = 1 + random.nextInt(4);
            for (int index = 0; index < count; index++) {
                InterfaceState state = face(index);
                interfaces.add(state);
                if (random.nextInt(3) == 0) {
                    baselines.put(state.id(), new Baseline(state.id(), List.of("sg-then"), true));
                } else {
                    fresh.add(state.id());
                }
            }
        }

        private GroupState group(String id, String vpcId) {
            boolean ours = random.nextInt(3) > 0;
            RuleSet madeWith = MADE_WITH.get(random.nextInt(MADE_WITH.size()));
            Set<GroupRule> rules =
                    ACCESS.stream().filter(_ -> random.nextBoolean()).collect(Collectors.toSet());
            if (random.nextInt(3) == 0) {
                rules.add(GroupRule.everything(true, "0.0.0.0/0"));
            }
            Set<String> members = new HashSet<>();
            if (!rules.isEmpty() && random.nextInt(3) == 0) {
                members.add(STRANGER);
            }
            if (!rules.isEmpty() && random.nextBoolean()) {
                members.add("eni-other-quarantine");
            }
            String name = random.nextInt(4) == 0 ? TARGET.groupName() + "-" + random.nextInt(9) : TARGET.groupName();
            return new GroupState(
                    id, vpcId, name, Optional.of(ours ? TARGET.installId() : "install-2"), madeWith, rules, members);
        }

        private InterfaceState face(int index) {
            String vpcId = VPCS.get(random.nextInt(VPCS.size()));
            List<String> mine = new ArrayList<>();
            if (random.nextInt(4) > 0) {
                mine.add("sg-app");
            }
            groups.stream()
                    .filter(group -> group.vpcId().equals(vpcId))
                    .filter(_ -> random.nextInt(3) == 0)
                    .forEach(group -> mine.add(group.id()));
            return new InterfaceState(
                    "eni-" + index,
                    vpcId,
                    random.nextInt(2),
                    random.nextInt(3),
                    mine,
                    random.nextInt(6) == 0 ? Optional.of("only AWS can change it") : Optional.empty(),
                    Map.of());
        }

        IsolationPlan plan() {
            return IsolationPlanner.plan(
                    look(),
                    target,
                    new IsolationRecord(baselines.keySet(), used),
                    Set.of("eni-other-quarantine"),
                    OtherIsolations.NONE);
        }

        private Observation.Present look() {
            return new Observation.Present(Seen.running(), interfaces, groups, Seen.READ);
        }

        private Set<String> members() {
            return Stream.concat(interfaces.stream().map(InterfaceState::id), Stream.of("eni-other-quarantine"))
                    .collect(Collectors.toSet());
        }

        List<Difference> leftOver() {
            return Verification.of(look(), new Expectation(used, target, members()))
                            instanceof Verification.Drifted drifted
                    ? drifted.differences()
                    : List.of();
        }

        void carryOut(IsolationPlan plan) {
            used.clear();
            plan.choices().values().forEach(choice -> choice.existing().ifPresent(id -> used.put(choice.vpcId(), id)));
            plan.steps().forEach(this::carryOut);
        }

        private void carryOut(Step step) {
            switch (step) {
                case Step.WriteDown down -> down.baselines().forEach(each -> baselines.put(each.interfaceId(), each));
                case Step.MakeGroup make -> {
                    String id = "sg-made-" + groups.size();
                    groups.add(new GroupState(
                            id,
                            make.vpcId(),
                            make.name(),
                            Optional.of(TARGET.installId()),
                            target.ruleSet(),
                            Set.of(),
                            Set.of()));
                    used.put(make.vpcId(), id);
                }
                case Step.StripGroup strip ->
                    groups.replaceAll(group -> group.id().equals(strip.groupId())
                            ? withRules(
                                    group,
                                    target.rules().stream()
                                            .filter(group.rules()::contains)
                                            .collect(Collectors.toSet()))
                            : group);
                case Step.PutRules put ->
                    groups.replaceAll(group -> group.id().equals(used.get(put.vpcId()))
                            ? withRules(
                                    group,
                                    Stream.concat(group.rules().stream(), put.rules().stream())
                                            .collect(Collectors.toSet()))
                            : group);
                case Step.Swap swap ->
                    interfaces.replaceAll(state -> state.id().equals(swap.interfaceId())
                            ? moved(state, used.getOrDefault(swap.vpcId(), ""))
                            : state);
                default -> throw new AssertionError("an isolation has no step " + step);
            }
        }

        /** A crash before the groups were stored; baselines are stored before anything else happens. */
        void forgetUnwritten() {
            used.clear();
            used.putAll(usedAtFirst);
        }

        InterfaceState find(String id) {
            return interfaces.stream()
                    .filter(state -> state.id().equals(id))
                    .findFirst()
                    .orElseThrow();
        }

        Map<String, List<String>> groupsByInterface() {
            return interfaces.stream().collect(Collectors.toMap(InterfaceState::id, InterfaceState::groups));
        }

        Set<String> isolationGroups() {
            return groups.stream().map(GroupState::id).collect(Collectors.toSet());
        }

        List<String> withoutIsolationGroups(List<String> ids) {
            return ids.stream().filter(id -> !isolationGroups().contains(id)).toList();
        }

        private static GroupState withRules(GroupState group, Set<GroupRule> rules) {
            return new GroupState(
                    group.id(), group.vpcId(), group.name(), group.owner(), group.madeWith(), rules, group.members());
        }

        private static InterfaceState moved(InterfaceState state, String groupId) {
            return new InterfaceState(
                    state.id(),
                    state.vpcId(),
                    state.networkCardIndex(),
                    state.deviceIndex(),
                    List.of(groupId),
                    state.unchangeable(),
                    state.tags());
        }

        @Override
        public String toString() {
            return "interfaces " + interfaces + ", groups " + groups + ", written down " + baselines.keySet()
                    + ", used " + used;
        }
    }
}
