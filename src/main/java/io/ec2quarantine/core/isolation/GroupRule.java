package io.ec2quarantine.core.isolation;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A rule of a security group as AWS shows it, however it was written: two rules are equal when they let the same through.
 *
 * @param protocol tcp, udp, icmp, icmpv6, the number of any other, or -1 for all
 * @param fromPort the first port, or the type of ICMP; -1 where all are meant
 * @param toPort the last port, or the code of ICMP; -1 where all are meant
 * @param peer a network, or the id of a prefix list or of a security group
 */
public record GroupRule(boolean egress, String protocol, int fromPort, int toPort, String peer)
        implements Comparable<GroupRule> {
    /** What stands for every protocol, and for every port. */
    public static final String ALL = "-1";

    private static final int EVERY = -1;
    private static final int LAST_PORT = 65535;
    private static final Comparator<GroupRule> ORDER = Comparator.comparing(GroupRule::egress)
            .thenComparing(GroupRule::protocol)
            .thenComparingInt(GroupRule::fromPort)
            .thenComparingInt(GroupRule::toPort)
            .thenComparing(GroupRule::peer);

    public GroupRule {
        protocol = named(protocol);
        peer = Network.canonical(peer);
        boolean portsCount = !protocol.equals(ALL);
        boolean hasPorts = protocol.equals("tcp") || protocol.equals("udp");
        boolean everyPort = hasPorts && fromPort == EVERY;
        toPort = !portsCount ? EVERY : everyPort ? LAST_PORT : toPort;
        fromPort = !portsCount ? EVERY : everyPort ? 0 : fromPort;
    }

    /** A rule whose ports may be left out. */
    public static GroupRule of(
            boolean egress, String protocol, Optional<Integer> fromPort, Optional<Integer> toPort, String peer) {
        return new GroupRule(egress, protocol, fromPort.orElse(EVERY), toPort.orElse(EVERY), peer);
    }

    /** All traffic of one direction. */
    public static GroupRule everything(boolean egress, String peer) {
        return new GroupRule(egress, ALL, EVERY, EVERY, peer);
    }

    /** Whether the other end is a security group. */
    public boolean isOfGroup() {
        return peer.startsWith("sg-");
    }

    /** Whether the other end is a prefix list. */
    public boolean isOfPrefixList() {
        return peer.startsWith("pl-");
    }

    /** Whether the other end is a network of IPv6. */
    public boolean isOfIpv6() {
        return peer.contains(":");
    }

    /** Such as {@code ingress tcp 22 from 10.1.2.0/24}. */
    public String words() {
        String what = protocol.equals(ALL) ? "all" : protocol;
        String ports = fromPort == EVERY ? "" : fromPort == toPort ? " " + fromPort : " " + fromPort + "-" + toPort;
        return (egress ? "egress " : "ingress ") + what + ports + (egress ? " to " : " from ") + peer;
    }

    /** Several of them in their order. */
    public static String words(Collection<GroupRule> rules) {
        return rules.stream().sorted().map(GroupRule::words).collect(Collectors.joining(", "));
    }

    @Override
    public int compareTo(GroupRule other) {
        return ORDER.compare(this, other);
    }

    private static String named(String protocol) {
        return switch (protocol) {
            case "6" -> "tcp";
            case "17" -> "udp";
            case "1" -> "icmp";
            case "58" -> "icmpv6";
            case "all" -> ALL;
            default -> protocol;
        };
    }
}
