package io.ec2quarantine.status;

import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.FindingStatus;
import io.ec2quarantine.core.finding.Finding;
import io.ec2quarantine.core.finding.Severity;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the status says of the findings behind a quarantine. */
final class FindingStatuses {
    private static final int MOST_FINDINGS = 20;
    private static final Comparator<FindingStatus> MOST_SEVERE_FIRST = Comparator.comparingInt(
                    (FindingStatus finding) -> severityRank(finding.severity()))
            .reversed()
            .thenComparing(FindingStatus::lastSeenTime, Comparator.nullsLast(Comparator.reverseOrder()))
            .thenComparing(FindingStatus::id);

    private FindingStatuses() {}

    /** The newest version of each, the most severe first; the least severe are left out where there are too many. */
    static List<FindingStatus> merge(List<FindingStatus> present, Collection<Finding> fresh) {
        Map<String, FindingStatus> merged = new LinkedHashMap<>();
        Stream.concat(present.stream(), fresh.stream().map(FindingStatuses::finding))
                .forEach(finding -> merged.merge(finding.id(), finding, FindingStatuses::newer));
        return merged.values().stream()
                .sorted(MOST_SEVERE_FIRST)
                .limit(MOST_FINDINGS)
                .toList();
    }

    /**
     * What a quarantine was opened for. Its spec lists the newest, and where that is full, what has made room there is told of
     * still.
     */
    static List<FindingStatus> listed(List<FindingStatus> present, Set<String> ids) {
        return ids.size() >= MOST_FINDINGS
                ? present
                : present.stream().filter(finding -> ids.contains(finding.id())).toList();
    }

    /** Whether these tell of a finding as it is. */
    static boolean tell(List<FindingStatus> present, Finding finding) {
        return present.stream()
                .anyMatch(each -> each.id().equals(finding.id())
                        && each.updateTime() != null
                        && !each.updateTime().isBefore(finding.updatedAt()));
    }

    private static FindingStatus newer(FindingStatus one, FindingStatus other) {
        return one.updateTime() != null
                        && other.updateTime() != null
                        && one.updateTime().isAfter(other.updateTime())
                ? one
                : other;
    }

    private static FindingStatus finding(Finding finding) {
        return new FindingStatus(
                finding.id(),
                finding.arn(),
                finding.type(),
                finding.title(),
                finding.severity().label(),
                finding.count(),
                finding.firstSeen(),
                finding.lastSeen(),
                finding.updatedAt(),
                finding.dataSource().label(),
                finding.involvement().label(),
                finding.remoteIp().orElse(null),
                finding.remoteCountry().orElse(null),
                finding.threatListNames());
    }

    private static int severityRank(@Nullable String label) {
        return Stream.of(Severity.values())
                .filter(severity -> severity.label().equals(label))
                .findFirst()
                .map(Enum::ordinal)
                .orElse(-1);
    }
}
