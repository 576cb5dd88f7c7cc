package io.ec2quarantine.ingest;

import io.ec2quarantine.api.v1alpha1.IsolationPolicySpec.Source;
import io.ec2quarantine.core.access.Role;
import java.util.List;
import java.util.Optional;

/**
 * One stream of findings: policies that name the same one share it.
 *
 * @param reader the role that reads it; empty for the operator's own identity
 */
public record SourceRegion(Optional<Role> reader, String region) {
    /** What stands in the place of the Regions for all that are enabled. */
    public static final String EVERY_REGION = "*";

    /** The role with which a source is read. */
    public static Optional<Role> reader(Source source) {
        return Optional.ofNullable(source.roleARN())
                .map(arn -> new Role(arn, Optional.ofNullable(source.externalID())));
    }

    /** Whether a source is every Region that is enabled in its account. */
    public static boolean isEveryRegion(Source source) {
        return source.regions().equals(List.of(EVERY_REGION));
    }

    /** The role in one word, for the log. */
    String readBy() {
        return reader.map(Role::arn).orElse("");
    }
}
