package io.ec2quarantine.sim;

import io.ec2quarantine.sim.Model.Group;
import io.ec2quarantine.sim.Model.Hardware;
import io.ec2quarantine.sim.Model.Instance;
import io.ec2quarantine.sim.Model.State;
import io.ec2quarantine.sim.Model.Vpc;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** The details of an instance to be; by default it runs with one interface. */
public final class InstanceBuilder {
    private final RegionWorld region;
    private final InterfaceBuilder primary;
    private final Map<String, String> tags = new HashMap<>();
    private final List<Consumer<InterfaceBuilder>> further = new ArrayList<>();
    private final List<String> devices = new ArrayList<>();
    private Optional<String> id = Optional.empty();
    private Optional<String> lifecycle = Optional.empty();
    private Optional<String> profileArn = Optional.empty();
    private Optional<String> operator = Optional.empty();
    private boolean hidden;
    private boolean protection;
    private String type = "m5.large";
    private String shutdownBehavior = "stop";
    private State state = State.RUNNING;

    InstanceBuilder(RegionWorld region, String nameTag) {
        this.region = region;
        this.primary = new InterfaceBuilder(region);
        if (!nameTag.isEmpty()) {
            tags.put("Name", nameTag);
        }
    }

    /** An id of the test's choice. */
    public InstanceBuilder id(String instanceId) {
        id = Optional.of(Ids.checked("i", instanceId));
        return this;
    }

    /** The VPC of its first interface. */
    public InstanceBuilder in(Vpc vpc) {
        primary.in(vpc);
        return this;
    }

    InstanceBuilder subnet(String subnetId) {
        primary.subnet(subnetId);
        return this;
    }

    /** The groups of its first interface, and of others that name none. */
    public InstanceBuilder groups(Group... groups) {
        primary.groups(groups);
        return this;
    }

    /** The groups of its first interface, and of others that name none. */
    public InstanceBuilder groups(String... groups) {
        primary.groups(groups);
        return this;
    }

    /** So many interfaces in all, alike. */
    public InstanceBuilder interfaces(int count) {
        for (int i = 1; i < count; i++) {
            further.add(ignored -> {});
        }
        return this;
    }

    /** Details of its first interface. */
    public InstanceBuilder firstInterface(Consumer<InterfaceBuilder> details) {
        details.accept(primary);
        return this;
    }

    /** One more interface. */
    public InstanceBuilder withInterface(Consumer<InterfaceBuilder> details) {
        further.add(details);
        return this;
    }

    /** A tag. */
    public InstanceBuilder tag(String key, String value) {
        tags.put(key, value);
        return this;
    }

    /** Its type. */
    public InstanceBuilder type(String instanceType) {
        type = instanceType;
        return this;
    }

    /** It is a Spot Instance. */
    public InstanceBuilder spot() {
        lifecycle = Optional.of("spot");
        return this;
    }

    /** It has an instance profile. */
    public InstanceBuilder instanceProfile(String arn) {
        profileArn = Optional.of(arn);
        return this;
    }

    /** It has an EBS volume as this device. */
    public InstanceBuilder volume(String device) {
        devices.add(device);
        return this;
    }

    /** Termination protection is on. */
    public InstanceBuilder terminationProtection() {
        protection = true;
        return this;
    }

    /** A shutdown from inside terminates it. */
    public InstanceBuilder terminatesOnShutdown() {
        shutdownBehavior = "terminate";
        return this;
    }

    /** A service manages it, as EKS Auto Mode does: changes are refused. */
    public InstanceBuilder managedBy(String principal) {
        operator = Optional.of(principal);
        return this;
    }

    /** Describes do not show it unless asked for managed resources or for its id. */
    public InstanceBuilder hiddenByDefault() {
        hidden = true;
        return this;
    }

    /** It is stopped. */
    public InstanceBuilder stopped() {
        state = State.STOPPED;
        return this;
    }

    /** Makes it. */
    public Instance launch() {
        return region.locked(() -> {
            var ids = region.world().ids();
            var instance = new Instance(
                    id.orElseGet(() -> ids.next("i")),
                    state,
                    List.of(),
                    protection,
                    shutdownBehavior,
                    Optional.empty(),
                    new Hardware(
                            ids.next("r"),
                            type,
                            "ami-0123456789abcdef0",
                            region.world().now(),
                            lifecycle,
                            operator,
                            hidden));
            region.ec2().instances.put(instance.id(), instance);
            region.ec2().setTags(instance.id(), tags);
            profileArn.ifPresent(arn -> region.giveProfile(instance.id(), arn));
            devices.forEach(device -> region.addVolume(instance.id(), device));
            primary.attachTo(instance);
            further.forEach(details -> region.attach(instance.id(), details));
            return region.instanceOf(instance.id());
        });
    }
}
