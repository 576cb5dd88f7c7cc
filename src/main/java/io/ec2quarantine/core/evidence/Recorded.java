package io.ec2quarantine.core.evidence;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a quarantine has written down of the changes that preserve evidence.
 *
 * @param scaling the group that the instance was taken out of
 * @param targets the registrations that were taken away
 * @param profileArn the instance profile that was taken away
 * @param snapshotIds the snapshots of this episode
 * @param snapshotsBegun when the last attempt to take them began
 */
public record Recorded(
        Optional<Taken> scaling,
        List<TargetRegistration> targets,
        Optional<String> profileArn,
        List<String> snapshotIds,
        Optional<Instant> snapshotsBegun) {
    /** Nothing is written down. */
    public static final Recorded NOTHING =
            new Recorded(Optional.empty(), List.of(), Optional.empty(), List.of(), Optional.empty());

    public Recorded {
        targets = List.copyOf(targets);
        snapshotIds = List.copyOf(snapshotIds);
    }

    /** Out of which group, and how. */
    public record Taken(String groupName, String action) {
        /** Whether the instance left the group altogether. */
        public boolean isDetached() {
            return action.equals(Preserve.Scaling.DETACH.text());
        }
    }

    /** Whether a release has anything to undo. */
    public boolean isUndoable() {
        return scaling.isPresent() || !targets.isEmpty() || profileArn.isPresent();
    }
}
