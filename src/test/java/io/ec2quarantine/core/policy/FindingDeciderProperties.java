package io.ec2quarantine.core.policy;

import static io.ec2quarantine.core.finding.FindingBuilder.ON_INSTANCE;
import static io.ec2quarantine.core.finding.FindingBuilder.SEEN;
import static org.assertj.core.api.Assertions.assertThat;

import io.ec2quarantine.core.finding.Finding;
import io.ec2quarantine.core.finding.FindingBuilder;
import io.ec2quarantine.core.finding.Involvement;
import io.ec2quarantine.core.finding.Severity;
import io.ec2quarantine.core.policy.MatchExpression.Outcome;
import io.ec2quarantine.core.policy.QuarantineView.Stage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What holds for every finding, every set of policies and every quarantine that is there; worlds are drawn from a seed. */
class FindingDeciderProperties {
    private static final int WORLDS = 8_000;
    private static final FindingDecider DECIDER = new FindingDecider(false);

    @Test
    void aDecisionNeverLowersAQuarantineAndRaisingItGoesFurther() {
        forEachWorld((world, decision) -> {
            int before = world.present().map(view -> rank(view, world)).orElse(0);
            int after = world.after(decision).map(view -> rank(view, world)).orElse(0);
            switch (decision) {
                case Decision.Open _, Decision.Reopen _, Decision.Raise _, Decision.TakeBack _ ->
                    assertThat(after).isGreaterThan(before);
                case Decision.AddFinding _, Decision.Ignore _ ->
                    assertThat(after).isEqualTo(before);
            }
        });
    }

    @Test
    void activityBeforeAReleaseDoesNothingAndActivityAfterItOpensTheNextEpisode() {
        forEachWorld((world, decision) -> world.stage().ifPresent(stage -> {
            if (stage instanceof Stage.Released(Instant time)) {
                if (world.finding().lastSeen().isAfter(time)) {
                    assertThat(decision).isNotInstanceOfAny(Decision.Raise.class, Decision.AddFinding.class);
                    assertThat(reach(decision))
                            .isEqualTo(reach(world.with(Optional.empty()).decide()));
                } else {
                    assertThat(decision).isInstanceOf(Decision.Ignore.class);
                }
            }
        }));
    }

    @Test
    void aReleaseUnderWayIsTakenBackByLaterActivityUnderAnEnforcementAndByNothingElse() {
        forEachWorld((world, decision) -> world.stage().ifPresent(stage -> {
            if (stage instanceof Stage.Releasing(Optional<Instant> openSince)) {
                boolean later =
                        openSince.isPresent() && world.finding().lastSeen().isAfter(openSince.get());
                Mode alone = reach(world.with(Optional.empty()).decide());
                if (later && alone == Mode.ENFORCE) {
                    assertThat(decision).isInstanceOf(Decision.TakeBack.class);
                } else {
                    assertThat(decision).isInstanceOfAny(Decision.AddFinding.class, Decision.Ignore.class);
                }
            }
        }));
    }

    @Test
    void anIsolatedInstanceStaysUnderThePolicyThatItIsIsolatedBy() {
        forEachWorld((world, decision) -> {
            if (world.stage().filter(Stage.Isolated.class::isInstance).isPresent()) {
                assertThat(decision).isInstanceOfAny(Decision.AddFinding.class, Decision.Ignore.class);
            }
        });
    }

    @Test
    void theOrderOfThePoliciesIsIrrelevant() {
        forEachWorld((world, decision) -> {
            List<Policy> shuffled = new ArrayList<>(world.policies());
            Collections.shuffle(shuffled, new Random(world.seed()));
            assertThat(world.with(shuffled).decide()).isEqualTo(decision);
        });
    }

    @Test
    void decidingAgainOnceTheDecisionIsStoredChangesNothing() {
        forEachWorld((world, decision) -> {
            World stored = world.with(world.after(decision));
            assertThat(stored.decide()).isInstanceOf(Decision.Ignore.class);
        });
    }

