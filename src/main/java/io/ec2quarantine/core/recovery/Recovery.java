package io.ec2quarantine.core.recovery;

import io.ec2quarantine.core.isolation.Baseline;
import io.ec2quarantine.core.isolation.InterfaceState;
import java.util.List;
import java.util.Map;

/**
 * What can be recovered in one account and Region, and what cannot.
 *
 * @param remarks what a person must know, each about one interface
 */
public record Recovery(List<Instance> instances, List<Remark> remarks) {
    public Recovery {
        instances = List.copyOf(instances);
        remarks = List.copyOf(remarks);
    }

    /**
     * An instance that is isolated.
     *
     * @param installId the installation that isolated it
     * @param groups the isolation group of each VPC, by VPC
     * @param groupName the name of the first of them
     * @param interfaces those of its interfaces that are isolated
     * @param baselines what each of them had before
     */
    public record Instance(
            String id,
            String installId,
            Map<String, String> groups,
            String groupName,
            List<InterfaceState> interfaces,
            List<Baseline> baselines) {
        public Instance {
            groups = Map.copyOf(groups);
            interfaces = List.copyOf(interfaces);
            baselines = List.copyOf(baselines);
        }
    }

    /**
     * A sentence about an interface.
     *
     * @param recovered whether it is recovered all the same
     */
    public record Remark(String interfaceId, String sentence, boolean recovered) {}
}
