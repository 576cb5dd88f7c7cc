package io.ec2quarantine.sim;

import io.ec2quarantine.sim.Model.Address;
import io.ec2quarantine.sim.Model.Association;
import java.util.Optional;

/** The writes on Elastic IPs. */
final class Ec2Addresses {
    private Ec2Addresses() {}

    static void allocate(Ec2Call call, Xml xml) {
        var address = allocate(call.region(), call.params().optional("Address").orElseGet(call.region()::nextPublicIp));
        call.live().setTags(address.allocation(), call.tagsFor("elastic-ip"));
        xml.text("publicIp", address.publicIp()).text("domain", "vpc").text("allocationId", address.allocation());
    }

    static Address allocate(RegionWorld region, String publicIp) {
        var address = new Address(region.world().ids().next("eipalloc"), publicIp, Optional.empty());
        region.ec2().addresses.put(address.allocation(), address);
        return address;
    }

    static void associate(Ec2Call call, Xml xml) {
        var params = call.params();
        var id = params.required("AllocationId");
        var address = call.live()
                .addresses
                .find(id)
                .orElseThrow(() -> AwsError.invalid(
                        "InvalidAllocationID.NotFound", "The allocation ID '" + id + "' does not exist"));
        var one = params.optional("NetworkInterfaceId")
                .map(call::networkInterface)
                .or(() -> params.optional("InstanceId").map(call::instance).flatMap(call.live()::primaryOf))
                .orElseThrow(() -> AwsError.invalid(
                        "MissingParameter", "Either instance ID or network interface id must be specified"));
        boolean taken = address.association().isPresent()
                || call.live().elasticAddressOf(one.id()).isPresent();
        if (taken
                && params.bool("AllowReassociation").filter(allowed -> !allowed).isPresent()) {
            throw AwsError.invalid(
                    "Resource.AlreadyAssociated",
                    "resource " + id + " is already associated with associate-id "
                            + address.association().map(Association::id).orElse("of another address"));
        }
        xml.text("return", true).text("associationId", associate(call.region(), address, one.id()));
    }

    static String associate(RegionWorld region, Address address, String interfaceId) {
        var association = new Association(region.world().ids().next("eipassoc"), interfaceId);
        region.ec2().addresses.put(address.allocation(), address.withAssociation(Optional.of(association)));
        return association.id();
    }

    static void disassociate(Ec2Call call, Xml xml) {
        var id = call.params().required("AssociationId");
        var address = call.live()
                .addresses
                .values()
                .filter(one ->
                        one.association().filter(at -> at.id().equals(id)).isPresent())
                .findFirst()
                .orElseThrow(() -> AwsError.invalid(
                        "InvalidAssociationID.NotFound", "The association ID '" + id + "' does not exist"));
        call.live().addresses.put(address.allocation(), address.withAssociation(Optional.empty()));
        xml.text("return", true);
    }
}
