/** From GuardDuty to the cluster: polls findings, decides, and registers quarantines. */
@NullMarked
package io.ec2quarantine.ingest;

import org.jspecify.annotations.NullMarked;
