package io.ec2quarantine.core.isolation;

import static io.ec2quarantine.core.isolation.Seen.TARGET;
import static io.ec2quarantine.core.isolation.Seen.group;
import static io.ec2quarantine.core.isolation.Seen.ours;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class GroupChoiceTest {
    private static final String VPC = "vpc-1";
    private static final GroupChoice USE = new GroupChoice.Use(VPC, "sg-1");
    private static final GroupChoice STRIP = new GroupChoice.Strip(VPC, "sg-1");
    private static final GroupChoice MAKE = new GroupChoice.Make(VPC, "isolation");

    private static final GroupRule SSH = new GroupRule(false, "tcp", 22, 22, "10.1.2.0/24");
    private static final GroupRule LOGS = new GroupRule(true, "tcp", 443, 443, "pl-1");
    private static final IsolationTarget ACCESS =
            new IsolationTarget(TARGET.installId(), TARGET.groupName(), Map.of(), Set.of(SSH, LOGS));
    private static final GroupChoice MAKE_WITH_ACCESS = new GroupChoice.Make(VPC, ACCESS.nameToMake());

    static Stream<Arguments> rows() {
        return Stream.of(
                argumentSet("no group at all", List.of(), List.of(), MAKE),
                argumentSet("ours, without rules", List.of(ours("sg-1", VPC)), List.of(), USE),
                argumentSet("ours, in another VPC", List.of(ours("sg-1", "vpc-2")), List.of(), MAKE),
                argumentSet("ours, with rules, used by nobody", List.of(ours("sg-1", VPC, 1)), List.of(), STRIP),
                argumentSet(
                        "ours, with rules, used by quarantined interfaces only",
                        List.of(ours("sg-1", VPC, 2, "eni-q1", "eni-q2")),
                        List.of(),
                        STRIP),
                argumentSet(
                        "ours, with rules, joined by a stranger",
                        List.of(ours("sg-1", VPC, 2, "eni-q1", "eni-stranger")),
                        List.of(),
                        MAKE),
                argumentSet(
                        "ours, without rules, joined by a stranger",
                        List.of(ours("sg-1", VPC, 0, "eni-stranger")),
                        List.of(),
                        MAKE),
                argumentSet("somebody else's of that name", List.of(named("isolation", "install-2")), List.of(), MAKE),
                argumentSet("nobody's of that name", List.of(named("isolation", null)), List.of(), MAKE),
                argumentSet("ours for another response", List.of(named("other", "install-1")), List.of(), MAKE),
                argumentSet("ours, name in other case", List.of(named("Isolation", "install-1")), List.of(), USE),
                argumentSet(
                        "ours, made beside a taken name", List.of(named("isolation-x7", "install-1")), List.of(), USE),
                argumentSet("ours, only beginning alike", List.of(named("isolations", "install-1")), List.of(), MAKE),
                argumentSet("recorded, its tag taken away", List.of(named("isolation", null)), List.of("sg-1"), MAKE),
                argumentSet("recorded, its tag moved", List.of(named("isolation", "install-2")), List.of("sg-1"), MAKE),
                argumentSet("recorded, renamed", List.of(named("renamed", "install-1")), List.of("sg-1"), USE),
                argumentSet("recorded, deleted", List.of(), List.of("sg-1"), MAKE),
                argumentSet(
                        "recorded with rules, before another without",
                        List.of(ours("sg-0", VPC), ours("sg-1", VPC, 1, "eni-q1")),
                        List.of("sg-1"),
                        STRIP),
                argumentSet(
                        "recorded but joined by a stranger, and another without rules",
                        List.of(ours("sg-0", VPC, 1, "eni-stranger"), ours("sg-1", VPC)),
                        List.of("sg-0"),
                        USE),
                argumentSet(
                        "one with rules and one without",
                        List.of(ours("sg-0", VPC, 1), ours("sg-1", VPC)),
                        List.of(),
                        USE),
                argumentSet(
                        "the plain name before one beside it",
                        List.of(group("sg-0", VPC, "isolation-a", Optional.of("install-1"), 0), ours("sg-1", VPC)),
                        List.of(),
                        USE),
                argumentSet("two alike: the lesser id", List.of(ours("sg-2", VPC), ours("sg-1", VPC)), List.of(), USE));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void ofWhatIsThere(List<GroupState> groups, List<String> recorded, GroupChoice choice) {
        Set<String> quarantined = Set.of("eni-q1", "eni-q2");
        List<GroupState> backwards = new ArrayList<>(groups);
        Collections.reverse(backwards);

        assertThat(GroupChoice.of(VPC, TARGET, groups, recorded, quarantined)).isEqualTo(choice);
        assertThat(GroupChoice.of(VPC, TARGET, backwards, recorded, quarantined))
                .as("whatever the order of the read")
                .isEqualTo(choice);
    }

    @Test
    void theNameBesideAStrangersIsTheSameEveryTimeAndFoundAgain() {
        IsolationTarget target = new IsolationTarget("0a1b2c3d-4e5f", "isolation", Map.of());

        assertThat(target.nameBesideAStranger()).isEqualTo("isolation-0a1b2c3d");
        assertThat(TARGET.nameBesideAStranger()).isEqualTo("isolation-install-");
        assertThat(new IsolationTarget("short", "isolation", Map.of()).nameBesideAStranger())
                .isEqualTo("isolation-short");
        assertThat(GroupChoice.of(
                        VPC, TARGET, List.of(named(TARGET.nameBesideAStranger(), "install-1")), List.of(), Set.of()))
                .isEqualTo(USE);
    }

    @ParameterizedTest
    @CsvSource(useHeadersInDisplayName = true, textBlock = """
            group, in,    rules, choice
            sg-1,  vpc-1, 0,     'Use[vpcId=vpc-1, groupId=sg-1]'
            sg-1,  vpc-1, 1,     'Refused[vpcId=vpc-1, groupId=sg-1, why=it has 1 rule too many]'
            sg-1,  vpc-1, 2,     'Refused[vpcId=vpc-1, groupId=sg-1, why=it has 2 rules too many]'
            sg-1,  vpc-2, 0,     'Refused[vpcId=vpc-1, groupId=sg-1, why=it does not exist in vpc-1]'
            sg-2,  vpc-1, 0,     'Refused[vpcId=vpc-1, groupId=sg-1, why=it does not exist in vpc-1]'
            """)
    void aGroupOfSomebodysOwnIsUsedAsItIsOrRefused(String id, String vpc, int rules, String choice) {
        IsolationTarget target = new IsolationTarget("install-1", "isolation", Map.of(VPC, "sg-1"));
        List<GroupState> groups =
                List.of(group(id, vpc, "forensic", Optional.empty(), rules, "eni-stranger"), ours("sg-0", VPC));

        assertThat(GroupChoice.of(VPC, target, groups, List.of("sg-0"), Set.of()))
                .hasToString(choice);
    }

    static Stream<Arguments> rowsOfAccess() {
        GroupRule open = GroupRule.everything(true, "0.0.0.0/0");
        RuleSet access = ACCESS.ruleSet();
        return Stream.of(
                argumentSet("no group at all", List.of(), new GroupChoice.Make(VPC, "isolation-" + access.id())),
                argumentSet("one without access", List.of(made(RuleSet.NONE, Set.of())), MAKE_WITH_ACCESS),
                argumentSet(
                        "one without access that somebody gave just these rules",
                        List.of(made(RuleSet.NONE, ACCESS.rules())),
                        MAKE_WITH_ACCESS),
                argumentSet(
                        "one with other access",
                        List.of(made(new RuleSet("0123456789"), Set.of(SSH))),
                        MAKE_WITH_ACCESS),
                argumentSet(
                        "one that opens, with just these rules",
                        List.of(made(RuleSet.OPEN, ACCESS.rules())),
                        MAKE_WITH_ACCESS),
                argumentSet("ours as it shall be", List.of(made(access, ACCESS.rules())), USE),
                argumentSet(
                        "ours that lacks a rule",
                        List.of(made(access, Set.of(SSH))),
                        new GroupChoice.Fill(VPC, "sg-1")),
                argumentSet(
                        "ours without any rule", List.of(made(access, Set.of())), new GroupChoice.Fill(VPC, "sg-1")),
                argumentSet("ours with a rule too many", List.of(made(access, Set.of(SSH, LOGS, open))), STRIP),
                argumentSet("ours with another rule instead", List.of(made(access, Set.of(SSH, open))), STRIP));
    }

    @ParameterizedTest
    @MethodSource("rowsOfAccess")
    void aGroupIsUsedByThoseAloneWhoAskForItsRules(List<GroupState> groups, GroupChoice choice) {
        assertThat(GroupChoice.of(VPC, ACCESS, groups, List.of("sg-1"), Set.of()))
                .isEqualTo(choice);
        if (!(choice instanceof GroupChoice.Make) && !groups.isEmpty()) {
            assertThat(GroupChoice.of(VPC, TARGET, groups, List.of("sg-1"), Set.of()))
                    .as("for who asks for no rules")
                    .isEqualTo(MAKE);
        }
    }

    @Test
    void aGroupOfSomebodysOwnHasTheAccessOrIsRefused() {
        IsolationTarget target = new IsolationTarget("install-1", "isolation", Map.of(VPC, "sg-1"), Set.of(SSH, LOGS));

        assertThat(Stream.of(Set.of(SSH, LOGS), Set.of(SSH), Set.of(SSH, LOGS, GroupRule.everything(true, "0.0.0.0/0")))
                        .map(rules -> GroupChoice.of(
                                VPC,
                                target,
                                List.of(new GroupState(
                                        "sg-1", VPC, "forensic", Optional.empty(), RuleSet.NONE, rules, Set.of())),
                                List.of(),
                                Set.of())))
                .containsExactly(
                        USE,
                        new GroupChoice.Refused(VPC, "sg-1", "it lacks egress tcp 443 to pl-1"),
                        new GroupChoice.Refused(VPC, "sg-1", "it has 1 rule too many"));
    }

    @Test
    void onlyAGroupThatExistsHasAnId() {
        assertThat(USE.existing()).contains("sg-1");
        assertThat(STRIP.existing()).contains("sg-1");
        assertThat(MAKE.existing()).isEmpty();
    }

    private static GroupState made(RuleSet madeWith, Set<GroupRule> rules) {
        return new GroupState(
                "sg-1", VPC, ACCESS.nameToMake(), Optional.of(TARGET.installId()), madeWith, rules, Set.of());
    }

    private static GroupState named(String name, @Nullable String owner) {
        return group("sg-1", VPC, name, Optional.ofNullable(owner), 0);
    }
}
