package io.ec2quarantine.aws;

import io.ec2quarantine.core.Result;
import io.ec2quarantine.core.isolation.PublicIp;
import io.ec2quarantine.core.isolation.TrackingTimeouts;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.ConnectionTrackingSpecificationRequest;

/** What EC2 lets one do about connections that security groups track: public addresses and idle timeouts. */
public final class ConnectionGateway {
    private final Ec2Client client;
    private final AwsCalls calls;
    private final AccountRegion where;

    ConnectionGateway(Ec2Client client, AwsCalls calls, AccountRegion where) {
        this.client = client;
        this.calls = calls;
        this.where = where;
    }

    /** Takes an Elastic IP off its interface; answers the association that is no more. */
    public Result<String> disassociate(String interfaceId, String associationId) {
        return calls.write(
                new Call(
                        "ec2:DisassociateAddress",
                        associationId + " of " + interfaceId + " in " + where,
                        RateBucket.EC2_CHANGE_ADDRESS),
                () -> {
                    client.disassociateAddress(request -> request.associationId(associationId));
                    return associationId;
                });
    }

    /** Gives an Elastic IP to an interface, and takes it from nobody; answers the new association. */
    public Result<String> associate(String interfaceId, PublicIp address) {
        return calls.write(
                new Call(
                        "ec2:AssociateAddress",
                        address.address() + " for " + interfaceId + " in " + where,
                        RateBucket.EC2_CHANGE_ADDRESS),
                () -> client.associateAddress(request -> request.allocationId(
                                        address.allocationId().orElse(null))
                                .networkInterfaceId(interfaceId)
                                .privateIpAddress(address.privateIp().orElse(null))
                                .allowReassociation(false))
                        .associationId());
    }

    /** Gives an interface an automatic address, or takes it off; answers the interface's id. */
    public Result<String> setAutomaticAddress(String interfaceId, boolean wanted) {
        return calls.write(modify(interfaceId), () -> {
            client.modifyNetworkInterfaceAttribute(
                    request -> request.networkInterfaceId(interfaceId).associatePublicIpAddress(wanted));
            return interfaceId;
        });
    }

    /** Sets the idle timeouts of an interface; answers the interface's id. */
    public Result<String> setTimeouts(String interfaceId, TrackingTimeouts timeouts) {
        ConnectionTrackingSpecificationRequest.Builder wanted = ConnectionTrackingSpecificationRequest.builder();
        timeouts.tcpEstablished().ifPresent(wanted::tcpEstablishedTimeout);
        timeouts.udpStream().ifPresent(wanted::udpStreamTimeout);
        timeouts.udp().ifPresent(wanted::udpTimeout);
        return calls.write(modify(interfaceId), () -> {
            client.modifyNetworkInterfaceAttribute(
                    request -> request.networkInterfaceId(interfaceId).connectionTrackingSpecification(wanted.build()));
            return interfaceId;
        });
    }

    private Call modify(String interfaceId) {
        return new Call(
                "ec2:ModifyNetworkInterfaceAttribute", interfaceId + " in " + where, RateBucket.EC2_MODIFY_INTERFACE);
    }
}
