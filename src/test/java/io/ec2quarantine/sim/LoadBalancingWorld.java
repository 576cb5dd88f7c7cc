package io.ec2quarantine.sim;

import io.ec2quarantine.sim.Model.Vpc;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The target groups of one account and Region, to be built, changed and looked at by tests. */
public final class LoadBalancingWorld {
    /** How long a target that was taken out is still shown. */
    static final Duration DRAINING = Duration.ofMinutes(5);

    private final RegionWorld region;
    private final Map<String, TargetGroup> groups = new LinkedHashMap<>();

    LoadBalancingWorld(RegionWorld region) {
        this.region = region;
    }

    /** A target group; {@code type} is instance, ip or lambda. */
    record TargetGroup(String arn, String name, String vpc, String type, int port, List<Target> targets) {}

    /** A registration, and when it was ended, if it was. */
    record Target(String id, int port, Optional<String> zone, Optional<Instant> ended) {
        boolean is(String other, Optional<Integer> otherPort) {
            return id.equals(other) && otherPort.map(each -> each == port).orElse(true);
        }
    }

    /** A new target group of instances, port 80: its ARN. */
    public String targetGroup(String name, Vpc vpc) {
        return targetGroup(name, vpc, "instance");
    }

    /** A new target group of a type, port 80: its ARN. */
    public String targetGroup(String name, Vpc vpc, String type) {
        return region.locked(() -> {
            var arn = "arn:aws:elasticloadbalancing:" + region.name() + ":"
                    + region.account().id() + ":targetgroup/" + name + "/"
                    + region.world().ids().next32().substring(0, 16);
            groups.put(arn, new TargetGroup(arn, name, vpc.id(), type, 80, new ArrayList<>()));
            return arn;
        });
    }

    /** Registers a target with the port of the group. */
    public void register(String arn, String id) {
        region.world().changed(() -> register(arn, id, required(arn).port(), Optional.empty()));
    }

    /** Registers a target. */
    public void register(String arn, String id, int port) {
        region.world().changed(() -> register(arn, id, port, Optional.empty()));
    }

    /** Somebody takes a target out, whatever its port. */
    public void takeOut(String arn, String id) {
        region.world().changed(() -> deregister(arn, id, Optional.empty()));
    }

    /** Somebody deletes a target group. */
    public void delete(String arn) {
        region.world().changed(() -> groups.remove(arn));
    }

    /** What is registered with a target group and gets requests, each as its id and port. */
    public List<String> targetsOf(String arn) {
        return region.locked(() -> required(arn).targets().stream()
                .filter(target -> target.ended().isEmpty())
                .map(target -> target.id() + ":" + target.port())
                .sorted()
                .toList());
    }

    // For the simulator itself.

    List<TargetGroup> all() {
        return List.copyOf(groups.values());
    }

    TargetGroup required(String arn) {
        return Optional.ofNullable(groups.get(arn))
                .orElseThrow(() -> AwsError.invalid("TargetGroupNotFound", "One or more target groups not found"));
    }

    void register(String arn, String id, int port, Optional<String> zone) {
        var targets = required(arn).targets();
        targets.removeIf(target -> target.is(id, Optional.of(port)));
        targets.add(new Target(id, port, zone, Optional.empty()));
    }

    /** Requests stop at once; the target is shown as draining for a while. What is not registered is left so. */
    void deregister(String arn, String id, Optional<Integer> port) {
        var now = region.world().now();
        required(arn)
                .targets()
                .replaceAll(target -> target.is(id, port) && target.ended().isEmpty()
                        ? new Target(target.id(), target.port(), target.zone(), Optional.of(now))
                        : target);
    }

    /** What describes show of a target group. */
    List<Target> shown(TargetGroup group) {
        var now = region.world().now();
        return group.targets().stream()
                .filter(target -> target.ended()
                        .map(at -> now.isBefore(at.plus(DRAINING)))
                        .orElse(true))
                .toList();
    }
}
