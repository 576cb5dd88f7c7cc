/** What notifications say. */
@NullMarked
package io.ec2quarantine.notice;

import org.jspecify.annotations.NullMarked;
