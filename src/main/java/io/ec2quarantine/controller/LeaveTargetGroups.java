package io.ec2quarantine.controller;

import io.ec2quarantine.core.CallFailure;
import io.ec2quarantine.core.Result;
import io.ec2quarantine.core.evidence.Need;
import io.ec2quarantine.core.evidence.Needs;
import io.ec2quarantine.core.evidence.TargetRegistration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Takes an instance out of the target groups of its load balancers. */
final class LeaveTargetGroups implements PreserveStep {
    @Override
    public Need need(Ground ground) {
        if (!ground.asked().deregister()) {
            return new Need.NotAsked();
        }
        return switch (ground.around().targets()) {
            case Result.Failed<List<TargetRegistration>>(CallFailure failure) -> new Need.Stuck(failure);
            case Result.Ok<List<TargetRegistration>>(List<TargetRegistration> seen) ->
                Needs.targets(ground.asked(), seen, ground.recorded().targets());
        };
    }

    /** Only what is written down; one target group that refuses does not stop the others. */
    @Override
    public Need carryOut(Ground ground, Need.Open open) {
        String id = ground.instance().id();
        List<TargetRegistration> seen = ground.around().targets().answer().orElseGet(List::of);
        Map<String, List<TargetRegistration>> byGroup = ground.recorded().targets().stream()
                .filter(seen::contains)
                .collect(Collectors.groupingBy(TargetRegistration::targetGroupArn, TreeMap::new, Collectors.toList()));
        List<CallFailure> failures = new ArrayList<>();
        byGroup.forEach((arn, targets) -> {
            Result<String> left = ground.gateways().loadBalancers().deregister(id, arn, targets);
            if (left instanceof Result.Failed<String>(CallFailure failure)
                    && !(failure instanceof CallFailure.NotFound)) {
                failures.add(failure);
                ground.forgetRefused(failure, Optional.empty(), targets, Optional.empty());
            }
        });
        return failures.stream()
                .findFirst()
                .<Need>map(Need.Stuck::new)
                .orElseGet(() -> ground.recorded().targets().containsAll(seen)
                        ? new Need.Met(open.sentence())
                        : Needs.tooMany(id));
    }
}
