package io.ec2quarantine.demo;

import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceSpec.DesiredState;
import java.time.Duration;
import java.util.List;

/** The last act: a person decides that the instance may go, and it is given back as it was. */
final class Release {
    /** What a person patches. */
    static final String PATCH = "{\"spec\":{\"desiredState\":\"Released\"}}";

    private static final Decision DECISION = new Decision(DesiredState.RELEASED, "alice", "cleaned, ticket 4711");

    private final Acting acting;

    Release(Acting acting) {
        this.acting = acting;
    }

    /** Plays it: the time from the decision to the release read back. */
    Duration play() {
        String name = acting.instance();
        DECISION.patch(acting.set().cluster().client(), name);
        Duration took = acting.await(
                () -> acting.cluster().released(name), () -> "The instance was not released, read back and cleaned up");
        acting.awaitTold();
        acting.timeline().tellReads();
        return took;
    }

    /** Compares the end with the beginning. */
    void check(EndState end) {
        List<String> problems = end.releaseProblems(acting.quarantine().orElseThrow());
        if (!problems.isEmpty()) {
            throw new SceneFailure(
                    "The operator says that it released the instance, and did not: " + String.join(" ", problems));
        }
    }
}
