package io.ec2quarantine.aws;

import io.ec2quarantine.core.Result;
import io.ec2quarantine.core.evidence.ScalingGroupState;
import io.ec2quarantine.core.evidence.ScalingMembership;
import java.util.Optional;
import software.amazon.awssdk.services.autoscaling.AutoScalingClient;

/** Auto Scaling in one account and Region, as far as a quarantine needs it. */
public final class AutoScalingGateway {
    private final AutoScalingClient client;
    private final AwsCalls calls;
    private final AccountRegion where;

    AutoScalingGateway(AutoScalingClient client, AwsCalls calls, AccountRegion where) {
        this.client = client;
        this.calls = calls;
        this.where = where;
    }

    boolean hasReadsToSpare() {
        return calls.hasToSpare(RateBucket.AUTO_SCALING);
    }

    /** The group that an instance is in, where it is in one. */
    public Result<Optional<ScalingMembership>> membership(String instanceId) {
        return calls.read(
                call("autoscaling:DescribeAutoScalingInstances", instanceId),
                () -> client
                        .describeAutoScalingInstances(request -> request.instanceIds(instanceId))
                        .autoScalingInstances()
                        .stream()
                        .findFirst()
                        .map(found -> new ScalingMembership(
                                found.autoScalingGroupName(),
                                found.lifecycleState(),
                                Boolean.TRUE.equals(found.protectedFromScaleIn()))));
    }

    /** A group, where it exists and is not being deleted. */
    public Result<Optional<ScalingGroupState>> group(String name) {
        return calls.read(
                call("autoscaling:DescribeAutoScalingGroups", PlainLine.of(name)),
                () ->
                        client
                                .describeAutoScalingGroups(request -> request.autoScalingGroupNames(name))
                                .autoScalingGroups()
                                .stream()
                                .filter(found -> found.status() == null)
                                .findFirst()
                                .map(found -> new ScalingGroupState(
                                        found.autoScalingGroupName(), found.desiredCapacity(), found.maxSize())));
    }

    /** Takes an instance out of its group, which starts another one in its place; answers the instance's id. */
    public Result<String> detach(String instanceId, String group) {
        return calls.write(call("autoscaling:DetachInstances", instanceId, group), () -> {
            client.detachInstances(request ->
                    request.instanceIds(instanceId).autoScalingGroupName(group).shouldDecrementDesiredCapacity(false));
            return instanceId;
        });
    }

    /** Puts an instance on standby in its group, which starts another one meanwhile; answers the instance's id. */
    public Result<String> enterStandby(String instanceId, String group) {
        return calls.write(call("autoscaling:EnterStandby", instanceId, group), () -> {
            client.enterStandby(request ->
                    request.instanceIds(instanceId).autoScalingGroupName(group).shouldDecrementDesiredCapacity(false));
            return instanceId;
        });
    }

    /** Attaches an instance to a group, which then wants one more; answers the instance's id. */
    public Result<String> attach(String instanceId, String group) {
        return calls.write(call("autoscaling:AttachInstances", instanceId, group), () -> {
            client.attachInstances(request -> request.instanceIds(instanceId).autoScalingGroupName(group));
            return instanceId;
        });
    }

    /** Ends the standby of an instance, and the group then wants one more; answers the instance's id. */
    public Result<String> exitStandby(String instanceId, String group) {
        return calls.write(call("autoscaling:ExitStandby", instanceId, group), () -> {
            client.exitStandby(request -> request.instanceIds(instanceId).autoScalingGroupName(group));
            return instanceId;
        });
    }

    private Call call(String action, String instanceId, String group) {
        return call(action, instanceId + " of Auto Scaling group " + PlainLine.of(group));
    }

    private Call call(String action, String target) {
        return new Call(action, target + " in " + where, RateBucket.AUTO_SCALING);
    }
}
