/** The fields that people write expressions and messages about: one list for the code, the language and the documentation. */
@NullMarked
package io.ec2quarantine.core.field;

import org.jspecify.annotations.NullMarked;
