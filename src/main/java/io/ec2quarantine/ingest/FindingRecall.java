package io.ec2quarantine.ingest;

import io.ec2quarantine.api.v1alpha1.IsolationPolicySpec.Source;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceSpec.FindingRef;
import io.ec2quarantine.aws.AwsSessions;
import io.ec2quarantine.aws.FindingPage;
import io.ec2quarantine.core.CallFailure;
import io.ec2quarantine.core.Result;
import io.ec2quarantine.core.finding.Finding;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the findings behind a quarantine again, by their ids: the status does not tell all that a policy may ask of them. */
public final class FindingRecall {
    private final AwsSessions sessions;
    private final SourceBook sources;

    public FindingRecall(AwsSessions sessions, SourceBook sources) {
        this.sessions = sessions;
        this.sources = sources;
    }

    /**
     * What GuardDuty still shows of the findings.
     *
     * @param from the sources of the policy that asks
     */
    Result<List<Finding>> read(List<Source> from, List<FindingRef> refs) {
        List<Finding> all = new ArrayList<>();
        for (FindingRef ref : refs) {
            if (named(from, ref).stream()
                    .anyMatch(source -> sources.regionsOf(source).isEmpty())) {
                // Whom to ask is not known yet, which is no word of what would be answered.
                return Result.failed(new CallFailure.Transient(
                        "guardduty:GetFindings", ref.id(), "the Regions of its source are not known yet"));
            }
        }
        for (Map.Entry<SourceRegion, List<String>> each : bySource(from, refs).entrySet()) {
            switch (read(each.getKey(), each.getValue())) {
                case Result.Ok<FindingPage>(FindingPage page) -> all.addAll(page.findings());
                case Result.Failed<FindingPage>(CallFailure failure) -> {
                    return Result.failed(failure);
                }
            }
        }
        return Result.ok(all);
    }

    private Result<FindingPage> read(SourceRegion source, List<String> ids) {
        return sources.of(source)
                .detectorId()
                .map(detector ->
                        sessions.findings(source.reader(), source.region()).byId(detector, ids))
                .orElseGet(() -> Result.failed(new CallFailure.Transient(
                        "guardduty:GetFindings", source.region(), "the source was not polled yet")));
    }

    private Map<SourceRegion, List<String>> bySource(List<Source> from, List<FindingRef> refs) {
        Map<SourceRegion, List<String>> bySource = new LinkedHashMap<>();
        for (FindingRef ref : refs) {
            for (Source source : named(from, ref)) {
                sources.regionsOf(source).stream()
                        .filter(each -> each.region().equals(ref.region()))
                        .forEach(each -> bySource.computeIfAbsent(each, _ -> new ArrayList<>())
                                .add(ref.id()));
            }
        }
        return bySource;
    }

    /** Another policy may have another name for the same source, and be the one that it was written by. */
    private static List<Source> named(List<Source> from, FindingRef ref) {
        List<Source> named = from.stream()
                .filter(source -> source.name().equals(ref.source()))
                .toList();
        return named.isEmpty() ? from : named;
    }
}
