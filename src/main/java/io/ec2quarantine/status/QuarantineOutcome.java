package io.ec2quarantine.status;

import io.ec2quarantine.core.CallFailure;
import io.ec2quarantine.core.isolation.Observation;
import io.ec2quarantine.core.isolation.Verification;
import java.util.List;
import java.util.Map;

/** How one look at a quarantine, and what was done about it, ended. */
public sealed interface QuarantineOutcome {
    /** The object asks for something that this version does not know. */
    record Unsupported(String sentence) implements QuarantineOutcome {}

    /**
     * The instance is watched and left as it is.
     *
     * @param awaitsApproval a person is asked to decide, as opposed to a dry run
     * @param plan what an isolation would do, in plain words
     */
    record Observed(Observation.Present seen, boolean awaitsApproval, List<String> plan) implements QuarantineOutcome {
        public Observed {
            plan = List.copyOf(plan);
        }
    }

    /** The instance could not be read. */
    record Unreadable(CallFailure failure) implements QuarantineOutcome {}

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
     */
    record Isolated(
            Observation readBack,
            Verification verification,
            Map<String, String> groups,
            List<CallFailure> failures,
            List<String> actions)
            implements QuarantineOutcome {
        public Isolated {
            groups = Map.copyOf(groups);
            failures = List.copyOf(failures);
            actions = List.copyOf(actions);
        }
    }

    /** Nothing was read now; the last sweep speaks. */
    record Swept(Verification verification) implements QuarantineOutcome {}
}
