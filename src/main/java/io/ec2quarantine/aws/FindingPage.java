package io.ec2quarantine.aws;

import io.ec2quarantine.core.finding.Finding;
import java.util.List;
import java.util.Optional;

/**
 * One page of findings, oldest update first, and how to get the next.
 *
 * @param missing the ids of those that GuardDuty listed and then did not show
 */
public record FindingPage(List<Finding> findings, List<String> missing, Optional<String> nextToken) {
    public FindingPage {
        findings = List.copyOf(findings);
        missing = List.copyOf(missing);
    }
}
