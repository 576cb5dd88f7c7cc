package io.ec2quarantine.controller;

import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus;
import io.ec2quarantine.aws.AccountRegion;
import io.ec2quarantine.aws.AwsSessions;
import io.ec2quarantine.aws.Ec2Gateway;
import io.ec2quarantine.aws.Priority;
import io.ec2quarantine.aws.Purpose;
import io.ec2quarantine.cluster.Responses;
import io.ec2quarantine.core.Result;
import io.ec2quarantine.core.access.Access;
import io.ec2quarantine.core.isolation.GroupState;
import io.ec2quarantine.core.isolation.IsolationTarget;
import io.ec2quarantine.status.ConnectionRecords;
import io.ec2quarantine.status.QuarantineReading;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Deletes the groups that opened interfaces for a moment and were left behind, by an operator that died or by a deletion
 * that failed. Looked for until none is found, which is once for each episode in the life of a process.
 */
final class StrayGroups {
    /** No sweep is left out after the first attempt, which has most often deleted what there was. */
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(30);

    private static final Duration LONGEST_PAUSE = Duration.ofHours(1);
    /** Nothing is known of a group in an account out of reach: it may open everything. */
    private static final Duration LONGEST_UNREAD = Duration.ofMinutes(5);

    private final AwsSessions sessions;
    private final String installId;
    private final InstantSource time;
    private final Set<Sought> done = ConcurrentHashMap.newKeySet();
    /** Somebody may be in a group for good, and an account out of reach: neither costs calls with every sweep. */
    private final ConcurrentMap<Sought, Wait> waits = new ConcurrentHashMap<>();

    StrayGroups(AwsSessions sessions, String installId, InstantSource time) {
        this.sessions = sessions;
        this.installId = installId;
        this.time = time;
    }

    /** Forgets the quarantines that are no more. */
    void retain(Set<String> names) {
        done.removeIf(each -> !names.contains(each.name()));
        waits.keySet().removeIf(each -> !names.contains(each.name()));
    }

    /** Whether groups of a quarantine may have been left behind; none that is open now is. */
    boolean mayBeOf(QuarantinedInstance object) {
        QuarantinedInstanceStatus status = status(object);
        boolean over = QuarantineReading.releasedTime(status).isPresent() || QuarantineReading.isTerminated(status);
        return object.getSpec() != null
                && ConnectionRecords.wasOpened(status)
                && (over || !ConnectionRecords.isBeingOpened(status))
                && !done.contains(Sought.of(object))
                && !isPutOff(Sought.of(object));
    }

    /** Deletes those of one quarantine. */
    void sweep(QuarantinedInstance object) {
        String name = object.getMetadata().getName();
        String region = object.getSpec().region();
        Access access = Responses.access(status(object).response());
        Set<String> vpcs = Set.copyOf(Optional.ofNullable(status(object).instance())
                .map(instance -> instance.vpcIDs())
                .orElseGet(List::of));
        Result<Ec2Gateway> session = account(object, region)
                .then(account ->
                        sessions.ec2(new AccountRegion(account, region), access, Purpose.RESPOND, Priority.BACKGROUND));
        Result<List<GroupState>> stray = session.then(ec2 -> ec2.ownedGroups(vpcs))
                .map(groups -> groups.stream()
                        .filter(group -> IsolationTarget.opens(group, installId, name))
                        .toList());
        if (stray instanceof Result.Ok<List<GroupState>>(List<GroupState> groups) && groups.isEmpty()) {
            done.add(Sought.of(object));
            waits.remove(Sought.of(object));
            return;
        }
        putOff(Sought.of(object), stray instanceof Result.Ok<List<GroupState>> ? LONGEST_PAUSE : LONGEST_UNREAD);
        if (stray instanceof Result.Ok<List<GroupState>>(List<GroupState> groups)
                && session instanceof Result.Ok<Ec2Gateway>(Ec2Gateway ec2)) {
            groups.forEach(group -> end(object, region, access, ec2, group));
        }
    }

    /** One that is still there is found again by a later sweep; the log has why. */
    private void end(QuarantinedInstance object, String region, Access access, Ec2Gateway ec2, GroupState group) {
        Untracking.end(
                group.id(),
                () -> account(object, region)
                        .then(account -> sessions.ec2(
                                new AccountRegion(account, region), access, Purpose.RULES, Priority.BACKGROUND)),
                ec2);
    }

    private boolean isPutOff(Sought sought) {
        return Optional.ofNullable(waits.get(sought))
                .filter(wait -> time.instant().isBefore(wait.until()))
                .isPresent();
    }

    private void putOff(Sought sought, Duration longest) {
        waits.compute(sought, (_, before) -> {
            Duration pause = before == null ? FIRST_PAUSE : before.pause().multipliedBy(2);
            Duration bounded = pause.compareTo(longest) < 0 ? pause : longest;
            return new Wait(bounded, time.instant().plus(bounded));
        });
    }

    /** @param pause how long the next one is not looked for */
    private record Wait(Duration pause, Instant until) {}

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
