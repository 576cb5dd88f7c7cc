package io.ec2quarantine.sim;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A security account, which is GuardDuty's administrator, and a member with thirty servers in one Region and two instances
 * that only a person may have isolated in another.
 *
 * @param servers the ids of the servers, and the severity of what GuardDuty will find on each
 * @param protectedInstance what carries the tag that protects it
 * @param askedAbout what a policy asks a person about
 */
public record OrganisationScene(
        World world,
        AccountWorld security,
        AccountWorld member,
        RegionWorld stormed,
        RegionWorld quiet,
        Map<String, Double> servers,
        String protectedInstance,
        String askedAbout) {
    /** The finding of the storm. */
    public static final String STORM = "Backdoor:EC2/Spambot";

    /** The queue that the SIEM reads. */
    public static final String QUEUE = "ec2-quarantine-siem";

    private static final String EXTERNAL_ID = "5f0c6a1e-9b7d-4c38-8e52-d41a7b90c3f6";
    private static final int SERVERS = 30;
    private static final int CRITICAL = 4;
    private static final int HIGH = 17;
    /** Has no divisor in common with the number of servers: the severities lie all over them. */
    private static final int SCATTER = 7;

    /** Makes the two accounts. */
    public static OrganisationScene build(World world) {
        return world.locked(() -> {
            var security = world.account("999900001111");
            var member = world.account("444455556666").administeredBy(security);
            security.role("ec2-quarantine-reader").trusts(security.id()).externalId(EXTERNAL_ID);
            for (var role : List.of("ec2-quarantine-responder", "ec2-quarantine-release")) {
                member.role(role).trusts(security.id()).externalId(EXTERNAL_ID);
            }
            security.region("us-west-2").queue(QUEUE);
            var stormed = member.region("us-west-2");
            var quiet = member.region("eu-central-1");
            var database = quiet.instance("database").in(quiet.vpc()).tag("ec2quarantine.io/protected", "");
            var builder = quiet.instance("build-agent").in(quiet.vpc());
            return new OrganisationScene(
                    world,
                    security,
                    member,
                    stormed,
                    quiet,
                    servers(stormed),
                    database.launch().id(),
                    builder.launch().id());
        });
    }

    private static Map<String, Double> servers(RegionWorld region) {
        var vpc = region.vpc();
        var web = region.securityGroup(vpc, "web");
        var servers = new LinkedHashMap<String, Double>();
        IntStream.range(0, SERVERS).forEach(index -> {
            var server =
                    region.instance("web-%02d".formatted(index + 1)).in(vpc).groups(web);
            servers.put(server.launch().id(), severity(index * SCATTER % SERVERS));
        });
        return servers;
    }

    private static double severity(int rank) {
        if (rank < CRITICAL) {
            return 9.0;
        }
        return rank < CRITICAL + HIGH ? 8.0 : 5.0;
    }

    /** GuardDuty finds something on every server; whoever reads sees all of it or nothing. */
    public void storm() {
        world.locked(() -> {
            servers.forEach((id, severity) -> stormed.finding(spam(id, severity)));
            return this;
        });
    }

    /** GuardDuty finds something on the protected instance and on the one that a policy asks about. */
    public void trouble() {
        quiet.finding(spam(protectedInstance, 8.0));
        quiet.finding(FindingTemplate.bitcoinDns(askedAbout, "pool.example"));
    }

    private static FindingTemplate spam(String instanceId, double severity) {
        return FindingTemplate.of(STORM, severity, "EC2 instance " + instanceId + " is sending spam.")
                .about(instanceId);
    }
}
