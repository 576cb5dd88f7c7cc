package io.ec2quarantine.runtime;

import static io.ec2quarantine.testing.OperatorWorld.condition;
import static io.ec2quarantine.testing.OperatorWorld.isTrue;
import static org.assertj.core.api.Assertions.assertThat;

import io.ec2quarantine.api.v1alpha1.Condition.Status;
import io.ec2quarantine.api.v1alpha1.ConditionType;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceSpec.DesiredState;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.NotificationStatus;
import io.ec2quarantine.sim.Topic;
import io.ec2quarantine.sim.WorkshopScene;
import io.ec2quarantine.testing.OperatorWorld;
import io.ec2quarantine.testing.Policies;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who is to be told is told of every transition, of nothing that was not read, and by one id however often. */
class NotificationsTest {
    private static final String ALL =
            "[Isolated, Drifted, StillActive, VerificationLost, AwaitingApproval, Deferred, Refused, Released, Failed]";

    private final OperatorWorld world = new OperatorWorld();
    private final WorkshopScene scene = WorkshopScene.build(world.world());
    private final String instance = scene.compromisedInstance();
    private final Topic topic = world.region().topic("security");

    @AfterEach
    void end() {
        world.close();
    }

    @Test
    void anIsolationIsToldOnceAfterItWasReadBack() {
        isolate(policy("Enforce"));

        awaitTold("Isolated");
        world.elapse(Duration.ofMinutes(3));

        assertThat(told()).containsExactly("Isolated");
        Topic.Mail mail = topic.mails().getFirst();
        assertThat(mail.subject())
                .startsWith("[isolated] " + instance)
                .endsWith("(111122223333/us-west-2): MaliciousIPCaller.Custom");
        assertThat(mail.message())
                .contains("The instance is isolated, and the isolation was read back.", "Release    kubectl patch qi");
        NotificationStatus entry = outbox().getFirst();
        assertThat(entry.messageID()).isEqualTo(mail.messageId());
        assertThat(mail.attributes()).containsEntry("eventID", entry.eventID()).containsEntry("event", "Isolated");
        assertThat(condition(quarantine(), ConditionType.NOTIFIED))
                .hasValueSatisfying(notified -> assertThat(notified.status()).isEqualTo(Status.TRUE));
    }

    @Test
    void driftAndReleaseAreToldEachOnce() {
        isolate(policy("Enforce"));
        awaitTold("Isolated");
        world.region().setGroups(world.region().interfacesOf(instance).getFirst().id(), scene.targetSecurityGroup());
        awaitTold("Isolated", "Drifted");

        world.desire(instance, DesiredState.RELEASED);

        awaitTold("Isolated", "Drifted", "Released");
        assertThat(ids()).doesNotHaveDuplicates();
        assertThat(topic.mails().get(1).message()).contains("undone: ");
    }

    @Test
    void whoeverIsAskedIsToldOnce() {
        isolate(policy("RequireApproval"));

        awaitTold("AwaitingApproval");
        assertThat(topic.mails().getFirst().message())
                .contains("NOT isolated", "{\"spec\":{\"desiredState\":\"Isolated\"}}");
        world.desire(instance, DesiredState.ISOLATED);
        awaitTold("AwaitingApproval", "Isolated");
    }

    @Test
    void whatAPersonMustMendIsToldAtOnceAndTheIsolationWhenItIsReached() {
        world.simulator().faults().on("ModifyNetworkInterfaceAttribute").deny();
        isolate(policy("Enforce"));

        awaitTold("Refused");
        assertThat(topic.mails().getFirst().message())
                .contains("ec2:ModifyNetworkInterfaceAttribute", "was denied");
        world.elapse(Duration.ofMinutes(5));
        assertThat(told()).containsExactly("Refused");

        world.simulator().faults().clear();
        awaitTold("Refused", "Isolated");
    }

    @Test
    void whatIsNotReachedForAMinuteHasFailedAndIsToldOnce() {
        world.simulator().faults().on("ModifyNetworkInterfaceAttribute").internalError();
        isolate(policy("Enforce"));

        world.elapse(Duration.ofSeconds(50));
        assertThat(told()).isEmpty();
        awaitTold("Failed");
        world.elapse(Duration.ofMinutes(5));
        assertThat(told()).containsExactly("Failed");
    }

