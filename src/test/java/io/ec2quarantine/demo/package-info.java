/** The workshop's scene, played with the operator as it ships and told from what was read, not from a script. */
@NullMarked
package io.ec2quarantine.demo;

import org.jspecify.annotations.NullMarked;
