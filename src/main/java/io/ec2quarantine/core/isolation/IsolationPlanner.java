package io.ec2quarantine.core.isolation;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Plans the way from what was seen to the isolation: write down, prepare groups, swap the primary interface first, let in last. */
public final class IsolationPlanner {
    private IsolationPlanner() {}

    /**
     * Plans.
     *
     * @param record what this quarantine wrote down before
     * @param quarantined the interfaces of all quarantines, this one's included by itself
     * @param others how else instances are isolated
     */
    public static IsolationPlan plan(
            Observation.Present seen,
            IsolationTarget target,
            IsolationRecord record,
            Set<String> quarantined,
            OtherIsolations others) {
        Map<String, GroupChoice> choices = choices(seen, target, record, quarantined);
        List<Step> steps = new ArrayList<>();
        List<Baseline> baselines = newBaselines(seen, target, record, others);
        if (!baselines.isEmpty()) {
            steps.add(new Step.WriteDown(baselines));
        }
        choices.values().forEach(choice -> preparing(choice).ifPresent(steps::add));
        seen.interfaces().stream()
                .filter(state -> state.unchangeable().isEmpty())
                .filter(state -> !(choices.get(state.vpcId()) instanceof GroupChoice.Refused))
                .filter(state -> !isolatedBy(choices.get(state.vpcId()), state))
                .forEach(state -> steps.add(new Step.Swap(state.id(), state.vpcId())));
        ofTheInstance(seen, choices).ifPresent(steps::add);
        choices.values()
                .forEach(choice -> lettingIn(choice, seen, target.rules()).ifPresent(steps::add));
        return new IsolationPlan(choices, steps);
    }

    /** What a group shall not have goes before an interface is moved into it. */
    private static Optional<Step> preparing(GroupChoice choice) {
        return switch (choice) {
            case GroupChoice.Make(String vpcId, String name) -> Optional.of(new Step.MakeGroup(vpcId, name));
            case GroupChoice.Strip(String vpcId, String groupId) -> Optional.of(new Step.StripGroup(vpcId, groupId));
            case GroupChoice.Use _, GroupChoice.Fill _, GroupChoice.Refused _ -> Optional.empty();
        };
    }

    /** What a group shall have comes after every swap: whoever investigates can wait, and the isolation cannot. */
    private static Optional<Step> lettingIn(GroupChoice choice, Observation.Present seen, Set<GroupRule> wanted) {
        Set<GroupRule> lacking = choice instanceof GroupChoice.Refused ? Set.of() : lacking(choice, seen, wanted);
        return lacking.isEmpty() ? Optional.empty() : Optional.of(new Step.PutRules(choice.vpcId(), lacking));
    }

    private static Set<GroupRule> lacking(GroupChoice choice, Observation.Present seen, Set<GroupRule> wanted) {
        return seen.groups().stream()
                .filter(group -> choice.existing().equals(Optional.of(group.id())))
                .findFirst()
                .map(group -> group.lacking(wanted))
                .orElse(wanted);
    }

    private static Optional<Step> ofTheInstance(Observation.Present seen, Map<String, GroupChoice> choices) {
        return seen.interfaces().stream()
                .flatMap(state -> Optional.ofNullable(choices.get(state.vpcId()))
                        .filter(choice -> !(choice instanceof GroupChoice.Refused))
                        .flatMap(GroupChoice::existing)
                        .flatMap(group -> InstanceGroups.replacement(seen.instance(), state, List.of(group)))
                        .stream())
                .findFirst();
    }

    /** Plain words on what the plan would do, for a quarantine that only observes. */
    public static List<String> describe(IsolationPlan plan) {
        return plan.steps().stream().map(IsolationPlanner::describe).toList();
    }

    private static String describe(Step step) {
        return switch (step) {
            case Step.WriteDown(List<Baseline> baselines) ->
                "write down the groups of "
                        + baselines.stream().map(Baseline::interfaceId).collect(Collectors.joining(", "));
            case Step.MakeGroup(String vpcId, String name) -> "make the group " + name + " in " + vpcId;
            case Step.StripGroup strip -> "take the rules out of " + strip.groupId();
            case Step.PutRules(String vpcId, Set<GroupRule> rules) ->
                "give the isolation group of " + vpcId + " the rules " + GroupRule.words(rules);
            case Step.Swap swap -> "move " + swap.interfaceId() + " into the isolation group";
            case Step.ReplaceInstanceGroups instance ->
                "move " + instance.instanceId() + " itself into the isolation group";
            case Step.Tag tag -> "tag " + tag.resourceId();
            case Step.DisableTermination protect -> "protect " + protect.instanceId() + " against termination";
            case Step.StopOnShutdown stop -> "make a shutdown from inside stop " + stop.instanceId();
            case Step.GiveBack back -> "give " + back.interfaceId() + " its groups back";
            case Step.Untag untag -> "take the marks off " + untag.resourceId();
            case Step.DeleteGroup delete -> "delete the group " + delete.groupId();
            case Step.AllowTermination allow -> "allow terminating " + allow.instanceId();
            case Step.TerminateOnShutdown terminate ->
                "make a shutdown from inside terminate " + terminate.instanceId();
        };
    }

    private static Map<String, GroupChoice> choices(
            Observation.Present seen, IsolationTarget target, IsolationRecord record, Set<String> quarantined) {
        Set<String> members = seen.interfaces().stream().map(InterfaceState::id).collect(Collectors.toSet());
        members.addAll(quarantined);
        Map<String, GroupChoice> choices = new LinkedHashMap<>();
        seen.interfaces().stream()
                .filter(state -> state.unchangeable().isEmpty())
                .map(InterfaceState::vpcId)
                .distinct()
                .forEach(vpcId ->
                        choices.put(vpcId, GroupChoice.of(vpcId, target, seen.groups(), record.groupIds(), members)));
        return choices;
    }

    private static List<Baseline> newBaselines(
            Observation.Present seen, IsolationTarget target, IsolationRecord record, OtherIsolations others) {
        Set<String> isolationGroups = new HashSet<>(seen.ownedGroupIds());
        isolationGroups.addAll(others.isolating(seen.groups()));
        isolationGroups.addAll(record.groupIds());
        isolationGroups.addAll(target.existingGroups().values());
        return seen.interfaces().stream()
                .filter(state -> !record.interfaceIds().contains(state.id()))
                .filter(state -> !isWithoutGroupsAndLeftSo(state))
                .map(state -> Marks.sayLeftIsolated(state, target.installId())
                        ? new Baseline(state.id(), List.of(), false)
                        : Baseline.of(state, isolationGroups))
                .toList();
    }

    /** Nothing is changed about it now, so that a later look may still see what it has, and write that down. */
    private static boolean isWithoutGroupsAndLeftSo(InterfaceState state) {
        return state.groups().isEmpty() && state.unchangeable().isPresent();
    }

    private static boolean isolatedBy(@Nullable GroupChoice choice, InterfaceState state) {
        return choice != null
                && choice.existing()
                        .map(List::of)
                        .filter(state.groups()::equals)
                        .isPresent();
    }
}
