package io.ec2quarantine.controller;

import io.ec2quarantine.core.CallFailure;
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
    private final ConcurrentMap<String, Instant> different = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, Instant> open = new ConcurrentHashMap<>();
    /** Why the sweeps do not get through. */
    private final ConcurrentMap<String, CallFailure> inTheWay = new ConcurrentHashMap<>();

    /** A read that began at this time found everything as desired; one that began before the last full look says nothing. */
    void verified(String name, Instant readTime) {
        Instant look = lastLook.getOrDefault(name, Instant.MIN);
        if (!readTime.isBefore(look)) {
            foundAsDesired(name, readTime);
            lastVerified.merge(name, readTime, VerificationBook::later);
        }
    }

    /** A read that began at this time found something that is not as desired. */
    void foundDifferent(String name, List<Difference> differences, Instant readTime) {
        different.merge(name, readTime, VerificationBook::later);
        if (differences.stream()
                .anyMatch(difference -> difference.interfaceConcerned().isPresent())) {
            open.merge(name, readTime, VerificationBook::later);
        }
    }

    /** A read that began at this time found everything as desired, as far as it can be; it says nothing of a later one. */
    void foundAsDesired(String name, Instant readTime) {
        different.computeIfPresent(name, (_, found) -> found.isAfter(readTime) ? found : null);
        open.computeIfPresent(name, (_, found) -> found.isAfter(readTime) ? found : null);
    }

    /** A sweep got through. */
    void swept(String name) {
        inTheWay.remove(name);
    }

    /**
     * A sweep did not get through. What passes by itself takes the place of nothing, for it disproves nothing; and what is
     * known already stays in the words in which it was told.
     *
     * @return whether that is news
     */
    boolean sweptInVain(String name, CallFailure failure) {
        boolean news = inTheWay(name).map(known -> isNews(failure, known)).orElse(true);
        if (news) {
            inTheWay.put(name, failure);
        }
        return news;
    }

    private static boolean isNews(CallFailure latest, CallFailure known) {
        boolean passes = latest instanceof CallFailure.Throttled || latest instanceof CallFailure.Transient;
        boolean same = known.reason().equals(latest.reason()) && known.call().equals(latest.call());
        return !passes && !same;
    }

    /** Why the sweeps have not got through since the last one that did. */
    Optional<CallFailure> inTheWay(String name) {
        return Optional.ofNullable(inTheWay.get(name));
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    /** Whether a read found something that is not as desired, and none since found that it is. */
    boolean isDifferent(String name) {
        return different.containsKey(name);
    }

    /** Whether a read found an interface outside its isolation group, and none since found it back. */
    boolean isOpen(String name) {
        return open.containsKey(name);
    }

    /** A read found differences, or something else asks for a full look. */
    void lookAt(String name) {
        toLookAt.add(name);
    }

    /** Whether a full look was asked for. */
    boolean isToBeLookedAt(String name) {
        return toLookAt.contains(name);
    }

    /**
     * A full look begins: earlier reads no longer count, and what is found from now on asks for another.
     *
     * @return the read that counted until now
     */
    Optional<Instant> looking(String name, Instant now) {
        toLookAt.remove(name);
        lastLook.put(name, now);
        return Optional.ofNullable(lastVerified.remove(name));
    }

    /** The look came to nothing before anything was changed: the read that counted before it counts still. */
    void lookedInVain(String name, Optional<Instant> before) {
        toLookAt.add(name);
        before.ifPresent(read -> lastVerified.putIfAbsent(name, read));
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
        different.keySet().retainAll(names);
        open.keySet().retainAll(names);
        inTheWay.keySet().retainAll(names);
    }
}
