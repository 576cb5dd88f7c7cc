/** What GuardDuty reports, in the operator's own words. */
@NullMarked
package io.ec2quarantine.core.finding;

import org.jspecify.annotations.NullMarked;
