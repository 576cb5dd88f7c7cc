package io.ec2quarantine.core.isolation;

import static io.ec2quarantine.core.isolation.Seen.READ;
import static io.ec2quarantine.core.isolation.Seen.TARGET;
import static io.ec2quarantine.core.isolation.Seen.eni;
import static io.ec2quarantine.core.isolation.Seen.gone;
import static io.ec2quarantine.core.isolation.Seen.group;
import static io.ec2quarantine.core.isolation.Seen.ours;
import static io.ec2quarantine.core.isolation.Seen.present;
import static io.ec2quarantine.core.isolation.Seen.unchangeable;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.ec2quarantine.core.CallFailure;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class VerificationTest {
    private static final String VPC = "vpc-1";
    private static final Map<String, String> EXPECTED = Map.of(VPC, "sg-iso");
    private static final InterfaceState ISOLATED = eni("eni-0", 0, VPC, "sg-iso");
    private static final GroupState EMPTY = ours("sg-iso", VPC);

    static Stream<Arguments> rows() {
        return Stream.of(
                argumentSet("all as desired", List.of(ISOLATED), List.of(EMPTY), EXPECTED, List.of()),
                argumentSet(
                        "a second interface elsewhere",
                        List.of(ISOLATED, eni("eni-1", 1, VPC, "sg-a")),
                        List.of(EMPTY),
                        EXPECTED,
                        List.of(new Difference.OtherGroups("eni-1", List.of("sg-a")))),
                argumentSet(
                        "the isolation group beside another",
                        List.of(eni("eni-0", 0, VPC, "sg-iso", "sg-a")),
                        List.of(EMPTY),
                        EXPECTED,
                        List.of(new Difference.OtherGroups("eni-0", List.of("sg-a", "sg-iso")))),
                argumentSet(
                        "no group at all",
                        List.of(eni("eni-0", 0, VPC)),
                        List.of(EMPTY),
                        EXPECTED,
                        List.of(new Difference.OtherGroups("eni-0", List.of()))),
                argumentSet(
                        "an interface that only AWS can change",
                        List.of(ISOLATED, unchangeable("eni-1", 1, VPC, "sg-lb")),
                        List.of(EMPTY),
                        EXPECTED,
                        List.of(new Difference.Unchangeable("eni-1", "only AWS can change it"))),
                argumentSet(
                        "one that only AWS can change and that shows no groups",
                        List.of(ISOLATED, unchangeable("eni-1", 1, "vpc-2")),
                        List.of(EMPTY),
                        EXPECTED,
                        List.of(new Difference.Unchangeable("eni-1", "only AWS can change it"))),
                argumentSet(
                        "one that only AWS can change, in the isolation group all the same",
                        List.of(unchangeable("eni-0", 0, VPC, "sg-iso")),
                        List.of(EMPTY),
                        EXPECTED,
                        List.of()),
                argumentSet(
                        "rules in the group",
                        List.of(ISOLATED),
                        List.of(ours("sg-iso", VPC, 2)),
                        EXPECTED,
                        List.of(new Difference.GroupHasRules("sg-iso", 2))),
                argumentSet(
                        "rules in a group that nobody here is in",
                        List.of(ISOLATED),
                        List.of(EMPTY, ours("sg-other", VPC, 2)),
                        EXPECTED,
                        List.of()),
                argumentSet(
                        "the group not among those read",
                        List.of(ISOLATED),
                        List.of(),
                        EXPECTED,
                        List.of(new Difference.NoGroup(VPC, "sg-iso"))),
                argumentSet(
                        "no group recorded for the VPC",
                        List.of(ISOLATED),
                        List.of(EMPTY),
                        Map.of(),
                        List.of(new Difference.OtherGroups("eni-0", List.of("sg-iso")))),
                argumentSet(
                        "two VPCs, one without its group",
                        List.of(ISOLATED, eni("eni-1", 1, "vpc-2", "sg-b")),
                        List.of(EMPTY),
                        EXPECTED,
                        List.of(new Difference.OtherGroups("eni-1", List.of("sg-b")))),
                argumentSet(
                        "two VPCs, each with its own",
                        List.of(ISOLATED, eni("eni-1", 1, "vpc-2", "sg-iso2")),
                        List.of(EMPTY, ours("sg-iso2", "vpc-2")),
                        Map.of(VPC, "sg-iso", "vpc-2", "sg-iso2"),
                        List.of()),
                argumentSet(
                        "another VPC's group",
                        List.of(eni("eni-0", 0, VPC, "sg-iso2")),
                        List.of(EMPTY, ours("sg-iso2", "vpc-2")),
                        Map.of(VPC, "sg-iso", "vpc-2", "sg-iso2"),
                        List.of(new Difference.OtherGroups("eni-0", List.of("sg-iso2")))));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void ofAFullLook(
            List<InterfaceState> interfaces,
            List<GroupState> groups,
            Map<String, String> expected,
            List<Difference> differences) {
        Verification verification = Verification.of(interfaces, groups, expecting(expected), READ);

        assertThat(verification)
                .isEqualTo(
                        differences.isEmpty()
                                ? new Verification.Verified(READ)
                                : new Verification.Drifted(READ, differences));
        assertThat(Verification.of(present(interfaces, groups.toArray(GroupState[]::new)), expecting(expected)))
                .as("the same from the whole look")
                .isEqualTo(verification);
    }

    @Test
    void aGroupWithoutOurMarkOrWithStrangersInItDiffers() {
        List<InterfaceState> isolated = List.of(eni("eni-0", 0, VPC, "sg-iso"));
        GroupState unmarked = group("sg-iso", VPC, "isolation", Optional.empty(), 0);
        GroupState moved = group("sg-iso", VPC, "isolation", Optional.of("install-2"), 0);
        GroupState joined = EMPTY.withMembers(Set.of("eni-0", "eni-q", "eni-9", "eni-8"));
        Expectation expected = new Expectation(EXPECTED, TARGET, Set.of("eni-0", "eni-q"));

        assertThat(Verification.of(isolated, List.of(unmarked), expected, READ))
                .isEqualTo(new Verification.Drifted(READ, List.of(new Difference.NotOurs("sg-iso"))));
        assertThat(Verification.of(isolated, List.of(moved), expected, READ))
                .isEqualTo(new Verification.Drifted(READ, List.of(new Difference.NotOurs("sg-iso"))));
        assertThat(Verification.of(isolated, List.of(joined), expected, READ))
                .isEqualTo(new Verification.Drifted(
                        READ, List.of(new Difference.Joined("sg-iso", List.of("eni-8", "eni-9")))));
    }

    @Test
    void aGroupOfSomebodysOwnNeedsNoMarkAndMayHaveOtherMembersButNoRules() {
        List<InterfaceState> isolated = List.of(eni("eni-0", 0, VPC, "sg-iso"));
        Expectation expected =
                new Expectation(EXPECTED, new IsolationTarget("install-1", "isolation", EXPECTED), Set.of("eni-0"));
        GroupState existing = group("sg-iso", VPC, "forensic", Optional.empty(), 0, "eni-9");
        GroupState ruled = group("sg-iso", VPC, "forensic", Optional.empty(), 2, "eni-9");

        assertThat(Verification.of(isolated, List.of(existing), expected, READ))
                .isEqualTo(new Verification.Verified(READ));
        assertThat(Verification.of(isolated, List.of(ruled), expected, READ))
                .isEqualTo(new Verification.Drifted(READ, List.of(new Difference.GroupHasRules("sg-iso", 2))));
    }

    @Test
    void aGroupHasExactlyTheRulesThatAreWanted() {
        GroupRule ssh = new GroupRule(false, "tcp", 22, 22, "10.1.2.0/24");
        GroupRule logs = new GroupRule(true, "tcp", 443, 443, "pl-1");
        GroupRule open = GroupRule.everything(true, "0.0.0.0/0");
        IsolationTarget target =
                new IsolationTarget(TARGET.installId(), TARGET.groupName(), Map.of(), Set.of(ssh, logs));
        Expectation expected = new Expectation(EXPECTED, target, Set.of());

        assertThat(Stream.of(Set.of(ssh, logs), Set.of(ssh), Set.of(ssh, logs, open), Set.of(open))
                        .map(rules -> new GroupState(
                                "sg-iso",
                                VPC,
                                target.nameToMake(),
                                Optional.of(TARGET.installId()),
                                target.ruleSet(),
                                rules,
                                Set.of()))
                        .map(group -> Verification.of(List.of(ISOLATED), List.of(group), expected, READ)))
                .containsExactly(
                        new Verification.Verified(READ),
                        new Verification.Drifted(READ, List.of(new Difference.GroupLacksRules("sg-iso", Set.of(logs)))),
                        new Verification.Drifted(READ, List.of(new Difference.GroupHasRules("sg-iso", 1))),
                        new Verification.Drifted(
                                READ,
                                List.of(
                                        new Difference.GroupHasRules("sg-iso", 1),
                                        new Difference.GroupLacksRules("sg-iso", Set.of(ssh, logs)))));
    }

    @Test
    void anInstanceThatShowsNoInterfaceIsNeverVerified() {
        assertThat(Verification.of(List.of(), List.of(EMPTY), expecting(EXPECTED), READ))
                .isInstanceOfSatisfying(
                        Verification.Unknown.class,
                        unknown -> assertThat(unknown.reason()).isEqualTo("NoInterfaces"));
        assertThat(Verification.of(List.of(), List.of(), expecting(Map.of()), READ))
                .isInstanceOf(Verification.Unknown.class);
    }

    @Test
    void whatCouldNotBeReadIsUnknownAndSaysWhy() {
        CallFailure failure = new CallFailure.Throttled("ec2:DescribeInstances", "i-1", "slow down");

        assertThat(Verification.of(new Observation.Unreadable(failure), expecting(EXPECTED)))
                .isEqualTo(new Verification.Unknown("Throttled", failure.sentence()));
    }

    @Test
    void aTerminatedInstanceIsUnknown() {
        assertThat(Verification.of(gone(), expecting(EXPECTED)))
                .isEqualTo(new Verification.Unknown("InstanceTerminated", "The instance is terminated."));
    }

    @Test
    void everyDifferenceIsASentence() {
        assertThat(Stream.of(
                                new Difference.OtherGroups("eni-0", List.of("sg-a", "sg-b")),
                                new Difference.Unchangeable("eni-1", "only AWS can change it"),
                                new Difference.GroupHasRules("sg-iso", 1),
                                new Difference.GroupHasRules("sg-iso", 2),
                                new Difference.GroupLacksRules(
                                        "sg-iso", Set.of(new GroupRule(false, "tcp", 22, 22, "10.1.2.0/24"))),
                                new Difference.NotOurs("sg-iso"),
                                new Difference.Joined("sg-iso", List.of("eni-8", "eni-9")),
                                new Difference.NoGroup(VPC, "sg-iso"))
                        .map(Difference::sentence))
                .containsExactly(
                        "eni-0 is in sg-a, sg-b instead of its isolation group",
                        "eni-1 cannot be isolated: only AWS can change it",
                        "the isolation group sg-iso has 1 rule too many",
                        "the isolation group sg-iso has 2 rules too many",
                        "the isolation group sg-iso lacks ingress tcp 22 from 10.1.2.0/24",
                        "the isolation group sg-iso lost its mark of ownership",
                        "somebody put eni-8, eni-9 into the isolation group sg-iso",
                        "the isolation group sg-iso of vpc-1 was not found");
    }

    private static Expectation expecting(Map<String, String> groups) {
        return new Expectation(groups, TARGET, Set.of());
    }
}
