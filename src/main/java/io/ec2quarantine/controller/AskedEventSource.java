package io.ec2quarantine.controller;

import io.ec2quarantine.cluster.Catalog;
import io.ec2quarantine.cluster.ReconcileTrigger;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.AbstractEventSource;
import io.javaoperatorsdk.operator.processing.event.source.controller.ResourceAction;
import io.javaoperatorsdk.operator.processing.event.source.controller.ResourceEvent;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Has an object reconciled that nobody has changed. It asks as if the object had been changed: of an object whose creation
 * the framework has missed, which it does while it is at the deletion of one of the same name, it takes no other event.
 */
final class AskedEventSource<P extends HasMetadata> extends AbstractEventSource<Void, P> implements ReconcileTrigger {
    private final Catalog<P> catalog;
    /** Those that are to be looked at, as opposed to those about which there is only something to write down. */
    private final Set<String> toLookAt = ConcurrentHashMap.newKeySet();

    AskedEventSource(Catalog<P> catalog) {
        super(Void.class, "asked");
        this.catalog = catalog;
    }

    @Override
    public void trigger(String name) {
        toLookAt.add(name);
        triggerToReport(name);
    }

    /** Asks for an object about which there is something to write down, and nothing to look at. */
    void triggerToReport(String name) {
        if (isRunning()) {
            catalog.get(name)
                    .ifPresent(object -> getEventHandler()
                            .handleEvent(new ResourceEvent(ResourceAction.UPDATED, new ResourceID(name), object)));
        }
    }

    /** Whether it was asked for since this was asked last, other than to report. */
    boolean takeWhetherToLook(String name) {
        return toLookAt.remove(name);
    }

    /** A look that was asked for failed: the next pass is asked for it, whatever brings it. */
    void lookStill(String name) {
        toLookAt.add(name);
    }

    @Override
    public Set<Void> getSecondaryResources(P primary) {
        return Set.of();
    }
}
