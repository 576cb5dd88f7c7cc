package io.ec2quarantine.aws;

/** A rule of a security group, by the id under which it can be revoked. */
public record RuleRef(String ruleId, boolean egress) {}
