package io.ec2quarantine.controller;

import io.ec2quarantine.aws.EvidenceGateways;
import io.ec2quarantine.core.CallFailure;
import io.ec2quarantine.core.Result;
import io.ec2quarantine.core.evidence.Need;
import io.ec2quarantine.core.evidence.Preserve;
import io.ec2quarantine.core.evidence.ProfileAssociation;
import io.ec2quarantine.core.evidence.Recorded;
import io.ec2quarantine.core.evidence.Surroundings;
import io.ec2quarantine.core.evidence.TargetRegistration;
import io.ec2quarantine.core.isolation.InstanceFacts;
import io.ec2quarantine.status.EvidenceRecords;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** One step that preserves evidence; it can be repeated, and what it changes is written down before. */
interface PreserveStep {
    /** What is to be done of it. */
    Need need(Ground ground);

    /** Does what is to be done, and says what became of it. */
    Need carryOut(Ground ground, Need.Open open);

    /**
     * What a step rests on, read at one time and written down since.
     *
     * @param before what was written down already, by an earlier pass or another operator
     */
    record Ground(
            Pass pass,
            EvidenceGateways gateways,
            Preserve asked,
            InstanceFacts instance,
            Surroundings around,
            Result<List<ProfileAssociation>> profiles,
            Recorded before) {
        /** The same ground, where this was written down already. */
        Ground after(Recorded recorded) {
            return new Ground(pass, gateways, asked, instance, around, profiles, recorded);
        }

        /**
         * Forgets what was written down of a change that nobody can have made: whoever calls may not make it, and nobody had
         * written it down before. Any other refusal may be that of a change which was made already, by an earlier attempt or
         * by another operator, and the record stays.
         */
        void forgetRefused(
                CallFailure failure,
                Optional<String> scalingGroup,
                Collection<TargetRegistration> targets,
                Optional<String> profileArn) {
            if (isCertainlyNotCarriedOut(failure)) {
                Optional<String> newScalingGroup =
                        scalingGroup.filter(_ -> before.scaling().isEmpty());
                List<TargetRegistration> newTargets = targets.stream()
                        .filter(each -> !before.targets().contains(each))
                        .toList();
                Optional<String> newProfile =
                        profileArn.filter(_ -> before.profileArn().isEmpty());
                pass.status()
                        .patch(told -> pass.isOfThisEpisode(told) && !pass.isReleasedMeanwhile(told)
                                ? EvidenceRecords.notChanged(told, newScalingGroup, newTargets, newProfile)
                                : told);
            }
        }

        private static boolean isCertainlyNotCarriedOut(CallFailure failure) {
            return switch (failure) {
                case CallFailure.Denied _, CallFailure.RoleNotAllowed _, CallFailure.NoCredentials _ -> true;
                case CallFailure.Throttled _, CallFailure.NotFound _, CallFailure.Transient _, CallFailure.Invalid _ ->
                    false;
            };
        }

        /** What is written down by now. */
        Recorded recorded() {
            return EvidenceRecords.recorded(pass.current());
        }
    }

    /** What becomes of what was to be done with one call. */
    static Need ended(Result<?> result, Need.Open open) {
        return result instanceof Result.Failed<?>(CallFailure failure)
                ? new Need.Stuck(failure)
                : new Need.Met(open.sentence());
    }
}
