package io.ec2quarantine.core.preflight;

import io.ec2quarantine.core.CallFailure;

/** What is known of an action after it was tried. */
public sealed interface Answer {
    /** AWS would have done it. */
    record Allowed() implements Answer {}

    /** AWS would have refused it for want of permission. */
    record Denied() implements Answer {}

    /** There is nothing in the account to try it on. */
    record NothingToTryOn() implements Answer {}

    /** It is not tried: AWS has no dry run for it, or none is made. */
    record NotTried() implements Answer {}

    /** Trying it brought no answer. */
    record NoAnswer(CallFailure failure) implements Answer {}
}
