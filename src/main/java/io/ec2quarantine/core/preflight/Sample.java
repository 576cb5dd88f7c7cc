package io.ec2quarantine.core.preflight;

import java.util.List;

/**
 * An attached interface that dry runs can be tried on.
 *
 * @param isolated whether it is tagged as isolated
 */
public record Sample(String interfaceId, String instanceId, String vpcId, List<String> groups, boolean isolated) {
    public Sample {
        groups = List.copyOf(groups);
    }
}
