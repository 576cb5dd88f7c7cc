package io.ec2quarantine.core.safeguard;

import java.time.Instant;

/** The room that one isolation takes up, from the moment at which it was decided upon. */
public record Slot(String instanceId, String policy, Instant taken) {}
