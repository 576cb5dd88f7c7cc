package io.ec2quarantine.controller;

import io.ec2quarantine.aws.AutoScalingGateway;
import io.ec2quarantine.aws.EvidenceGateways;
import io.ec2quarantine.core.CallFailure;
import io.ec2quarantine.core.Result;
import io.ec2quarantine.core.evidence.ProfileAssociation;
import io.ec2quarantine.core.evidence.Recorded;
import io.ec2quarantine.core.evidence.ScalingGroupState;
import io.ec2quarantine.core.evidence.ScalingMembership;
import io.ec2quarantine.core.evidence.TargetRegistration;
import io.ec2quarantine.core.evidence.Undo;
import io.ec2quarantine.core.isolation.InstanceFacts;
import io.ec2quarantine.status.EvidenceRecords;
import io.ec2quarantine.status.QuarantineReading;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Collectors;

/**
 * After a release was read back: the instance profile, the Auto Scaling group and the target groups as they are written
 * down. Snapshots stay. What AWS refuses for good is told, and the release ends without it.
 */
final class EvidenceUndo {
    private static final String RUNNING = "running";

    /** What is registered again and need not be once more, though something else keeps the release from its end. */
    private final ConcurrentMap<String, Set<TargetRegistration>> registered = new ConcurrentHashMap<>();

    /**
     * What became of it.
     *
     * @param left what cannot be undone, in sentences without their full stops
     */
    record Undone(List<String> actions, List<String> left, List<CallFailure> failures) {
        static final Undone NOTHING = new Undone(List.of(), List.of(), List.of());

        Undone {
            actions = List.copyOf(actions);
            left = List.copyOf(left);
            failures = List.copyOf(failures);
        }
    }

    /** Undoes all of it; every part can be repeated. */
    Undone run(Pass pass, InstanceFacts instance) {
        Recorded recorded = EvidenceRecords.recorded(pass.current());
        if (!recorded.isUndoable()) {
            return Undone.NOTHING;
        }
        return switch (pass.releaseEvidenceSession()) {
            case Result.Failed<EvidenceGateways>(CallFailure failure) ->
                new Undone(List.of(), List.of(), List.of(failure));
            case Result.Ok<EvidenceGateways>(EvidenceGateways gateways) -> {
                Set<TargetRegistration> again =
                        registered.computeIfAbsent(key(pass), _ -> ConcurrentHashMap.newKeySet());
                Run run = new Run(gateways, instance, again);
                recorded.profileArn().ifPresent(run::giveProfileBack);
                recorded.scaling().ifPresent(run::putBackIntoService);
                run.registerAgain(recorded.targets());
                yield new Undone(run.actions, run.left, run.failures);
            }
        };
    }

    /** The release has come to its end; whoever has to look at it again does all of it. */
    void ended(Pass pass) {
        registered.remove(key(pass));
    }

    private static String key(Pass pass) {
        return pass.name() + "/" + QuarantineReading.episodeNumber(pass.current());
    }

    /** Where the instance is now, and how its group is. */
    private record View(Optional<ScalingMembership> seen, Optional<ScalingGroupState> group) {}

    private static final class Run {
        private final EvidenceGateways gateways;
        private final InstanceFacts instance;
        private final Set<TargetRegistration> registered;
        private final List<String> actions = new ArrayList<>();
        private final List<String> left = new ArrayList<>();
        private final List<CallFailure> failures = new ArrayList<>();

        Run(EvidenceGateways gateways, InstanceFacts instance, Set<TargetRegistration> registered) {
            this.gateways = gateways;
            this.instance = instance;
            this.registered = registered;
        }

        void giveProfileBack(String arn) {
            switch (gateways.ec2().profiles(instance.id())) {
                case Result.Failed<List<ProfileAssociation>>(CallFailure failure) -> failures.add(failure);
                case Result.Ok<List<ProfileAssociation>>(List<ProfileAssociation> seen) -> {
                    if (told(Undo.profile(arn, seen)) instanceof Undo.Act act) {
                        note(gateways.ec2().associate(instance.id(), arn), act);
                    }
                }
            }
        }

        void putBackIntoService(Recorded.Taken taken) {
            AutoScalingGateway scaling = gateways.autoScaling();
            Result<View> view = scaling.membership(instance.id())
                    .then(seen -> scaling.group(taken.groupName()).map(group -> new View(seen, group)));
            switch (view) {
                case Result.Failed<View>(CallFailure failure) -> failures.add(failure);
                case Result.Ok<View>(View(Optional<ScalingMembership> seen, Optional<ScalingGroupState> group)) -> {
                    boolean running = instance.state().equals(RUNNING);
                    if (told(Undo.scaling(taken, running, seen, group)) instanceof Undo.Act act) {
                        note(
                                seen.isPresent()
                                        ? scaling.exitStandby(instance.id(), taken.groupName())
                                        : scaling.attach(instance.id(), taken.groupName()),
                                act);
                    }
                }
            }
        }

        /** An address that is the instance's no more may be anybody's by now, and would get the traffic. */
        void registerAgain(List<TargetRegistration> targets) {
            targets.stream()
                    .filter(each -> !isOurs(each))
                    .map(each ->
                            each.targetId() + " is not the instance's any more and was not registered in the target"
                                    + " group " + each.groupName() + " again")
                    .forEach(left::add);
            targets.stream()
                    .filter(each -> isOurs(each) && !registered.contains(each))
                    .collect(Collectors.groupingBy(
                            TargetRegistration::targetGroupArn, TreeMap::new, Collectors.toList()))
                    .forEach(this::registerAgain);
        }

        private boolean isOurs(TargetRegistration target) {
            return target.targetId().equals(instance.id())
                    || instance.belongings().addresses().contains(target.targetId());
        }

        private void registerAgain(String arn, List<TargetRegistration> targets) {
            Result<String> result = gateways.loadBalancers().register(instance.id(), arn, targets);
            if (result instanceof Result.Ok<String>) {
                registered.addAll(targets);
            }
            note(
                    result,
                    new Undo.Act("in the target group " + targets.getFirst().groupName() + " again"));
        }

        /** What is to be done, after what is not was told. */
        private Undo told(Undo undo) {
            if (undo instanceof Undo.Left(String sentence)) {
                left.add(sentence);
            }
            return undo;
        }

        /** A refusal is for good, whatever is tried again; a right that is missing can be given. */
        private void note(Result<String> result, Undo.Act act) {
            switch (result) {
                case Result.Ok<String> _ -> actions.add(act.sentence());
                case Result.Failed<String>(CallFailure failure) -> {
                    if (failure instanceof CallFailure.Invalid || failure instanceof CallFailure.NotFound) {
                        left.add(failure.call() + " for " + failure.target() + " was refused (" + failure.detail()
                                + "); put it back yourself");
                    } else {
                        failures.add(failure);
                    }
                }
            }
        }
    }
}
