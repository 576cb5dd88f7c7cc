package io.ec2quarantine.core.safeguard;

import io.ec2quarantine.core.policy.Hold;
import io.ec2quarantine.core.policy.Safeguards;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Judges whether there is room for one more isolation: a pure function of what is taken up. */
public final class Limits {
    private static final int WHOLE = 100;

    private Limits() {}

    /**
     * An isolation that is to be decided upon.
     *
     * @param group the Auto Scaling group of the instance with its present members, where it is in one
     * @param since when the episode before this one was released: room that was taken before is not for this one
     */
    public record Candidate(
            String instanceId, String policy, Safeguards safeguards, Optional<Members> group, Instant since) {}

    /** The instances of an Auto Scaling group. */
    public record Members(ScalingGroup group, Set<String> instanceIds) {
        public Members {
            instanceIds = Set.copyOf(instanceIds);
        }
    }

    /** What there is no room for; empty when there is, or when the room was taken for this instance before. */
    public static Optional<Hold> exceededBy(Candidate candidate, Usage usage, Instant now) {
        return isTaken(candidate, usage, now)
                ? Optional.empty()
                : ofThePolicy(candidate, usage, now)
                        .or(() -> candidate.group().flatMap(members -> ofTheGroup(candidate, members, usage, now)));
    }

    /** Whether the room was taken for this very isolation, which has only to be stored. */
    public static boolean isTaken(Candidate candidate, Usage usage, Instant now) {
        return usage.holds(candidate.instanceId(), candidate.policy(), candidate.since(), now);
    }

    /** The limits that hold whatever the instance. */
    private static Optional<Hold> ofThePolicy(Candidate candidate, Usage usage, Instant now) {
        Safeguards safeguards = candidate.safeguards();
        Set<String> others = new HashSet<>(usage.active(candidate.policy(), now));
        others.remove(candidate.instanceId());
        if (others.size() >= safeguards.maxActive()) {
            return Optional.of(new Hold(
                    Hold.Reason.MAX_ACTIVE,
                    "Policy " + candidate.policy() + " holds as many instances isolated as its maxActive allows ("
                            + safeguards.maxActive() + "); this one is isolated when another is released, or as soon as"
                            + " you set its spec.desiredState to Isolated."));
        }
        if (usage.withinTheHour(candidate.policy(), now) >= safeguards.maxPerHour()) {
            return Optional.of(new Hold(
                    Hold.Reason.MAX_PER_HOUR,
                    "Policy " + candidate.policy() + " has isolated as many instances within the hour as its maxPerHour"
                            + " allows (" + safeguards.maxPerHour()
                            + "); this one is isolated when the hour is over, or"
                            + " as soon as you set its spec.desiredState to Isolated."));
        }
        return Optional.empty();
    }

    private static Optional<Hold> ofTheGroup(Candidate candidate, Members members, Usage usage, Instant now) {
        Set<String> all = new HashSet<>(members.instanceIds());
        all.add(candidate.instanceId());
        Set<String> isolated = new HashSet<>(usage.isolatedAmong(all, now));
        isolated.add(candidate.instanceId());
        int most = candidate.safeguards().maxScalingGroupPercent();
        return isolated.size() * WHOLE <= all.size() * most
                ? Optional.empty()
                : Optional.of(new Hold(
                        Hold.Reason.MAX_AUTO_SCALING_GROUP_PERCENT,
                        "With this one, " + isolated.size() + " of " + all.size()
                                + " instances of the Auto Scaling group "
                                + members.group().name() + " would be isolated, more than the "
                                + most + " % that policy " + candidate.policy()
                                + " allows (maxAutoScalingGroupPercent); this one is isolated when the group has room, or"
                                + " as soon as you set its spec.desiredState to Isolated."));
    }

    /** Whether a policy has room for anything at all. */
    public static boolean hasRoom(String policy, Safeguards safeguards, Usage usage, Instant now) {
        return ofThePolicy(new Candidate("", policy, safeguards, Optional.empty(), Instant.EPOCH), usage, now)
                .isEmpty();
    }
}
