/** The channels by which people and machines are told. */
@NullMarked
package io.ec2quarantine.notify;

import org.jspecify.annotations.NullMarked;
