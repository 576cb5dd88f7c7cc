package io.ec2quarantine.sim;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An Auto Scaling group.
 *
 * @param members the lifecycle state of each of its instances, by id
 * @param targetGroups the ARNs of the target groups with which it registers its instances
 */
public record ScalingGroup(
        String name, int min, int max, int desired, Map<String, String> members, List<String> targetGroups) {
    ScalingGroup wants(int changed) {
        return new ScalingGroup(name, min, max, changed, members, targetGroups);
    }

    ScalingGroup with(String instance, String state) {
        var changed = new LinkedHashMap<>(members);
        changed.put(instance, state);
        return new ScalingGroup(name, min, max, desired, changed, targetGroups);
    }

    ScalingGroup without(String instance) {
        var changed = new LinkedHashMap<>(members);
        changed.remove(instance);
        return new ScalingGroup(name, min, max, desired, changed, targetGroups);
    }
}
