package io.ec2quarantine.controller;

import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus;
import io.ec2quarantine.core.CallFailure;
import io.ec2quarantine.core.Result;
import io.ec2quarantine.core.evidence.Need;
import io.ec2quarantine.core.evidence.Needs;
import io.ec2quarantine.core.evidence.VolumeSnapshot;
import io.ec2quarantine.status.EvidenceRecords;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Has the volumes copied, once an episode. EC2 takes no token by which a repeated call could be known: who begins writes
 * that down first, others wait for what may be under way, and what that attempt is found to have taken is not taken again.
 */
final class CopyVolumes implements PreserveStep {
    private final InstantSource time;
    private final String installId;

    CopyVolumes(InstantSource time, String installId) {
        this.time = time;
        this.installId = installId;
    }

    @Override
    public Need need(Ground ground) {
        return need(ground, ground.pass().current(), time.instant());
    }

    private static Need need(Ground ground, QuarantinedInstanceStatus status, Instant now) {
        return Needs.snapshots(
                ground.asked(), ground.instance().belongings().volumeIds(), EvidenceRecords.recorded(status), now);
    }

    @Override
    public Need carryOut(Ground ground, Need.Open open) {
        String mark = EvidenceRecords.mark(
                ground.pass().current(), installId, ground.pass().name());
        Optional<Instant> lastBegun = ground.recorded().snapshotsBegun();
        if (lastBegun.isEmpty()) {
            return take(ground, mark, lastBegun);
        }
        return switch (ground.gateways().ec2().snapshotsMarked(mark)) {
            case Result.Failed<List<VolumeSnapshot>>(CallFailure failure) -> new Need.Stuck(failure);
            case Result.Ok<List<VolumeSnapshot>>(List<VolumeSnapshot> marked) -> {
                List<String> found = VolumeSnapshot.taken(
                        marked, ground.instance().belongings().volumeIds(), lastBegun.get());
                yield found.isEmpty() ? take(ground, mark, lastBegun) : taken(ground, mark, found);
            }
        };
    }

    private Need take(Ground ground, String mark, Optional<Instant> lastBegun) {
        Instant now = time.instant();
        if (!isOurs(ground, lastBegun, now)) {
            QuarantinedInstanceStatus told = ground.pass().current();
            return ground.pass().isReleasedMeanwhile(told)
                    ? new Need.NotAsked()
                    : need(ground, told, now) instanceof Need.Met met ? met : new Need.Awaited();
        }
        return switch (ground.gateways().ec2().takeSnapshots(ground.instance().id(), mark)) {
            case Result.Ok<List<String>>(List<String> ids) -> taken(ground, mark, ids);
            case Result.Failed<List<String>>(CallFailure failure) -> {
                if (!(failure instanceof CallFailure.Transient)) {
                    ground.pass().status().patch(before -> EvidenceRecords.snapshotsNotBegun(before, now));
                }
                yield new Need.Stuck(failure);
            }
        };
    }

    /** Whether this attempt was written down and nobody else's: the last state that was looked at is the one written on. */
    private static boolean isOurs(Ground ground, Optional<Instant> lastBegun, Instant now) {
        AtomicBoolean ours = new AtomicBoolean();
        Pass pass = ground.pass();
        pass.status().patch(before -> {
            boolean free = !pass.isReleasedMeanwhile(before)
                    && EvidenceRecords.recorded(before).snapshotsBegun().equals(lastBegun)
                    && need(ground, before, now) instanceof Need.Open;
            ours.set(free);
            return free ? EvidenceRecords.snapshotsBegun(before, now) : before;
        });
        return ours.get();
    }

    /** Also where a release has begun meanwhile: they are there. */
    private Need taken(Ground ground, String mark, List<String> ids) {
        Pass pass = ground.pass();
        pass.status()
                .patch(before ->
                        EvidenceRecords.mark(before, installId, pass.name()).equals(mark)
                                ? EvidenceRecords.snapshotsTaken(before, ids)
                                : before);
        return new Need.Met(Needs.begun(ids));
    }
}
