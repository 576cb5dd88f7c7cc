package io.ec2quarantine.core.isolation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A rule is the same rule however it is written, by a person in a policy or by AWS in an answer. */
class GroupRuleTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', useHeadersInDisplayName = true, textBlock = """
            written                                  | canonical
            10.1.2.3/24                              | 10.1.2.0/24
            10.1.2.255/25                            | 10.1.2.128/25
            10.255.255.255/9                         | 10.128.0.0/9
            192.0.2.1/32                             | 192.0.2.1/32
            0.0.0.0/0                                | 0.0.0.0/0
            2001:DB8::/48                            | 2001:db8::/48
            2001:0db8:0000:0000:0000:0000:0000:0001/128 | 2001:db8::1/128
            2001:db8:1:2:3:4:5:6/64                  | 2001:db8:1:2::/64
            2001:db8:0:1:0:0:0:1/128                 | 2001:db8:0:1::1/128
            2001:0:0:1:0:0:0:1/128                   | 2001:0:0:1::1/128
            1:0:0:2:0:0:3:4/128                      | 1::2:0:0:3:4/128
            1:0:2:3:4:5:6:7/128                      | 1:0:2:3:4:5:6:7/128
            ::/0                                     | ::/0
            ::1/128                                  | ::1/128
            ::ffff:c000:201/128                      | ::ffff:c000:201/128
            fe80::1/17                               | fe80::/17
            pl-0123456789abcdef0                     | pl-0123456789abcdef0
            sg-0123456789abcdef0                     | sg-0123456789abcdef0
            999.1.2.3/8                              | 999.1.2.3/8
            10.0.0.0/33                              | 10.0.0.0/33
            10.0.0.0/                                | 10.0.0.0/
            host.example/24                          | host.example/24
            ''                                       | ''
            """)
    void theOtherEndIsWrittenAsAwsWritesIt(String written, String canonical) {
        assertThat(GroupRule.everything(true, written).peer()).isEqualTo(canonical);
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", useHeadersInDisplayName = true, textBlock = """
            protocol, from, to, as,     first, last
            6,        22,   22, tcp,    22,    22
            tcp,      -,    -,  tcp,    0,     65535
            tcp,      0,    65535, tcp, 0,     65535
            17,       53,   54, udp,    53,    54
            1,        -,    -,  icmp,   -1,    -1
            icmp,     -1,   -1, icmp,   -1,    -1
            icmp,     8,    -1, icmp,   8,     -1
            58,       -,    -,  icmpv6, -1,    -1
            all,      -,    -,  -1,     -1,    -1
            -1,       0,    65535, -1,  -1,    -1
            50,       -,    -,  50,     -1,    -1
            """)
    void protocolsAndPortsAreWrittenAsAwsWritesThem(
            String protocol, Integer from, Integer to, String as, int first, int last) {
        assertThat(GroupRule.of(false, protocol, Optional.ofNullable(from), Optional.ofNullable(to), "10.0.0.0/8"))
                .isEqualTo(new GroupRule(false, as, first, last, "10.0.0.0/8"));
    }

    @Test
    void aRuleIsToldInWords() {
        assertThat(Stream.of(
                                new GroupRule(false, "tcp", 22, 22, "10.1.2.0/24"),
                                new GroupRule(true, "udp", 500, 514, "pl-1"),
                                new GroupRule(false, "icmp", -1, -1, "10.1.2.0/24"),
                                GroupRule.everything(true, "sg-1"))
                        .map(GroupRule::words))
                .containsExactly(
                        "ingress tcp 22 from 10.1.2.0/24",
                        "egress udp 500-514 to pl-1",
                        "ingress icmp from 10.1.2.0/24",
                        "egress all to sg-1");
    }

    @Test
    void aRuleSetIsTheSameInEveryVersionOfTheOperatorOrItsGroupsWouldBeFoundNoMore() {
        GroupRule ssh = new GroupRule(false, "tcp", 22, 22, "10.1.2.0/24");
        GroupRule logs = new GroupRule(true, "tcp", 443, 443, "pl-0123456789abcdef0");

        assertThat(RuleSet.of(Set.of())).isEqualTo(RuleSet.NONE);
        assertThat(RuleSet.of(Set.of(ssh))).isEqualTo(new RuleSet("ec7dcefae5"));
        assertThat(RuleSet.of(Set.of(ssh, logs))).isEqualTo(new RuleSet("77304a790c"));
        assertThat(List.of(
                        RuleSet.of(Set.of(new GroupRule(true, "tcp", 22, 22, "10.1.2.0/24"))),
                        RuleSet.of(Set.of(new GroupRule(false, "udp", 22, 22, "10.1.2.0/24"))),
                        RuleSet.of(Set.of(new GroupRule(false, "tcp", 21, 22, "10.1.2.0/24"))),
                        RuleSet.of(Set.of(new GroupRule(false, "tcp", 22, 23, "10.1.2.0/24"))),
                        RuleSet.of(Set.of(new GroupRule(false, "tcp", 22, 22, "10.1.3.0/24"))),
                        RuleSet.of(RuleSet.EVERYTHING)))
                .doesNotHaveDuplicates()
                .doesNotContain(RuleSet.of(Set.of(ssh)), RuleSet.NONE, RuleSet.OPEN);
    }
}
