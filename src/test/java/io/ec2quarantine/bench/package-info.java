/** What the operator costs: measured and printed, never asserted. */
@NullMarked
package io.ec2quarantine.bench;

import org.jspecify.annotations.NullMarked;
