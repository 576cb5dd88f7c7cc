package io.ec2quarantine.controller;

import io.ec2quarantine.aws.Ec2Gateway;
import io.ec2quarantine.aws.TerminationAttributes;
import io.ec2quarantine.core.CallFailure;
import io.ec2quarantine.core.Result;
import io.ec2quarantine.core.access.Access;
import io.ec2quarantine.core.isolation.Baseline;
import io.ec2quarantine.core.isolation.GroupChoice;
import io.ec2quarantine.core.isolation.GroupRule;
import io.ec2quarantine.core.isolation.IsolationPlan;
import io.ec2quarantine.core.isolation.IsolationTarget;
import io.ec2quarantine.core.isolation.Step;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Interprets the steps of a plan. A step that fails is reported and stops no other, except
 * that an interface stays where it is while its isolation group is missing, or has rules that a retry will take away. Where
 * that is not allowed at all, a group with rules is still better than the groups that the instance was compromised in.
 */
final class PlanExecutor {
    private final IsolationGroupMaker groupMaker;

    PlanExecutor(IsolationGroupMaker groupMaker) {
        this.groupMaker = groupMaker;
    }

    /**
     * Carries out the steps in their order.
     *
     * @param writeDown stores baselines; returns once the API server has acknowledged them, and throws otherwise, which
     *     ends the execution before anything was changed
     */
    Execution execute(Site site, IsolationPlan plan, Consumer<List<Baseline>> writeDown) {
        Run run = new Run(site);
        for (Step step : plan.steps()) {
            if (step instanceof Step.WriteDown(List<Baseline> baselines)) {
                writeDown.accept(baselines);
            }
        }
        plan.choices().values().forEach(run::take);
        plan.steps().forEach(run::carryOut);
        return new Execution(run.groups, run.notEmptied, run.failures, run.actions);
    }

    /** Carries out steps that need no isolation group. */
    Execution execute(Ec2Gateway ec2, List<Step> steps) {
        Site site = new Site(ec2, "", new IsolationTarget("", "", Map.of()), Access.OWN, () -> Result.ok(ec2), Set::of);
        return execute(site, new IsolationPlan(Map.of(), steps), _ -> {});
    }

    private final class Run {
        private final Site site;
        private final Ec2Gateway ec2;
        private final Map<String, String> groups = new HashMap<>();
        private final Set<String> notEmptied = new HashSet<>();
        private final Set<String> waiting = new HashSet<>();
        private final List<CallFailure> failures = new ArrayList<>();
        private final List<String> actions = new ArrayList<>();

        Run(Site site) {
            this.site = site;
            this.ec2 = site.ec2();
        }

        void carryOut(Step step) {
            switch (step) {
                case Step.WriteDown _ -> {}
                case Step.MakeGroup make -> make(make.vpcId());
                case Step.StripGroup(String vpcId, String groupId) -> empty(vpcId, groupId);
                case Step.PutRules(String vpcId, Set<GroupRule> rules) -> putRules(vpcId, rules);
                case Step.Swap swap -> swap(swap);
                case Step.Tag(String resourceId, Map<String, String> tags) ->
                    note(ec2.tag(resourceId, tags), "tagged " + resourceId);
                case Step.DisableTermination(String instanceId) ->
                    note(ec2.setApiTerminationDisabled(instanceId, true), "protected against termination");
                case Step.StopOnShutdown(String instanceId) ->
                    note(
                            ec2.setShutdownBehavior(instanceId, TerminationAttributes.STOP),
                            "made a shutdown from inside stop it");
                case Step.ReplaceInstanceGroups(String instanceId, List<String> ofTheInstance) ->
                    note(
                            ec2.replaceInstanceGroups(instanceId, ofTheInstance),
                            instanceId + " itself into " + String.join(", ", ofTheInstance));
                case Step.GiveBack(String interfaceId, List<String> givenBack) ->
                    note(
                            ec2.replaceGroups(interfaceId, givenBack),
                            interfaceId + " back into " + String.join(", ", givenBack));
                case Step.Untag(String resourceId, Set<String> keys) ->
                    note(ec2.untag(resourceId, keys), "took the marks off " + resourceId);
                case Step.DeleteGroup(String groupId) -> note(ec2.deleteGroup(groupId), "deleted " + groupId);
                case Step.AllowTermination(String instanceId) ->
                    note(ec2.setApiTerminationDisabled(instanceId, false), "took the termination protection off");
                case Step.TerminateOnShutdown(String instanceId) ->
                    note(
                            ec2.setShutdownBehavior(instanceId, TerminationAttributes.TERMINATE),
                            "made a shutdown from inside terminate it");
            }
        }

        /** A group that exists is the one to use, even where its rules must go first. */
        void take(GroupChoice choice) {
            choice.existing().ifPresent(groupId -> groups.put(choice.vpcId(), groupId));
            if (choice instanceof GroupChoice.Refused(String vpcId, String groupId, String why)) {
                failures.add(new CallFailure.Invalid(
                        "use of " + groupId, "the isolation in " + vpcId, "ExistingGroupRefused", why + ": mend that"));
            }
            if (choice instanceof GroupChoice.Use(String vpcId, String groupId) && groupMaker.isToBeEmptied(groupId)) {
                empty(vpcId, groupId);
            }
        }

        private void make(String vpcId) {
            switch (groupMaker.make(site, vpcId)) {
                case Result.Ok<GroupChoice>(GroupChoice choice) -> {
                    take(choice);
                    actions.add("isolation group " + groups.get(vpcId) + " in " + vpcId);
                    if (choice instanceof GroupChoice.Strip strip) {
                        empty(vpcId, strip.groupId());
                    }
                }
                case Result.Failed<GroupChoice>(CallFailure failure) -> failures.add(failure);
            }
        }

        private void empty(String vpcId, String groupId) {
            Result<String> emptied = groupMaker.empty(site, vpcId, groupId);
            note(emptied, "took the rules out of " + groupId);
            if (emptied instanceof Result.Failed<String>(CallFailure failure)) {
                notEmptied.add(groupId);
                if (isWorthWaitingFor(failure)) {
                    waiting.add(vpcId);
                }
            }
        }

        /** Never waited for: without them the group isolates all the more. */
        private void putRules(String vpcId, Set<GroupRule> rules) {
            String groupId = groups.get(vpcId);
            if (groupId != null && !waiting.contains(vpcId)) {
                note(groupMaker.letIn(site, groupId, rules), "put the forensic access into " + groupId);
            }
        }

        private void swap(Step.Swap swap) {
            String groupId = groups.get(swap.vpcId());
            if (groupId != null && !waiting.contains(swap.vpcId())) {
                note(ec2.replaceGroups(swap.interfaceId(), List.of(groupId)), swap.interfaceId() + " into " + groupId);
            }
        }

        private void note(Result<String> result, String action) {
            switch (result) {
                case Result.Ok<String> _ -> actions.add(action);
                case Result.Failed<String>(CallFailure failure) -> failures.add(failure);
            }
        }
    }

    /** A retry within seconds is worth it; what only a person can mend may take hours. */
    private static boolean isWorthWaitingFor(CallFailure failure) {
        return switch (failure) {
            case CallFailure.NotFound _, CallFailure.Throttled _, CallFailure.Transient _ -> true;
            case CallFailure.Denied _,
                    CallFailure.RoleNotAllowed _,
                    CallFailure.NoCredentials _,
                    CallFailure.Invalid _ -> false;
        };
    }
}
