/** The only home of the AWS SDK: sessions, a request budget, and gateways that answer with values instead of exceptions. */
@NullMarked
package io.ec2quarantine.aws;

import org.jspecify.annotations.NullMarked;
