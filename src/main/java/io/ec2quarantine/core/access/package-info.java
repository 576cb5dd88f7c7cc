/** Which identities the operator acts with. */
@NullMarked
package io.ec2quarantine.core.access;

import org.jspecify.annotations.NullMarked;
