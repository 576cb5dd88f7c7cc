/** The commands of the jar beside the operator itself. */
@NullMarked
package io.ec2quarantine.recover;

import org.jspecify.annotations.NullMarked;
