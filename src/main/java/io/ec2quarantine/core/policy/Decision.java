package io.ec2quarantine.core.policy;

/** What becomes of one finding on one instance. */
public sealed interface Decision {
    /** A quarantine is opened; ENFORCE isolates, anything less observes. */
    record Open(String policy, Mode mode) implements Decision {}

    /** The quarantine that is there goes further than before, under another policy. */
    record Raise(String policy, Mode mode) implements Decision {}

    /** A quarantine that was released opens its next episode. */
    record Reopen(String policy, Mode mode) implements Decision {}

    /** A release that has given back a part is taken back; the quarantine stays under the policy that it is under. */
    record TakeBack(String policy) implements Decision {}

    /** The quarantine that is there gains this finding. */
    record AddFinding() implements Decision {}

    /** Nothing is opened, raised or added. */
    record Ignore(Why why) implements Decision {}

    /** Why a finding changes nothing. */
    enum Why {
        /** It is archived: somebody has dealt with it. */
        ARCHIVED,
        /** It is a sample, and samples are not accepted. */
        SAMPLE,
        /** Its instance id, account or Region is not one. */
        MALFORMED_INSTANCE,
        /** No policy's rules match. */
        NO_MATCH,
        /** Only policies match that are paused or ignore their backlog. */
        PAUSED_OR_BACKLOG,
        /** The instance was released after the finding's last activity. */
        BEFORE_RELEASE,
        /** EC2 has long ceased to show the instance. */
        INSTANCE_GONE,
        /** The quarantine lists it already. */
        ALREADY_LISTED,
        /** It was listed before, and has made room for newer ones. */
        LISTED_BEFORE
    }
}
