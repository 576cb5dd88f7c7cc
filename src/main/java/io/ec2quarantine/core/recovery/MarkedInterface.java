package io.ec2quarantine.core.recovery;

import io.ec2quarantine.core.isolation.InterfaceState;
import java.util.Optional;

/** An interface that is tagged as isolated, and the instance that it is attached to, if to any. */
public record MarkedInterface(InterfaceState state, Optional<String> instanceId) {}
