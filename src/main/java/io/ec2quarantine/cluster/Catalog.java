package io.ec2quarantine.cluster;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A view on all objects of one kind, as the informer holds them; empty until the informer is attached.
 *
 * <p>The objects are the informer's own: whoever reads here never changes them.
 */
public final class Catalog<T extends HasMetadata> {
    private record View<T>(Supplier<Stream<T>> all, Function<String, Optional<T>> byName) {}

    private final AtomicReference<View<T>> view =
            new AtomicReference<>(new View<>(Stream::empty, _ -> Optional.empty()));

    private volatile boolean complete;

    /** The informer has listed everything that there is: from now on an object that is missing does not exist. */
    public void completed() {
        complete = true;
    }

    /** Whether a missing object does not exist, rather than not having been read yet. */
    public boolean isComplete() {
        return complete;
    }

    /** Attaches the informer's cache. */
    public void attach(Supplier<Stream<T>> all, Function<String, Optional<T>> byName) {
        view.set(new View<>(all, byName));
    }

    /** All objects that are not being deleted. */
    public List<T> all() {
        return view.get()
                .all()
                .get()
                .filter(each -> !each.isMarkedForDeletion())
                .toList();
    }

    /** One object by its name. */
    public Optional<T> get(String name) {
        return view.get().byName().apply(name);
    }
}
