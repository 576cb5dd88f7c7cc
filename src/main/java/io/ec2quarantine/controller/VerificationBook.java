package io.ec2quarantine.controller;

import io.ec2quarantine.core.isolation.Difference;
import io.ec2quarantine.core.isolation.DriftHistory;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** When each isolation was last read back, and which ones were found different since: what the conditions rest on. */
final class VerificationBook {
    private final ConcurrentMap<String, Instant> lastVerified = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, Instant> lastLook = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, DriftHistory> drifts = new ConcurrentHashMap<>();
    private final Set<String> toLookAt = ConcurrentHashMap.newKeySet();

    /** A read that began at this time found everything as desired; one that began before the last full look says nothing. */
    void verified(String name, Instant readTime) {
        Instant look = lastLook.getOrDefault(name, Instant.MIN);
        lastVerified.compute(
                name,
                (_, present) ->
                        readTime.isBefore(look) || (present != null && present.isAfter(readTime)) ? present : readTime);
    }

    /** A read found differences, or something else asks for a full look. */
    void lookAt(String name) {
        toLookAt.add(name);
    }

    /** Whether a full look was asked for. */
    boolean isToBeLookedAt(String name) {
        return toLookAt.contains(name);
    }

    /** A full look begins: earlier reads no longer count, and what is found from now on asks for another. */
    void looking(String name, Instant now) {
        toLookAt.remove(name);
        lastLook.put(name, now);
        lastVerified.remove(name);
    }

    /** The last read that found everything as desired, in this process. */
    Optional<Instant> lastVerified(String name) {
        return Optional.ofNullable(lastVerified.get(name));
    }

    /** A full look found these differences, after the isolation had been reached. */
    void drifted(String name, List<Difference> differences, Instant now) {
        if (!differences.isEmpty()) {
            drifts.compute(
                    name,
                    (_, present) -> Optional.ofNullable(present)
                            .orElseGet(DriftHistory::empty)
                            .with(differences, now));
        }
    }

    /** What is changed again and again, in one sentence without its full stop. */
    Optional<String> fight(String name, Instant now) {
        return drifts.getOrDefault(name, DriftHistory.empty()).fight(now);
    }

    /** Forgets the quarantines that are no more. */
    void retain(Set<String> names) {
        drifts.keySet().retainAll(names);
        lastVerified.keySet().retainAll(names);
        lastLook.keySet().retainAll(names);
        toLookAt.retainAll(names);
    }
}
