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

    /**
     * It failed in a way that trying again does not mend, such as an endpoint that carries dry runs out.
     *
     * @param detail what went wrong
     */
    record GivenUp(Place place, String detail) implements Checked {
        /** What happened, and what to do. */
        public String sentence() {
            return "The check of " + place + " failed (" + detail
                    + ") and is not tried again; mend that and restart the operator, or set OPERATOR_PREFLIGHT to Off.";
        }
    }
}
