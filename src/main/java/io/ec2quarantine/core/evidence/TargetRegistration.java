package io.ec2quarantine.core.evidence;

import java.util.Optional;

/**
 * A registration of an instance, or of an address of it, with a target group.
 *
 * @param zone the Availability Zone that was registered with an address
 */
public record TargetRegistration(String targetGroupArn, int port, String targetId, Optional<String> zone) {
    /** The name of the target group, out of its ARN. */
    public String groupName() {
        String[] parts = targetGroupArn.split("/", -1);
        return parts.length > 1 ? parts[1] : targetGroupArn;
    }
}
