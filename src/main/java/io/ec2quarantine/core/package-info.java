/** Decisions as pure functions over values: no input or output, no clock, no Kubernetes, no AWS. */
@NullMarked
package io.ec2quarantine.core;

import org.jspecify.annotations.NullMarked;
