package io.ec2quarantine.ingest;

/** One stream of findings: policies that name the same one share it. */
public record SourceRegion(String region) {}
