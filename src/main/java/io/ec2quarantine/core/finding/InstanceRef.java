package io.ec2quarantine.core.finding;

/** An instance that a finding speaks of, and where it is. */
public record InstanceRef(String instanceId, String accountId, String region) {}
