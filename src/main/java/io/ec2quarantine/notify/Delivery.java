package io.ec2quarantine.notify;

import io.ec2quarantine.core.CallFailure;
import io.ec2quarantine.core.Result;
import java.util.Optional;

/** How an attempt to deliver ended. */
public sealed interface Delivery {
    /**
     * The channel took it.
     *
     * @param messageId what the channel called it, where it did
     */
    record Taken(Optional<String> messageId) implements Delivery {}

    /** The channel did not take it, or is not known to have; it is tried again. */
    record NotTaken(String sentence) implements Delivery {}

    /** Nothing was sent, for what else is to be said to AWS comes first; it is tried again, and there is nothing to tell. */
    record Waits() implements Delivery {}

    /** As a call to AWS ended. */
    static Delivery of(Result<String> answer) {
        return switch (answer) {
            case Result.Ok<String>(String id) -> new Taken(Optional.of(id));
            case Result.Failed<String>(CallFailure failure) ->
                failure instanceof CallFailure.Throttled ? new Waits() : new NotTaken(failure.sentence());
        };
    }
}
