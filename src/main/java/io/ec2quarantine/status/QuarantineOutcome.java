package io.ec2quarantine.status;

import io.ec2quarantine.core.CallFailure;
import io.ec2quarantine.core.isolation.InterfaceState;
import io.ec2quarantine.core.isolation.Observation;
import io.ec2quarantine.core.isolation.ReleasePlan;
import io.ec2quarantine.core.isolation.Verification;
import io.ec2quarantine.core.policy.Hold;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How one look at a quarantine, and what was done about it, ended. */
public sealed interface QuarantineOutcome {
    /** The operator itself runs on the instance, and nobody could go on without it. */
    record OnOwnNode() implements QuarantineOutcome {}

    /** The object asks for something that this version does not know. */
    record Unsupported(String sentence) implements QuarantineOutcome {}

    /**
     * The instance is watched and left as it is.
     *
     * @param awaitsApproval a person is asked to decide, as opposed to a dry run
     * @param hold what keeps the operator from isolating by itself
     * @param plan what an isolation would do, in plain words
     */
    record Observed(Observation.Present seen, boolean awaitsApproval, Optional<Hold> hold, List<String> plan)
            implements QuarantineOutcome {
        public Observed {
            plan = List.copyOf(plan);
        }

        /** One that nothing holds back. */
        public Observed(Observation.Present seen, boolean awaitsApproval, List<String> plan) {
            this(seen, awaitsApproval, Optional.empty(), plan);
        }
    }

    /**
     * The instance could not be read.
     *
     * @param foundOpen whether another read found an interface outside its isolation group
     */
    record Unreadable(CallFailure failure, boolean foundOpen) implements QuarantineOutcome {
        /** Nothing else is known. */
        public Unreadable(CallFailure failure) {
            this(failure, false);
        }
    }

    /** The instance is terminated, and the episode with it. */
    record Terminated(Observation.Gone seen) implements QuarantineOutcome {}

    /**
     * The isolation was carried out as far as it went, and read back.
     *
     * @param readBack the read after the last change
     * @param verification what that read says
     * @param groups the isolation group of each VPC, by VPC id
     * @param failures what could not be done
     * @param actions what was done, in plain words
     * @param foundOpen whether the look before the changes found an interface outside its isolation group
     */
    record Isolated(
            Observation readBack,
            Verification verification,
            Map<String, String> groups,
            List<CallFailure> failures,
            List<String> actions,
            boolean foundOpen)
            implements QuarantineOutcome {
        public Isolated {
            groups = Map.copyOf(groups);
            failures = List.copyOf(failures);
            actions = List.copyOf(actions);
        }
    }

    /**
     * The interfaces were given back as far as it went, and read back.
     *
     * @param interfaces those of the instance after the last change, with those that are attached elsewhere or nowhere
     * @param stillIsolated whether every attached interface is in its isolation group as before
     * @param openInPart whether an attached interface that can be changed is in groups that do not isolate
     * @param left what is still to be given back
     * @param failures what could not be done
     * @param actions what was done, in plain words
     */
    record GivenBack(
            Observation.Present readBack,
            List<InterfaceState> interfaces,
            boolean stillIsolated,
            boolean openInPart,
            ReleasePlan left,
            List<CallFailure> failures,
            List<String> actions)
            implements QuarantineOutcome {
        public GivenBack {
            interfaces = List.copyOf(interfaces);
            failures = List.copyOf(failures);
            actions = List.copyOf(actions);
        }
    }

    /**
     * After a release the marks, the termination protection and unused groups were put in order, and what was changed beside
     * the interfaces was undone.
     *
     * @param failures what could not be done
     * @param left what cannot be undone and is not tried again, in sentences without their full stops
     */
    record CleanedUp(List<CallFailure> failures, List<String> actions, List<String> left) implements QuarantineOutcome {
        public CleanedUp {
            failures = List.copyOf(failures);
            actions = List.copyOf(actions);
            left = List.copyOf(left);
        }

        /** Nothing was left. */
        public CleanedUp(List<CallFailure> failures, List<String> actions) {
            this(failures, actions, List.of());
        }
    }

    /** The episode is over, and nothing about it changes any more. */
    record AtRest() implements QuarantineOutcome {}

    /**
     * Nothing was read now; the last sweep speaks.
     *
     * @param inTheWay why the sweeps do not get through
     */
    record Swept(Verification verification, Optional<CallFailure> inTheWay) implements QuarantineOutcome {
        /** Nothing is known to be in their way. */
        public Swept(Verification verification) {
            this(verification, Optional.empty());
        }
    }
}
