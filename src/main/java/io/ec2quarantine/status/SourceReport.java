package io.ec2quarantine.status;

import java.time.Instant;
import java.util.Optional;

/**
 * The last poll of one source in one Region.
 *
 * @param problem why it gave no findings, or not all: a reason and a sentence
 * @param expected whether the problem is to be told, and no more: nobody has asked for this Region by its name
 */
public record SourceReport(
        String name,
        String region,
        Optional<String> detectorId,
        Optional<Instant> lastPollTime,
        Optional<Instant> lastFindingUpdateTime,
        Optional<Problem> problem,
        boolean expected) {

    /** A poll whose problem makes the source one that cannot be reached. */
    public SourceReport(
            String name,
            String region,
            Optional<String> detectorId,
            Optional<Instant> lastPollTime,
            Optional<Instant> lastFindingUpdateTime,
            Optional<Problem> problem) {
        this(name, region, detectorId, lastPollTime, lastFindingUpdateTime, problem, false);
    }

    /** A reason and a sentence. */
    public record Problem(String reason, String sentence) {}
}
