package io.ec2quarantine.controller;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells once of each object that the API server refuses what is written of it, and has the pass tried again all the while:
 * the framework would print the whole stack each time.
 */
final class RefusedWrites {
    static final Duration AGAIN = Duration.ofSeconds(10);
    private static final Logger LOG = LoggerFactory.getLogger(RefusedWrites.class);

    private final Set<String> told = ConcurrentHashMap.newKeySet();

    /** What a pass over an object answers; where its write is refused, that it is to be tried again. */
    <P extends HasMetadata> UpdateControl<P> orAgain(P object, Supplier<UpdateControl<P>> pass) {
        String name = object.getMetadata().getName();
        try {
            UpdateControl<P> answer = pass.get();
            told.remove(name);
            return answer;
        } catch (WriteRefused refused) {
            if (told.add(name)) {
                LOG.warn("{}", refused.getMessage());
            }
            return UpdateControl.<P>noUpdate().rescheduleAfter(AGAIN);
        }
    }
}
