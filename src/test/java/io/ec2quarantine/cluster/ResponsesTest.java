package io.ec2quarantine.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.ec2quarantine.api.v1alpha1.IsolationPolicy;
import io.ec2quarantine.api.v1alpha1.IsolationPolicySpec;
import io.ec2quarantine.api.v1alpha1.Response;
import io.ec2quarantine.api.v1alpha1.Response.AutoScaling;
import io.ec2quarantine.api.v1alpha1.Response.Direction;
import io.ec2quarantine.api.v1alpha1.Response.ExistingGroup;
import io.ec2quarantine.api.v1alpha1.Response.ForensicRule;
import io.ec2quarantine.api.v1alpha1.Response.IdleTimeouts;
import io.ec2quarantine.api.v1alpha1.Response.InstanceProfile;
import io.ec2quarantine.api.v1alpha1.Response.Isolation;
import io.ec2quarantine.api.v1alpha1.Response.LoadBalancers;
import io.ec2quarantine.api.v1alpha1.Response.Notification;
import io.ec2quarantine.api.v1alpha1.Response.NotificationEvent;
import io.ec2quarantine.api.v1alpha1.Response.OnDelete;
import io.ec2quarantine.api.v1alpha1.Response.Preserve;
import io.ec2quarantine.api.v1alpha1.Response.Protocol;
import io.ec2quarantine.api.v1alpha1.Response.PublicAddress;
import io.ec2quarantine.api.v1alpha1.Response.Release;
import io.ec2quarantine.api.v1alpha1.Response.TerminationProtection;
import io.ec2quarantine.api.v1alpha1.Response.TrackedConnections;
import io.ec2quarantine.api.v1alpha1.Response.VolumeSnapshots;
import io.ec2quarantine.core.access.Access;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ResponsesTest {
    private static final String TOPIC = "arn:aws:sns:us-west-2:111122223333:security";
    private static final Response DEFAULTS = response("ec2quarantine-isolation", TerminationProtection.ENABLE);

    @Test
    void withoutAPolicyOrAResponseTheDefaultsAreSpelledOut() {
        assertThat(Responses.of(Optional.empty())).isEqualTo(DEFAULTS);
        assertThat(Responses.of(Optional.of(new IsolationPolicy()))).isEqualTo(DEFAULTS);
        assertThat(Responses.of(Optional.of(policy(null)))).isEqualTo(DEFAULTS);
        assertThat(Responses.of(Optional.of(policy(new Response(null, null, null, null, List.of())))))
                .isEqualTo(DEFAULTS);
        assertThat(Responses.of(Optional.of(policy(new Response(
                        null,
                        new Isolation(null, List.of(), List.of(), null, null, null),
                        new Preserve(null, null, null, null, null),
                        new Release(null),
                        List.of())))))
                .isEqualTo(DEFAULTS);
    }

    @Test
    void whatIsWrittenStands() {
        Response written = response("cage", TerminationProtection.LEAVE);

        assertThat(Responses.of(Optional.of(policy(written)))).isEqualTo(written);
        assertThat(Responses.groupName(written)).isEqualTo("cage");
        assertThat(Responses.terminationProtection(written)).isEqualTo(TerminationProtection.LEAVE);
    }

    @Test
    void halfAResponseIsFilledUp() {
        assertThat(Responses.of(
                        Optional.of(policy(new Response(null, isolation("cage", List.of()), null, null, List.of())))))
                .isEqualTo(response("cage", TerminationProtection.ENABLE));
        assertThat(Responses.of(Optional.of(policy(new Response(
                        null,
                        null,
                        new Preserve(TerminationProtection.LEAVE, null, null, null, null),
                        null,
                        List.of())))))
                .isEqualTo(response("ec2quarantine-isolation", TerminationProtection.LEAVE));
    }

    @Test
    void aChannelThatNamesNoEventsIsToldOfAllOfThem() {
        Notification all = new Notification("oncall", TOPIC, null, null, List.of(), null, null);
        Notification some =
                new Notification("oncall", TOPIC, null, null, List.of(NotificationEvent.RELEASED), null, null);

        assertThat(frozen(all).getFirst().events()).containsExactly(NotificationEvent.values());
        assertThat(frozen(some)).containsExactly(some);
    }

    @Test
    void whatIsNotUnderstoodIsNoPartOfWhatIsFrozenForAStatusTakesNoSuchValue() {
        ForensicRule known = rule("ssh", Direction.INGRESS, Protocol.TCP);
        Response written = new Response(
                null,
                new Isolation(
                        "cage",
                        List.of(),
                        List.of(known, rule("both", null, Protocol.TCP), rule("sctp", Direction.INGRESS, null)),
                        null,
                        null,
                        null),
                null,
                null,
                List.of());

        assertThat(Responses.forensicAccess(Responses.of(Optional.of(policy(written)))))
                .containsExactly(known);
        assertThat(frozen(withAnUnknownEvent(NotificationEvent.RELEASED))
                        .getFirst()
                        .events())
                .containsExactly(NotificationEvent.RELEASED);
        assertThat(frozen(withAnUnknownEvent()).getFirst().events())
                .as("a channel none of whose events is understood is told too much rather than nothing")
                .containsExactly(NotificationEvent.values());
    }

    private static ForensicRule rule(String name, @Nullable Direction direction, @Nullable Protocol protocol) {
        return new ForensicRule(name, direction, protocol, 22, 22, "10.1.2.0/24", null, null);
    }

    private static Notification withAnUnknownEvent(NotificationEvent... known) {
        List<@Nullable NotificationEvent> events = new ArrayList<>(List.of(known));
        events.add(null);
        return new Notification("oncall", TOPIC, null, null, List.of(), null, null).telling(events);
    }

    private static List<Notification> frozen(Notification written) {
        return Responses.of(Optional.of(policy(new Response(null, null, null, null, List.of(written)))))
                .notifications();
    }

    @Test
    void groupsOfOnesOwnAndWhatADeletionDoesAreSpelledOutToo() {
        Response written = new Response(
                null,
                isolation("cage", List.of(new ExistingGroup("vpc-0123456789abcdef0", "sg-0123456789abcdef0"))),
                preserve(TerminationProtection.ENABLE),
                new Release(OnDelete.RESTORE),
                List.of());

        assertThat(Responses.of(Optional.of(policy(written)))).isEqualTo(written);
        assertThat(Responses.onDelete(written)).isEqualTo(OnDelete.RESTORE);
        assertThat(Responses.onDelete(null)).isEqualTo(OnDelete.LEAVE);
    }

    @Test
    void theRolesAreFrozenAsTheyAreWrittenAndWhereNoneIsNamedNothingIs() {
        Response.Access access = new Response.Access("responder", null, null, "unspoken");

        Response frozen = Responses.of(Optional.of(policy(new Response(access, null, null, null, List.of()))));

        assertThat(frozen.access()).isEqualTo(access);
        assertThat(Responses.access(frozen))
                .isEqualTo(new Access(
                        Optional.of("responder"), Optional.empty(), Optional.empty(), Optional.of("unspoken")));
        assertThat(access).hasToString("Access[responderRoleName=responder, releaseRoleName=null, rulesRoleName=null]");
        assertThat(Responses.of(Optional.of(policy(
                        new Response(new Response.Access(null, null, null, null), null, null, null, List.of())))))
                .isEqualTo(DEFAULTS);
        assertThat(Responses.access(null)).isEqualTo(Access.OWN);
    }

    private static Response response(String groupName, TerminationProtection protection) {
        return new Response(
                null, isolation(groupName, List.of()), preserve(protection), new Release(OnDelete.LEAVE), List.of());
    }

    private static Isolation isolation(String groupName, List<ExistingGroup> existing) {
        return new Isolation(
                groupName, existing, List.of(), TrackedConnections.LEAVE, IdleTimeouts.LEAVE, PublicAddress.LEAVE);
    }

    private static Preserve preserve(TerminationProtection protection) {
        return new Preserve(
                protection, AutoScaling.DETACH, LoadBalancers.DEREGISTER, VolumeSnapshots.TAKE, InstanceProfile.LEAVE);
    }

    private static IsolationPolicy policy(@Nullable Response response) {
        IsolationPolicy policy = new IsolationPolicy();
        policy.setSpec(new IsolationPolicySpec(null, null, List.of(), null, null, response));
        return policy;
    }
}
