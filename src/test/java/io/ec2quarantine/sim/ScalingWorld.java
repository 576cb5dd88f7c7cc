package io.ec2quarantine.sim;

import io.ec2quarantine.sim.Model.State;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The Auto Scaling groups of one account and Region, to be built, changed and looked at by tests. */
public final class ScalingWorld {
    static final String TAG = "aws:autoscaling:groupName";
    static final String IN_SERVICE = "InService";
    static final String STANDBY = "Standby";

    private final RegionWorld region;
    private final Map<String, ScalingGroup> groups = new LinkedHashMap<>();

    ScalingWorld(RegionWorld region) {
        this.region = region;
    }

    /** A group that wants as many instances as it has. */
    public ScalingGroup group(String name, int max, List<String> instances, String... targetGroups) {
        return region.locked(() -> {
            groups.put(name, new ScalingGroup(name, 0, max, instances.size(), Map.of(), List.of(targetGroups)));
            instances.forEach(instance -> join(name, instance));
            return groups.get(name);
        });
    }

    /** The group as it is now. */
    public Optional<ScalingGroup> find(String name) {
        return region.locked(() -> Optional.ofNullable(groups.get(name)));
    }

    /** The lifecycle state of an instance, where it is in a group. */
    public Optional<String> stateOf(String instance) {
        return region.locked(
                () -> groupOf(instance).map(group -> group.members().get(instance)));
    }

    /** Something moves an instance on in its life. */
    public void state(String instance, String state) {
        region.world().changed(() -> groupOf(instance).ifPresent(group -> put(group.with(instance, state))));
    }

    /** Somebody deletes a group and leaves its instances. */
    public void delete(String name) {
        region.world()
                .changed(() -> Optional.ofNullable(groups.remove(name))
                        .ifPresent(group -> group.members().keySet().forEach(this::untag)));
    }

    /** Somebody sets how many instances a group has at most. */
    public void most(String name, int most) {
        region.world()
                .changed(() -> find(name)
                        .ifPresent(group -> put(new ScalingGroup(
                                name, group.min(), most, group.desired(), group.members(), group.targetGroups()))));
    }

    // For the simulator itself.

    List<ScalingGroup> all() {
        return List.copyOf(groups.values());
    }

    Optional<ScalingGroup> groupOf(String instance) {
        return groups.values().stream()
                .filter(group -> group.members().containsKey(instance))
                .findFirst();
    }

    ScalingGroup required(String name) {
        return Optional.ofNullable(groups.get(name))
                .orElseThrow(
                        () -> invalid("AutoScalingGroup name not found - AutoScalingGroup '" + name + "' not found"));
    }

    static AwsError invalid(String message) {
        return AwsError.invalid("ValidationError", message);
    }

    void put(ScalingGroup group) {
        groups.put(group.name(), group);
    }

    /** An instance goes into service, in the group's target groups as well. */
    void join(String name, String instance) {
        var group = required(name).with(instance, IN_SERVICE);
        put(group);
        region.tag(instance, TAG, name);
        group.targetGroups().forEach(arn -> region.loadBalancing().register(arn, instance));
    }

    /** An instance leaves the group, or is put aside, and another one takes its place. */
    void leave(ScalingGroup group, String instance, Optional<String> aside, boolean replace) {
        put(aside.map(state -> group.with(instance, state)).orElseGet(() -> group.without(instance)));
        if (aside.isEmpty()) {
            untag(instance);
        }
        group.targetGroups().forEach(arn -> region.loadBalancing().deregister(arn, instance, Optional.empty()));
        if (replace) {
            var vpc = region.interfacesOf(instance).getFirst().vpc();
            var another = region.instance("another of " + group.name())
                    .in(region.vpcOf(vpc))
                    .launch();
            join(group.name(), another.id());
        } else {
            put(required(group.name()).wants(group.desired() - 1));
        }
    }

    boolean isRunning(String instance) {
        return region.ec2()
                .instances
                .find(instance)
                .filter(found -> found.state() == State.RUNNING)
                .isPresent();
    }

    private void untag(String instance) {
        var tags = new HashMap<>(region.ec2().tagsOf(instance));
        tags.remove(TAG);
        region.ec2().setTags(instance, tags);
    }
}
