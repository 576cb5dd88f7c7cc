package io.ec2quarantine.controller;

/** Holds up the deletion of a quarantine until its instance is given back: a finalizer, where the response asks for it. */
interface DeletionHold {
    /** Whether somebody has asked for the quarantine to be deleted. */
    boolean isDeletionAsked();

    /** Whether the deletion is, or would be, held up. */
    boolean isHeld();

    /** Holds a later deletion up. */
    void hold();

    /** Lets the deletion happen. */
    void letGo();
}
