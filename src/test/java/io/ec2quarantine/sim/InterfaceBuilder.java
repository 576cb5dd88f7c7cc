package io.ec2quarantine.sim;

import io.ec2quarantine.sim.Model.Group;
import io.ec2quarantine.sim.Model.Instance;
import io.ec2quarantine.sim.Model.Interface;
import io.ec2quarantine.sim.Model.Tracking;
import io.ec2quarantine.sim.Model.Vpc;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The details of a network interface to be. */
public final class InterfaceBuilder {
    private final RegionWorld region;
    private final Map<String, String> tags = new HashMap<>();
    private Optional<String> id = Optional.empty();
    private String vpc = "";
    private Optional<String> subnet = Optional.empty();
    private List<String> groups = List.of();
    private Optional<String> ipv6 = Optional.empty();
    private Optional<String> automaticAddress = Optional.empty();
    private Optional<String> requester = Optional.empty();
    private Optional<String> privateIp = Optional.empty();
    private String type = "interface";
    private int card;
    private int device;
    private boolean deleteOnTermination = true;

    InterfaceBuilder(RegionWorld region) {
        this.region = region;
    }

    /** An id of the test's choice. */
    public InterfaceBuilder id(String interfaceId) {
        id = Optional.of(Ids.checked("eni", interfaceId));
        return this;
    }

    /** Its VPC, which may differ from the instance's. */
    public InterfaceBuilder in(Vpc other) {
        vpc = other.id();
        subnet = Optional.empty();
        return this;
    }

    InterfaceBuilder subnet(String subnetId) {
        subnet = Optional.of(subnetId);
        vpc = region.ec2().subnets.find(subnetId).orElseThrow().vpc();
        return this;
    }

    /** Its groups. */
    public InterfaceBuilder groups(String... ids) {
        groups = List.of(ids);
        return this;
    }

    /** Its groups. */
    public InterfaceBuilder groups(Group... all) {
        groups = Stream.of(all).map(Group::id).toList();
        return this;
    }

    /** Its network card and the device index on that card; several cards may use the same index. */
    public InterfaceBuilder at(int cardIndex, int deviceIndex) {
        card = cardIndex;
        device = deviceIndex;
        return this;
    }

    /** Its type, such as {@code efa-only}, which has no groups, or {@code branch}. */
    public InterfaceBuilder type(String interfaceType) {
        type = interfaceType;
        return this;
    }

    /** Somebody else manages it, such as {@code amazon-elb}: it refuses changes. */
    public InterfaceBuilder requesterManaged(String requesterId) {
        requester = Optional.of(requesterId);
        return this;
    }

    /** It outlives its instance. */
    public InterfaceBuilder kept() {
        deleteOnTermination = false;
        return this;
    }

    /** It has a public address that is no Elastic IP. */
    public InterfaceBuilder publicAddress(String ip) {
        automaticAddress = Optional.of(ip);
        return this;
    }

    /** It has an IPv6 address. */
    public InterfaceBuilder ipv6(String ip) {
        ipv6 = Optional.of(ip);
        return this;
    }

    /** Its private address. */
    public InterfaceBuilder privateIp(String ip) {
        privateIp = Optional.of(ip);
        return this;
    }

    /** A tag. */
    public InterfaceBuilder tag(String key, String value) {
        tags.put(key, value);
        return this;
    }

    InterfaceBuilder like(Optional<Interface> other) {
        other.ifPresent(one -> {
            vpc = one.vpc();
            subnet = Optional.of(one.subnet());
            groups = one.groups();
        });
        return this;
    }

    InterfaceBuilder nextTo(List<Interface> others) {
        device = others.stream()
                .flatMap(one -> one.attachment().stream())
                .filter(at -> at.card() == 0)
                .mapToInt(at -> at.device() + 1)
                .max()
                .orElse(0);
        return this;
    }

    Interface attachTo(Instance instance) {
        var one = make();
        Ec2Interfaces.attach(region, instance, one, card, device, deleteOnTermination);
        return one;
    }

    /** Makes it, attached to nothing. */
    Interface make() {
        if (vpc.isEmpty()) {
            throw new IllegalStateException("Say in which VPC it is: in(vpc)");
        }
        var one = new Interface(
                id.orElseGet(() -> region.world().ids().next("eni")),
                vpc,
                subnet.or(() -> region.subnetOf(vpc).map(Model.Subnet::id)).orElseThrow(),
                privateIp.orElseGet(region::nextPrivateIp),
                ipv6,
                groupsOrDefault(),
                Optional.empty(),
                true,
                automaticAddress,
                type,
                requester,
                "",
                true,
                Tracking.DEFAULT);
        region.ec2().interfaces.put(one.id(), one);
        region.ec2().setTags(one.id(), tags);
        return one;
    }

    private List<String> groupsOrDefault() {
        if (type.equals("efa-only")) {
            return List.of();
        }
        return groups.isEmpty() ? List.of(region.defaultGroupOf(vpc)) : groups;
    }
}
