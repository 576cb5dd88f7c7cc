package io.ec2quarantine.demo;

import io.ec2quarantine.sim.OrganisationScene;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Compares what EC2 has and what was called there with what the policies and the people of the scene want.
 *
 * @param before the groups before anything happened
 */
record OrganisationCheck(OrganisationView view, Map<String, Map<String, List<String>>> before) {
    static final String RESPONDER = "ec2-quarantine-responder";
    static final String RELEASE = "ec2-quarantine-release";

    /** What is not as it must be once the limit is reached, a sentence each. */
    List<String> limitProblems(int limit, Writes writes) {
        List<String> isolated = view.isolated();
        List<String> waiting =
                view.servers().stream().filter(id -> !isolated.contains(id)).toList();
        List<String> problems = new ArrayList<>();
        tooMany(limit).ifPresent(problems::add);
        if (isolated.size() < limit) {
            problems.add("EC2 has only " + isolated.size() + " servers in the isolation group alone.");
        }
        overtaken(isolated, waiting).ifPresent(problems::add);
        touched(waiting, writes).ifPresent(problems::add);
        problems.addAll(actors(writes, RESPONDER));
        return problems;
    }

    /** That more is isolated than the policy allows, as soon as EC2 has it so. */
    Optional<String> tooMany(int limit) {
        int isolated = view.isolated().size();
        return isolated > limit
                ? Optional.of("EC2 has " + isolated + " servers isolated, and maxActive is " + limit + ".")
                : Optional.empty();
    }

    private Optional<String> overtaken(List<String> isolated, List<String> waiting) {
        Optional<String> least = isolated.stream().min(Comparator.comparing(view::severity));
        Optional<String> most = waiting.stream().max(Comparator.comparing(view::severity));
        return least.flatMap(done -> most.filter(one -> view.severity(one).compareTo(view.severity(done)) > 0)
                .map(one -> "EC2 has " + shown(done) + " isolated, while " + shown(one) + " waits."));
    }

    private String shown(String server) {
        return view.nameOf(server) + " (" + view.severity(server).label() + ")";
    }

    /** That something was done to what nothing may be done to. */
    Optional<String> touched(List<String> instances, Writes writes) {
        String touched = instances.stream()
                .filter(id -> !sameGroups(id)
                        || !writes.on(view.regionOf(id), id).calls().isEmpty())
                .map(view::nameOf)
                .collect(Collectors.joining(", "));
        return touched.isEmpty()
                ? Optional.empty()
                : Optional.of("Nobody asked for it, and yet something was done to " + touched + ".");
    }

    private boolean sameGroups(String instance) {
        return view.regionOf(instance).groupsOf(instance).equals(before.get(instance));
    }

    /** What was changed by another than this role of the member account, a sentence each. */
    List<String> actors(Writes writes, String role) {
        return writes.notBy(view.scene().member().id(), role).calls().stream()
                .limit(1)
                .map(call -> call.action() + " was called in account " + call.account() + " as "
                        + (call.role().isEmpty() ? call.principal() : call.role()) + " and not as " + role + ".")
                .toList();
    }

    /** What is not as it must be after the approval, a sentence each. */
    List<String> approvalProblems(Writes writes) {
        OrganisationScene scene = view.scene();
        List<String> problems = new ArrayList<>(isolationProblems(scene.askedAbout(), writes));
        touched(List.of(scene.protectedInstance()), writes).ifPresent(problems::add);
        return problems;
    }

    /** What of an isolation is not as it must be, a sentence each. */
    List<String> isolationProblems(String instance, Writes writes) {
        Writes on = writes.on(view.regionOf(instance), instance);
        List<String> problems = new ArrayList<>(actors(on, RESPONDER));
        if (!view.isIsolated(instance) || on.calls().isEmpty()) {
            problems.add("EC2 does not have " + view.nameOf(instance) + " in the isolation group alone.");
        }
        return problems;
    }

    /**
     * What is not as it was before the isolation, a sentence each.
     *
     * @param writes what was called since the decision
     */
    List<String> releaseProblems(String instance, Writes writes) {
        Writes on = writes.on(view.regionOf(instance), instance);
        List<String> problems = new ArrayList<>(actors(on, RELEASE));
        if (!sameGroups(instance) || on.calls().isEmpty()) {
            problems.add("EC2 does not have " + view.nameOf(instance) + " back in its groups.");
        }
        return problems;
    }
}
