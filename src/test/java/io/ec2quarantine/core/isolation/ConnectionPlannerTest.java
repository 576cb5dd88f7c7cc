package io.ec2quarantine.core.isolation;

import static io.ec2quarantine.core.isolation.Seen.NOTHING_WRITTEN;
import static io.ec2quarantine.core.isolation.Seen.READ;
import static io.ec2quarantine.core.isolation.Seen.TARGET;
import static io.ec2quarantine.core.isolation.Seen.eni;
import static io.ec2quarantine.core.isolation.Seen.ours;
import static io.ec2quarantine.core.isolation.Seen.present;
import static io.ec2quarantine.core.isolation.Seen.running;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ConnectionPlannerTest {
    private static final String VPC = "vpc-1";
    private static final Map<String, String> GROUPS = Map.of(VPC, "sg-iso");
    private static final ConnectionWish EVERYTHING = new ConnectionWish(true, true, true);
    private static final ConnectionWish NOTHING = new ConnectionWish(false, false, false);
    private static final PublicIp ELASTIC =
            new PublicIp("198.18.0.1", Optional.of("10.0.0.5"), Optional.of("eipalloc-1"), Optional.of("eipassoc-1"));
    private static final PublicIp AUTOMATIC =
            new PublicIp("198.18.0.2", Optional.of("10.0.0.6"), Optional.empty(), Optional.empty());
    private static final TrackingTimeouts AN_HOUR =
            new TrackingTimeouts(Optional.of(3600), Optional.empty(), Optional.of(40));

    @Test
    void onlyWhatIsIsolatedIsCut() {
        InterfaceState isolated = state("eni-0", "sg-iso", List.of(ELASTIC, AUTOMATIC), TrackingTimeouts.UNSET);
        InterfaceState open = state("eni-1", "sg-app", List.of(ELASTIC), TrackingTimeouts.UNSET);

        assertThat(ConnectionPlanner.cuts(List.of(isolated, open), GROUPS, EVERYTHING))
                .containsExactly(
                        new ConnectionStep.TakeOff("eni-0", ELASTIC),
                        new ConnectionStep.TakeOff("eni-0", AUTOMATIC),
                        new ConnectionStep.Shorten("eni-0"));
        assertThat(ConnectionPlanner.cuts(List.of(isolated, open), GROUPS, NOTHING))
                .isEmpty();
        assertThat(ConnectionPlanner.cuts(List.of(isolated, open), Map.of(), EVERYTHING))
                .isEmpty();
    }

    @Test
    void whatIsCutAlreadyIsLeftAlone() {
        InterfaceState cut = state("eni-0", "sg-iso", List.of(), TrackingTimeouts.SHORTEST);

        assertThat(ConnectionPlanner.cuts(List.of(cut), GROUPS, EVERYTHING)).isEmpty();
    }

    @Test
    void whatIsGivenBackIsWhatWasTakenAndIsNotThereAgain() {
        InterfaceState bare = state("eni-0", "sg-app", List.of(), TrackingTimeouts.SHORTEST);
        Map<String, List<PublicIp>> addresses = Map.of("eni-0", List.of(ELASTIC, AUTOMATIC), "eni-9", List.of(ELASTIC));
        Map<String, TrackingTimeouts> timeouts = Map.of("eni-0", AN_HOUR, "eni-9", AN_HOUR);

        assertThat(ConnectionPlanner.givingBack(List.of(bare), addresses, timeouts))
                .containsExactly(
                        new ConnectionStep.GiveAddressBack("eni-0", ELASTIC),
                        new ConnectionStep.GiveSomeAddress("eni-0", "198.18.0.2"),
                        new ConnectionStep.SetTimeouts("eni-0", AN_HOUR.spelledOut()));

        InterfaceState whole = state("eni-0", "sg-app", List.of(ELASTIC), AN_HOUR.spelledOut());
        assertThat(ConnectionPlanner.givingBack(List.of(whole), addresses, timeouts))
                .isEmpty();
    }

    @Test
    void timeoutsThatWereNeverSetAreSpelledOutAsAwsHasThemByDefault() {
        assertThat(TrackingTimeouts.UNSET.spelledOut())
                .isEqualTo(new TrackingTimeouts(Optional.of(432_000), Optional.of(180), Optional.of(30)));
    }

    @Test
    void aFirstPlanOpensWhatItMovesAndNoOtherPlanOpensAnything() {
        List<InterfaceState> interfaces = List.of(eni("eni-0", 0, VPC, "sg-app"), eni("eni-1", 1, VPC, "sg-iso"));
        Observation.Present seen = present(interfaces, ours("sg-iso", VPC));
        IsolationPlan plan = IsolationPlanner.plan(seen, TARGET, NOTHING_WRITTEN, Set.of(), OtherIsolations.NONE);

        assertThat(ConnectionPlanner.openings(seen, plan, NOTHING_WRITTEN, EVERYTHING))
                .containsExactly(new Step.Swap("eni-0", VPC));
        assertThat(ConnectionPlanner.openings(seen, plan, NOTHING_WRITTEN, NOTHING))
                .isEmpty();
        assertThat(ConnectionPlanner.openings(seen, plan, new IsolationRecord(Set.of("eni-1"), Map.of()), EVERYTHING))
                .as("once anything is written down")
                .isEmpty();
        assertThat(ConnectionPlanner.openings(seen, plan, new IsolationRecord(Set.of(), GROUPS), EVERYTHING))
                .as("once a group is in use")
                .isEmpty();
    }

    @Test
    void whatIsInAGroupOfAnOperatorIsNotOpenedEvenBesideOthers() {
        Observation.Present seen = present(List.of(eni("eni-0", 0, VPC, "sg-app", "sg-iso")), ours("sg-iso", VPC));
        IsolationPlan plan = IsolationPlanner.plan(seen, TARGET, NOTHING_WRITTEN, Set.of(), OtherIsolations.NONE);

        assertThat(plan.steps()).contains(new Step.Swap("eni-0", VPC));
        assertThat(ConnectionPlanner.openings(seen, plan, NOTHING_WRITTEN, EVERYTHING))
                .isEmpty();
    }

    @Test
    void whatDoesNotRunIsNotOpened() {
        InstanceFacts facts = running();
        Observation.Present seen = new Observation.Present(
                new InstanceFacts(
                        facts.id(),
                        facts.accountId(),
                        "stopped",
                        facts.name(),
                        facts.privateIp(),
                        facts.publicIp(),
                        facts.launchTime(),
                        facts.profileArn(),
                        facts.spot(),
                        facts.groups(),
                        facts.tags()),
                List.of(eni("eni-0", 0, VPC, "sg-app")),
                List.of(),
                READ);
        IsolationPlan plan = IsolationPlanner.plan(seen, TARGET, NOTHING_WRITTEN, Set.of(), OtherIsolations.NONE);

        assertThat(ConnectionPlanner.openings(seen, plan, NOTHING_WRITTEN, EVERYTHING))
                .isEmpty();
    }

    @Test
    void aGroupThatOpensIsNobodysBaselineAndIsolatesNobody() {
        GroupState opens = new GroupState(
                "sg-open",
                VPC,
                TARGET.nameToOpen("i-1"),
                Optional.of(TARGET.installId()),
                RuleSet.OPEN,
                RuleSet.EVERYTHING,
                Set.of());
        Observation.Present seen = present(List.of(eni("eni-0", 0, VPC, "sg-open")), opens);

        assertThat(seen.isIsolatedByEarlierQuarantine()).isFalse();
        IsolationPlan plan = IsolationPlanner.plan(seen, TARGET, NOTHING_WRITTEN, Set.of(), OtherIsolations.NONE);
        assertThat(plan.steps())
                .containsExactly(
                        new Step.WriteDown(List.of(new Baseline("eni-0", List.of(), false))),
                        new Step.MakeGroup(VPC, TARGET.groupName()),
                        new Step.Swap("eni-0", VPC));
        assertThat(IsolationTarget.opens(opens, TARGET.installId(), "i-1")).isTrue();
        assertThat(IsolationTarget.opens(opens, TARGET.installId(), "i-2")).isFalse();
        assertThat(IsolationTarget.opens(opens, "install-2", "i-1")).isFalse();
        assertThat(IsolationTarget.opens(ours("sg-1", VPC), TARGET.installId(), "i-1"))
                .isFalse();
    }

    @Test
    void aGroupIsClosedAsLongAsItLetsNoMoreThroughThanItWasMadeWith() {
        GroupRule ssh = new GroupRule(false, "tcp", 22, 22, "10.1.2.0/24");
        Set<GroupRule> access = Set.of(ssh);
        Set<GroupRule> more = Set.of(ssh, GroupRule.everything(true, "0.0.0.0/0"));

        assertThat(made(RuleSet.of(access), access).isClosed()).isTrue();
        assertThat(made(RuleSet.of(access), Set.of()).isClosed()).isTrue();
        assertThat(made(RuleSet.of(access), more).isClosed()).isFalse();
        assertThat(made(RuleSet.NONE, access).isClosed()).isFalse();
        assertThat(made(RuleSet.NONE, Set.of()).isClosed()).isTrue();
        assertThat(made(RuleSet.OPEN, Set.of()).isClosed()).isFalse();
    }

    private static GroupState made(RuleSet with, Set<GroupRule> rules) {
        return new GroupState("sg-1", VPC, "isolation", Optional.of("install-2"), with, rules, Set.of());
    }

    private static InterfaceState state(String id, String group, List<PublicIp> addresses, TrackingTimeouts timeouts) {
        return new InterfaceState(id, VPC, 0, 0, List.of(group), Optional.empty(), Map.of(), addresses, timeouts);
    }
}
