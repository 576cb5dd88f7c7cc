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

    /** What a step rests on, read at one time and written down since. */
    record Ground(
            Pass pass,
            EvidenceGateways gateways,
            Preserve asked,
            InstanceFacts instance,
            Surroundings around,
            Result<List<ProfileAssociation>> profiles) {
        /**
         * Forgets what was written down of a change that a call was then refused: it was seen before the call, and is there
         * still. Of a call without an answer nothing is known, and the record stays.
         */
        void forgetRefused(
                CallFailure failure,
                Optional<String> scalingGroup,
                Collection<TargetRegistration> targets,
                Optional<String> profileArn) {
            if (!(failure instanceof CallFailure.Transient)) {
                pass.status()
                        .patch(before -> pass.isOfThisEpisode(before) && !pass.isReleasedMeanwhile(before)
                                ? EvidenceRecords.notChanged(before, scalingGroup, targets, profileArn)
                                : before);
            }
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
