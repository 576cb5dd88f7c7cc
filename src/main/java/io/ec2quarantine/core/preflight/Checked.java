package io.ec2quarantine.core.preflight;

import io.ec2quarantine.core.CallFailure;
import java.util.Map;

/** How the check of an account and Region ended. */
public sealed interface Checked {
    /** Where. */
    Place place();

    /**
     * It was checked.
     *
     * @param opening whether the responder may move an interface into any group
     */
    record Tried(Place place, Map<Need, Answer> answers, Answer opening) implements Checked {
        public Tried {
            answers = Map.copyOf(answers);
        }
    }

    /** Nothing there could be read. */
    record Unreadable(Place place, CallFailure failure) implements Checked {}
}
