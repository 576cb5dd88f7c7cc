/** The entry point: reads the configuration, wires the parts, starts and stops them. */
@NullMarked
package io.ec2quarantine;

import org.jspecify.annotations.NullMarked;
