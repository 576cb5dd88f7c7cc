package io.ec2quarantine.aws;

import io.ec2quarantine.core.isolation.GroupRule;

/** A rule of a security group, by the id under which it can be revoked. */
public record RuleRef(String ruleId, GroupRule rule) {
    /** Whether it is of the traffic that leaves. */
    public boolean egress() {
        return rule.egress();
    }
}
