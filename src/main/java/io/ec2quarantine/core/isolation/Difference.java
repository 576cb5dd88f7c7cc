package io.ec2quarantine.core.isolation;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/** One thing that is not as the isolation wants it. */
public sealed interface Difference {
    /** An interface has other groups. */
    record OtherGroups(String interfaceId, List<String> seen) implements Difference {}

    /** An interface that only AWS can change has other groups. */
    record Unchangeable(String interfaceId, String why) implements Difference {}

    /** An isolation group has rules beyond those that it shall have. */
    record GroupHasRules(String groupId, int rules) implements Difference {}

    /** An isolation group lacks rules that it shall have: it isolates, and keeps out those who investigate. */
    record GroupLacksRules(String groupId, Set<GroupRule> rules) implements Difference {
        public GroupLacksRules {
            rules = Set.copyOf(rules);
        }
    }

    /** An isolation group showed no rules beyond those, but is known to have had some that could not be taken away. */
    record GroupNotEmptied(String groupId) implements Difference {}

    /** An isolation group no longer carries the mark of this installation. */
    record NotOurs(String groupId) implements Difference {}

    /** Somebody else's interfaces are in an isolation group. */
    record Joined(String groupId, List<String> interfaceIds) implements Difference {
        public Joined {
            interfaceIds = List.copyOf(interfaceIds);
        }
    }

    /** The isolation group of a VPC was not found. */
    record NoGroup(String vpcId, String groupId) implements Difference {}

    /** One sentence without its full stop. */
    default String sentence() {
        return switch (this) {
            case OtherGroups(String interfaceId, List<String> seen) ->
                interfaceId + " is in " + String.join(", ", seen) + " instead of its isolation group";
            case Unchangeable(String interfaceId, String why) -> interfaceId + " cannot be isolated: " + why;
            case GroupHasRules(String groupId, int rules) ->
                "the isolation group " + groupId + " has " + rules + (rules == 1 ? " rule" : " rules") + " too many";
            case GroupLacksRules(String groupId, Set<GroupRule> rules) ->
                "the isolation group " + groupId + " lacks " + GroupRule.words(rules);
            case GroupNotEmptied(String groupId) ->
                "the rules of the isolation group " + groupId + " could not be taken away yet";
            case NotOurs(String groupId) -> "the isolation group " + groupId + " lost its mark of ownership";
            case Joined(String groupId, List<String> interfaceIds) ->
                "somebody put " + String.join(", ", interfaceIds) + " into the isolation group " + groupId;
            case NoGroup(String vpcId, String groupId) ->
                "the isolation group " + groupId + " of " + vpcId + " was not found";
        };
    }

    /** What differs and in which way, without the values that change from one time to the next. */
    default String subject() {
        return switch (this) {
            case OtherGroups other -> "groups of " + other.interfaceId();
            case Unchangeable unchangeable -> "groups of " + unchangeable.interfaceId();
            case GroupHasRules rules -> "rules of " + rules.groupId();
            case GroupLacksRules lacks -> "access of " + lacks.groupId();
            case GroupNotEmptied group -> "rules of " + group.groupId();
            case NotOurs group -> "mark of " + group.groupId();
            case Joined group -> "members of " + group.groupId();
            case NoGroup none -> "group of " + none.vpcId();
        };
    }

    /** The interface that it concerns, empty where it concerns a group. */
    default Optional<String> interfaceConcerned() {
        return switch (this) {
            case OtherGroups other -> Optional.of(other.interfaceId());
            case Unchangeable unchangeable -> Optional.of(unchangeable.interfaceId());
            case GroupHasRules _, GroupLacksRules _, GroupNotEmptied _, NotOurs _, Joined _, NoGroup _ ->
                Optional.empty();
        };
    }
}
