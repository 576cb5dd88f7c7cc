package io.ec2quarantine.aws;

import io.ec2quarantine.core.finding.Finding;
import java.util.List;
import java.util.Optional;

/** One page of findings, oldest update first, and how to get the next. */
public record FindingPage(List<Finding> findings, Optional<String> nextToken) {
    public FindingPage {
        findings = List.copyOf(findings);
    }
}
