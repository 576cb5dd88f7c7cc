package io.ec2quarantine.aws;

/** GuardDuty in one Region. */
public sealed interface Detector {
    /** It watches. */
    record Enabled(String detectorId) implements Detector {}

    /** It is suspended: it keeps its old findings and makes no new ones. */
    record Suspended(String detectorId) implements Detector {}

    /** There is none. */
    record Missing() implements Detector {}
}
