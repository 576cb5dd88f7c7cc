package io.ec2quarantine.aws;

import java.util.Optional;

/**
 * One call to be made.
 *
 * @param action as IAM names it, for example {@code ec2:DescribeInstances}
 * @param target what it is about, for messages and the log
 * @param unspoken what is sent along and must not be shown, even where the service repeats it
 */
record Call(String action, String target, RateBucket bucket, Optional<String> unspoken) {
    Call(String action, String target, RateBucket bucket) {
        this(action, target, bucket, Optional.empty());
    }
}
