package io.ec2quarantine.cluster;

/** Asks for an object to be reconciled soon. */
@FunctionalInterface
public interface ReconcileTrigger {
    /** Asks for the object of this name; one that is not there is passed over. */
    void trigger(String name);
}
