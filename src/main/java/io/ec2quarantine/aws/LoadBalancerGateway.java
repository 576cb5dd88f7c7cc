package io.ec2quarantine.aws;

import io.ec2quarantine.core.CallFailure;
import io.ec2quarantine.core.Result;
import io.ec2quarantine.core.evidence.TargetRegistration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.services.elasticloadbalancingv2.ElasticLoadBalancingV2Client;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetDescription;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetHealthDescription;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetHealthStateEnum;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetTypeEnum;

/** The target groups of one account and Region, as far as a quarantine needs them. */
public final class LoadBalancerGateway {
    private static final int PAGE = 400;
    private static final Set<TargetTypeEnum> OF_INSTANCES = Set.of(TargetTypeEnum.INSTANCE, TargetTypeEnum.IP);

    private final ElasticLoadBalancingV2Client client;
    private final AwsCalls calls;
    private final AccountRegion where;
    private final RegistrationCache cache;

    LoadBalancerGateway(
            ElasticLoadBalancingV2Client client, AwsCalls calls, AccountRegion where, RegistrationCache cache) {
        this.client = client;
        this.calls = calls;
        this.where = where;
        this.cache = cache;
    }

    boolean hasReadsToSpare() {
        return calls.hasToSpare(RateBucket.LOAD_BALANCING);
    }

    /**
     * Where an instance is registered, by its id or one of its addresses, and not on its way out. Nothing looks that up by
     * instance: the target groups of its VPCs are asked one by one, and what they answered is used for others as well.
     *
     * @param since what was read before is read anew
     */
    public Result<List<TargetRegistration>> registrations(
            String instanceId, Collection<String> addresses, Collection<String> vpcIds, Instant since) {
        Result<List<TargetRegistration>> found =
                registrations(instanceId, addresses, vpcIds, since, cache.seriesBegun(instanceId));
        if (!(found instanceof Result.Failed<List<TargetRegistration>>(CallFailure.Throttled _))) {
            cache.seriesEnded(instanceId);
        }
        return found;
    }

    private Result<List<TargetRegistration>> registrations(
            String instanceId, Collection<String> addresses, Collection<String> vpcIds, Instant since, Instant begun) {
        return targetGroups(since).then(groups -> {
            List<TargetRegistration> found = new ArrayList<>();
            for (RegistrationCache.Group group : groups) {
                if (vpcIds.contains(group.vpcId())) {
                    switch (targetsOf(group.arn(), since, begun)) {
                        case Result.Failed<List<TargetRegistration>>(CallFailure.NotFound _) -> {
                            // Deleted since it was listed: nobody is registered there.
                        }
                        case Result.Failed<List<TargetRegistration>>(CallFailure failure) -> {
                            return Result.failed(failure);
                        }
                        case Result.Ok<List<TargetRegistration>>(List<TargetRegistration> targets) ->
                            targets.stream()
                                    .filter(each ->
                                            each.targetId().equals(instanceId) || addresses.contains(each.targetId()))
                                    .forEach(found::add);
                    }
                }
            }
            return Result.ok(List.copyOf(found));
        });
    }

    private Result<List<RegistrationCache.Group>> targetGroups(Instant since) {
        return cache.groups(
                since,
                () ->
                        calls.read(
                                call("elasticloadbalancing:DescribeTargetGroups", "the target groups"),
                                () -> client
                                        .describeTargetGroupsPaginator(request -> request.pageSize(PAGE))
                                        .targetGroups()
                                        .stream()
                                        .filter(group ->
                                                OF_INSTANCES.contains(group.targetType()) && group.vpcId() != null)
                                        .map(group ->
                                                new RegistrationCache.Group(group.targetGroupArn(), group.vpcId()))
                                        .toList()));
    }

    private Result<List<TargetRegistration>> targetsOf(String arn, Instant since, Instant begun) {
        return cache.targets(
                arn,
                since,
                begun,
                () -> calls.read(
                        call("elasticloadbalancing:DescribeTargetHealth", name(arn)),
                        () -> client
                                .describeTargetHealth(request -> request.targetGroupArn(arn))
                                .targetHealthDescriptions()
                                .stream()
                                .filter(LoadBalancerGateway::isStaying)
                                .map(each -> registration(arn, each.target()))
                                .toList()));
    }

    private static boolean isStaying(TargetHealthDescription described) {
        return described.targetHealth() == null || described.targetHealth().state() != TargetHealthStateEnum.DRAINING;
    }

    private static TargetRegistration registration(String arn, TargetDescription target) {
        return new TargetRegistration(
                arn,
                Optional.ofNullable(target.port()).orElse(0),
                target.id(),
                Optional.ofNullable(target.availabilityZone()));
    }

    /** Takes targets out of one target group; answers its ARN. Those that are not in it are out. */
    public Result<String> deregister(String instanceId, String arn, Collection<TargetRegistration> targets) {
        return change(
                "elasticloadbalancing:DeregisterTargets",
                instanceId,
                arn,
                () -> client.deregisterTargets(request -> request.targetGroupArn(arn)
                        .targets(targets.stream()
                                .map(LoadBalancerGateway::description)
                                .toList())));
    }

    /** Puts targets into one target group; answers its ARN. Those that are in it already stay. */
    public Result<String> register(String instanceId, String arn, Collection<TargetRegistration> targets) {
        return change(
                "elasticloadbalancing:RegisterTargets",
                instanceId,
                arn,
                () -> client.registerTargets(request -> request.targetGroupArn(arn)
                        .targets(targets.stream()
                                .map(LoadBalancerGateway::description)
                                .toList())));
    }

    private Result<String> change(String action, String instanceId, String arn, Runnable request) {
        Result<String> changed = calls.write(call(action, instanceId + " in target group " + name(arn)), () -> {
            request.run();
            return arn;
        });
        cache.forget(arn);
        return changed;
    }

    private static TargetDescription description(TargetRegistration registration) {
        TargetDescription.Builder target = TargetDescription.builder().id(registration.targetId());
        if (registration.port() > 0) {
            target.port(registration.port());
        }
        registration.zone().ifPresent(target::availabilityZone);
        return target.build();
    }

    private static String name(String arn) {
        return new TargetRegistration(arn, 0, "", Optional.empty()).groupName();
    }

    private Call call(String action, String target) {
        return new Call(action, target + " in " + where, RateBucket.LOAD_BALANCING);
    }
}
