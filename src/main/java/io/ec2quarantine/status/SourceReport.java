package io.ec2quarantine.status;

import java.time.Instant;
import java.util.Optional;

/**
 * The last poll of one source in one Region.
 *
 * @param problem why it gave no findings, or not all: a reason and a sentence
 * @param expected whether the problem is to be told, and no more: nobody has asked for this Region by its name
 * @param remark what is to be told though the source answers
 */
public record SourceReport(
        String name,
        String region,
        Optional<String> detectorId,
        Optional<Instant> lastPollTime,
        Optional<Instant> lastFindingUpdateTime,
        Optional<Problem> problem,
        boolean expected,
        Optional<String> remark) {

    /** A poll of which there is no more to tell. */
    public SourceReport(
            String name,
            String region,
            Optional<String> detectorId,
            Optional<Instant> lastPollTime,
            Optional<Instant> lastFindingUpdateTime,
            Optional<Problem> problem,
            boolean expected) {
        this(name, region, detectorId, lastPollTime, lastFindingUpdateTime, problem, expected, Optional.empty());
    }

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

    /** The same with a remark. */
    public SourceReport remarked(String sentence) {
        return new SourceReport(
                name,
                region,
                detectorId,
                lastPollTime,
                lastFindingUpdateTime,
                problem,
                expected,
                Optional.of(sentence));
    }

    /** A reason and a sentence. */
    public record Problem(String reason, String sentence) {}
}
