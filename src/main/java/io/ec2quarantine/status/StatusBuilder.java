package io.ec2quarantine.status;

import io.ec2quarantine.api.v1alpha1.Condition;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.Changes;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.Episode;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.EvidenceStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.FindingStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.Impact;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.InstanceStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.InterfaceStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.IsolationGroupStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.NotificationStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.TimelineEntry;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.VerificationStatus;
import io.ec2quarantine.api.v1alpha1.Response;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Changes some fields of a status and keeps the others. */
final class StatusBuilder {
    private @Nullable Long observedGeneration;
    private List<Condition> conditions;
    private @Nullable Episode episode;
    private @Nullable Response response;
    private @Nullable InstanceStatus instance;
    private List<InterfaceStatus> interfaces;
    private List<IsolationGroupStatus> isolationGroups;
    private @Nullable VerificationStatus verification;
    private List<FindingStatus> findings;
    private @Nullable Impact impact;
    private @Nullable EvidenceStatus evidence;
    private @Nullable Changes changes;
    private List<NotificationStatus> notifications;
    private List<TimelineEntry> timeline;

    StatusBuilder(QuarantinedInstanceStatus before) {
        this.observedGeneration = before.observedGeneration();
        this.conditions = before.conditions();
        this.episode = before.episode();
        this.response = before.response();
        this.instance = before.instance();
        this.interfaces = before.interfaces();
        this.isolationGroups = before.isolationGroups();
        this.verification = before.verification();
        this.findings = before.findings();
        this.impact = before.impact();
        this.evidence = before.evidence();
        this.changes = before.changes();
        this.notifications = before.notifications();
        this.timeline = before.timeline();
    }

    StatusBuilder observedGeneration(long value) {
        observedGeneration = value;
        return this;
    }

    StatusBuilder conditions(List<Condition> value) {
        conditions = value;
        return this;
    }

    StatusBuilder episode(Episode value) {
        episode = value;
        return this;
    }

    StatusBuilder isolatedTime(Instant value) {
        if (episode != null) {
            episode = new Episode(
                    episode.number(),
                    episode.openedTime(),
                    value,
                    episode.partlyReleasedTime(),
                    episode.releasedTime(),
                    episode.policyName(),
                    episode.releasedBeforeTime());
        }
        return this;
    }

    /** The first time at which a part may have been given back stands. */
    StatusBuilder partlyReleasedTime(Instant value) {
        if (episode != null && episode.partlyReleasedTime() == null) {
            episode = new Episode(
                    episode.number(),
                    episode.openedTime(),
                    episode.isolatedTime(),
                    value,
                    episode.releasedTime(),
                    episode.policyName(),
                    episode.releasedBeforeTime());
        }
        return this;
    }

    /** The first read of the release stands. */
    StatusBuilder releasedTime(Instant value) {
        if (episode != null && episode.releasedTime() == null) {
            episode = new Episode(
                    episode.number(),
                    episode.openedTime(),
                    episode.isolatedTime(),
                    episode.partlyReleasedTime(),
                    value,
                    episode.policyName(),
                    episode.releasedBeforeTime());
        }
        return this;
    }

    StatusBuilder response(Response value) {
        response = value;
        return this;
    }

    StatusBuilder instance(@Nullable InstanceStatus value) {
        instance = value;
        return this;
    }

    StatusBuilder interfaces(List<InterfaceStatus> value) {
        interfaces = value;
        return this;
    }

    StatusBuilder isolationGroups(List<IsolationGroupStatus> value) {
        isolationGroups = value;
        return this;
    }

    StatusBuilder verification(@Nullable VerificationStatus value) {
        verification = value;
        return this;
    }

    StatusBuilder findings(List<FindingStatus> value) {
        findings = value;
        return this;
    }

    StatusBuilder impact(@Nullable Impact value) {
        impact = value;
        return this;
    }

    StatusBuilder evidence(@Nullable EvidenceStatus value) {
        evidence = value;
        return this;
    }

    StatusBuilder changes(@Nullable Changes value) {
        changes = value;
        return this;
    }

    StatusBuilder notifications(List<NotificationStatus> value) {
        notifications = value;
        return this;
    }

    StatusBuilder timeline(TimelineEntry entry) {
        timeline = QuarantineStatuses.append(timeline, entry);
        return this;
    }

    QuarantinedInstanceStatus build() {
        return new QuarantinedInstanceStatus(
                observedGeneration,
                conditions,
                episode,
                response,
                instance,
                interfaces,
                isolationGroups,
                verification,
                findings,
                impact,
                evidence,
                changes,
                notifications,
                timeline);
    }
}
