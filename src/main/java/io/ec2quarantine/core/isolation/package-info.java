/** What an instance's interfaces are, shall be and were, and the steps between. */
@NullMarked
package io.ec2quarantine.core.isolation;

import org.jspecify.annotations.NullMarked;
