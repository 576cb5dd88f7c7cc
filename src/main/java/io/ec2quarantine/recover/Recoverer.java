package io.ec2quarantine.recover;

import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus;
import io.ec2quarantine.api.v1alpha1.Response;
import io.ec2quarantine.aws.AccountRegion;
import io.ec2quarantine.aws.AwsSessions;
import io.ec2quarantine.aws.Ec2Gateway;
import io.ec2quarantine.aws.Priority;
import io.ec2quarantine.aws.Purpose;
import io.ec2quarantine.cluster.RecoveredObjects;
import io.ec2quarantine.cluster.Responses;
import io.ec2quarantine.core.Result;
import io.ec2quarantine.core.access.Access;
import io.ec2quarantine.core.isolation.InstanceFacts;
import io.ec2quarantine.core.recovery.MarkedInterface;
import io.ec2quarantine.core.recovery.Recovery;
import io.ec2quarantine.core.recovery.RecoveryPlanner;
import io.ec2quarantine.status.RecoveredStatuses;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds what is quarantined in AWS, and what the objects of it would be. It reads, and changes nothing anywhere. */
final class Recoverer {
    private final AwsSessions sessions;
    private final Access access;
    private final InstantSource time;

    Recoverer(AwsSessions sessions, Access access, InstantSource time) {
        this.sessions = sessions;
        this.access = access;
        this.time = time;
    }

    /** What was found in one account and Region. */
    record Found(List<Candidate> candidates, List<Recovery.Remark> remarks) {}

    /** An object that can be written, and the installation that owns its groups. */
    record Candidate(QuarantinedInstance object, String installId) {}

    Result<Found> find(AccountRegion where) {
        return sessions.ec2(where, access, Purpose.RESPOND, Priority.BACKGROUND).then(ec2 -> find(ec2, where));
    }

    private Result<Found> find(Ec2Gateway ec2, AccountRegion where) {
        return ec2.marked().then(marked -> plan(ec2, marked)).then(recovery -> objects(ec2, recovery, where));
    }

    private static Result<Recovery> plan(Ec2Gateway ec2, List<MarkedInterface> marked) {
        return ec2.groups(RecoveryPlanner.groupsToRead(marked)).map(groups -> RecoveryPlanner.plan(marked, groups));
    }

    private Result<Found> objects(Ec2Gateway ec2, Recovery recovery, AccountRegion where) {
        return ec2.instances(
                        recovery.instances().stream().map(Recovery.Instance::id).toList())
                .then(facts -> {
                    List<Candidate> candidates = new ArrayList<>();
                    List<Recovery.Remark> remarks = new ArrayList<>(recovery.remarks());
                    for (Recovery.Instance each : recovery.instances()) {
                        InstanceFacts known = facts.get(each.id());
                        if (known == null) {
                            remarks.add(new Recovery.Remark(
                                    each.id(),
                                    each.id()
                                            + " has interfaces that are isolated, but EC2 shows no such instance; look at"
                                            + " it there, and recover again.",
                                    false));
                        } else {
                            candidates.add(candidate(each, known, where));
                        }
                    }
                    return Result.ok(new Found(List.copyOf(candidates), List.copyOf(remarks)));
                });
    }

    private Candidate candidate(Recovery.Instance recovered, InstanceFacts facts, AccountRegion where) {
        return new Candidate(
                RecoveredObjects.object(
                        recovered.id(),
                        where.accountId(),
                        where.region(),
                        RecoveredStatuses.of(recovered, facts, response(recovered.groupName()), time.instant())),
                recovered.installId());
    }

    /** The default response, with the roles and the name of the group that are known. */
    private Response response(String groupName) {
        Response standard = Responses.of(Optional.empty());
        Response.Isolation isolation = Optional.ofNullable(standard.isolation()).orElseThrow();
        Response named = new Response(
                null,
                new Response.Isolation(
                        groupName,
                        isolation.existingGroups(),
                        isolation.forensicAccess(),
                        isolation.trackedConnections(),
                        isolation.idleTimeouts(),
                        isolation.publicAddress()),
                standard.preserve(),
                standard.release(),
                standard.notifications());
        return access.equals(Access.OWN)
                ? named
                : named.reachedBy(new Response.Access(
                        access.responderRoleName().orElse(null),
                        access.releaseRoleName().orElse(null),
                        access.rulesRoleName().orElse(null),
                        access.externalId().orElse(null)));
    }

    /** The same object without what must not be shown. */
    static QuarantinedInstance shown(QuarantinedInstance object) {
        QuarantinedInstanceStatus status = object.getStatus();
        Optional<Response.Access> access =
                Optional.ofNullable(status.response()).flatMap(each -> Optional.ofNullable(each.access()));
        if (access.isEmpty() || access.get().externalID() == null) {
            return object;
        }
        Response.Access written = access.get();
        return RecoveredObjects.object(
                object.getMetadata().getName(),
                String.valueOf(object.getSpec().accountID()),
                object.getSpec().region(),
                RecoveredStatuses.reachedBy(
                        status,
                        new Response.Access(
                                written.responderRoleName(),
                                written.releaseRoleName(),
                                written.rulesRoleName(),
                                "(not shown)")));
    }
}
