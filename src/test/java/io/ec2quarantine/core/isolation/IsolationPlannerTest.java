package io.ec2quarantine.core.isolation;

import static io.ec2quarantine.core.isolation.Seen.NOTHING_WRITTEN;
import static io.ec2quarantine.core.isolation.Seen.TARGET;
import static io.ec2quarantine.core.isolation.Seen.eni;
import static io.ec2quarantine.core.isolation.Seen.group;
import static io.ec2quarantine.core.isolation.Seen.ours;
import static io.ec2quarantine.core.isolation.Seen.present;
import static io.ec2quarantine.core.isolation.Seen.unchangeable;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class IsolationPlannerTest {
    private static final String VPC = "vpc-1";

    @Test
    void firstWrittenDownThenPreparedThenSwappedThePrimaryFirst() {
        IsolationPlan plan = plan(
                present(List.of(
                        new InterfaceState("eni-card1", VPC, 1, 0, List.of("sg-c"), Optional.empty(), Map.of()),
                        eni("eni-second", 1, VPC, "sg-b"),
                        eni("eni-primary", 0, VPC, "sg-b", "sg-a"))),
                NOTHING_WRITTEN);

        assertThat(plan.steps())
                .containsExactly(
                        new Step.WriteDown(List.of(
                                new Baseline("eni-primary", List.of("sg-a", "sg-b"), true),
                                new Baseline("eni-second", List.of("sg-b"), true),
                                new Baseline("eni-card1", List.of("sg-c"), true))),
                        new Step.MakeGroup(VPC, "isolation"),
                        new Step.Swap("eni-primary", VPC),
                        new Step.Swap("eni-second", VPC),
                        new Step.Swap("eni-card1", VPC));
        assertThat(plan.choices()).containsExactly(Map.entry(VPC, new GroupChoice.Make(VPC, "isolation")));
    }

    @Test
    void anInterfaceThatIsSeenWithoutGroupsIsWrittenDownAsUnknownAndOnlyIfItIsChanged() {
        IsolationPlan plan = plan(
                present(List.of(eni("eni-0", 0, VPC, "sg-a"), eni("eni-1", 1, VPC), unchangeable("eni-2", 2, VPC))),
                NOTHING_WRITTEN);

        assertThat(plan.steps())
                .containsExactly(
                        new Step.WriteDown(List.of(
                                new Baseline("eni-0", List.of("sg-a"), true), new Baseline("eni-1", List.of(), false))),
                        new Step.MakeGroup(VPC, "isolation"),
                        new Step.Swap("eni-0", VPC),
                        new Step.Swap("eni-1", VPC));
    }

    @Test
    void aGroupWithoutRulesIsUsedAsItIs() {
        IsolationPlan plan = plan(present(List.of(eni("eni-1", 0, VPC, "sg-a")), ours("sg-iso", VPC)), NOTHING_WRITTEN);

        assertThat(plan.steps())
                .containsExactly(
                        new Step.WriteDown(List.of(new Baseline("eni-1", List.of("sg-a"), true))),
                        new Step.Swap("eni-1", VPC));
        assertThat(plan.choices()).containsValue(new GroupChoice.Use(VPC, "sg-iso"));
    }

    @Test
    void rulesAreTakenAwayBeforeAnythingIsMovedIntoTheGroup() {
        IsolationPlan plan = plan(
                present(
                        List.of(eni("eni-0", 0, VPC, "sg-iso"), eni("eni-1", 1, VPC, "sg-a")),
                        ours("sg-iso", VPC, 2, "eni-0")),
                new IsolationRecord(Set.of("eni-0"), Map.of(VPC, "sg-iso")));

        assertThat(plan.steps())
                .containsExactly(
                        new Step.WriteDown(List.of(new Baseline("eni-1", List.of("sg-a"), true))),
                        new Step.StripGroup(VPC, "sg-iso"),
                        new Step.Swap("eni-1", VPC));
    }

    @Test
    void groupsThatTheInstanceKeepsApartFromItsInterfacesAreReplacedToo() {
        Observation.Present seen = new Observation.Present(
                Seen.running(List.of("sg-a"), Map.of()),
                List.of(eni("eni-0", 0, VPC, "sg-iso", "sg-a")),
                List.of(ours("sg-iso", VPC)),
                Seen.READ);

        IsolationPlan plan = plan(seen, new IsolationRecord(Set.of("eni-0"), Map.of(VPC, "sg-iso")));

        assertThat(plan.steps())
                .containsExactly(
                        new Step.Swap("eni-0", VPC),
                        new Step.ReplaceInstanceGroups(Seen.INSTANCE_ID, List.of("sg-iso")));
    }

    @Test
    void aGroupThatAStrangerJoinedIsLeftToItAndAFreshOneIsMade() {
        IsolationPlan plan = plan(
                present(List.of(eni("eni-0", 0, VPC, "sg-iso")), ours("sg-iso", VPC, 1, "eni-0", "eni-stranger")),
                new IsolationRecord(Set.of("eni-0"), Map.of(VPC, "sg-iso")));

        assertThat(plan.steps()).containsExactly(new Step.MakeGroup(VPC, "isolation"), new Step.Swap("eni-0", VPC));
    }

    @Test
    void theInterfacesOfOtherQuarantinesAreNoStrangers() {
        Observation.Present seen =
                present(List.of(eni("eni-0", 0, VPC, "sg-iso")), ours("sg-iso", VPC, 1, "eni-0", "eni-other"));

        IsolationPlan plan = IsolationPlanner.plan(
                seen,
                TARGET,
                new IsolationRecord(Set.of("eni-0"), Map.of(VPC, "sg-iso")),
                Set.of("eni-other"),
                OtherIsolations.NONE);

        assertThat(plan.steps()).containsExactly(new Step.StripGroup(VPC, "sg-iso"));
    }

    @Test
    void everyVpcHasAGroupOfItsOwn() {
        IsolationPlan plan = plan(
                present(
                        List.of(
                                eni("eni-0", 0, "vpc-1", "sg-a"),
                                eni("eni-1", 1, "vpc-2", "sg-b"),
                                eni("eni-2", 2, "vpc-1", "sg-a")),
                        ours("sg-iso2", "vpc-2")),
                NOTHING_WRITTEN);

        assertThat(plan.choices())
                .containsOnly(
                        Map.entry("vpc-1", new GroupChoice.Make("vpc-1", "isolation")),
                        Map.entry("vpc-2", new GroupChoice.Use("vpc-2", "sg-iso2")));
        assertThat(plan.steps().subList(1, 5))
                .containsExactly(
                        new Step.MakeGroup("vpc-1", "isolation"),
                        new Step.Swap("eni-0", "vpc-1"),
                        new Step.Swap("eni-1", "vpc-2"),
                        new Step.Swap("eni-2", "vpc-1"));
    }

    @Test
    void whatOnlyAwsCanChangeIsWrittenDownAndLeftAlone() {
        IsolationPlan plan = plan(
                present(List.of(
                        eni("eni-0", 0, VPC, "sg-a"),
                        unchangeable("eni-1", 1, VPC, "sg-lb"),
                        unchangeable("eni-2", 2, "vpc-2"))),
                NOTHING_WRITTEN);

        assertThat(plan.steps())
                .containsExactly(
                        new Step.WriteDown(List.of(
                                new Baseline("eni-0", List.of("sg-a"), true),
                                new Baseline("eni-1", List.of("sg-lb"), true))),
                        new Step.MakeGroup(VPC, "isolation"),
                        new Step.Swap("eni-0", VPC));
    }

    @Test
    void aBaselineThatIsWrittenDownIsNotWrittenAgain() {
        IsolationPlan plan = plan(
                present(
                        List.of(eni("eni-0", 0, VPC, "sg-elsewhere"), eni("eni-new", 1, VPC, "sg-b")),
                        ours("sg-iso", VPC)),
                new IsolationRecord(Set.of("eni-0"), Map.of(VPC, "sg-iso")));

        assertThat(plan.steps())
                .containsExactly(
                        new Step.WriteDown(List.of(new Baseline("eni-new", List.of("sg-b"), true))),
                        new Step.Swap("eni-0", VPC),
                        new Step.Swap("eni-new", VPC));
    }

    @Test
    void whatIsIsolatedAndWrittenDownNeedsNothing() {
        IsolationPlan plan = plan(
                present(List.of(eni("eni-0", 0, VPC, "sg-iso")), ours("sg-iso", VPC)),
                new IsolationRecord(Set.of("eni-0"), Map.of(VPC, "sg-iso")));

        assertThat(plan.steps()).isEmpty();
    }

    @Test
    void anIsolationGroupBesideAnotherIsNotEnough() {
        IsolationPlan plan = plan(
                present(List.of(eni("eni-0", 0, VPC, "sg-iso", "sg-open")), ours("sg-iso", VPC)),
                new IsolationRecord(Set.of("eni-0"), Map.of(VPC, "sg-iso")));

        assertThat(plan.steps()).containsExactly(new Step.Swap("eni-0", VPC));
    }

    @Test
    void whatWasInAnIsolationGroupBeforeAnythingWasWrittenDownHasNoKnownBaseline() {
        GroupState anotherInstallations = group("sg-theirs", VPC, "isolation", Optional.of("install-2"), 0);
        IsolationPlan plan = plan(
                present(
                        List.of(
                                eni("eni-0", 0, VPC, "sg-iso"),
                                eni("eni-1", 1, VPC, "sg-a", "sg-iso"),
                                eni("eni-2", 2, VPC, "sg-theirs"),
                                eni("eni-3", 3, VPC, "sg-untagged")),
                        ours("sg-iso", VPC),
                        anotherInstallations),
                new IsolationRecord(Set.of(), Map.of("vpc-2", "sg-untagged")));

        assertThat(plan.steps().getFirst())
                .isEqualTo(new Step.WriteDown(List.of(
                        new Baseline("eni-0", List.of(), false),
                        new Baseline("eni-1", List.of("sg-a"), false),
                        new Baseline("eni-2", List.of(), false),
                        new Baseline("eni-3", List.of(), false))));
    }

    @Test
    void aGroupThatNobodyOwnsIsNoIsolationGroup() {
        GroupState plain = group("sg-plain", VPC, "isolation", Optional.empty(), 0);

        IsolationPlan plan = plan(present(List.of(eni("eni-0", 0, VPC, "sg-plain")), plain), NOTHING_WRITTEN);

        assertThat(plan.steps().getFirst())
                .isEqualTo(new Step.WriteDown(List.of(new Baseline("eni-0", List.of("sg-plain"), true))));
    }

    @Test
    void aGroupThatAnotherQuarantineIsolatesWithIsNotWhatAnInterfaceHad() {
        GroupState drifted = group("sg-used", VPC, "cage", Optional.empty(), 1);

        assertThat(writtenDown(drifted, new OtherIsolations(Set.of("sg-used"), List.of())))
                .isEqualTo(new Baseline("eni-0", List.of("sg-a"), false));
    }

    @Test
    void anExistingGroupThatAPolicyNamesIsNotWhatAnInterfaceHadAsLongAsItIsolates() {
        OtherIsolations named = new OtherIsolations(
                Set.of(), List.of(new IsolationTarget("install-1", "isolation", Map.of(VPC, "sg-named"))));

        assertThat(writtenDown(group("sg-named", VPC, "cage", Optional.empty(), 0), named))
                .isEqualTo(new Baseline("eni-0", List.of("sg-a"), false));
        assertThat(writtenDown(group("sg-named", VPC, "application", Optional.empty(), 1), named))
                .as("named by mistake: nobody was ever isolated with it")
                .isEqualTo(new Baseline("eni-0", List.of("sg-a", "sg-named"), true));
    }

    private static Baseline writtenDown(GroupState group, OtherIsolations others) {
        IsolationPlan plan = IsolationPlanner.plan(
                present(List.of(eni("eni-0", 0, VPC, "sg-a", group.id())), group),
                TARGET,
                NOTHING_WRITTEN,
                Set.of(),
                others);
        return plan.steps().getFirst() instanceof Step.WriteDown(List<Baseline> baselines)
                ? baselines.getFirst()
                : new Baseline("none", List.of(), false);
    }

    @Test
    void thePlanIsToldInPlainWords() {
        IsolationPlan plan = plan(
                present(
                        List.of(eni("eni-0", 0, "vpc-1", "sg-a"), eni("eni-1", 1, "vpc-2", "sg-b")),
                        ours("sg-iso", "vpc-2", 1)),
                NOTHING_WRITTEN);

        assertThat(IsolationPlanner.describe(plan))
                .containsExactly(
                        "write down the groups of eni-0, eni-1",
                        "make the group isolation in vpc-1",
                        "take the rules out of sg-iso",
                        "move eni-0 into the isolation group",
                        "move eni-1 into the isolation group");
    }

    private static IsolationPlan plan(Observation.Present seen, IsolationRecord record) {
        return IsolationPlanner.plan(seen, TARGET, record, Set.of(), OtherIsolations.NONE);
    }
}