    @Test
    void aFurtherPolicyNeverTakesAnythingBack() {
        forEachWorld((world, decision) -> {
            Policy further = world.policy("further", new Random(world.seed()));
            Decision withIt = world.with(with(world.policies(), further)).decide();
            assertThat(reach(withIt)).as("with %s", further).isGreaterThanOrEqualTo(reach(decision));
        });
    }

    @Test
    void aFurtherPolicyThatOnlyWatchesNeverChangesAnEnforcement() {
        forEachWorld((world, decision) -> {
            if (reach(decision) == Mode.ENFORCE) {
                for (Mode mode : List.of(Mode.DRY_RUN, Mode.PAUSED, Mode.REQUIRE_APPROVAL)) {
                    Policy watcher = new Policy("a-watcher", mode, Backlog.ENFORCE, Instant.EPOCH, everything());
                    assertThat(world.with(with(world.policies(), watcher)).decide())
                            .isEqualTo(decision);
                }
            }
        });
    }

    @Test
    void pausedPoliciesOpenAndRaiseNothing() {
        forEachWorld((world, _) -> {
            List<Policy> paused = world.policies().stream()
                    .map(each -> new Policy(each.name(), Mode.PAUSED, each.backlog(), each.created(), each.rules()))
                    .toList();
            assertThat(reach(world.with(paused).decide())).isEqualTo(Mode.PAUSED);
        });
    }

    @Test
    void whoeverIsNamedMatchesAndGoesAsFarAsItsModeAllows() {
        forEachWorld((world, decision) -> {
            String name = switch (decision) {
                case Decision.Open open -> open.policy();
                case Decision.Reopen reopen -> reopen.policy();
                case Decision.Raise raise -> raise.policy();
                case Decision.TakeBack back -> back.policy();
                case Decision.AddFinding _, Decision.Ignore _ -> "";
            };
            world.policies().stream().filter(each -> each.name().equals(name)).forEach(policy -> {
                assertThat(world.matches(policy)).isTrue();
                assertThat(policy.mode()).isGreaterThanOrEqualTo(reach(decision));
            });
        });
    }

    @Test
    void whatAnExpressionFailsOnIsNeverIsolatedByItsPolicy() {
        forEachWorld((world, decision) -> {
            String name = switch (decision) {
                case Decision.Open open -> open.policy();
                case Decision.Reopen reopen -> reopen.policy();
                case Decision.Raise raise -> raise.policy();
                case Decision.TakeBack back -> back.policy();
                case Decision.AddFinding _, Decision.Ignore _ -> "";
            };
            world.policies().stream()
                    .filter(each -> each.name().equals(name) && world.said(each) instanceof Outcome.Failed)
                    .forEach(_ -> assertThat(reach(decision)).isLessThanOrEqualTo(Mode.REQUIRE_APPROVAL));
        });
    }

    @Test
    void aFindingThatMatchesIsNeverLost() {
        forEachWorld((world, decision) -> {
            boolean wanted = !world.finding().archived()
                    && !world.finding().sample()
                    && world.policies().stream()
                            .filter(world::matches)
                            .anyMatch(policy -> policy.modeFor(world.finding()) != Mode.PAUSED);
            boolean answered = world.stage()
                    .filter(stage -> stage instanceof Stage.Released(Instant time)
                            && !world.finding().lastSeen().isAfter(time))
                    .isPresent();
            if (wanted && !answered) {
                assertThat(world.after(decision).map(QuarantineView::findingIds).orElse(Set.of()))
                        .contains(world.finding().id());
            }
        });
    }

