/** Whether there is room for another isolation. */
@NullMarked
package io.ec2quarantine.core.safeguard;

import org.jspecify.annotations.NullMarked;
