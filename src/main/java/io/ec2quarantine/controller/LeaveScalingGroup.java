package io.ec2quarantine.controller;

import io.ec2quarantine.core.CallFailure;
import io.ec2quarantine.core.Result;
import io.ec2quarantine.core.evidence.Need;
import io.ec2quarantine.core.evidence.Needs;
import io.ec2quarantine.core.evidence.Preserve.Scaling;
import io.ec2quarantine.core.evidence.ScalingMembership;
import java.util.List;
import java.util.Optional;

/** Takes an instance out of the hands of its Auto Scaling group, which would terminate and replace it. */
final class LeaveScalingGroup implements PreserveStep {
    @Override
    public Need need(Ground ground) {
        if (ground.asked().scaling() == Scaling.LEAVE) {
            return new Need.NotAsked();
        }
        return switch (ground.around().scaling()) {
            case Result.Failed<Optional<ScalingMembership>>(CallFailure failure) -> new Need.Stuck(failure);
            case Result.Ok<Optional<ScalingMembership>>(Optional<ScalingMembership> member) ->
                Needs.scaling(
                        ground.asked(),
                        ground.instance().id(),
                        member,
                        ground.recorded().scaling());
        };
    }

    @Override
    public Need carryOut(Ground ground, Need.Open open) {
        // Nothing is changed that is not written down; somebody may have put the instance into another group since.
        return ground.around()
                .scaling()
                .answer()
                .flatMap(member -> member)
                .filter(_ -> ground.recorded().scaling().isPresent())
                .map(member -> PreserveStep.ended(leave(ground, member.groupName()), open))
                .orElse(open);
    }

    private static Result<String> leave(Ground ground, String groupName) {
        String id = ground.instance().id();
        Result<String> left = ground.asked().scaling() == Scaling.DETACH
                ? ground.gateways().autoScaling().detach(id, groupName)
                : ground.gateways().autoScaling().enterStandby(id, groupName);
        if (left instanceof Result.Failed<String>(CallFailure failure)) {
            ground.forgetRefused(failure, Optional.of(groupName), List.of(), Optional.empty());
        }
        return left;
    }
}