    @Test
    void theWorldsAreOfEveryKind() {
        Map<String, Integer> seen = new HashMap<>();
        forEachWorld((_, decision) -> seen.merge(
                decision instanceof Decision.Ignore ignore
                        ? ignore.why().name()
                        : decision.getClass().getSimpleName() + " " + reach(decision),
                1,
                Integer::sum));

        assertThat(new TreeSet<>(seen.keySet()))
                .containsExactlyInAnyOrder(
                        "Open DRY_RUN",
                        "Open REQUIRE_APPROVAL",
                        "Open ENFORCE",
                        "Reopen DRY_RUN",
                        "Reopen REQUIRE_APPROVAL",
                        "Reopen ENFORCE",
                        "BEFORE_RELEASE",
                        "Raise REQUIRE_APPROVAL",
                        "Raise ENFORCE",
                        "TakeBack ENFORCE",
                        "AddFinding PAUSED",
                        "ARCHIVED",
                        "SAMPLE",
                        "NO_MATCH",
                        "PAUSED_OR_BACKLOG",
                        "ALREADY_LISTED");
        assertThat(seen.values()).allSatisfy(count -> assertThat(count).isGreaterThan(20));
    }

    private static void forEachWorld(BiConsumer<World, Decision> property) {
        for (long seed = 0; seed < WORLDS; seed++) {
            World world = World.of(seed);
            try {
                property.accept(world, world.decide());
            } catch (AssertionError error) {
                throw new AssertionError("seed " + seed + ": " + world + " decides " + world.decide(), error);
            }
        }
    }

    /** How far a decision goes by itself; PAUSED: nowhere. */
    private static Mode reach(Decision decision) {
        return switch (decision) {
            case Decision.Open open -> open.mode();
            case Decision.Reopen reopen -> reopen.mode();
            case Decision.Raise raise -> raise.mode();
            case Decision.TakeBack _ -> Mode.ENFORCE;
            case Decision.AddFinding _, Decision.Ignore _ -> Mode.PAUSED;
        };
    }

    /** How far a quarantine goes: 3 isolated, 2 waiting for a person, 1 watched, 0 released. */
    private static int rank(QuarantineView view, World world) {
        if (view.stage() instanceof Stage.Isolated) {
            return 3;
        }
        if (!(view.stage() instanceof Stage.Observed)) {
            return 0;
        }
        boolean asks = world.policies().stream()
                .filter(policy -> view.policy().filter(policy.name()::equals).isPresent())
                .anyMatch(policy -> policy.mode() == Mode.REQUIRE_APPROVAL || policy.mode() == Mode.ENFORCE);
        return asks ? 2 : 1;
    }

    private static List<Policy> with(List<Policy> policies, Policy added) {
        return Stream.concat(policies.stream(), Stream.of(added)).toList();
    }

    private static MatchRules everything() {
        return new MatchRules(
                List.of(Glob.of("*")),
                Severity.LOW,
                Set.of(Involvement.values()),
                Set.of(),
                Set.of(),
                Duration.ofDays(90),
                List.of(),
                List.of());
    }

