package io.ec2quarantine.controller;

import io.ec2quarantine.core.CallFailure;
import io.ec2quarantine.core.Result;
import io.ec2quarantine.core.evidence.Need;
import io.ec2quarantine.core.evidence.Needs;
import io.ec2quarantine.core.evidence.ProfileAssociation;
import java.util.List;
import java.util.Optional;

/** Takes an instance's profile away, so that it gets no new credentials. */
final class TakeProfileAway implements PreserveStep {
    @Override
    public Need need(Ground ground) {
        return switch (ground.profiles()) {
            case Result.Failed<List<ProfileAssociation>>(CallFailure failure) -> new Need.Stuck(failure);
            case Result.Ok<List<ProfileAssociation>>(List<ProfileAssociation> seen) ->
                Needs.profile(ground.asked(), seen, ground.recorded().profileArn());
        };
    }

    @Override
    public Need carryOut(Ground ground, Need.Open open) {
        String id = ground.instance().id();
        return ground.profiles().answer().stream()
                .flatMap(List::stream)
                .map(each -> PreserveStep.ended(take(ground, id, each), open))
                .filter(Need.Stuck.class::isInstance)
                .findFirst()
                .orElseGet(() -> new Need.Met(open.sentence()));
    }

    private static Result<?> take(Ground ground, String instanceId, ProfileAssociation profile) {
        Result<?> taken = ground.gateways().ec2().disassociate(instanceId, profile);
        if (taken instanceof Result.Failed<?>(CallFailure failure)) {
            ground.forgetRefused(failure, Optional.empty(), List.of(), Optional.of(profile.arn()));
        }
        return taken;
    }
}
