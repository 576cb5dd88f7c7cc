package io.ec2quarantine.core.isolation;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** One change on the way to the isolation; every step can be repeated. */
public sealed interface Step {
    /** Stores baselines in the cluster; no interface is changed before that is acknowledged. */
    record WriteDown(List<Baseline> baselines) implements Step {
        public WriteDown {
            baselines = List.copyOf(baselines);
        }
    }

    /** Makes the isolation group of a VPC, or finds it made in the meantime. */
    record MakeGroup(String vpcId, String name) implements Step {}

    /** Takes every rule out of an isolation group that it shall not have. */
    record StripGroup(String vpcId, String groupId) implements Step {}

    /** Puts rules into the isolation group of a VPC that it shall have. */
    record PutRules(String vpcId, Set<GroupRule> rules) implements Step {
        public PutRules {
            rules = Set.copyOf(rules);
        }
    }

    /** Replaces all groups of an interface by the isolation group of its VPC. */
    record Swap(String interfaceId, String vpcId) implements Step {}

    /** Replaces the groups of the instance itself, where they are kept apart from those of its interfaces. */
    record ReplaceInstanceGroups(String instanceId, List<String> groups) implements Step {
        public ReplaceInstanceGroups {
            groups = List.copyOf(groups);
        }
    }

    /** Replaces all groups of an interface by those that it had before, or that a person chose. */
    record GiveBack(String interfaceId, List<String> groups) implements Step {
        public GiveBack {
            groups = List.copyOf(groups);
        }
    }

    /** Sets tags that tell people what happened; decisions never rest on them. */
    record Tag(String resourceId, Map<String, String> tags) implements Step {
        public Tag {
            tags = Map.copyOf(tags);
        }
    }

    /** Takes tags away. */
    record Untag(String resourceId, Set<String> keys) implements Step {
        public Untag {
            keys = Set.copyOf(keys);
        }
    }

    /** Deletes an isolation group that nobody uses any more. */
    record DeleteGroup(String groupId) implements Step {}

    /** Forbids terminating the instance through the API. */
    record DisableTermination(String instanceId) implements Step {}

    /** Makes a shutdown from inside stop the instance instead of terminating it. */
    record StopOnShutdown(String instanceId) implements Step {}

    /** Allows terminating the instance through the API again. */
    record AllowTermination(String instanceId) implements Step {}

    /** Makes a shutdown from inside terminate the instance again. */
    record TerminateOnShutdown(String instanceId) implements Step {}
}
