package io.ec2quarantine.demo;

import static io.ec2quarantine.api.v1alpha1.ConditionType.NOTIFIED;

import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.status.Conditions;
import java.util.Optional;
import java.util.function.Supplier;

/** What every act of the scene works with. */
record Acting(
        StageSet set,
        Ec2View ec2,
        ClusterWatch cluster,
        Timeline timeline,
        Patience patience,
        Telling telling,
        Operator.Running by) {
    /** The compromised instance, and so the name of its quarantine. */
    String instance() {
        return ec2.scene().compromisedInstance();
    }

    /** Its quarantine as it was last seen. */
    Optional<QuarantinedInstance> quarantine() {
        return cluster.quarantine(instance());
    }

    /** Waits until whoever is to be told was told of everything so far. */
    void awaitTold() {
        await(
                () -> quarantine().filter(object -> Conditions.isTrue(Telling.conditionsOf(object), NOTIFIED)),
                () -> "Not everything was told of");
    }

    /** Waits for something that the operator must do. */
    <T> T await(Supplier<Optional<T>> fact, Supplier<String> inVain) {
        return patience.await(fact, by::ended, inVain);
    }
}
