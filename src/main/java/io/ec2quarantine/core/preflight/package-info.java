/** What the operator must be allowed to do in AWS, and how that is found out without doing it. */
@NullMarked
package io.ec2quarantine.core.preflight;

import org.jspecify.annotations.NullMarked;
