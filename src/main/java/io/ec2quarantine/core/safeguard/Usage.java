package io.ec2quarantine.core.safeguard;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How much room is taken up.
 *
 * @param isolated the instances that quarantines hold isolated, with the policy of each; none is the empty text
 * @param over when what was isolated was released or terminated, by instance: what was decided upon before that takes up no
 *     room
 * @param slots what was decided upon within the last hour
 */
public record Usage(Map<String, String> isolated, Map<String, Instant> over, List<Slot> slots) {
    /** Longer than a quarantine that was decided upon takes to be seen by whoever counts. */
    static final Duration SETTLING = Duration.ofMinutes(5);

    /** As long as a slot matters to any limit. */
    public static final Duration MEMORY = Duration.ofHours(1);

    public Usage {
        isolated = Map.copyOf(isolated);
        over = Map.copyOf(over);
        slots = List.copyOf(slots);
    }

    /**
     * Whether an isolation was decided upon already, and has only to be stored.
     *
     * @param since when the episode before this one was released
     */
    public boolean holds(String instanceId, String policy, Instant since, Instant now) {
        return slots.stream()
                .anyMatch(slot -> slot.instanceId().equals(instanceId)
                        && slot.policy().equals(policy)
                        && slot.taken().isAfter(since)
                        && isRecent(slot, now));
    }

    /** The instances that a policy holds isolated, or is about to. */
    Set<String> active(String policy, Instant now) {
        return all(now).entrySet().stream()
                .filter(each -> each.getValue().equals(policy))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    /** How many isolations a policy has decided upon within the last hour. */
    long withinTheHour(String policy, Instant now) {
        return slots.stream()
                .filter(slot -> slot.policy().equals(policy) && slot.taken().isAfter(now.minus(MEMORY)))
                .count();
    }

    /** Those of the instances that anybody holds isolated, or is about to. */
    Set<String> isolatedAmong(Set<String> instanceIds, Instant now) {
        Set<String> found = new HashSet<>(all(now).keySet());
        found.retainAll(instanceIds);
        return found;
    }

    private Map<String, String> all(Instant now) {
        Map<String, String> all = slots.stream()
                .filter(slot -> isRecent(slot, now) && !isOver(slot))
                .collect(Collectors.toMap(Slot::instanceId, Slot::policy, (_, later) -> later));
        all.putAll(isolated);
        return all;
    }

    private boolean isOver(Slot slot) {
        return Optional.ofNullable(over.get(slot.instanceId()))
                .filter(time -> time.isAfter(slot.taken()))
                .isPresent();
    }

    private static boolean isRecent(Slot slot, Instant now) {
        return slot.taken().isAfter(now.minus(SETTLING));
    }
}