    @Test
    void anUnreadableWorldLosesTheVerificationOnce() {
        isolate(policy("Enforce"));
        awaitTold("Isolated");
        world.simulator().faults().on("DescribeNetworkInterfaces").deny();

        awaitTold("Isolated", "VerificationLost");
        world.elapse(Duration.ofMinutes(5));
        assertThat(told()).containsExactly("Isolated", "VerificationLost");
    }

    @Test
    void aTopicThatRefusesIsTriedAgainAndSaysSoMeanwhile() {
        world.simulator().faults().on("Publish").deny();
        isolate(policy("Enforce"));

        world.await(instance, ConditionType.NOTIFIED, Status.FALSE, "NotSent");
        assertThat(condition(quarantine(), ConditionType.NOTIFIED).orElseThrow().message())
                .contains("Isolated to oncall: sns:Publish for " + topic.arn() + " was denied", "it is retried by itself.");
        assertThat(isTrue(quarantine(), ConditionType.READY))
                .as("what is told waits for nobody, and nobody for it")
                .isTrue();
        assertThat(outbox().getFirst().attempts()).isPositive();

        world.simulator().faults().clear();
        world.await(instance, ConditionType.NOTIFIED, Status.TRUE, "Sent");
        assertThat(told()).containsExactly("Isolated");
    }

    @Test
    void attemptsBecomeRareWhileATopicRefuses() {
        world.simulator().faults().on("Publish").deny();
        isolate(policy("Enforce"));
        world.await(instance, ConditionType.NOTIFIED, Status.FALSE, "NotSent");
        world.elapse(Duration.ofMinutes(20));
        long mark = world.simulator().calls().mark();

        world.elapse(Duration.ofMinutes(15));

        assertThat(world.calls("Publish", mark)).isBetween(2L, 4L);
    }

    @Test
    void aDeletedPolicyStillTellsByTheFrozenResponse() {
        isolate(policy("Enforce"));
        awaitTold("Isolated");
        world.cluster().client().resources(io.ec2quarantine.api.v1alpha1.IsolationPolicy.class).delete();

        world.desire(instance, DesiredState.RELEASED);

        awaitTold("Isolated", "Released");
    }

    @Test
    void theEventsThatAreNotAskedForAreNotTold() {
        isolate(policy("Enforce").replace(ALL, "[Released]"));
        world.awaitVerified(instance);
        world.desire(instance, DesiredState.RELEASED);

        awaitTold("Released");
        assertThat(outbox()).hasSize(1);
    }

    private static String policy(String mode) {
        return Policies.policy(
                                "malicious-ip-callers",
                                mode,
                                "UnauthorizedAccess:EC2/MaliciousIPCaller.Custom",
                                "")
                        .replaceFirst("(?m)^  response: .*$", "")
                        .stripTrailing()
                + """

                  response:
                    isolation: {securityGroupName: ForensicSecurityGroup}
                    notifications:
                    - {name: oncall, snsTopicARN: "arn:aws:sns:us-west-2:111122223333:security", events: %s}
                """.formatted(ALL);
    }

    private void isolate(String policy) {
        world.cluster().create(policy);
        world.startOperator();
        scene.compromise(world.world());
    }

    private void awaitTold(String... events) {
        world.await(
                instance,
                "told " + List.of(events) + ", not " + told(),
                object -> told().size() >= events.length && isSent(object));
        assertThat(told()).containsExactly(events);
    }

    private static boolean isSent(QuarantinedInstance object) {
        return isTrue(object, ConditionType.NOTIFIED);
    }

    private List<String> told() {
        return topic.mails().stream().map(mail -> mail.attributes().get("event")).toList();
    }

    private Stream<String> ids() {
        return topic.mails().stream().map(mail -> mail.attributes().get("eventID"));
    }

    private List<NotificationStatus> outbox() {
        return quarantine().getStatus().notifications();
    }

    private QuarantinedInstance quarantine() {
        return world.quarantine(instance).orElseThrow();
    }
}
