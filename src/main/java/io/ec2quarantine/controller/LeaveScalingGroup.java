package io.ec2quarantine.controller;

import io.ec2quarantine.core.CallFailure;
import io.ec2quarantine.core.Result;
import io.ec2quarantine.core.evidence.Need;
import io.ec2quarantine.core.evidence.Needs;
import io.ec2quarantine.core.evidence.Preserve.Scaling;
import io.ec2quarantine.core.evidence.Recorded;
import io.ec2quarantine.core.evidence.ScalingMembership;
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
        String id = ground.instance().id();
        return ground.recorded()
                .scaling()
                .map(taken -> PreserveStep.ended(leave(ground, id, taken), open))
                .orElse(open);
    }

    private static Result<String> leave(Ground ground, String id, Recorded.Taken taken) {
        return taken.isDetached()
                ? ground.gateways().autoScaling().detach(id, taken.groupName())
                : ground.gateways().autoScaling().enterStandby(id, taken.groupName());
    }
}
