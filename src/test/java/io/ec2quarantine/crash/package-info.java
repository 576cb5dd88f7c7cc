/** Operators that die at any moment, and what they leave behind for the next one. */
@NullMarked
package io.ec2quarantine.crash;

import org.jspecify.annotations.NullMarked;
