package io.ec2quarantine.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What was written down, done and read back. */
public record QuarantinedInstanceStatus(
        @Nullable Long observedGeneration,
        List<Condition> conditions,
        @Nullable Episode episode,
        @Nullable Response response,
        @Nullable InstanceStatus instance,
        List<InterfaceStatus> interfaces,
        List<IsolationGroupStatus> isolationGroups,
        @Nullable VerificationStatus verification,
        List<FindingStatus> findings,
        @Nullable Impact impact,
        @Nullable EvidenceStatus evidence,
        @Nullable Changes changes,
        List<NotificationStatus> notifications,
        List<TimelineEntry> timeline) {

    public QuarantinedInstanceStatus {
        conditions = Lists.orEmpty(conditions);
        interfaces = Lists.orEmpty(interfaces);
        isolationGroups = Lists.orEmpty(isolationGroups);
        findings = Lists.orEmpty(findings);
        notifications = Lists.orEmpty(notifications);
        timeline = Lists.orEmpty(timeline);
    }

    /** A status of which nothing is known yet. */
    public static QuarantinedInstanceStatus empty() {
        return new QuarantinedInstanceStatus(
                null, List.of(), null, null, null, List.of(), List.of(), null, List.of(), null, null, null, List.of(),
                List.of());
    }

    /**
     * One run from opening to release; the policy is the one whose response was frozen, none when opened by hand. Partly
     * released it may be from just before a release gives back the first groups.
     */
    public record Episode(
            @Nullable Integer number,
            @Nullable Instant openedTime,
            @Nullable Instant isolatedTime,
            @Nullable Instant partlyReleasedTime,
            @Nullable Instant releasedTime,
            @Nullable String policyName) {}

    /** The instance as it was last read. */
    public record InstanceStatus(
            @Nullable String name,
            List<String> vpcIDs,
            @Nullable String state,
            @Nullable String privateIP,
            @Nullable String publicIP,
            @Nullable Instant launchTime,
            @Nullable String iamInstanceProfileARN,
            @Nullable TerminationBaseline terminationBaseline) {

        public InstanceStatus {
            vpcIDs = Lists.orEmpty(vpcIDs);
        }

        /** The same instance with another termination baseline. */
        public InstanceStatus withTerminationBaseline(@Nullable TerminationBaseline baseline) {
            return new InstanceStatus(
                    name, vpcIDs, state, privateIP, publicIP, launchTime, iamInstanceProfileARN, baseline);
        }
    }

    /** The termination protection and shutdown behaviour that the instance had before its quarantine. */
    public record TerminationBaseline(
            @Nullable String apiTermination, @Nullable String shutdownBehavior) {}

    /** One interface: what it had, what it shall have, what it was seen with. */
    public record InterfaceStatus(
            String id,
            @Nullable Integer networkCardIndex,
            @Nullable Integer deviceIndex,
            @Nullable String vpcID,
            List<String> baseline,
            @Nullable BaselineState baselineState,
            List<String> desired,
            List<String> observed,
            @Nullable String message) {

        public InterfaceStatus {
            baseline = Lists.orEmpty(baseline);
            desired = Lists.orEmpty(desired);
            observed = Lists.orEmpty(observed);
        }
    }

    /** Whether the groups from before the quarantine are known. */
    public enum BaselineState {
        @JsonProperty("Recorded")
        RECORDED,
        @JsonProperty("Unknown")
        UNKNOWN
    }

    /** The isolation group of one VPC, with the number of rules it was last seen with. */
    public record IsolationGroupStatus(
            String vpcID,
            @Nullable String groupID,
            @Nullable Integer ruleCount) {}

    /** When the isolation was last read back. */
    public record VerificationStatus(
            @Nullable Instant lastVerifiedTime,
            @Nullable Instant validUntilTime,
            @Nullable Integer driftCount,
            @Nullable Drift lastDrift) {}

    /** What was found changed, and when. */
    public record Drift(@Nullable Instant time, @Nullable String detail) {}

    /** The evidence of one finding. */
    public record FindingStatus(
            String id,
            @Nullable String arn,
            @Nullable String type,
            @Nullable String title,
            @Nullable String severity,
            @Nullable Long count,
            @Nullable Instant firstSeenTime,
            @Nullable Instant lastSeenTime,
            @Nullable Instant updateTime,
            @Nullable String dataSource,
            @Nullable String involvement,
            @Nullable String remoteIP,
            @Nullable String remoteCountry,
            List<String> threatListNames) {

        public FindingStatus {
            threatListNames = Lists.orEmpty(threatListNames);
        }
    }

    /** What the isolation affects beside the instance, as it was before anything was changed. */
    public record Impact(
            @Nullable String autoScalingGroup,
            List<String> targetGroups,
            List<String> publicIPs,
            @Nullable String kubernetesNode) {
        public Impact {
            targetGroups = Lists.orEmpty(targetGroups);
            publicIPs = Lists.orEmpty(publicIPs);
        }
    }

    /** What was kept of the instance, and when the last attempt to copy its volumes began. */
    public record EvidenceStatus(
            List<String> snapshotIDs, @Nullable Instant snapshotsBegunTime) {
        public EvidenceStatus {
            snapshotIDs = Lists.orEmpty(snapshotIDs);
        }
    }

    /** What was changed beside the groups of the interfaces, written down before, with what a release needs to undo it. */
    public record Changes(
            @Nullable AutoScalingChange autoScaling,
            List<TargetChange> targets,
            @Nullable ProfileChange instanceProfile,
            List<AddressChange> addresses,
            List<TimeoutChange> idleTimeouts,
            List<OpenedInterface> opened) {
        public Changes {
            targets = Lists.orEmpty(targets);
            addresses = Lists.orEmpty(addresses);
            idleTimeouts = Lists.orEmpty(idleTimeouts);
            opened = Lists.orEmpty(opened);
        }

        /** Nothing was changed. */
        public static Changes none() {
            return new Changes(null, List.of(), null, List.of(), List.of(), List.of());
        }
    }

    /** The Auto Scaling group that the instance was taken out of, detached or put on standby. */
    public record AutoScalingChange(
            String groupName,
            @Nullable String action,
            @Nullable String lifecycleState) {}

    /** A registration with a target group that was taken away. */
    public record TargetChange(
            String targetGroupARN,
            Integer port,
            String targetID,
            @Nullable String availabilityZone) {}

    /** The instance profile that was disassociated. */
    public record ProfileChange(@Nullable String arn) {}

    /** A public address that was taken off an interface; without an allocation it was automatic, and is not given back the same. */
    public record AddressChange(
            String interfaceID,
            String publicIP,
            @Nullable String privateIP,
            @Nullable String allocationID) {}

    /** The idle timeouts that an interface had, in seconds; absent is AWS's default. */
    public record TimeoutChange(
            String interfaceID,
            @Nullable Integer tcpEstablishedSeconds,
            @Nullable Integer udpStreamSeconds,
            @Nullable Integer udpSeconds) {}

    /** An interface that was opened for a moment so that its connections are no longer tracked. */
    public record OpenedInterface(
            String interfaceID,
            @Nullable String groupID,
            @Nullable Instant openedTime,
            @Nullable Instant closedTime) {}

    /** A notification that is due, or was sent. */
    public record NotificationStatus(
            String name,
            String eventID,
            @Nullable String event,
            @Nullable Instant time,
            @Nullable Instant sentTime,
            @Nullable String messageID,
            @Nullable Integer attempts,
            @Nullable String message) {}

    /** One thing that was done, and how it ended. */
    public record TimelineEntry(
            @Nullable Instant time,
            @Nullable String action,
            @Nullable String detail,
            @Nullable String outcome) {}
}
