package io.ec2quarantine.sim;

import io.ec2quarantine.sim.Model.Address;
import io.ec2quarantine.sim.Model.Group;
import io.ec2quarantine.sim.Model.Instance;
import io.ec2quarantine.sim.Model.Interface;
import io.ec2quarantine.sim.Model.ProfileAssociation;
import io.ec2quarantine.sim.Model.Snapshot;
import io.ec2quarantine.sim.Model.Subnet;
import io.ec2quarantine.sim.Model.Volume;
import io.ec2quarantine.sim.Model.Vpc;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** All of EC2 in one account and Region; guarded by the world's lock. */
final class Ec2State {
    /** How long a terminated instance is still shown. */
    static final Duration TERMINATED_SHOWN = Duration.ofHours(1);

    final Table<Vpc> vpcs;
    final Table<Subnet> subnets;
    final Table<Group> groups;
    final Table<Interface> interfaces;
    final Table<Instance> instances;
    final Table<Address> addresses;
    final Table<Volume> volumes;
    final Table<Snapshot> snapshots;
    final Table<ProfileAssociation> profiles;
    private final Map<String, Map<String, String>> tags;

    Ec2State() {
        this(
                new Table<>(),
                new Table<>(),
                new Table<>(),
                new Table<>(),
                new Table<>(),
                new Table<>(),
                new Table<>(),
                new Table<>(),
                new Table<>(),
                new HashMap<>());
    }

    private Ec2State(
            Table<Vpc> vpcs,
            Table<Subnet> subnets,
            Table<Group> groups,
            Table<Interface> interfaces,
            Table<Instance> instances,
            Table<Address> addresses,
            Table<Volume> volumes,
            Table<Snapshot> snapshots,
            Table<ProfileAssociation> profiles,
            Map<String, Map<String, String>> tags) {
        this.vpcs = vpcs;
        this.subnets = subnets;
        this.groups = groups;
        this.interfaces = interfaces;
        this.instances = instances;
        this.addresses = addresses;
        this.volumes = volumes;
        this.snapshots = snapshots;
        this.profiles = profiles;
        this.tags = tags;
    }

    /** The world as it is now, unmoved by what comes. */
    Ec2State copy() {
        return new Ec2State(
                vpcs.copy(),
                subnets.copy(),
                groups.copy(),
                interfaces.copy(),
                instances.copy(),
                addresses.copy(),
                volumes.copy(),
                snapshots.copy(),
                profiles.copy(),
                new HashMap<>(tags));
    }

    Map<String, String> tagsOf(String id) {
        return tags.getOrDefault(id, Map.of());
    }

    void setTags(String id, Map<String, String> all) {
        if (all.isEmpty()) {
            tags.remove(id);
        } else {
            tags.put(id, Map.copyOf(all));
        }
    }

    Map<String, Map<String, String>> allTags() {
        return tags;
    }

    Optional<Instance> visible(String id, Instant now) {
        return instances.find(id).filter(instance -> visible(instance, now));
    }

    static boolean visible(Instance instance, Instant now) {
        return instance.terminated()
                .map(at -> now.isBefore(at.plus(TERMINATED_SHOWN)))
                .orElse(true);
    }

    List<Interface> interfacesOf(Instance instance) {
        return instance.interfaces().stream()
                .flatMap(id -> interfaces.find(id).stream())
                .toList();
    }

    Optional<Interface> primaryOf(Instance instance) {
        return interfacesOf(instance).stream().filter(Interface::primary).findFirst();
    }

    Optional<Address> elasticAddressOf(String interfaceId) {
        return addresses
                .values()
                .filter(address -> address.association()
                        .filter(association -> association.networkInterface().equals(interfaceId))
                        .isPresent())
                .findFirst();
    }

    Optional<ProfileAssociation> profileOf(String instanceId) {
        return profiles.values()
                .filter(association -> association.instance().equals(instanceId))
                .findFirst();
    }

    Optional<String> publicIpOf(Interface networkInterface) {
        return elasticAddressOf(networkInterface.id()).map(Address::publicIp).or(networkInterface::automaticAddress);
    }

    /** Ends an instance: its interfaces go with it, or stay behind unattached. */
    void terminate(Instance instance, Instant now) {
        for (var networkInterface : interfacesOf(instance)) {
            var goes = networkInterface
                    .attachment()
                    .map(Model.Attachment::deleteOnTermination)
                    .orElse(false);
            if (goes) {
                removeInterface(networkInterface.id());
            } else {
                interfaces.put(networkInterface.id(), networkInterface.withAttachment(Optional.empty(), true));
            }
        }
        instances.put(instance.id(), instance.ended(now));
    }

    void removeInterface(String id) {
        elasticAddressOf(id)
                .ifPresent(address -> addresses.put(address.allocation(), address.withAssociation(Optional.empty())));
        interfaces.remove(id);
        tags.remove(id);
    }

    /** Writes down which interfaces an instance has, in the order of card and device. */
    void reorderInterfaces(Instance instance, List<String> ids) {
        var ordered = ids.stream()
                .flatMap(id -> interfaces.find(id).stream())
                .sorted((a, b) -> Integer.compare(place(a), place(b)))
                .map(Interface::id)
                .toList();
        instances.put(instance.id(), instance.withInterfaces(ordered));
    }

    private static int place(Interface networkInterface) {
        return networkInterface
                .attachment()
                .map(at -> at.card() * 1000 + at.device())
                .orElse(Integer.MAX_VALUE);
    }
}
