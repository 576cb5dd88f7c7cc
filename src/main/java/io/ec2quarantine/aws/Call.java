package io.ec2quarantine.aws;

/**
 * One call to be made.
 *
 * @param action as IAM names it, for example {@code ec2:DescribeInstances}
 * @param target what it is about, for messages and the log
 */
record Call(String action, String target, RateBucket bucket) {}
