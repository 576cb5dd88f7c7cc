package io.ec2quarantine.core.evidence;

import java.util.Collection;
import java.util.Optional;

/** What a release does about one change that an isolation made beside the groups. */
public sealed interface Undo {
    /** It is as it was. */
    record Done() implements Undo {}

    /** It is to be undone; the sentence is that of the deed. */
    record Act(String sentence) implements Undo {}

    /** It cannot be undone, and the release goes on without it. */
    record Left(String sentence) implements Undo {}

    /**
     * Whether the instance goes back into the service of its Auto Scaling group.
     *
     * @param running what is not would be replaced at once
     * @param seen the group that it is in now
     * @param group the recorded group, where it still exists
     */
    static Undo scaling(
            Recorded.Taken taken,
            boolean running,
            Optional<ScalingMembership> seen,
            Optional<ScalingGroupState> group) {
        Optional<ScalingMembership> here =
                seen.filter(member -> member.groupName().equals(taken.groupName()));
        if (here.filter(member -> !member.isStandby() && !member.isLeaving()).isPresent()) {
            return new Done();
        }
        String name = Shown.name(taken.groupName());
        if (seen.isPresent() && here.isEmpty()) {
            return new Left("the instance is in the Auto Scaling group "
                    + Shown.name(seen.get().groupName()) + " now and was not put back into " + name);
        }
        if (group.isEmpty()) {
            return new Left("the Auto Scaling group " + name + " exists no more");
        }
        if (here.filter(ScalingMembership::isLeaving).isPresent()) {
            return new Left("the instance is still leaving the Auto Scaling group " + name
                    + "; put it back yourself when it has left");
        }
        if (!taken.isDetached() && here.isEmpty()) {
            return new Left(
                    "the instance is on standby in the Auto Scaling group " + name + " no more; attach it yourself");
        }
        String byHand = here.isPresent() ? "end its standby" : "attach it";
        if (!running) {
            return new Left("the instance does not run and would be replaced by the Auto Scaling group " + name
                    + "; start it and " + byHand + " yourself");
        }
        if (!group.get().hasRoom()) {
            return new Left("the Auto Scaling group " + name + " has no room (it wants "
                    + group.get().desired() + " of at most " + group.get().most()
                    + " instances); raise its maximum and " + byHand + " yourself, or terminate the instance");
        }
        return new Act(
                here.isPresent()
                        ? "off standby in the Auto Scaling group " + name
                        : "attached to the Auto Scaling group " + name);
    }

    /** Whether the instance profile is given back. */
    static Undo profile(String arn, Collection<ProfileAssociation> seen) {
        if (seen.stream().anyMatch(each -> each.arn().equals(arn))) {
            return new Done();
        }
        String name = ProfileAssociation.name(arn);
        return seen.isEmpty()
                ? new Act("with the instance profile " + name)
                : new Left("the instance has the instance profile "
                        + ProfileAssociation.name(seen.iterator().next().arn()) + " now and was not given " + name
                        + " back");
    }
}
