package io.ec2quarantine.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a quarantine is carried out; frozen into it when its episode opens. */
public record Response(
        @Nullable Access access,
        @Nullable Isolation isolation,
        @Nullable Preserve preserve,
        @Nullable Release release,
        List<Notification> notifications) {

    public Response {
        notifications = Lists.orEmpty(notifications);
    }

    /** The same response, reached by other roles. */
    public Response reachedBy(@Nullable Access other) {
        return new Response(other, isolation, preserve, release, notifications);
    }

    /** The same response, told to others. */
    public Response toldTo(List<Notification> others) {
        return new Response(access, isolation, preserve, release, others);
    }

    /** How to act in the account of the instance. */
    public record Access(
            @Nullable String responderRoleName,
            @Nullable String releaseRoleName,
            @Nullable String rulesRoleName,
            @Nullable String externalID) {
        /** Without the external id, which is for AWS's eyes only. */
        @Override
        public String toString() {
            return "Access[responderRoleName=" + responderRoleName + ", releaseRoleName=" + releaseRoleName
                    + ", rulesRoleName=" + rulesRoleName + "]";
        }
    }

    /** The group that isolates, and what is done about what a group does not reach. */
    public record Isolation(
            @Nullable String securityGroupName,
            List<ExistingGroup> existingGroups,
            List<ForensicRule> forensicAccess,
            @Nullable TrackedConnections trackedConnections,
            @Nullable IdleTimeouts idleTimeouts,
            @Nullable PublicAddress publicAddress) {
        public Isolation {
            existingGroups = Lists.orEmpty(existingGroups);
            forensicAccess = Lists.orEmpty(forensicAccess);
        }
    }

    /** A group of a VPC that is used instead of a made one. */
    public record ExistingGroup(String vpcID, String groupID) {}

    /** A rule that an isolation group has, for those who investigate: one of the three targets is given. */
    public record ForensicRule(
            String name,
            @Nullable Direction direction,
            @Nullable Protocol protocol,
            @Nullable Integer fromPort,
            @Nullable Integer toPort,
            @Nullable String cidr,
            @Nullable String prefixListID,
            @Nullable String groupID) {}

    /** Which way a rule lets through. */
    public enum Direction {
        @JsonProperty("Ingress")
        INGRESS,
        @JsonProperty("Egress")
        EGRESS
    }

    /** What a rule lets through; all has no ports. */
    public enum Protocol {
        @JsonProperty("tcp")
        TCP,
        @JsonProperty("udp")
        UDP,
        @JsonProperty("icmp")
        ICMP,
        @JsonProperty("icmpv6")
        ICMPV6,
        @JsonProperty("all")
        ALL
    }

    /** What is done about connections that were open before the isolation and that security groups still track. */
    public enum TrackedConnections {
        @JsonProperty("Leave")
        LEAVE,
        @JsonProperty("Untrack")
        UNTRACK
    }

    /** Whether connections that fall silent are forgotten sooner. */
    public enum IdleTimeouts {
        @JsonProperty("Leave")
        LEAVE,
        @JsonProperty("Shorten")
        SHORTEN
    }

    /** What is done about the public addresses of the instance. */
    public enum PublicAddress {
        @JsonProperty("Leave")
        LEAVE,
        @JsonProperty("Disassociate")
        DISASSOCIATE
    }

    /** What keeps the evidence. */
    public record Preserve(
            @Nullable TerminationProtection terminationProtection,
            @Nullable AutoScaling autoScaling,
            @Nullable LoadBalancers loadBalancers,
            @Nullable VolumeSnapshots volumeSnapshots,
            @Nullable InstanceProfile instanceProfile) {}

    /** Whether the instance is protected against being terminated while it is quarantined. */
    public enum TerminationProtection {
        @JsonProperty("Enable")
        ENABLE,
        @JsonProperty("Leave")
        LEAVE
    }

    /** How the instance is taken out of the hands of its Auto Scaling group, which would replace and terminate it. */
    public enum AutoScaling {
        @JsonProperty("Detach")
        DETACH,
        @JsonProperty("Standby")
        STANDBY,
        @JsonProperty("Leave")
        LEAVE
    }

    /** Whether the instance is taken out of the target groups of its load balancers. */
    public enum LoadBalancers {
        @JsonProperty("Deregister")
        DEREGISTER,
        @JsonProperty("Leave")
        LEAVE
    }

    /** Whether the volumes of the instance are copied. */
    public enum VolumeSnapshots {
        @JsonProperty("Take")
        TAKE,
        @JsonProperty("Skip")
        SKIP
    }

    /** Whether the instance keeps getting credentials of its role. */
    public enum InstanceProfile {
        @JsonProperty("Leave")
        LEAVE,
        @JsonProperty("Disassociate")
        DISASSOCIATE
    }

    /** What becomes of the instance when its quarantine is deleted. */
    public record Release(@Nullable OnDelete onDelete) {}

    /** Whether deleting a quarantine gives its instance back. */
    public enum OnDelete {
        @JsonProperty("Leave")
        LEAVE,
        @JsonProperty("Restore")
        RESTORE
    }

    /** Who is told of what, and in which words: one of the three channels is given. */
    public record Notification(
            String name,
            @Nullable String snsTopicARN,
            @Nullable String sqsQueueURL,
            @Nullable Webhook webhook,
            List<@Nullable NotificationEvent> events,
            @Nullable String subject,
            @Nullable String message) {
        public Notification {
            events = Lists.orEmptyWithUnknowns(events);
        }

        /** The same channel, told of other transitions. */
        public Notification telling(List<@Nullable NotificationEvent> others) {
            return new Notification(name, snsTopicARN, sqsQueueURL, webhook, others, subject, message);
        }
    }

    /** Where events are posted to; the Secret holds the key by which they are signed. */
    public record Webhook(String url, @Nullable String secretName) {}

    /** The transitions that a notification can be of. */
    public enum NotificationEvent {
        @JsonProperty("Isolated")
        ISOLATED("Isolated"),
        @JsonProperty("Drifted")
        DRIFTED("Drifted"),
        @JsonProperty("StillActive")
        STILL_ACTIVE("StillActive"),
        @JsonProperty("VerificationLost")
        VERIFICATION_LOST("VerificationLost"),
        @JsonProperty("AwaitingApproval")
        AWAITING_APPROVAL("AwaitingApproval"),
        @JsonProperty("Deferred")
        DEFERRED("Deferred"),
        @JsonProperty("Refused")
        REFUSED("Refused"),
        @JsonProperty("Released")
        RELEASED("Released"),
        @JsonProperty("Failed")
        FAILED("Failed");

        private final String text;

        NotificationEvent(String text) {
            this.text = text;
        }

        /** The name of the transition. */
        public String text() {
            return text;
        }
    }
}
