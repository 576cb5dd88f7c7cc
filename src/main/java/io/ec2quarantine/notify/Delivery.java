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

    /** As a call to AWS ended. */
    static Delivery of(Result<String> answer) {
        return switch (answer) {
            case Result.Ok<String>(String id) -> new Taken(Optional.of(id));
            case Result.Failed<String>(CallFailure failure) -> new NotTaken(failure.sentence());
        };
    }
}
