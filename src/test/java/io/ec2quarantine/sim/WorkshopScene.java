package io.ec2quarantine.sim;

/**
 * The scene of AWS's workshop "Compromised EC2 Instance": four instances in one security group, and the Elastic IP of the
 * malicious one on a custom threat list. {@link World#detect} with the ids makes the finding.
 */
public record WorkshopScene(
        String account,
        String region,
        String vpc,
        String targetSecurityGroup,
        String compromisedInstance,
        String maliciousInstance,
        String compromisedInstance2,
        String compromisedInstance3,
        String maliciousIp,
        String threatList) {
    /** The topic that people on call listen to. */
    public static final String TOPIC = "ec2-quarantine-oncall";

    static final String MALICIOUS_IP = "198.51.100.17";
    static final String THREAT_LIST = "Custom-Threat-List";

    /** Makes the scene; a second time adds a second one to the same account. */
    public static WorkshopScene build(World world) {
        return world.locked(() -> {
            var region = world.account("111122223333").region("us-west-2");
            var vpc = region.vpc();
            var target = region.securityGroup(vpc, "TargetSecurityGroup");
            var compromised = region.instance("GuardDuty-Example: Compromised Instance: Scenario 1")
                    .in(vpc)
                    .groups(target)
                    .launch();
            var malicious = region.instance("GuardDuty-Example: Malicious Instance: Scenario 1 & 2")
                    .in(vpc)
                    .groups(target)
                    .launch();
            var second = region.instance("GuardDuty-Example: Compromised Instance: Scenario 2")
                    .in(vpc)
                    .groups(target)
                    .launch();
            var third = region.instance("GuardDuty-Example: Compromised Instance: Scenario 3")
                    .in(vpc)
                    .groups(target)
                    .launch();
            region.elasticAddress(malicious.id(), MALICIOUS_IP);
            region.threatList(THREAT_LIST, MALICIOUS_IP);
            region.topic(TOPIC);
            return new WorkshopScene(
                    region.account().id(),
                    region.name(),
                    vpc.id(),
                    target.id(),
                    compromised.id(),
                    malicious.id(),
                    second.id(),
                    third.id(),
                    MALICIOUS_IP,
                    THREAT_LIST);
        });
    }

    /** The compromised instance pings the malicious one, and GuardDuty notices: the id of the finding. */
    public String compromise(World world) {
        return world.detect(world.account(account).region(region), compromisedInstance, maliciousIp)
                .orElseThrow();
    }
}
