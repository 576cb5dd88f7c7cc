package io.ec2quarantine.cluster;

import io.ec2quarantine.core.Scheduler;
import io.ec2quarantine.core.WriteLedger;
import io.ec2quarantine.core.policy.Hold;
import io.ec2quarantine.core.safeguard.Limits;
import io.ec2quarantine.core.safeguard.Limits.Candidate;
import io.ec2quarantine.core.safeguard.Slot;
import io.ec2quarantine.core.safeguard.Usage;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The isolations that were decided upon within the last hour, in a ConfigMap of the operator's namespace. One is added only
 * to the version of the list that was counted, so that neither a restart nor a second operator goes beyond a limit.
 */
public final class SlotBook {
    static final String CONFIG_MAP = "ec2-quarantine-slots";
    private static final int ATTEMPTS = 10;
    /** What was taken later than that was written by nobody whose clock is right. */
    private static final Duration CLOCKS_APART = Duration.ofMinutes(1);

    private final KubernetesClient client;
    private final String namespace;
    private final WriteLedger ledger;
    private final Scheduler time;
    private final Supplier<Map<String, String>> isolated;
    private final Supplier<Map<String, Instant>> over;
    private final ReentrantLock oneAtATime = new ReentrantLock();
    private final AtomicReference<Optional<ConfigMap>> known = new AtomicReference<>(Optional.empty());

    /**
     * @param isolated the instances that quarantines hold isolated, with the policy of each
     * @param over when what was isolated was released or terminated, by instance
     */
    public SlotBook(
            KubernetesClient client,
            String namespace,
            WriteLedger ledger,
            Scheduler time,
            Supplier<Map<String, String>> isolated,
            Supplier<Map<String, Instant>> over) {
        this.client = client;
        this.namespace = namespace;
        this.ledger = ledger;
        this.time = time;
        this.isolated = isolated;
        this.over = over;
    }

    /** What is taken up, as far as it is known here: another operator may have taken more. */
    public Usage usage() {
        return usage(known.get().orElseGet(this::read), time.instant());
    }

    /**
     * Takes the room for an isolation; what is in the way, where there is none.
     *
     * @throws KubernetesClientException when the list can be neither read nor written
     */
    public Optional<Hold> take(Candidate candidate) {
        oneAtATime.lock();
        try {
            return takeAlone(candidate);
        } finally {
            oneAtATime.unlock();
        }
    }

    private Optional<Hold> takeAlone(Candidate candidate) {
        for (int attempt = 1; ; attempt++) {
            ConfigMap book = known.get().orElseGet(this::read);
            Instant now = time.instant();
            Usage usage = usage(book, now);
            Optional<Hold> hold = Limits.exceededBy(candidate, usage, now);
            if (hold.isPresent() || Limits.isTaken(candidate, usage, now)) {
                return hold;
            }
            try {
                known.set(Optional.of(write(book, new Slot(candidate.instanceId(), candidate.policy(), now), now)));
                return Optional.empty();
            } catch (KubernetesClientException exception) {
                // What another operator has taken meanwhile must be counted.
                known.set(Optional.empty());
                boolean overtaken = exception.getCode() == HttpURLConnection.HTTP_CONFLICT
                        || exception.getCode() == HttpURLConnection.HTTP_NOT_FOUND;
                if (!overtaken || attempt == ATTEMPTS) {
                    throw exception;
                }
            }
        }
    }

    private Usage usage(ConfigMap book, Instant now) {
        return new Usage(isolated.get(), over.get(), slots(book, now));
    }

    private ConfigMap read() {
        @Nullable
        ConfigMap present =
                client.configMaps().inNamespace(namespace).withName(CONFIG_MAP).get();
        return present != null
                ? present
                : new ConfigMapBuilder()
                        .withNewMetadata()
                        .withName(CONFIG_MAP)
                        .withNamespace(namespace)
                        .endMetadata()
                        .build();
    }

    private ConfigMap write(ConfigMap book, Slot added, Instant now) {
        Map<String, String> data = new HashMap<>();
        slots(book, now).forEach(slot -> data.put(key(slot), slot.policy()));
        data.put(key(added), added.policy());
        ConfigMap next = new ConfigMapBuilder(book).withData(data).build();
        return ledger.write(
                "kubernetes:update",
                "ConfigMap " + namespace + "/" + CONFIG_MAP,
                () -> book.getMetadata().getResourceVersion() == null
                        ? client.resource(next).create()
                        : client.resource(next).update());
    }

    private static String key(Slot slot) {
        return slot.instanceId() + "." + slot.taken().toEpochMilli();
    }

    /** What people have made unreadable takes no room. */
    private static List<Slot> slots(ConfigMap book, Instant now) {
        return Optional.ofNullable(book.getData()).orElseGet(Map::of).entrySet().stream()
                .filter(entry -> entry.getKey().matches("i-[0-9a-f]+[.][0-9]{1,15}"))
                .map(SlotBook::slot)
                .filter(slot -> slot.taken().isAfter(now.minus(Usage.MEMORY))
                        && slot.taken().isBefore(now.plus(CLOCKS_APART)))
                .toList();
    }

    private static Slot slot(Map.Entry<String, String> entry) {
        int dot = entry.getKey().indexOf('.');
        return new Slot(
                entry.getKey().substring(0, dot),
                entry.getValue(),
                Instant.ofEpochMilli(Long.parseLong(entry.getKey().substring(dot + 1))));
    }
}
