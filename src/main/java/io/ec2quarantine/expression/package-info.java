/** The only home of CEL: expressions are compiled and checked here, and evaluated within bounds. */
@NullMarked
package io.ec2quarantine.expression;

import org.jspecify.annotations.NullMarked;
