package io.ec2quarantine.status;

import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.IsolationGroupStatus;
import io.ec2quarantine.api.v1alpha1.Response;
import io.ec2quarantine.core.isolation.InstanceFacts;
import io.ec2quarantine.core.isolation.Observation;
import io.ec2quarantine.core.recovery.Recovery;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The status of a quarantine whose cluster was lost, as the operator would have written it down before its first change. */
public final class RecoveredStatuses {
    private RecoveredStatuses() {}

    /** The status: an open episode with the baselines, of which the operator has yet to read back that it is isolated. */
    public static QuarantinedInstanceStatus of(
            Recovery.Instance recovered, InstanceFacts facts, Response response, Instant now) {
        QuarantinedInstanceStatus opened =
                QuarantineStatuses.opened(QuarantinedInstanceStatus.empty(), Optional.empty(), response, now);
        Observation.Present seen = new Observation.Present(facts, recovered.interfaces(), List.of(), now);
        return new StatusBuilder(QuarantineStatuses.writtenDown(opened, seen, recovered.baselines(), now))
                .isolationGroups(recovered.groups().entrySet().stream()
                        .map(each -> new IsolationGroupStatus(each.getKey(), each.getValue(), 0))
                        .toList())
                .timeline(new QuarantinedInstanceStatus.TimelineEntry(
                        now, "Recovered", "from the tags on its interfaces", "Done"))
                .build();
    }

    /** The same status, reached by other roles. */
    public static QuarantinedInstanceStatus reachedBy(QuarantinedInstanceStatus status, Response.Access access) {
        return status.response() == null
                ? status
                : new StatusBuilder(status)
                        .response(status.response().reachedBy(access))
                        .build();
    }
}
