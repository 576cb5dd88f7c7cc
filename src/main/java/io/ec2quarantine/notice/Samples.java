package io.ec2quarantine.notice;

import io.ec2quarantine.api.v1alpha1.Condition;
import io.ec2quarantine.api.v1alpha1.Condition.Status;
import io.ec2quarantine.api.v1alpha1.ConditionType;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceSpec;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceSpec.DesiredState;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceSpec.PolicyRef;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.Changes;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.Drift;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.Episode;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.EvidenceStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.FindingStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.Impact;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.InstanceStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.InterfaceStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.IsolationGroupStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.NotificationStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.ProfileChange;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.VerificationStatus;
import io.ec2quarantine.api.v1alpha1.Response.NotificationEvent;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Notices to try templates with: one that has everything, and one that has as little as can be. */
final class Samples {
    private static final Instant TIME = Instant.parse("2026-01-01T03:00:00Z");
    private static final String INSTANCE = "i-0123456789abcdef0";

    private Samples() {}

    static Notice full() {
        FindingStatus finding = new FindingStatus(
                "finding",
                "arn:aws:guardduty:us-west-2:111122223333:detector/d/finding/finding",
                "UnauthorizedAccess:EC2/MaliciousIPCaller.Custom",
                "An EC2 instance is communicating with a disallowed address.",
                "Medium",
                1L,
                TIME,
                TIME,
                TIME,
                "VPC Flow Logs",
                "Compromised",
                "198.51.100.7",
                "Nowhere",
                List.of("corp"));
        InterfaceStatus card = new InterfaceStatus(
                "eni-0123456789abcdef0",
                0,
                0,
                "vpc-0123456789abcdef0",
                List.of("sg-0123456789abcdef0"),
                null,
                List.of("sg-0fedcba9876543210"),
                List.of("sg-0fedcba9876543210"),
                "read");
        return notice(
                new PolicyRef("malicious-ip-callers"),
                new QuarantinedInstanceStatus(
                        1L,
                        Stream.of(ConditionType.values())
                                .map(Samples::condition)
                                .toList(),
                        new Episode(1, TIME, TIME, null, TIME, "malicious-ip-callers", null),
                        null,
                        new InstanceStatus(
                                "web-1",
                                List.of(),
                                "running",
                                "10.0.0.1",
                                "203.0.113.1",
                                TIME,
                                "arn:aws:iam::1:x",
                                null),
                        List.of(card),
                        List.of(new IsolationGroupStatus("vpc-0123456789abcdef0", "sg-0fedcba9876543210", 0)),
                        new VerificationStatus(TIME, TIME, 1, new Drift(TIME, "changed")),
                        List.of(finding),
                        new Impact("web", List.of("web"), List.of("203.0.113.1"), "node"),
                        new EvidenceStatus(List.of("snap-0123456789abcdef0"), TIME),
                        new Changes(
                                null,
                                List.of(),
                                new ProfileChange("arn:aws:iam::1:x"),
                                List.of(),
                                List.of(),
                                List.of()),
                        List.of(),
                        List.of()));
    }

    static Notice bare() {
        return notice(null, QuarantinedInstanceStatus.empty());
    }

    private static Notice notice(@Nullable PolicyRef policy, QuarantinedInstanceStatus status) {
        return new Notice(
                INSTANCE,
                new QuarantinedInstanceSpec(
                        INSTANCE,
                        "us-west-2",
                        policy == null ? null : "111122223333",
                        DesiredState.ISOLATED,
                        policy,
                        null,
                        null,
                        List.of(),
                        List.of()),
                status,
                new NotificationStatus(
                        "oncall",
                        "0123456789abcdef0123456789abcdef",
                        NotificationEvent.DRIFTED.text(),
                        TIME,
                        null,
                        null,
                        null,
                        null));
    }

    private static Condition condition(ConditionType type) {
        return new Condition(type.text(), Status.TRUE, 1L, TIME, "Sample", "Something is known.");
    }
}
