/** What the marks in AWS still tell of a cluster that was lost. */
@NullMarked
package io.ec2quarantine.core.recovery;

import org.jspecify.annotations.NullMarked;
