package io.ec2quarantine.controller;

import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceSpec;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus;
import io.ec2quarantine.api.v1alpha1.Response.OnDelete;
import io.ec2quarantine.cluster.QuarantineDefinition;
import io.ec2quarantine.cluster.Responses;
import io.ec2quarantine.status.ConnectionRecords;
import io.ec2quarantine.status.Notifications;
import io.ec2quarantine.status.QuarantineOutcome;
import io.ec2quarantine.status.QuarantineReading;
import io.ec2quarantine.status.QuarantineStatuses;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings one quarantine to its desired state, one pass at a time; what is not reached in it is tried again by itself. */
final class QuarantineFlow {
    private static final Logger LOG = LoggerFactory.getLogger(QuarantineFlow.class);
    private static final Duration TIME_TO_TELL = Duration.ofMinutes(5);

    private final Services services;
    private final IsolationFlow isolation;
    private final ReleaseFlow release;
    private final QuarantineDefinition definition;

    QuarantineFlow(Services services, QuarantineDefinition definition) {
        this.services = services;
        this.isolation = new IsolationFlow(services);
        this.release = new ReleaseFlow(services);
        this.definition = definition;
    }

    void run(QuarantinedInstance object, StatusPatch<QuarantinedInstanceStatus> status, DeletionHold hold) {
        QuarantinedInstanceSpec spec = object.getSpec();
        if (spec == null) {
            withoutSpec(object, status);
            return;
        }
        Pass pass = new Pass(services, object, spec, status);
        if (hold.isDeletionAsked()) {
            delete(pass, hold);
        } else if (spec.desiredState() == null) {
            pass.finish(
                    new QuarantineOutcome.Unsupported(
                            "spec.desiredState has a value that this version of the operator does not know; correct it or"
                                    + " upgrade the operator."),
                    before -> before);
        } else if (QuarantineReading.isTerminated(status.current())) {
            pass.finish(new QuarantineOutcome.AtRest(), before -> before);
        } else {
            switch (spec.desiredState()) {
                case OBSERVED -> isolation.observe(pass);
                case ISOLATED -> {
                    Optional<RuntimeException> notHeld = hold(pass, hold);
                    isolation.isolate(pass, hold);
                    letGoWhatIsClosed(pass, hold);
                    notHeld.ifPresent(exception -> {
                        throw exception;
                    });
                }
                case RELEASED -> {
                    release.release(pass);
                    letGoWhatIsClosed(pass, hold);
                }
            }
        }
    }

    /** What cannot be held is isolated all the same: the failure is answered, to be thrown after that and tried again. */
    private static Optional<RuntimeException> hold(Pass pass, DeletionHold hold) {
        boolean restores = Responses.onDelete(pass.opened().response()) == OnDelete.RESTORE;
        if (!restores || hold.isHeld()) {
            return Optional.empty();
        }
        try {
            hold.hold();
            return Optional.empty();
        } catch (RuntimeException exception) {
            LOG.warn(
                    "{} is isolated, though its finalizer was not written and a deletion would not give it back; it is"
                            + " tried again by itself",
                    pass.name(),
                    exception);
            return Optional.of(exception);
        }
    }

    /** The schema requires a spec; an object from before it must not be passed over in silence. */
    private void withoutSpec(QuarantinedInstance object, StatusPatch<QuarantinedInstanceStatus> status) {
        long generation =
                Optional.ofNullable(object.getMetadata().getGeneration()).orElse(0L);
        status.patch(before -> QuarantineStatuses.after(
                before,
                new QuarantineOutcome.Unsupported("The object has no spec; write one, or delete the object."),
                List.of(),
                Optional.empty(),
                generation,
                services.validity(),
                services.scheduler().instant()));
    }

    /** A deletion gives the instance back only where the response of the episode says so. */
    private void delete(Pass pass, DeletionHold hold) {
        if (!hold.isHeld()) {
            return;
        }
        boolean toGiveBack = Responses.onDelete(pass.current().response()) == OnDelete.RESTORE
                && !isOver(pass)
                && !definition.isBeingDeleted();
        if (toGiveBack) {
            release.release(pass);
        } else if (isOpen(pass)) {
            isolation.isolate(pass, hold);
        }
        if ((toGiveBack ? isOver(pass) : !isOpen(pass)) && !isStillTelling(pass)) {
            hold.letGo();
        }
    }

    /** Where a deletion gives nothing back, it is held up only while the instance is open for a moment. */
    private static void letGoWhatIsClosed(Pass pass, DeletionHold hold) {
        boolean restores = Responses.onDelete(pass.current().response()) == OnDelete.RESTORE;
        if (!restores && hold.isHeld() && !isOpen(pass)) {
            hold.letGo();
        }
    }

    /** What was opened for a moment is closed first: nobody would look after it any more. */
    private static boolean isOpen(Pass pass) {
        return ConnectionRecords.isBeingOpened(pass.current()) && !isOver(pass);
    }

    /** The outbox goes with its object: it is given time to be emptied, though a channel that refuses must not hold it for ever. */
    private boolean isStillTelling(Pass pass) {
        Instant since = services.scheduler().instant().minus(TIME_TO_TELL);
        return Notifications.unsent(pass.current()).stream()
                .anyMatch(entry -> entry.time() != null && entry.time().isAfter(since));
    }

    private static boolean isOver(Pass pass) {
        return QuarantineReading.isReleased(pass.current()) || QuarantineReading.isTerminated(pass.current());
    }
}
