package io.ec2quarantine.core.isolation;

import java.util.Optional;

/**
 * A public address of an interface.
 *
 * @param privateIp the private address that it belongs to
 * @param allocationId of an Elastic IP; an automatic address has none, and is nobody's once it is taken off
 * @param associationId by which an Elastic IP is taken off
 */
public record PublicIp(
        String address, Optional<String> privateIp, Optional<String> allocationId, Optional<String> associationId) {}
