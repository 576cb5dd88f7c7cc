/** The running process: the scheduler, leadership, health and metrics, start and stop. */
@NullMarked
package io.ec2quarantine.runtime;

import org.jspecify.annotations.NullMarked;
