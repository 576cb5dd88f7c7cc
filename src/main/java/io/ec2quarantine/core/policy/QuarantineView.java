package io.ec2quarantine.core.policy;

import java.util.Optional;
import java.util.Set;

/** What a decision must know of the quarantine that is there already. */
public record QuarantineView(boolean isolated, Optional<String> policy, Set<String> findingIds) {
    public QuarantineView {
        findingIds = Set.copyOf(findingIds);
    }
}
