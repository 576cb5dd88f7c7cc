package io.ec2quarantine.controller;

import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.Episode;
import io.ec2quarantine.aws.EvidenceGateways;
import io.ec2quarantine.core.CallFailure;
import io.ec2quarantine.core.Result;
import io.ec2quarantine.core.evidence.Need;
import io.ec2quarantine.core.evidence.Needs;
import io.ec2quarantine.core.evidence.Preserve;
import io.ec2quarantine.core.evidence.ProfileAssociation;
import io.ec2quarantine.core.evidence.Recorded;
import io.ec2quarantine.core.evidence.ScalingMembership;
import io.ec2quarantine.core.evidence.Surroundings;
import io.ec2quarantine.core.isolation.Observation;
import io.ec2quarantine.status.EvidenceRecords;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The steps that preserve evidence once the isolation was read back: look around, write down what the isolation affects and
 * what is about to be changed, then one step after the other, the most urgent first. One that fails stops no other.
 */
final class Preservation {
    private final Services services;
    private final List<PreserveStep> steps;

    Preservation(Services services) {
        this.services = services;
        this.steps = List.of(
                new LeaveScalingGroup(),
                new LeaveTargetGroups(),
                new CopyVolumes(services.scheduler(), services.installation().id()),
                new TakeProfileAway());
    }

    /**
     * What became of the steps.
     *
     * @param needs what is said of each
     * @param failures what keeps those that are not done
     * @param actions what was done now, in plain words
     */
    record Kept(List<Need> needs, List<CallFailure> failures, List<String> actions) {
        static final Kept NOTHING = new Kept(List.of(), List.of(), List.of());

        Kept {
            needs = List.copyOf(needs);
            failures = List.copyOf(failures);
            actions = List.copyOf(actions);
        }

        /** Whether a step may be under way, of which nothing can be said yet. */
        boolean isAwaited() {
            return needs.stream().anyMatch(Need.Awaited.class::isInstance);
        }
    }

    /** Carries out what the frozen response asks for and is not done yet. */
    Kept carryOut(Pass pass, Observation.Present seen) {
        Preserve asked = EvidenceRecords.asked(pass.current());
        return switch (pass.evidenceSession()) {
            case Result.Failed<EvidenceGateways>(CallFailure failure) ->
                asked.isAnything() ? new Kept(List.of(), List.of(failure), List.of()) : Kept.NOTHING;
            case Result.Ok<EvidenceGateways>(EvidenceGateways gateways) -> {
                PreserveStep.Ground ground = new PreserveStep.Ground(
                        pass,
                        gateways,
                        asked,
                        seen.instance(),
                        services.surroundings().read(gateways, seen, isolated(pass, seen)),
                        asked.disassociate()
                                ? gateways.ec2().profiles(seen.instance().id())
                                : Result.ok(List.of()),
                        EvidenceRecords.recorded(pass.current()));
                Recorded before = writeDown(ground);
                yield pass.isReleasedMeanwhile(pass.current()) ? Kept.NOTHING : carryOut(ground.after(before));
            }
        };
    }

    /** What was known before the instance was isolated may no longer be so; what was read since serves also a later attempt. */
    private static Instant isolated(Pass pass, Observation.Present seen) {
        return Optional.ofNullable(pass.current().episode())
                .map(Episode::isolatedTime)
                .orElse(seen.readTime());
    }

    /** Acknowledged by the API server before anything of it is changed; returns what was written down already. */
    private Recorded writeDown(PreserveStep.Ground ground) {
        Instant now = services.scheduler().instant();
        Pass pass = ground.pass();
        Surroundings around = ground.around();
        String id = ground.instance().id();
        Optional<ScalingMembership> member = around.scaling().answer().flatMap(found -> found);
        Optional<String> profile = ground.profiles().answer().stream()
                .flatMap(List::stream)
                .map(ProfileAssociation::arn)
                .findFirst();
        AtomicReference<Recorded> already = new AtomicReference<>(ground.before());
        pass.status().patch(before -> {
            Recorded recorded = EvidenceRecords.recorded(before);
            already.set(recorded);
            if (pass.isReleasedMeanwhile(before)) {
                return before;
            }
            return EvidenceRecords.toBeChanged(
                    EvidenceRecords.impact(before, around, now),
                    Needs.toRecord(ground.asked(), id, member, recorded.scaling()),
                    member,
                    ground.asked().deregister()
                            ? Needs.toRecord(around.targets().answer().orElseGet(List::of), recorded.targets())
                            : recorded.targets(),
                    profile);
        });
        return already.get();
    }

    private Kept carryOut(PreserveStep.Ground ground) {
        List<Need> needs = new ArrayList<>();
        List<CallFailure> failures = new ArrayList<>();
        List<String> actions = new ArrayList<>();
        for (PreserveStep step : steps) {
            Need before = step.need(ground);
            Need after = before instanceof Need.Open open ? step.carryOut(ground, open) : before;
            needs.add(after);
            switch (after) {
                case Need.Met(String sentence) when before instanceof Need.Open -> actions.add(sentence);
                case Need.Stuck(CallFailure failure) -> failures.add(failure);
                case Need.Met _, Need.None _, Need.NotAsked _, Need.Open _, Need.Awaited _ -> {}
            }
        }
        return new Kept(needs, failures, actions);
    }
}
