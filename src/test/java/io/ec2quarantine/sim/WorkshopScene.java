package io.ec2quarantine.sim;

import java.util.function.Consumer;

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
        return build(world, _ -> {});
    }

    /** The same with the root volumes that such instances have, of which snapshots are taken. */
    public static WorkshopScene withVolumes(World world) {
        return build(world, instance -> instance.volume("/dev/xvda"));
    }

    private static WorkshopScene build(World world, Consumer<InstanceBuilder> more) {
        return world.locked(() -> {
            var region = world.account("111122223333").region("us-west-2");
            var vpc = region.vpc();
            var target = region.securityGroup(vpc, "TargetSecurityGroup");
            var compromised = launch(
                    region.instance("GuardDuty-Example: Compromised Instance: Scenario 1")
                            .in(vpc)
                            .groups(target),
                    more);
            var malicious = launch(
                    region.instance("GuardDuty-Example: Malicious Instance: Scenario 1 & 2")
                            .in(vpc)
                            .groups(target),
                    more);
            var second = launch(
                    region.instance("GuardDuty-Example: Compromised Instance: Scenario 2")
                            .in(vpc)
                            .groups(target),
                    more);
            var third = launch(
                    region.instance("GuardDuty-Example: Compromised Instance: Scenario 3")
                            .in(vpc)
                            .groups(target),
                    more);
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

    private static Model.Instance launch(InstanceBuilder instance, Consumer<InstanceBuilder> more) {
        more.accept(instance);
        return instance.launch();
    }

    /** The compromised instance pings the malicious one, and GuardDuty notices: the id of the finding. */
    public String compromise(World world) {
        return world.detect(world.account(account).region(region), compromisedInstance, maliciousIp)
                .orElseThrow();
    }
}
