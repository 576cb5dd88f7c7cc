package io.ec2quarantine.ingest;

import java.time.Instant;
import java.util.Optional;

/**
 * How far a read of findings has come.
 *
 * @param token the next page; empty before the first and after the last
 * @param problem why a decision on what was read is not stored
 * @param held more is not stored than can be kept by its id: the cursor waits for it until the next read
 */
record Reading(
        Instant since, Instant began, Optional<String> token, Optional<SourceState.Problem> problem, boolean held) {
    static Reading since(Instant since, Instant now) {
        return new Reading(since, now, Optional.empty(), Optional.empty(), false);
    }

    Reading after(Optional<String> next, Optional<SourceState.Problem> further, boolean holds) {
        return new Reading(since, began, next, problem.or(() -> further), held || holds);
    }

    boolean isUnderWay() {
        return token.isPresent();
    }
}
