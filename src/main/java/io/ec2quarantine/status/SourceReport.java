package io.ec2quarantine.status;

import java.time.Instant;
import java.util.Optional;

/**
 * The last poll of one source in one Region.
 *
 * @param problem why it gave no findings, or not all: a reason and a sentence
 */
public record SourceReport(
        String name,
        String region,
        Optional<String> detectorId,
        Optional<Instant> lastPollTime,
        Optional<Instant> lastFindingUpdateTime,
        Optional<Problem> problem) {

    /** A reason and a sentence. */
    public record Problem(String reason, String sentence) {}
}
