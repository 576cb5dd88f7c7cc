package io.ec2quarantine.core.isolation;

/**
 * What a quarantine aims at.
 *
 * @param installId marks the groups that this installation made
 * @param groupName the name of its isolation groups
 */
public record IsolationTarget(String installId, String groupName) {}
