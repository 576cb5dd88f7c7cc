package io.ec2quarantine.core.evidence;

import io.ec2quarantine.core.CallFailure;

/** What is still to be done of one step that preserves evidence. */
public sealed interface Need {
    /** The response does not ask for it. */
    record NotAsked() implements Need {}

    /** It does not apply to this instance. */
    record None(String because) implements Need {}

    /** It is done. */
    record Met(String sentence) implements Need {}

    /** It is to be done; the sentence is that of the deed. */
    record Open(String sentence) implements Need {}

    /** It may be under way already, by whoever it was begun; it is asked for again. */
    record Awaited() implements Need {}

    /** It cannot be done now. */
    record Stuck(CallFailure failure) implements Need {}
}
