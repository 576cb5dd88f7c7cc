package io.ec2quarantine.controller;

import io.ec2quarantine.ingest.RegionList;
import io.ec2quarantine.ingest.SourceRegion;
import io.ec2quarantine.ingest.SourceState;
import io.ec2quarantine.status.SourceReport;
import io.ec2quarantine.status.SourceReport.Problem;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What is told of a source that is every Region: the list itself where it is not known, and which Regions have no detector. */
final class EveryRegion {
    private EveryRegion() {}

    static List<SourceReport> reports(String source, RegionList list, List<SourceReport> regions) {
        // A source without any detector at all is watched nowhere.
        boolean watched = regions.stream().anyMatch(report -> !lacksDetector(report));
        Stream<SourceReport> told =
                regions.stream().map(report -> watched && lacksDetector(report) ? expected(report) : report);
        return Stream.concat(ofTheList(source, list).stream(), told).toList();
    }

    private static Optional<SourceReport> ofTheList(String source, RegionList list) {
        return list.readTime().isPresent() && list.problem().isEmpty()
                ? Optional.empty()
                : Optional.of(new SourceReport(
                        source,
                        SourceRegion.EVERY_REGION,
                        Optional.empty(),
                        list.readTime(),
                        Optional.empty(),
                        list.problem().map(each -> new Problem(each.reason(), each.sentence()))));
    }

    private static boolean lacksDetector(SourceReport report) {
        return report.problem()
                .filter(problem -> problem.reason().equals(SourceState.DETECTOR_MISSING))
                .isPresent();
    }

    private static SourceReport expected(SourceReport report) {
        return new SourceReport(
                report.name(),
                report.region(),
                report.detectorId(),
                report.lastPollTime(),
                report.lastFindingUpdateTime(),
                Optional.of(new Problem(
                        SourceState.DETECTOR_MISSING,
                        "GuardDuty is not enabled in " + report.region()
                                + ", so nothing is read there; enable it there if the Region is in use.")),
                true);
    }
}
