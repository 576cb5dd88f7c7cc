package io.ec2quarantine.core.isolation;

import java.util.List;

/** What a release cannot give back without a person. */
public sealed interface Shortfall {
    String interfaceId();

    /** Groups of the baseline exist no more; those that do are given back. */
    record GroupsGone(String interfaceId, List<String> groups) implements Shortfall {
        public GroupsGone {
            groups = List.copyOf(groups);
        }
    }

    /** What the interface had before is not known. */
    record NoBaseline(String interfaceId) implements Shortfall {}

    /** A person chose groups for an interface that is not the instance's. */
    record NotIts(String interfaceId) implements Shortfall {}

    /** The interface exists no more. */
    record InterfaceGone(String interfaceId) implements Shortfall {}

    /** Only AWS can change the interface. */
    record Unchangeable(String interfaceId, String why) implements Shortfall {}

    /** What happened, to what, and what to do next, without the full stop. */
    default String sentence() {
        return switch (this) {
            case GroupsGone(String id, List<String> groups) ->
                id + " had " + String.join(", ", groups) + ", which " + (groups.size() == 1 ? "exists" : "exist")
                        + " no more: choose its groups in spec.releaseTo";
            case NoBaseline(String id) ->
                "it is not known which groups " + id + " had before: choose its groups in spec.releaseTo (its tag "
                        + Marks.BASELINE + " may name them)";
            case NotIts(String id) -> id + " is no interface of this instance: take it out of spec.releaseTo";
            case InterfaceGone(String id) ->
                id + " exists no more: list it in spec.releaseTo without groups to let it go";
            case Unchangeable(String id, String why) ->
                id + " cannot be given back (" + why + "): list it in spec.releaseTo without groups to let it go";
        };
    }
}
