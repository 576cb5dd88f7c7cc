package io.ec2quarantine.controller;

import io.ec2quarantine.aws.Ec2Gateway;
import io.ec2quarantine.core.CallFailure;
import io.ec2quarantine.core.Result;
import io.ec2quarantine.core.isolation.Baseline;
import io.ec2quarantine.core.isolation.GroupChoice;
import io.ec2quarantine.core.isolation.IsolationPlan;
import io.ec2quarantine.core.isolation.IsolationTarget;
import io.ec2quarantine.core.isolation.Step;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Interprets the steps of a plan: the only class that changes EC2. A step that fails is reported and stops no other, except
 * that without its isolation group an interface stays where it is.
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
    Execution execute(
            Ec2Gateway ec2,
            String where,
            IsolationPlan plan,
            IsolationTarget target,
            Consumer<List<Baseline>> writeDown) {
        Run run = new Run(ec2, where, target, plan);
        for (Step step : plan.steps()) {
            switch (step) {
                case Step.WriteDown(List<Baseline> baselines) -> writeDown.accept(baselines);
                case Step.MakeGroup make -> run.make(make);
                case Step.StripGroup strip -> run.strip(strip);
                case Step.Swap swap -> run.swap(swap);
                case Step.Tag(String resourceId, Map<String, String> tags) ->
                    run.note(ec2.tag(resourceId, tags), "tagged " + resourceId);
                case Step.DisableTermination(String instanceId) ->
                    run.note(ec2.disableApiTermination(instanceId), "protected against termination");
                case Step.StopOnShutdown(String instanceId) ->
                    run.note(ec2.stopOnShutdown(instanceId), "made a shutdown from inside stop it");
            }
        }
        return new Execution(run.groups, run.failures, run.actions);
    }

    /** Carries out steps beside the isolation; answers what could not be done. */
    List<CallFailure> execute(Ec2Gateway ec2, List<Step> steps) {
        IsolationPlan plan = new IsolationPlan(Map.of(), steps);
        return execute(ec2, "", plan, new IsolationTarget("", ""), _ -> {}).failures();
    }

    private final class Run {
        private final Ec2Gateway ec2;
        private final String where;
        private final IsolationTarget target;
        private final Map<String, String> groups = new HashMap<>();
        private final List<CallFailure> failures = new ArrayList<>();
        private final List<String> actions = new ArrayList<>();

        Run(Ec2Gateway ec2, String where, IsolationTarget target, IsolationPlan plan) {
            this.ec2 = ec2;
            this.where = where;
            this.target = target;
            plan.choices().values().forEach(this::existing);
        }

        private void existing(GroupChoice choice) {
            switch (choice) {
                case GroupChoice.Use use -> {
                    Result<String> ready = groupMaker.ready(ec2, use.groupId());
                    if (ready instanceof Result.Ok<String>) {
                        groups.put(use.vpcId(), use.groupId());
                    }
                    failed(ready);
                }
                case GroupChoice.Strip strip -> groups.put(strip.vpcId(), strip.groupId());
                case GroupChoice.Make _ -> {}
            }
        }

        void make(Step.MakeGroup step) {
            Result<String> made = groupMaker.make(ec2, where, new GroupChoice.Make(step.vpcId(), step.name()), target);
            if (made instanceof Result.Ok<String>(String groupId)) {
                groups.put(step.vpcId(), groupId);
                actions.add("isolation group " + groupId + " in " + step.vpcId());
            }
            failed(made);
        }

        void strip(Step.StripGroup step) {
            note(groupMaker.empty(ec2, step.groupId()), "took the rules out of " + step.groupId());
        }

        void swap(Step.Swap step) {
            String groupId = groups.get(step.vpcId());
            if (groupId != null) {
                note(ec2.replaceGroups(step.interfaceId(), groupId), step.interfaceId() + " into " + groupId);
            }
        }

        void note(Result<String> result, String action) {
            if (result instanceof Result.Ok<String>) {
                actions.add(action);
            }
            failed(result);
        }

        private void failed(Result<String> result) {
            if (result instanceof Result.Failed<String>(CallFailure failure)) {
                failures.add(failure);
            }
        }
    }
}
