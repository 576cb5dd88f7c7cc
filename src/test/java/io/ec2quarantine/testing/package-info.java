/** The worlds that the tests and the demo run the operator in. */
@NullMarked
package io.ec2quarantine.testing;

import org.jspecify.annotations.NullMarked;
