package io.ec2quarantine.controller;

import io.ec2quarantine.cluster.Catalog;
import io.ec2quarantine.cluster.ReconcileTrigger;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.AbstractEventSource;
import io.javaoperatorsdk.operator.processing.event.source.controller.ResourceAction;
import io.javaoperatorsdk.operator.processing.event.source.controller.ResourceEvent;
import java.util.Set;

/**
 * Has an object reconciled that nobody has changed. It asks as if the object had been changed: of an object whose creation
 * the framework has missed, which it does while it is at the deletion of one of the same name, it takes no other event.
 */
final class AskedEventSource<P extends HasMetadata> extends AbstractEventSource<Void, P> implements ReconcileTrigger {
    private final Catalog<P> catalog;

    AskedEventSource(Catalog<P> catalog) {
        super(Void.class, "asked");
        this.catalog = catalog;
    }

    @Override
    public void trigger(String name) {
        if (isRunning()) {
            catalog.get(name)
                    .ifPresent(object -> getEventHandler()
                            .handleEvent(new ResourceEvent(ResourceAction.UPDATED, new ResourceID(name), object)));
        }
    }

    @Override
    public Set<Void> getSecondaryResources(P primary) {
        return Set.of();
    }
}
