package io.ec2quarantine.core.isolation;

import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The groups of an instance itself. On EC2 they are those of its primary interface, and nothing is ever to be done about
 * them. Emulators (moto, LocalStack) keep them apart and add them to those of every interface, so that an interface alone
 * can neither be isolated nor given back.
 */
public final class InstanceGroups {
    private InstanceGroups() {}

    /**
     * Replaces the instance's own groups where they are all that an interface has beside what is wanted of it.
     *
     * @param wanted the groups that the interface shall have
     */
    public static Optional<Step> replacement(InstanceFacts instance, InterfaceState state, List<String> wanted) {
        Set<String> beside = new HashSet<>(state.groups());
        wanted.forEach(beside::remove);
        boolean keptApart = !beside.isEmpty()
                && state.groups().containsAll(wanted)
                && instance.groups().containsAll(beside)
                && Collections.disjoint(instance.groups(), wanted);
        return keptApart ? Optional.of(new Step.ReplaceInstanceGroups(instance.id(), wanted)) : Optional.empty();
    }
}
