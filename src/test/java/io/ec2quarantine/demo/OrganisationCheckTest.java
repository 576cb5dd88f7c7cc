package io.ec2quarantine.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.ec2quarantine.sim.Call;
import io.ec2quarantine.sim.Model.Group;
import io.ec2quarantine.sim.Model.Permission;
import io.ec2quarantine.sim.OrganisationScene;
import io.ec2quarantine.sim.RegionWorld;
import io.ec2quarantine.sim.World;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an operator that pretends, or that does more than it was asked to, does not get past. */
class OrganisationCheckTest {
    private static final int LIMIT = 20;
    private static final String RESPONDER = OrganisationCheck.RESPONDER;
    private static final String RELEASE = OrganisationCheck.RELEASE;

    private final OrganisationScene scene = OrganisationScene.build(new World(InstantSource.system()));
    private final OrganisationView view = new OrganisationView(scene);
    private final OrganisationCheck check = new OrganisationCheck(view, view.groups());
    private final List<Call> calls = new ArrayList<>();
    private final Group stormed = isolationGroup(scene.stormed());
    private final Group quiet = isolationGroup(scene.quiet());
    private final List<String> mostSevereFirst = view.servers().stream()
            .sorted(Comparator.comparing(view::severity).reversed())
            .toList();
    private final String leastOfTheIsolated = mostSevereFirst.get(LIMIT - 1);
    private final String waiting = mostSevereFirst.get(LIMIT);
    private final String leastSevere = mostSevereFirst.getLast();

    @BeforeEach
    void storm() {
        mostSevereFirst.subList(0, LIMIT).forEach(this::isolate);
    }

    @Test
    void theMostSevereUpToTheLimitIsolatedByTheResponderAreTheEndOfTheStorm() {
        assertThat(limitProblems()).isEmpty();
    }

    @Test
    void oneMoreThanTheLimitIsTold() {
        isolate(waiting);

        assertThat(check.tooMany(LIMIT)).contains("EC2 has 21 servers isolated, and maxActive is 20.");
        assertThat(limitProblems()).contains("EC2 has 21 servers isolated, and maxActive is 20.");
    }

    @Test
    void anIsolationThatIsOnlyClaimedIsNone() {
        giveBack(leastOfTheIsolated);

        assertThat(limitProblems()).contains("EC2 has only 19 servers in the isolation group alone.");
    }

    @Test
    void aGroupThatLetsSomethingThroughIsolatesNothing() {
        scene.stormed().addRule(stormed.id(), Permission.all(true, "0.0.0.0/0"));

        assertThat(limitProblems()).contains("EC2 has only 0 servers in the isolation group alone.");
    }

    @Test
    void oneThatIsLessSevereThanWhatWaitsIsTold() {
        giveBack(leastOfTheIsolated);
        isolate(leastSevere);

        assertThat(limitProblems())
                .contains(
                        "EC2 has " + shown(leastSevere) + " isolated, while " + shown(leastOfTheIsolated) + " waits.");
    }

    @Test
    void aCallOnWhatWaitsIsToldThoughItChangedNoGroup() {
        call(scene.stormed(), RESPONDER, "CreateTags", waiting);

        assertThat(limitProblems())
                .containsExactly("Nobody asked for it, and yet something was done to " + view.nameOf(waiting) + ".");
    }

    @Test
    void whatWasChangedByAnotherThanTheResponderIsTold() {
        call(scene.stormed(), RELEASE, "CreateTags", mostSevereFirst.getFirst());

        assertThat(limitProblems())
                .containsExactly("CreateTags was called in account "
                        + scene.member().id() + " as " + RELEASE + " and not as " + RESPONDER + ".");
    }

    @Test
    void whatIsApprovedIsIsolatedAndWhatIsProtectedIsLeftAlone() {
        isolate(scene.askedAbout());
        assertThat(check.approvalProblems(writes())).isEmpty();

        isolate(scene.protectedInstance());
        assertThat(check.approvalProblems(writes()))
                .containsExactly("Nobody asked for it, and yet something was done to "
                        + view.nameOf(scene.protectedInstance()) + ".");
    }

    @Test
    void anApprovalThatCameToNothingIsTold() {
        assertThat(check.approvalProblems(writes()))
                .containsExactly(
                        "EC2 does not have " + view.nameOf(scene.askedAbout()) + " in the isolation group alone.");
    }

    @Test
    void whatTheReleaseRoleGivesBackIsReleased() {
        calls.clear();
        release(leastOfTheIsolated, RELEASE);

        assertThat(check.releaseProblems(leastOfTheIsolated, writes())).isEmpty();
    }

    @Test
    void aReleaseByTheResponderIsTold() {
        calls.clear();
        release(leastOfTheIsolated, RESPONDER);

        assertThat(check.releaseProblems(leastOfTheIsolated, writes()))
                .containsExactly("ModifyNetworkInterfaceAttribute was called in account "
                        + scene.member().id() + " as " + RESPONDER + " and not as " + RELEASE + ".");
    }

    @Test
    void aReleaseThatIsOnlyClaimedIsNone() {
        calls.clear();

        assertThat(check.releaseProblems(leastOfTheIsolated, writes()))
                .containsExactly("EC2 does not have " + view.nameOf(leastOfTheIsolated) + " back in its groups.");
    }

    private List<String> limitProblems() {
        return check.limitProblems(LIMIT, writes());
    }

    private Writes writes() {
        return new Writes(List.copyOf(calls));
    }

    private String shown(String server) {
        return view.nameOf(server) + " (" + view.severity(server).label() + ")";
    }

    private static Group isolationGroup(RegionWorld region) {
        Group group = region.securityGroup(region.vpc(), OrganisationView.ISOLATION_GROUP);
        region.removeRules(group.id());
        return group;
    }

    private void isolate(String instance) {
        RegionWorld region = view.regionOf(instance);
        String group = region.equals(scene.quiet()) ? quiet.id() : stormed.id();
        region.groupsOf(instance).keySet().forEach(id -> {
            region.setGroups(id, group);
            call(region, RESPONDER, "ModifyNetworkInterfaceAttribute", id);
        });
    }

    private void giveBack(String instance) {
        groupsBefore(instance)
                .forEach((id, groups) -> view.regionOf(instance).setGroups(id, groups.toArray(String[]::new)));
    }

    private void release(String instance, String role) {
        giveBack(instance);
        groupsBefore(instance)
                .keySet()
                .forEach(id -> call(view.regionOf(instance), role, "ModifyNetworkInterfaceAttribute", id));
    }

    private Map<String, List<String>> groupsBefore(String instance) {
        return check.before().getOrDefault(instance, Map.of());
    }

    private void call(RegionWorld region, String role, String action, String target) {
        calls.add(new Call(
                calls.size(),
                Instant.EPOCH,
                scene.member().id(),
                region.name(),
                "arn:aws:sts::" + scene.member().id() + ":assumed-role/" + role + "/ec2-quarantine-operator",
                "ec2",
                action,
                Map.of("Target", target),
                Call.OK,
                true));
    }
}
