package io.ec2quarantine.aws;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Keeps what is expensive to make, until nobody has asked for it for an hour. */
final class IdleCache<K, V> {
    private static final Duration LONGEST_REST = Duration.ofHours(1);

    private final ConcurrentMap<K, Entry<V>> entries = new ConcurrentHashMap<>();
    private final InstantSource time;
    private final Consumer<V> end;

    /** @param end told of each that is given up */
    IdleCache(InstantSource time, Consumer<V> end) {
        this.time = time;
        this.end = end;
    }

    V get(K key, Supplier<V> make) {
        Instant now = time.instant();
        // Never within the computation: the map allows no change of other entries there.
        if (!entries.containsKey(key)) {
            dropIdle(now);
        }
        // Within it: an entry that is given out is in use before anybody can give it up.
        return Objects.requireNonNull(entries.compute(
                        key,
                        (_, present) ->
                                present == null ? new Entry<>(make.get(), now) : new Entry<>(present.value(), now)))
                .value();
    }

    int size() {
        return entries.size();
    }

    void close() {
        entries.values().forEach(entry -> end.accept(entry.value()));
        entries.clear();
    }

    private void dropIdle(Instant now) {
        entries.forEach((key, entry) -> {
            if (entry.lastUse().plus(LONGEST_REST).isBefore(now) && entries.remove(key, entry)) {
                end.accept(entry.value());
            }
        });
    }

    private record Entry<V>(V value, Instant lastUse) {}
}
