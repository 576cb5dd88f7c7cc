/** Which findings lead to which quarantine. */
@NullMarked
package io.ec2quarantine.core.policy;

import org.jspecify.annotations.NullMarked;
