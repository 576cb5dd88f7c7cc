package io.ec2quarantine.crash;

import io.ec2quarantine.sim.FindingTemplate;
import io.ec2quarantine.sim.RegionWorld;
import io.ec2quarantine.testing.Policies;
import java.util.List;
import java.util.Map;

/**
 * An instance whose isolation takes every kind of write: interfaces in two VPCs, one of them with IPv6, and no protection
 * against being terminated from outside or from inside. GuardDuty has found it compromised already.
 */
final class IsolationScene {
    static final String INSTANCE = "i-0aaaaaaaaaaaaaaaa";
    static final String PRIMARY = "eni-0aaaaaaaaaaaaaaa1";
    static final String SECONDARY = "eni-0aaaaaaaaaaaaaaa2";
    static final String FINDING = "0123456789abcdef0123456789abcdef";

    private static final String IPV4_VPC = "vpc-0aaaaaaaaaaaaaaa4";
    private static final String IPV6_VPC = "vpc-0aaaaaaaaaaaaaaa6";
    private static final String WEB = "sg-0aaaaaaaaaaaaaaa1";
    private static final String DATABASE = "sg-0aaaaaaaaaaaaaaa2";
    private static final String BACK_OFFICE = "sg-0aaaaaaaaaaaaaaa3";

    /** The groups of each interface before anything happened. */
    static final Map<String, List<String>> ORIGINAL_GROUPS =
            Map.of(PRIMARY, List.of(WEB, DATABASE), SECONDARY, List.of(BACK_OFFICE));

    /** What must be true in the end, among much else, or an undisturbed run would be no measure for the others. */
    static final List<String> ISOLATED = List.of(
            "group ForensicSecurityGroup of " + IPV4_VPC + ": rules=0 tags={ec2quarantine.io/owner=this installation}",
            "group ForensicSecurityGroup of " + IPV6_VPC + ": rules=0 tags={ec2quarantine.io/owner=this installation}",
            interfaceInIsolationGroup(PRIMARY, IPV4_VPC, WEB + " " + DATABASE),
            interfaceInIsolationGroup(SECONDARY, IPV6_VPC, BACK_OFFICE),
            "instance: terminationProtection=true shutdownBehavior=stop tags={Name=between two networks, "
                    + "ec2quarantine.io/quarantine=this installation/" + INSTANCE
                    + ", ec2quarantine.io/state=isolated}",
            "condition: Ready=TRUE Isolated of generation 1",
            "condition: Isolated=TRUE Isolated of generation 1",
            "condition: Verified=TRUE Verified of generation 1",
            "condition: EvidencePreserved=TRUE TerminationProtected of generation 1",
            "timeline: [Opened, BaselineRecorded, Isolated]",
            "events: [Isolated, Verified]");

    private IsolationScene() {}

    private static String interfaceInIsolationGroup(String id, String vpc, String baseline) {
        return "interface " + id + ": groups=[the isolation group of " + vpc + "] tags={ec2quarantine.io/baseline="
                + baseline + ", ec2quarantine.io/quarantine=this installation/" + INSTANCE
                + ", ec2quarantine.io/state=isolated}";
    }

    static void build(RegionWorld region) {
        var ipv4 = region.vpc(IPV4_VPC, false);
        var ipv6 = region.vpc(IPV6_VPC, true);
        var web = region.securityGroup(WEB, ipv4, "web");
        var database = region.securityGroup(DATABASE, ipv4, "database");
        var backOffice = region.securityGroup(BACK_OFFICE, ipv6, "back-office");
        region.instance("between two networks")
                .id(INSTANCE)
                .in(ipv4)
                .groups(web, database)
                .firstInterface(primary -> primary.id(PRIMARY))
                .withInterface(secondary ->
                        secondary.id(SECONDARY).in(ipv6).groups(backOffice).ipv6("2001:db8:1234:1a00::17"))
                .terminatesOnShutdown()
                .launch();
        region.finding(FindingTemplate.maliciousIpCallerCustom(INSTANCE, "198.51.100.17", "Custom-Threat-List")
                .id(FINDING));
    }

    /** The policy that has the instance isolated. */
    static String policy() {
        return Policies.workshop();
    }
}
