package io.ec2quarantine.aws;

/** What evidence is kept with, in one account and Region and with one identity. */
public record EvidenceGateways(
        Ec2EvidenceGateway ec2, AutoScalingGateway autoScaling, LoadBalancerGateway loadBalancers) {
    /** Whether so many reads are left that what can wait for another time need not. */
    public boolean hasReadsToSpare() {
        return autoScaling.hasReadsToSpare() && loadBalancers.hasReadsToSpare();
    }
}
