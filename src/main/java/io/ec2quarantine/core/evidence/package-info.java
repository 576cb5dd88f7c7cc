/** What is kept of an instance, what its isolation affects, and what a release undoes: decided on values. */
@NullMarked
package io.ec2quarantine.core.evidence;

import org.jspecify.annotations.NullMarked;
