package io.ec2quarantine.controller;

import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus;
import io.ec2quarantine.aws.AccountRegion;
import io.ec2quarantine.aws.AwsSessions;
import io.ec2quarantine.aws.Priority;
import io.ec2quarantine.aws.Purpose;
import io.ec2quarantine.cluster.Responses;
import io.ec2quarantine.core.Result;
import io.ec2quarantine.core.access.Access;
import io.ec2quarantine.core.isolation.GroupState;
import io.ec2quarantine.core.isolation.IsolationTarget;
import io.ec2quarantine.status.ConnectionRecords;
import io.ec2quarantine.status.QuarantineReading;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Deletes the groups that opened interfaces for a moment and were left behind, by an operator that died or by a deletion
 * that failed. Looked for until none is found, which is once for each episode in the life of a process.
 */
final class StrayGroups {
    private final AwsSessions sessions;
    private final String installId;
    private final Set<Sought> done = ConcurrentHashMap.newKeySet();

    StrayGroups(AwsSessions sessions, String installId) {
        this.sessions = sessions;
        this.installId = installId;
    }

    /** Forgets the quarantines that are no more. */
    void retain(Set<String> names) {
        done.removeIf(each -> !names.contains(each.name()));
    }

    /** Whether groups of a quarantine may have been left behind; none that is open now is. */
    boolean mayBeOf(QuarantinedInstance object) {
        QuarantinedInstanceStatus status = status(object);
        boolean over = QuarantineReading.releasedTime(status).isPresent() || QuarantineReading.isTerminated(status);
        return object.getSpec() != null
                && ConnectionRecords.wasOpened(status)
                && (over || !ConnectionRecords.isBeingOpened(status))
                && !done.contains(Sought.of(object));
    }

    /** Deletes those of one quarantine. */
    void sweep(QuarantinedInstance object) {
        String name = object.getMetadata().getName();
        String region = object.getSpec().region();
        Access access = Responses.access(status(object).response());
        Set<String> vpcs = Set.copyOf(Optional.ofNullable(status(object).instance())
                .map(instance -> instance.vpcIDs())
                .orElseGet(List::of));
        Result<List<GroupState>> stray = account(object, region)
                .then(account ->
                        sessions.ec2(new AccountRegion(account, region), access, Purpose.RESPOND, Priority.BACKGROUND))
                .then(ec2 -> ec2.ownedGroups(vpcs))
                .map(groups -> groups.stream()
                        .filter(group -> IsolationTarget.opens(group, installId, name))
                        .toList());
        if (stray instanceof Result.Ok<List<GroupState>>(List<GroupState> groups)) {
            if (groups.isEmpty()) {
                done.add(Sought.of(object));
            }
            groups.forEach(group -> delete(object, region, access, group));
        }
    }

    /** One that cannot be deleted is found again by the next sweep; the log has why. */
    private void delete(QuarantinedInstance object, String region, Access access, GroupState group) {
        account(object, region)
                .then(account ->
                        sessions.ec2(new AccountRegion(account, region), access, Purpose.RULES, Priority.BACKGROUND))
                .then(ec2 -> ec2.deleteGroup(group.id()));
    }

    private Result<String> account(QuarantinedInstance object, String region) {
        return Optional.ofNullable(object.getSpec().accountID())
                .map(Result::ok)
                .orElseGet(() -> sessions.ownAccount(region));
    }

    /** The openings of one episode. */
    private record Sought(String name, Optional<Instant> openedTime) {
        static Sought of(QuarantinedInstance object) {
            return new Sought(object.getMetadata().getName(), QuarantineReading.episodeOpenedTime(status(object)));
        }
    }

    private static QuarantinedInstanceStatus status(QuarantinedInstance object) {
        return Optional.ofNullable(object.getStatus()).orElseGet(QuarantinedInstanceStatus::empty);
    }
}
