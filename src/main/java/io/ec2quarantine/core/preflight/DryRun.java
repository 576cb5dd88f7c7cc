package io.ec2quarantine.core.preflight;

import java.util.List;

/** A call that is tried without being made: AWS answers whether it would have been allowed. */
public sealed interface DryRun {
    /** Reading instances. */
    record DescribeInstances() implements DryRun {}

    /** Reading an attribute of an instance. */
    record DescribeInstanceAttribute(String instanceId) implements DryRun {}

    /** Reading interfaces. */
    record DescribeNetworkInterfaces() implements DryRun {}

    /** Reading groups. */
    record DescribeSecurityGroups() implements DryRun {}

    /** Reading the rules of groups. */
    record DescribeSecurityGroupRules() implements DryRun {}

    /** Moving an interface into groups. */
    record Swap(String interfaceId, List<String> groups) implements DryRun {
        public Swap {
            groups = List.copyOf(groups);
        }
    }

    /** Making an isolation group. */
    record MakeGroup(String vpcId) implements DryRun {}

    /** Taking rules out of a group. */
    record EmptyGroup(String groupId, boolean egress) implements DryRun {}

    /** Putting a rule into a group. */
    record PutRule(String groupId, boolean egress) implements DryRun {}

    /** Deleting a group. */
    record DeleteGroup(String groupId) implements DryRun {}

    /** Marking something as isolated. */
    record Mark(String resourceId) implements DryRun {}

    /** Taking the marks off. */
    record Unmark(String resourceId) implements DryRun {}

    /** Changing the protection against termination. */
    record Protect(String instanceId) implements DryRun {}

    /** Taking snapshots of the volumes of an instance. */
    record CopyVolumes(String instanceId) implements DryRun {}
}
