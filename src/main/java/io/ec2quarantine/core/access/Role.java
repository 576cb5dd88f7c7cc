package io.ec2quarantine.core.access;

import java.util.Optional;

/** A role that the operator assumes; its external id is for AWS's eyes only. */
public record Role(String arn, Optional<String> externalId) {
    private static final int ACCOUNT = 4;

    /** The account that the role belongs to; empty where the ARN names none. */
    public String accountId() {
        String[] parts = arn.split(":", -1);
        return parts.length > ACCOUNT ? parts[ACCOUNT] : "";
    }

    @Override
    public String toString() {
        return arn;
    }
}
