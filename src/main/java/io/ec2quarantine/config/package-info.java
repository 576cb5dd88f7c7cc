/** The operator's own settings. */
@NullMarked
package io.ec2quarantine.config;

import org.jspecify.annotations.NullMarked;
