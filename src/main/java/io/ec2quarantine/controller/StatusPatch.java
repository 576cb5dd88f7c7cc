package io.ec2quarantine.controller;

import java.util.Optional;
import java.util.function.UnaryOperator;

/** Writes the status of the object under reconciliation. */
interface StatusPatch<S> {
    /** The status as it is known now. */
    S current();

    /** The status as the API server has it at this moment; empty when the object is gone. */
    Optional<S> stored();

    /**
     * Applies a pure function, on fresh state when somebody else wrote in between, and returns what the API server
     * acknowledged. A function that changes nothing writes nothing.
     */
    S patch(UnaryOperator<S> function);
}
