package io.ec2quarantine.demo;

import io.ec2quarantine.sim.SdkClients;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.GroupIdentifier;
import software.amazon.awssdk.services.ec2.model.IpPermission;
import software.amazon.awssdk.services.ec2.model.IpRange;
import software.amazon.awssdk.services.ec2.model.NetworkInterface;
import software.amazon.awssdk.services.ec2.model.Tag;

/** Somebody with the account's own credentials, who works against the isolation through EC2's API like anybody else. */
final class Visitor implements AutoCloseable {
    private static final int SSH = 22;

    private final SdkClients clients;
    private final Ec2Client ec2;

    /** An interface as EC2 answered when it was made. */
    record Attached(String interfaceId, List<String> groups, Map<String, String> tags) {}

    Visitor(StageSet set) {
        clients = new SdkClients(set.simulator());
        ec2 = clients.ec2(set.scenery().home());
    }

    /** Puts an interface into this group and no other. */
    void putInto(String groupId, String interfaceId) {
        ec2.modifyNetworkInterfaceAttribute(
                request -> request.networkInterfaceId(interfaceId).groups(groupId));
    }

    /** Attaches a second interface, which is in this group. */
    Attached attachAnother(String instanceId, String subnetId, String groupId) {
        NetworkInterface made = ec2.createNetworkInterface(
                        request -> request.subnetId(subnetId).groups(groupId))
                .networkInterface();
        ec2.attachNetworkInterface(request -> request.networkInterfaceId(made.networkInterfaceId())
                .instanceId(instanceId)
                .deviceIndex(1));
        return new Attached(
                made.networkInterfaceId(),
                made.groups().stream().map(GroupIdentifier::groupId).toList(),
                made.tagSet().stream().collect(Collectors.toMap(Tag::key, Tag::value)));
    }

    /** Lets everybody in by SSH. */
    void openPort(String groupId) {
        IpPermission everybody = IpPermission.builder()
                .ipProtocol("tcp")
                .fromPort(SSH)
                .toPort(SSH)
                .ipRanges(IpRange.builder().cidrIp("0.0.0.0/0").build())
                .build();
        ec2.authorizeSecurityGroupIngress(request -> request.groupId(groupId).ipPermissions(everybody));
    }

    @Override
    public void close() {
        ec2.close();
        clients.close();
    }
}
