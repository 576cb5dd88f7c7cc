package io.ec2quarantine.ingest;

import java.time.Instant;

/**
 * How a finding came before us.
 *
 * @param asOf when it came, which its age is measured at
 * @param replay everything up to its update had been decided upon before
 */
public record Sighting(Instant asOf, boolean replay) {}
