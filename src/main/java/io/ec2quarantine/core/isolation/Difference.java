package io.ec2quarantine.core.isolation;

import java.util.List;
import java.util.Optional;

/** One thing that is not as the isolation wants it. */
public sealed interface Difference {
    /** An interface has other groups. */
    record OtherGroups(String interfaceId, List<String> seen) implements Difference {}

    /** An interface that only AWS can change has other groups. */
    record Unchangeable(String interfaceId, String why) implements Difference {}

    /** An isolation group has rules. */
    record GroupHasRules(String groupId, int rules) implements Difference {}

    /** An isolation group showed no rules, but is known to have had some that could not be taken away. */
    record GroupNotEmptied(String groupId) implements Difference {}

    /** The isolation group of a VPC was not found. */
    record NoGroup(String vpcId, String groupId) implements Difference {}

    /** One sentence without its full stop. */
    default String sentence() {
        return switch (this) {
            case OtherGroups(String interfaceId, List<String> seen) ->
                interfaceId + " is in " + String.join(", ", seen) + " instead of its isolation group";
            case Unchangeable(String interfaceId, String why) -> interfaceId + " cannot be isolated: " + why;
            case GroupHasRules(String groupId, int rules) ->
                "the isolation group " + groupId + " has " + rules + (rules == 1 ? " rule" : " rules");
            case GroupNotEmptied(String groupId) ->
                "the rules of the isolation group " + groupId + " could not be taken away yet";
            case NoGroup(String vpcId, String groupId) ->
                "the isolation group " + groupId + " of " + vpcId + " was not found";
        };
    }

    /** The interface that it concerns, empty where it concerns a group. */
    default Optional<String> interfaceConcerned() {
        return switch (this) {
            case OtherGroups other -> Optional.of(other.interfaceId());
            case Unchangeable unchangeable -> Optional.of(unchangeable.interfaceId());
            case GroupHasRules _, GroupNotEmptied _, NoGroup _ -> Optional.empty();
        };
    }
}
