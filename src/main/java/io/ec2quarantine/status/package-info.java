/** Pure functions from what was found to the status of both kinds. */
@NullMarked
package io.ec2quarantine.status;

import org.jspecify.annotations.NullMarked;
