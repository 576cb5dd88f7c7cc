package io.ec2quarantine.core.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.ec2quarantine.core.isolation.Baseline;
import io.ec2quarantine.core.isolation.GroupRule;
import io.ec2quarantine.core.isolation.GroupState;
import io.ec2quarantine.core.isolation.InterfaceState;
import io.ec2quarantine.core.isolation.Marks;
import io.ec2quarantine.core.isolation.RuleSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A tag is a claim: what counts is the group that an interface is in, and what exists. */
class RecoveryPlannerTest {
    private static final String INSTALL = "01234567-89ab-cdef-0123-456789abcdef";
    private static final String OTHER_INSTALL = "fedcba98-89ab-cdef-0123-456789abcdef";
    private static final String CLOSED = "sg-00000001";
    private static final String OPEN = "sg-00000002";
    private static final String FOREIGN = "sg-00000003";
    private static final String WEB = "sg-00000004";
    private static final String DATABASE = "sg-00000005";
    private static final String ELSEWHERE = "sg-00000006";
    private static final String FORENSIC = "sg-00000007";
    private static final String WIDENED = "sg-00000008";
    private static final Set<GroupRule> SSH = Set.of(GroupRule.everything(false, "10.9.0.0/16"));
    private static final List<GroupState> GROUPS = List.of(
            new GroupState(FORENSIC, "vpc-1", "name", Optional.of(INSTALL), RuleSet.of(SSH), SSH, Set.of()),
            new GroupState(
                    WIDENED,
                    "vpc-1",
                    "name",
                    Optional.of(INSTALL),
                    RuleSet.of(SSH),
                    Set.of(GroupRule.everything(false, "10.9.0.0/16"), GroupRule.everything(true, "0.0.0.0/0")),
                    Set.of()),
            group(CLOSED, "vpc-1", INSTALL, 0),
            group(OPEN, "vpc-1", INSTALL, 2),
            group(FOREIGN, "vpc-1", OTHER_INSTALL, 0),
            group(WEB, "vpc-1", null, 3),
            group(DATABASE, "vpc-1", null, 1),
            group(ELSEWHERE, "vpc-2", null, 1));

