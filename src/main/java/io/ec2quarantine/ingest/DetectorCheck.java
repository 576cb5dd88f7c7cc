package io.ec2quarantine.ingest;

import io.ec2quarantine.aws.Detector;
import io.ec2quarantine.aws.FindingSource;
import io.ec2quarantine.core.CallFailure;
import io.ec2quarantine.core.Result;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Which detector shows a Region's findings; a failed check leaves the one that is known. */
final class DetectorCheck {
    private static final Duration CHECK_EVERY = Duration.ofMinutes(5);

    private final String region;
    private final FindingSource findings;

    private Optional<String> id = Optional.empty();
    private Instant lastCheck = Instant.MIN;

    DetectorCheck(String region, FindingSource findings) {
        this.region = region;
        this.findings = findings;
    }

    /** The detector; empty where there is none, or none is known yet. */
    Optional<String> id() {
        return id;
    }

    /** Asks without waiting for its time. */
    Optional<SourceState.Problem> checkAgain(Instant now) {
        lastCheck = Instant.MIN;
        return check(now);
    }

    /** A suspended detector still shows its old findings, so it is read all the same. */
    Optional<SourceState.Problem> check(Instant now) {
        if (id.isPresent() && now.isBefore(lastCheck.plus(CHECK_EVERY))) {
            return Optional.empty();
        }
        return switch (findings.detector()) {
            case Result.Ok<Detector>(Detector.Enabled enabled) -> {
                id = Optional.of(enabled.detectorId());
                lastCheck = now;
                yield Optional.empty();
            }
            case Result.Ok<Detector>(Detector.Suspended suspended) -> {
                id = Optional.of(suspended.detectorId());
                lastCheck = Instant.MIN;
                yield Optional.of(new SourceState.Problem(
                        "DetectorSuspended",
                        "GuardDuty is suspended in " + region + " and makes no new findings; resume the detector "
                                + suspended.detectorId() + "."));
            }
            case Result.Ok<Detector>(Detector.Missing _) -> {
                id = Optional.empty();
                yield Optional.of(new SourceState.Problem(
                        SourceState.DETECTOR_MISSING,
                        "GuardDuty is not enabled in " + region
                                + "; enable it there, or take the Region out of the policy's sources."));
            }
            case Result.Failed<Detector>(CallFailure failure) -> Optional.of(SourceState.Problem.of(failure));
        };
    }
}
