package io.ec2quarantine.sim;

/** One simulated service: answers authenticated calls and words its own refusals. */
interface ServiceApi {
    /** Carries the call out; called with the world's lock held. */
    Answer answer(Request request);

    /** A refusal in the service's own error format. */
    Answer refusal(AwsError error);

    /** Whether the action changes the world. */
    boolean writes(String action);

    /** The service's word for "you may not". */
    AwsError denied(Request request);

    /** The service's word for "slow down". */
    AwsError throttled();

    /** The service's word for "my fault". */
    AwsError broken();

    /** The service's word for credentials that it does not know. */
    AwsError unknownCredentials();

    /** The service's word for a session that is over. */
    AwsError expiredCredentials();
}