    @ParameterizedTest
    @CsvSource(delimiter = '|', useHeadersInDisplayName = true, textBlock = """
            groups                  | quarantine                                  | told
            sg-00000001             | 01234567-89ab-cdef-0123-456789abcdef/i-1    |
            sg-00000004             | 01234567-89ab-cdef-0123-456789abcdef/i-1    | is only tagged as isolated: it is in sg-00000004
            sg-00000003             | 01234567-89ab-cdef-0123-456789abcdef/i-1    | is only tagged as isolated: it is in sg-00000003
            sg-00000001 sg-00000004 | 01234567-89ab-cdef-0123-456789abcdef/i-1    | is only tagged as isolated
            sg-00000002             | 01234567-89ab-cdef-0123-456789abcdef/i-1    | which has 2 rules
            sg-00000007             | 01234567-89ab-cdef-0123-456789abcdef/i-1    |
            sg-00000008             | 01234567-89ab-cdef-0123-456789abcdef/i-1    | which has 2 rules
            sg-0000000f             | 01234567-89ab-cdef-0123-456789abcdef/i-1    | is only tagged as isolated
            sg-00000001             | 01234567-89ab-cdef-0123-456789abcdef/i-2    | names no quarantine of its instance
            sg-00000001             | 01234567-89ab-cdef-0123-456789abcdef        | names no quarantine of its instance
            sg-00000001             | $(reboot)/i-1                               | names no quarantine of its instance
            sg-00000001             |                                             | names no quarantine of its instance
            """)
    void anInterfaceCountsWhereItsGroupIsolates(String groups, @Nullable String quarantine, @Nullable String told) {
        Recovery recovery = plan(interfaceIn(List.of(groups.split(" ", -1)), quarantine, WEB));

        assertThat(recovery.instances()).hasSize(told == null ? 1 : 0);
        assertThat(recovery.remarks()).hasSize(told == null ? 0 : 1).allSatisfy(remark -> {
            assertThat(remark.recovered()).isFalse();
            assertThat(remark.sentence()).contains(told).doesNotContain("reboot");
        });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', useHeadersInDisplayName = true, textBlock = """
            tag                                 | kept                    | remark
            sg-00000004                         | sg-00000004             | false
            sg-00000004 sg-00000005             | sg-00000004 sg-00000005 | false
            sg-00000004 sg-0000000f             | sg-00000004             | true
            sg-00000004 sg-00000001             | sg-00000004             | true
            sg-00000004 sg-00000003             | sg-00000004             | true
            sg-00000004 sg-00000006             | sg-00000004             | true
            sg-00000004 $(reboot)               | sg-00000004             | true
            sg-0000000f                         |                         | true
                                                |                         | true
            """)
    void ofABaselineCountsWhatExistsInTheVpcAndIsolatesNothing(
            @Nullable String tag, @Nullable String kept, boolean remark) {
        Recovery recovery = plan(interfaceIn(List.of(CLOSED), INSTALL + "/i-1", tag));

        List<String> groups = kept == null ? List.of() : List.of(kept.split(" ", -1));
        assertThat(recovery.instances())
                .singleElement()
                .satisfies(each ->
                        assertThat(each.baselines()).containsExactly(new Baseline("eni-1", groups, !groups.isEmpty())));
        assertThat(recovery.remarks())
                .hasSize(remark ? 1 : 0)
                .allSatisfy(each -> assertThat(each.recovered()).isTrue());
    }

    @Test
    void theSecondTagGoesOnWhereTheFirstEnds() {
        Map<String, String> tags = new HashMap<>(tags(INSTALL + "/i-1", WEB));
        tags.put(Marks.BASELINE_2, DATABASE);

        assertThat(plan(new MarkedInterface(state(List.of(CLOSED), tags), Optional.of("i-1")))
                        .instances())
                .singleElement()
                .satisfies(each -> assertThat(each.baselines())
                        .containsExactly(new Baseline("eni-1", List.of(WEB, DATABASE), true)));
    }

    @Test
    void anInterfaceOfNoInstanceIsToldAndLeft() {
        Recovery recovery =
                plan(new MarkedInterface(state(List.of(CLOSED), tags(INSTALL + "/i-1", WEB)), Optional.empty()));

        assertThat(recovery.instances()).isEmpty();
        assertThat(recovery.remarks())
                .singleElement()
                .satisfies(each -> assertThat(each.sentence()).contains("attached to no instance"));
    }

    private static Recovery plan(MarkedInterface marked) {
        Set<String> read = Set.copyOf(RecoveryPlanner.groupsToRead(List.of(marked)));
        return RecoveryPlanner.plan(
                List.of(marked),
                GROUPS.stream().filter(group -> read.contains(group.id())).toList());
    }

    private static MarkedInterface interfaceIn(
            List<String> groups, @Nullable String quarantine, @Nullable String baseline) {
        return new MarkedInterface(state(groups, tags(quarantine, baseline)), Optional.of("i-1"));
    }

    private static Map<String, String> tags(@Nullable String quarantine, @Nullable String baseline) {
        Map<String, String> tags = new HashMap<>(Map.of(Marks.STATE, Marks.ISOLATED));
        if (quarantine != null) {
            tags.put(Marks.QUARANTINE, quarantine);
        }
        if (baseline != null) {
            tags.put(Marks.BASELINE, baseline);
        }
        return tags;
    }

    private static InterfaceState state(List<String> groups, Map<String, String> tags) {
        return new InterfaceState("eni-1", "vpc-1", 0, 0, groups, Optional.empty(), tags);
    }

    private static GroupState group(String id, String vpc, @Nullable String owner, int rules) {
        Set<GroupRule> present = IntStream.range(0, rules)
                .mapToObj(number -> GroupRule.everything(false, "10." + number + ".0.0/16"))
                .collect(Collectors.toSet());
        return new GroupState(id, vpc, "name", Optional.ofNullable(owner), RuleSet.NONE, present, Set.of());
    }
}
