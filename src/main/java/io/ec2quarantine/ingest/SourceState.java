package io.ec2quarantine.ingest;

import io.ec2quarantine.core.CallFailure;
import java.time.Instant;
import java.util.Optional;

/**
 * How the last poll of a source ended.
 *
 * @param problem empty when it went well
 */
public record SourceState(
        Optional<String> detectorId,
        Optional<Instant> lastPollTime,
        Optional<Instant> lastFindingUpdateTime,
        Optional<Problem> problem) {

    /** The reason of a Region in which GuardDuty is not enabled. */
    public static final String DETECTOR_MISSING = "DetectorMissing";

    /** Why a source gives no findings, or not all. */
    public record Problem(String reason, String sentence) {
        static Problem of(CallFailure failure) {
            return new Problem(failure.reason(), failure.sentence());
        }
    }

    /** A source that was never polled. */
    static SourceState unknown() {
        return new SourceState(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }
}