    private record World(
            long seed,
            Finding finding,
            Map<String, String> tags,
            List<Policy> policies,
            Optional<QuarantineView> present) {
        private static final List<String> NAMES = List.of("a", "b", "c", "d");

        static World of(long seed) {
            Random random = new Random(seed);
            Finding finding = FindingBuilder.finding()
                    .id("f" + random.nextInt(3))
                    .type(random.nextInt(4) == 0 ? "Trojan:EC2/X" : "Backdoor:EC2/Y")
                    .severity(1 + random.nextInt(10))
                    .involvement(pick(random, Involvement.values()))
                    .updatedAt(SEEN.minus(Duration.ofHours(random.nextInt(4))))
                    .lastSeen(SEEN.minus(Duration.ofHours(random.nextInt(4))))
                    .archived(random.nextInt(10) == 0)
                    .sample(random.nextInt(10) == 0)
                    .build();
            Map<String, String> tags = random.nextBoolean() ? Map.of("env", "prod") : Map.of();
            World world = new World(seed, finding, tags, List.of(), Optional.empty());
            List<Policy> policies = NAMES.stream()
                    .filter(_ -> random.nextBoolean())
                    .map(name -> world.policy(name, random))
                    .toList();
            return world.with(policies).with(view(random));
        }

        Policy policy(String name, Random random) {
            MatchRules rules = new MatchRules(
                    List.of(Glob.of(random.nextInt(3) == 0 ? "Trojan:*" : "*")),
                    pick(random, Severity.values()),
                    random.nextInt(3) == 0 ? Set.of(Involvement.COMPROMISED) : Set.of(Involvement.values()),
                    Set.of(),
                    Set.of(),
                    Duration.ofHours(1 + random.nextInt(4)),
                    random.nextInt(4) == 0 ? List.of(new TagRule("env", Set.of("prod"))) : List.of(),
                    List.of());
            return new Policy(
                    name,
                    pick(random, Mode.values()),
                    pick(random, Backlog.values()),
                    SEEN.minus(Duration.ofHours(random.nextInt(4))),
                    random.nextInt(4) == 0 ? Expressions.rules(rules, expression(random)) : rules);
        }

        private static MatchExpression expression(Random random) {
            return Expressions.saying(pick(
                    random,
                    new Outcome[] {new Outcome.Matched(), new Outcome.NotMatched(), new Outcome.Failed("why")}));
        }

        private static Optional<QuarantineView> view(Random random) {
            if (random.nextInt(3) == 0) {
                return Optional.empty();
            }
            Optional<String> policy =
                    random.nextInt(4) == 0 ? Optional.empty() : Optional.of(pick(random, NAMES.toArray(String[]::new)));
            Set<String> listed = random.nextBoolean() ? Set.of("f0", "f1") : Set.of();
            return Optional.of(new QuarantineView(stage(random), policy, listed));
        }

        private static Stage stage(Random random) {
            return switch (random.nextInt(9)) {
                case 0, 1 -> new Stage.Isolated();
                case 2 -> new Stage.Releasing(Optional.empty());
                case 3, 4 -> new Stage.Releasing(Optional.of(SEEN.minus(Duration.ofHours(random.nextInt(4)))));
                case 5, 6 -> new Stage.Released(SEEN.minus(Duration.ofHours(random.nextInt(4))));
                default -> new Stage.Observed();
            };
        }

        Optional<Stage> stage() {
            return present.map(QuarantineView::stage);
        }

        World with(List<Policy> others) {
            return new World(seed, finding, tags, List.copyOf(others), present);
        }

        World with(Optional<QuarantineView> other) {
            return new World(seed, finding, tags, policies, other);
        }

        Decision decide() {
            return DECIDER.decide(finding, ON_INSTANCE, tags, policies, present, SEEN);
        }

        boolean matches(Policy policy) {
            return policy.rules().mismatchOf(finding, ON_INSTANCE, SEEN).isEmpty()
                    && policy.rules().tagsMatch(tags)
                    && !(said(policy) instanceof Outcome.NotMatched);
        }

        Outcome said(Policy policy) {
            return policy.rules().express(finding, ON_INSTANCE, tags);
        }

        /** What is there once the decision is stored, as the registrar stores it. */
        Optional<QuarantineView> after(Decision decision) {
            return switch (decision) {
                case Decision.Open open -> Optional.of(stored(open.policy(), open.mode()));
                case Decision.Reopen reopen -> Optional.of(stored(reopen.policy(), reopen.mode()));
                case Decision.Raise raise -> Optional.of(stored(raise.policy(), raise.mode()));
                case Decision.TakeBack _ ->
                    present.map(view -> new QuarantineView(new Stage.Isolated(), view.policy(), listed()));
                case Decision.AddFinding _ ->
                    present.map(view -> new QuarantineView(view.stage(), view.policy(), listed()));
                case Decision.Ignore _ -> present;
            };
        }

        private QuarantineView stored(String policy, Mode mode) {
            Stage stage = mode == Mode.ENFORCE ? new Stage.Isolated() : new Stage.Observed();
            return new QuarantineView(stage, Optional.of(policy), listed());
        }

        private Set<String> listed() {
            Set<String> ids =
                    new TreeSet<>(present.map(QuarantineView::findingIds).orElse(Set.of()));
            ids.add(finding.id());
            return ids;
        }

        private static <T> T pick(Random random, T[] values) {
            return values[random.nextInt(values.length)];
        }
    }
}
