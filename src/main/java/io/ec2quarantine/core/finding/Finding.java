package io.ec2quarantine.core.finding;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A GuardDuty finding as it stood when it was read; its count, severity and times change under one id.
 *
 * @param severityScore from 1.0 to 10.0
 * @param lastSeen when the activity was last observed, as far as GuardDuty knows
 * @param updatedAt when GuardDuty last changed the finding
 * @param sample made by "Generate sample findings", about nothing real
 * @param instances every instance that it speaks of, none twice
 */
public record Finding(
        String id,
        String arn,
        String accountId,
        String region,
        String type,
        String title,
        double severityScore,
        long count,
        Instant firstSeen,
        Instant lastSeen,
        Instant updatedAt,
        boolean archived,
        boolean sample,
        DataSource dataSource,
        Involvement involvement,
        Optional<String> remoteIp,
        Optional<String> remoteCountry,
        List<String> threatListNames,
        List<InstanceRef> instances) {

    public Finding {
        threatListNames = List.copyOf(threatListNames);
        instances = List.copyOf(instances);
    }

    /** The severity as a label. */
    public Severity severity() {
        return Severity.ofScore(severityScore);
    }
}
