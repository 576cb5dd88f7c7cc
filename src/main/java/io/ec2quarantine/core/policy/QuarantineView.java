package io.ec2quarantine.core.policy;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * What a decision must know of the quarantine that is there already, or that is remembered.
 *
 * @param releasedBefore when the episode before this one was released
 * @param hold what kept its policy from isolating
 */
public record QuarantineView(
        Stage stage,
        Optional<String> policy,
        Set<String> findingIds,
        Optional<Instant> releasedBefore,
        Optional<Hold.Reason> hold) {
    public QuarantineView {
        findingIds = Set.copyOf(findingIds);
    }

    /** A quarantine that nothing holds back. */
    public QuarantineView(
            Stage stage, Optional<String> policy, Set<String> findingIds, Optional<Instant> releasedBefore) {
        this(stage, policy, findingIds, releasedBefore, Optional.empty());
    }

    /** A quarantine in its first episode. */
    public QuarantineView(Stage stage, Optional<String> policy, Set<String> findingIds) {
        this(stage, policy, findingIds, Optional.empty());
    }

    /** A quarantine whose object is gone, of which the instance itself remembers the release. */
    public static QuarantineView remembered(Instant releasedTime) {
        return new QuarantineView(new Stage.Released(releasedTime), Optional.empty(), Set.of());
    }

    /** When it was released, if that was read back. */
    public Optional<Instant> released() {
        return stage instanceof Stage.Released(Instant time) ? Optional.of(time) : Optional.empty();
    }

    /** When the last release was, of this episode or of the one before: room that was taken earlier is not the present one's. */
    public Optional<Instant> lastReleased() {
        return released().or(this::releasedBefore);
    }

    /** How far a quarantine has come. */
    public sealed interface Stage {
        /** It watches and changes nothing. */
        record Observed() implements Stage {}

        /** It isolates. */
        record Isolated() implements Stage {}

        /**
         * It gives back, and has not read back all of it.
         *
         * @param openSince when a part was found given back; empty: everything is isolated still, so that no activity is
         *     later
         */
        record Releasing(Optional<Instant> openSince) implements Stage {}

        /** Its release was read back at this time. */
        record Released(Instant time) implements Stage {}
    }
}
