package io.ec2quarantine.controller;

import io.ec2quarantine.aws.Ec2Gateway;
import io.ec2quarantine.core.Result;
import io.ec2quarantine.core.access.Access;
import io.ec2quarantine.core.isolation.IsolationTarget;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Where a plan is carried out, and for whom.
 *
 * @param where the account and Region, in one word
 * @param access as whom everything is done
 * @param rules EC2 with the identity that may put rules into groups
 * @param quarantined the interfaces that may be in a group of ours; anybody else's forbid stripping it
 */
record Site(
        Ec2Gateway ec2,
        String where,
        IsolationTarget target,
        Access access,
        Supplier<Result<Ec2Gateway>> rules,
        Supplier<Set<String>> quarantined) {}
