package io.ec2quarantine.aws;

import io.ec2quarantine.core.isolation.InstanceFacts;
import io.ec2quarantine.core.isolation.InterfaceState;
import java.util.List;

/**
 * An instance as DescribeInstances shows it.
 *
 * @param interfaces the interfaces that the instance names itself
 */
public record InstanceLook(InstanceFacts facts, List<InterfaceState> interfaces) {
    public InstanceLook {
        interfaces = List.copyOf(interfaces);
    }
}
