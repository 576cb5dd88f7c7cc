package io.ec2quarantine.core.evidence;

import io.ec2quarantine.core.CallFailure;
import io.ec2quarantine.core.evidence.Preserve.Scaling;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Decides what is to be done of each step, by what the response asks, what was seen and what is written down. */
public final class Needs {
    /** As many registrations as the record holds. */
    public static final int MOST_TARGETS = 64;

    /** So long an attempt may take to be seen by others: its call ends, and EC2 shows to everybody what it made. */
    public static final Duration SNAPSHOTS_UNDER_WAY = Duration.ofSeconds(30);

    private Needs() {}

    /** Whether the instance is to leave its Auto Scaling group. */
    public static Need scaling(
            Preserve asked, String instanceId, Optional<ScalingMembership> seen, Optional<Recorded.Taken> recorded) {
        if (asked.scaling() == Scaling.LEAVE) {
            return new Need.NotAsked();
        }
        if (seen.isEmpty()) {
            return recorded.<Need>map(
                            taken -> new Need.Met("out of the Auto Scaling group " + Shown.name(taken.groupName())))
                    .orElseGet(() -> new Need.None("it is in no Auto Scaling group"));
        }
        ScalingMembership member = seen.get();
        String call = asked.scaling() == Scaling.DETACH ? "autoscaling:DetachInstances" : "autoscaling:EnterStandby";
        if (member.isLeaving() || member.isStandby()) {
            return new Need.Met("out of the hands of the Auto Scaling group " + Shown.name(member.groupName()) + " ("
                    + member.lifecycleState() + ")");
        }
        if (member.isTerminating()) {
            return stuck(
                    call,
                    instanceId,
                    member,
                    "the group is terminating the instance; copy its volumes now, and hold it with a lifecycle hook");
        }
        if (!member.isInService()) {
            return stuck(call, instanceId, member, "only an instance in service can leave the group");
        }
        String lost = member.protectedFromScaleIn() ? ", which had protected it from scale-in" : "";
        return new Need.Open(
                asked.scaling() == Scaling.DETACH
                        ? "detached from the Auto Scaling group " + Shown.name(member.groupName()) + lost
                        : "on standby in the Auto Scaling group " + Shown.name(member.groupName()));
    }

    private static Need stuck(String call, String instanceId, ScalingMembership member, String why) {
        return new Need.Stuck(new CallFailure.Invalid(
                call,
                instanceId + " in Auto Scaling group " + Shown.name(member.groupName()),
                "LifecycleState",
                "it is " + member.lifecycleState() + ": " + why));
    }

    /** What is written down of the group before the instance leaves it: once, for a release gives back what was before. */
    public static Optional<Recorded.Taken> toRecord(
            Preserve asked, String instanceId, Optional<ScalingMembership> seen, Optional<Recorded.Taken> recorded) {
        return recorded.isEmpty() && scaling(asked, instanceId, seen, recorded) instanceof Need.Open
                ? seen.map(member ->
                        new Recorded.Taken(member.groupName(), asked.scaling().text()))
                : recorded;
    }

    /** Whether the instance is to leave target groups, of those registrations that are not on their way out. */
    public static Need targets(
            Preserve asked, Collection<TargetRegistration> seen, Collection<TargetRegistration> recorded) {
        if (!asked.deregister()) {
            return new Need.NotAsked();
        }
        if (seen.isEmpty()) {
            return recorded.isEmpty()
                    ? new Need.None("it is in no target group")
                    : new Need.Met("out of " + groups(recorded));
        }
        return new Need.Open("out of " + groups(seen));
    }

    /** What is said where more registrations were seen than can be written down, which alone are taken away. */
    public static Need tooMany(String instanceId) {
        return new Need.Stuck(new CallFailure.Invalid(
                "elasticloadbalancing:DeregisterTargets",
                instanceId,
                "TooMany",
                "of more than " + MOST_TARGETS
                        + " registrations no more can be written down; take the instance out of the"
                        + " other target groups yourself"));
    }

    /** What is written down of registrations before any is taken away. */
    public static List<TargetRegistration> toRecord(
            Collection<TargetRegistration> seen, Collection<TargetRegistration> recorded) {
        Map<List<Object>, TargetRegistration> all = new LinkedHashMap<>();
        recorded.forEach(each -> all.put(key(each), each));
        seen.forEach(each -> all.putIfAbsent(key(each), each));
        return all.values().stream().limit(MOST_TARGETS).toList();
    }

    private static List<Object> key(TargetRegistration registration) {
        return List.of(registration.targetGroupArn(), registration.port(), registration.targetId());
    }

    private static String groups(Collection<TargetRegistration> registrations) {
        List<String> names = registrations.stream()
                .map(TargetRegistration::groupName)
                .distinct()
                .sorted()
                .toList();
        return names.size() == 1
                ? "the target group " + names.getFirst()
                : names.size() + " target groups (" + String.join(", ", names) + ")";
    }

    /** Whether the volumes are to be copied; an attempt that may be under way is waited for, whoever made it. */
    public static Need snapshots(Preserve asked, Collection<String> volumeIds, Recorded recorded, Instant now) {
        if (!asked.snapshots()) {
            return new Need.NotAsked();
        }
        if (!recorded.snapshotIds().isEmpty()) {
            return new Need.Met(begun(recorded.snapshotIds()));
        }
        if (volumeIds.isEmpty()) {
            return new Need.None("it has no EBS volumes");
        }
        return recorded.snapshotsBegun()
                .filter(begun -> begun.plus(SNAPSHOTS_UNDER_WAY).isAfter(now))
                .<Need>map(_ -> new Need.Awaited())
                .orElseGet(() -> new Need.Open("copied"));
    }

    /** What is said of snapshots. */
    public static String begun(Collection<String> snapshotIds) {
        return "snapshots of its volumes begun (" + String.join(", ", snapshotIds) + ")";
    }

    /** Whether the instance profile is to be taken away. */
    public static Need profile(Preserve asked, Collection<ProfileAssociation> seen, Optional<String> recorded) {
        if (!asked.disassociate()) {
            return new Need.NotAsked();
        }
        if (seen.isEmpty()) {
            return recorded.<Need>map(
                            arn -> new Need.Met("without the instance profile " + ProfileAssociation.name(arn)))
                    .orElseGet(() -> new Need.None("it has no instance profile"));
        }
        return new Need.Open("without the instance profile "
                + ProfileAssociation.name(seen.iterator().next().arn()));
    }

    /** The sentences of what was done and of what does not apply, in their order. */
    public static List<String> told(Collection<Need> needs) {
        List<String> told = new ArrayList<>();
        needs.forEach(need -> {
            switch (need) {
                case Need.Met(String sentence) -> told.add(sentence);
                case Need.None(String because) -> told.add(because);
                case Need.NotAsked _, Need.Open _, Need.Awaited _, Need.Stuck _ -> {}
            }
        });
        return List.copyOf(told);
    }
}
