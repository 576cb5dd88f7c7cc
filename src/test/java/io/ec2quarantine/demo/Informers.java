package io.ec2quarantine.demo;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.dsl.Informable;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Watches on the API server. */
final class Informers implements AutoCloseable {
    private final List<SharedIndexInformer<?>> informers = new ArrayList<>();

    /** Shows every object of a kind, and again whenever it changes. */
    <T extends HasMetadata> void watch(Informable<T> kind, Consumer<T> seen) {
        informers.add(kind.inform(new ResourceEventHandler<>() {
            @Override
            public void onAdd(T object) {
                seen.accept(object);
            }

            @Override
            public void onUpdate(T before, T object) {
                seen.accept(object);
            }

            @Override
            public void onDelete(T object, boolean unknown) {
                // Nothing of a scene is deleted.
            }
        }));
    }

    @Override
    public void close() {
        informers.forEach(SharedIndexInformer::close);
    }
}
