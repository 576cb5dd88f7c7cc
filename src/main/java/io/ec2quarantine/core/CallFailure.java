package io.ec2quarantine.core;

/** Why a call to AWS brought no answer that can be relied on. */
public sealed interface CallFailure {
    /** What was called, as IAM names it, for example {@code ec2:DescribeInstances}. */
    String call();

    /** What it was called for: an id, an account, a Region. */
    String target();

    /** What the service said. */
    String detail();

    /** The rate limit of the account and Region is used up. */
    record Throttled(String call, String target, String detail) implements CallFailure {}

    /**
     * The identity may not do this.
     *
     * @param advice what to do about it, as the part of a sentence
     */
    record Denied(String call, String target, String detail, String advice) implements CallFailure {
        public Denied(String call, String target, String detail) {
            this(call, target, detail, "allow it for the operator's identity");
        }
    }

    /** The role is none that the operator may assume, whatever a policy names: nothing was sent. */
    record RoleNotAllowed(String call, String target, String detail) implements CallFailure {}

    /** There is no identity to call with. */
    record NoCredentials(String call, String target, String detail) implements CallFailure {}

    /** The thing does not exist, or is not visible yet. */
    record NotFound(String call, String target, String detail) implements CallFailure {}

    /** The network or the service failed; whether a write was applied is not known. */
    record Transient(String call, String target, String detail) implements CallFailure {}

    /** The service understood the request and refuses it for what it says. */
    record Invalid(String call, String target, String code, String detail) implements CallFailure {
        /** The code where the endpoint knows no such action, or not the whole service. */
        public static final String UNKNOWN_ACTION = "UnknownAction";
    }

    /** The failure as a condition's reason. */
    default String reason() {
        return switch (this) {
            case Throttled _ -> "Throttled";
            case Denied _ -> "Denied";
            case RoleNotAllowed _ -> "RoleNotAllowed";
            case NoCredentials _ -> "NoCredentials";
            case NotFound _ -> "NotFound";
            case Transient _ -> "Unreachable";
            case Invalid _ -> "Refused";
        };
    }

    /** One sentence: what happened, to what, and what to do next. */
    default String sentence() {
        String what = call() + " for " + target();
        return switch (this) {
            case Throttled _ -> what + " is over the account's rate limit; it is retried by itself.";
            case Denied denied ->
                what + " was denied (" + detail() + "); " + denied.advice() + ", it is retried by itself.";
            case RoleNotAllowed _ ->
                what + " was not sent (" + detail()
                        + "); name a role that is on it in the policy, or add this one to OPERATOR_ROLE_ALLOWLIST.";
            case NoCredentials _ ->
                what + " was not sent (" + detail()
                        + "); give the operator a role for its service account whose trust policy names it, AWS_PROFILE, or"
                        + " AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.";
            case NotFound _ -> what + " found nothing (" + detail() + "); check the id, the account and the Region.";
            case Transient _ ->
                what + " got no answer (" + detail()
                        + "); check the network and the endpoint, it is retried by itself.";
            case Invalid invalid
            when invalid.code().equals(Invalid.UNKNOWN_ACTION) ->
                what + " is not known to the endpoint (" + detail()
                        + "); set what needs it to Leave in the policy's response, or point AWS_ENDPOINT_URL_<SERVICE> to an"
                        + " endpoint that knows it, it is retried by itself.";
            case Invalid _ -> what + " was refused (" + detail() + "); it is retried by itself.";
        };
    }
}
