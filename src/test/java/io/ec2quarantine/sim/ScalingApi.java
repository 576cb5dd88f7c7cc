package io.ec2quarantine.sim;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Auto Scaling on the Query protocol: who is in which group, and how instances come and go. */
final class ScalingApi extends QueryApi {
    private static final Set<String> WRITES =
            Set.of("DetachInstances", "AttachInstances", "EnterStandby", "ExitStandby");

    ScalingApi(World world) {
        super(world, "autoscaling", "http://autoscaling.amazonaws.com/doc/2011-01-01/");
    }

    @Override
    public boolean writes(String action) {
        return WRITES.contains(action);
    }

    @Override
    void result(Request request, Xml xml) {
        var region = region(request);
        var scaling = region.scaling();
        var ids = request.params().list("InstanceIds.member");
        switch (request.action()) {
            case "DescribeAutoScalingInstances" -> instances(request, scaling, xml);
            case "DescribeAutoScalingGroups" -> groups(request, scaling, xml);
            case "DetachInstances" -> {
                var group = leaving(request, scaling, ids);
                ids.forEach(id ->
                        scaling.leave(scaling.required(group.name()), id, Optional.empty(), !decrements(request)));
                activities(xml, ids, "Detaching");
            }
            case "EnterStandby" -> {
                var group = leaving(request, scaling, ids);
                ids.forEach(id -> scaling.leave(
                        scaling.required(group.name()), id, Optional.of(ScalingWorld.STANDBY), !decrements(request)));
                activities(xml, ids, "Moving to Standby");
            }
            case "AttachInstances" -> attach(request, scaling, ids);
            case "ExitStandby" -> {
                exitStandby(request, scaling, ids);
                activities(xml, ids, "Moving out of Standby");
            }
            default -> throw unknownAction(request);
        }
    }

    private static boolean decrements(Request request) {
        return "true".equals(request.params().required("ShouldDecrementDesiredCapacity"));
    }

    private static ScalingGroup named(Request request, ScalingWorld scaling) {
        return scaling.required(request.params().required("AutoScalingGroupName"));
    }

    private static ScalingGroup leaving(Request request, ScalingWorld scaling, List<String> ids) {
        var group = named(request, scaling);
        for (var id : ids) {
            var state = group.members().get(id);
            if (state == null) {
                throw ScalingWorld.invalid(
                        "The instance " + id + " is not part of Auto Scaling group " + group.name() + ".");
            }
            if (!state.equals(ScalingWorld.IN_SERVICE)) {
                throw ScalingWorld.invalid("The instance " + id + " is not in InService.");
            }
        }
        if (decrements(request) && group.desired() - ids.size() < group.min()) {
            throw ScalingWorld.invalid("AutoScalingGroup " + group.name() + " has min-size=" + group.min()
                    + ". To remove " + ids.size() + " more would violate it.");
        }
        return group;
    }

    private static void attach(Request request, ScalingWorld scaling, List<String> ids) {
        var group = named(request, scaling);
        for (var id : ids) {
            if (!scaling.isRunning(id)) {
                throw ScalingWorld.invalid("Invalid Instance ID(s): [" + id + "] specified, must be running");
            }
            scaling.groupOf(id).ifPresent(other -> {
                throw ScalingWorld.invalid("Instance " + id + " is already part of AutoScalingGroup:" + other.name());
            });
        }
        requireRoom(group, ids.size());
        scaling.put(group.wants(group.desired() + ids.size()));
        ids.forEach(id -> scaling.join(group.name(), id));
    }

    private static void exitStandby(Request request, ScalingWorld scaling, List<String> ids) {
        var group = named(request, scaling);
        for (var id : ids) {
            if (!ScalingWorld.STANDBY.equals(group.members().get(id))) {
                throw ScalingWorld.invalid("The instance " + id + " is not in Standby.");
            }
        }
        requireRoom(group, ids.size());
        scaling.put(group.wants(group.desired() + ids.size()));
        ids.forEach(id -> scaling.join(group.name(), id));
    }

    private static void requireRoom(ScalingGroup group, int more) {
        if (group.desired() + more > group.max()) {
            throw ScalingWorld.invalid("AutoScalingGroup:" + group.name() + " has max-size: " + group.max()
                    + ", putting " + more + " more into service would exceed it.");
        }
    }

    private static void activities(Xml xml, List<String> ids, String what) {
        xml.members(
                "Activities",
                ids,
                id -> xml.text("ActivityId", "activity-of-" + id)
                        .text("Description", what + " EC2 instance: " + id)
                        .text("StatusCode", "InProgress")
                        .text("Progress", 50));
    }

    private static void instances(Request request, ScalingWorld scaling, Xml xml) {
        var wanted = request.params().list("InstanceIds.member");
        var found = scaling.all().stream()
                .flatMap(group -> group.members().entrySet().stream().map(member -> Map.entry(group, member)))
                .filter(each ->
                        wanted.isEmpty() || wanted.contains(each.getValue().getKey()))
                .toList();
        xml.members(
                "AutoScalingInstances",
                found,
                each -> member(xml, each.getValue())
                        .text("AutoScalingGroupName", each.getKey().name()));
    }

    private static Xml member(Xml xml, Map.Entry<String, String> member) {
        return xml.text("InstanceId", member.getKey())
                .text("LifecycleState", member.getValue())
                .text("HealthStatus", "HEALTHY")
                .text("ProtectedFromScaleIn", false);
    }

    private static void groups(Request request, ScalingWorld scaling, Xml xml) {
        var wanted = request.params().list("AutoScalingGroupNames.member");
        var found = scaling.all().stream()
                .filter(group -> wanted.isEmpty() || wanted.contains(group.name()))
                .toList();
        xml.members("AutoScalingGroups", found, group -> {
            xml.text("AutoScalingGroupName", group.name())
                    .text("MinSize", group.min())
                    .text("MaxSize", group.max())
                    .text("DesiredCapacity", group.desired())
                    .text("DefaultCooldown", 300)
                    .text("HealthCheckType", "EC2");
            xml.members("TargetGroupARNs", group.targetGroups(), arn -> xml.raw(arn));
            xml.members(
                    "Instances",
                    group.members().entrySet(),
                    each -> member(xml, each).text("AvailabilityZone", request.region() + "a"));
        });
    }
}
