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
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * After a release was read back: the instance profile, the Auto Scaling group and the target groups as they are written
 * down. Snapshots stay. What AWS refuses for good is told, and the release ends without it.
 */
final class EvidenceUndo {
    private static final String RUNNING = "running";

    /** What was refused for good, with what is said of it: not asked for again while something else keeps the release from its end. */
    private final ConcurrentMap<String, Map<TargetRegistration, String>> refused = new ConcurrentHashMap<>();

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
                Run run =
                        new Run(gateways, instance, refused.computeIfAbsent(key(pass), _ -> new ConcurrentHashMap<>()));
                recorded.profileArn().ifPresent(run::giveProfileBack);
                recorded.scaling().ifPresent(run::putBackIntoService);
                run.registerAgain(recorded.targets());
                forget(pass, run);
                yield new Undone(run.actions, run.left, run.failures);
            }
        };
    }

    /** The release has come to its end; whoever has to look at it again does all of it. */
    void ended(Pass pass) {
        refused.remove(key(pass));
    }

    /** What is given back is not written down any more: whoever takes it out after that has done so, whichever process looks. */
    private static void forget(Pass pass, Run run) {
        pass.status()
                .patch(before -> pass.isOfThisEpisode(before)
                        ? EvidenceRecords.notChanged(before, run.inService, run.registered, run.profile)
                        : before);
    }

    private static String key(Pass pass) {
        return pass.name() + "/" + QuarantineReading.episodeNumber(pass.current());
    }

    /** Where the instance is now, and how its group is. */
    private record View(Optional<ScalingMembership> seen, Optional<ScalingGroupState> group) {}

    private static final class Run {
        private final EvidenceGateways gateways;
        private final InstanceFacts instance;
        private final Map<TargetRegistration, String> refused;
        private final List<TargetRegistration> registered = new ArrayList<>();
        /** The Auto Scaling group that it is in service of again. */
        private Optional<String> inService = Optional.empty();
        /** The instance profile that it has again. */
        private Optional<String> profile = Optional.empty();

        private final List<String> actions = new ArrayList<>();
        private final List<String> left = new ArrayList<>();
        private final List<CallFailure> failures = new ArrayList<>();

        Run(EvidenceGateways gateways, InstanceFacts instance, Map<TargetRegistration, String> refused) {
            this.gateways = gateways;
            this.instance = instance;
            this.refused = refused;
        }

        void giveProfileBack(String arn) {
            switch (gateways.ec2().profiles(instance.id())) {
                case Result.Failed<List<ProfileAssociation>>(CallFailure failure) -> failures.add(failure);
                case Result.Ok<List<ProfileAssociation>>(List<ProfileAssociation> seen) -> {
                    if (isGivenBack(
                            Undo.profile(arn, seen), () -> gateways.ec2().associate(instance.id(), arn))) {
                        profile = Optional.of(arn);
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
                    if (isGivenBack(
                            Undo.scaling(taken, running, seen, group),
                            () -> seen.isPresent()
                                    ? scaling.exitStandby(instance.id(), taken.groupName())
                                    : scaling.attach(instance.id(), taken.groupName()))) {
                        inService = Optional.of(taken.groupName());
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
                    .filter(this::isOurs)
                    .flatMap(each -> Optional.ofNullable(refused.get(each)).stream())
                    .distinct()
                    .forEach(left::add);
            targets.stream()
                    .filter(each -> isOurs(each) && !refused.containsKey(each))
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
            switch (result) {
                case Result.Ok<String> _ -> registered.addAll(targets);
                case Result.Failed<String>(CallFailure failure) -> {
                    if (isForGood(failure)) {
                        targets.forEach(each -> refused.put(each, sentence(failure)));
                    }
                }
            }
            note(
                    result,
                    new Undo.Act("in the target group " + targets.getFirst().groupName() + " again"));
        }

        /** Whether it is as it was, once what there is to do about it was done or told. */
        private boolean isGivenBack(Undo undo, Supplier<Result<String>> deed) {
            return switch (undo) {
                case Undo.Done _ -> true;
                case Undo.Left(String sentence) -> {
                    left.add(sentence);
                    yield false;
                }
                case Undo.Act act -> {
                    Result<String> result = deed.get();
                    note(result, act);
                    yield result instanceof Result.Ok<String>;
                }
            };
        }

        /** A refusal is for good, whatever is tried again; a right that is missing can be given. */
        private void note(Result<String> result, Undo.Act act) {
            switch (result) {
                case Result.Ok<String> _ -> actions.add(act.sentence());
                case Result.Failed<String>(CallFailure failure) -> {
                    if (isForGood(failure)) {
                        left.add(sentence(failure));
                    } else {
                        failures.add(failure);
                    }
                }
            }
        }

        private static boolean isForGood(CallFailure failure) {
            return failure instanceof CallFailure.Invalid || failure instanceof CallFailure.NotFound;
        }

        private static String sentence(CallFailure failure) {
            return failure.call() + " for " + failure.target() + " was refused (" + failure.detail()
                    + "); put it back yourself";
        }
    }
}
