package io.ec2quarantine.core.policy;

import java.util.Optional;

/** What becomes of one finding on one instance. */
public sealed interface Decision {
    /**
     * A quarantine is opened; ENFORCE isolates, anything less observes.
     *
     * @param hold what kept the mode from being ENFORCE
     */
    record Open(String policy, Mode mode, Optional<Hold> hold) implements Decision {
        /** One that nothing holds back. */
        public Open(String policy, Mode mode) {
            this(policy, mode, Optional.empty());
        }
    }

    /**
     * The quarantine that is there goes further than before, under another policy.
     *
     * @param hold what kept the mode from being ENFORCE
     */
    record Raise(String policy, Mode mode, Optional<Hold> hold) implements Decision {
        /** One that nothing holds back. */
        public Raise(String policy, Mode mode) {
            this(policy, mode, Optional.empty());
        }
    }

    /**
     * A quarantine that was released opens its next episode.
     *
     * @param hold what kept the mode from being ENFORCE
     */
    record Reopen(String policy, Mode mode, Optional<Hold> hold) implements Decision {
        /** One that nothing holds back. */
        public Reopen(String policy, Mode mode) {
            this(policy, mode, Optional.empty());
        }
    }

    /** A release that has given back a part is taken back; the quarantine stays under the policy that it is under. */
    record TakeBack(String policy) implements Decision {}

    /** The quarantine that is there gains this finding. */
    record AddFinding() implements Decision {}

    /** Nothing is opened, raised or added. */
    record Ignore(Why why) implements Decision {}

    /** The policy that it is decided by; empty where none is needed. */
    default Optional<String> byPolicy() {
        return switch (this) {
            case Open open -> Optional.of(open.policy());
            case Reopen reopen -> Optional.of(reopen.policy());
            case Raise raise -> Optional.of(raise.policy());
            case TakeBack back -> Optional.of(back.policy());
            case AddFinding _, Ignore _ -> Optional.empty();
        };
    }

    /** Whether it takes an instance off the network that was on it, in whole or in part. */
    default boolean isolates() {
        return switch (this) {
            case Open open -> open.mode() == Mode.ENFORCE;
            case Reopen reopen -> reopen.mode() == Mode.ENFORCE;
            case Raise raise -> raise.mode() == Mode.ENFORCE;
            case TakeBack _ -> true;
            case AddFinding _, Ignore _ -> false;
        };
    }

    /** Why a finding changes nothing. */
    enum Why {
        ARCHIVED("it is archived: somebody has dealt with it"),
        SAMPLE("it is a sample, and samples are not accepted"),
        MALFORMED_INSTANCE("its instance id, account or Region is not one"),
        NO_MATCH("no policy's rules match"),
        PAUSED_OR_BACKLOG("only policies match that are paused or ignore their backlog"),
        BEFORE_RELEASE("the instance was released after its last activity"),
        INSTANCE_GONE("EC2 has long ceased to show the instance"),
        ALREADY_LISTED("the quarantine lists it already"),
        LISTED_BEFORE("it was listed before, and has made room for newer ones");

        private final String sentence;

        Why(String sentence) {
            this.sentence = sentence;
        }

        /** The reason in plain words, said of the finding. */
        public String sentence() {
            return sentence;
        }
    }
}
