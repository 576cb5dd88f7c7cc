package io.ec2quarantine.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.sim.Call;
import io.ec2quarantine.sim.Model.Group;
import io.ec2quarantine.sim.Model.Permission;
import io.ec2quarantine.sim.Model.Vpc;
import io.ec2quarantine.sim.RegionWorld;
import io.ec2quarantine.sim.WorkshopScene;
import io.ec2quarantine.sim.World;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The end of the scene is what EC2 and the API server show, each compared with the other. */
class EndStateTest {
    private final World world = new World(InstantSource.system());
    private final WorkshopScene scene = WorkshopScene.build(world);
    private final RegionWorld region = world.account(scene.account()).region(scene.region());
    private final Ec2View ec2 = new Ec2View(region, scene);
    private final Ec2Snapshot before = ec2.snapshot();
    private final List<Call> operatorWrites = new ArrayList<>();
    private final String isolated = interfaceOf(scene.compromisedInstance());
    private final Group group = region.securityGroup(
            new Vpc(scene.vpc(), scene.account(), "10.0.0.0/8", false, false), "ForensicSecurityGroup");

    @BeforeEach
    void isolate() {
        region.removeRules(group.id());
        region.setGroups(isolated, group.id());
    }

    @Test
    void anIsolatedInstanceAmongUntouchedOnesIsTheEnd() {
        assertThat(problems(status())).isEmpty();
    }

    @Test
    void anInterfaceWithOneMoreGroupIsNotIsolated() {
        region.setGroups(isolated, group.id(), scene.targetSecurityGroup());

        assertThat(problems(status()))
                .containsExactly("EC2 has " + isolated + " of " + scene.compromisedInstance()
                        + " in ForensicSecurityGroup, TargetSecurityGroup and not in the isolation group alone.");
    }

    @Test
    void anIsolationGroupWithARuleIsolatesNothing() {
        region.addRule(group.id(), Permission.all(true, "0.0.0.0/0"));

        assertThat(problems(status()))
                .containsExactly("The isolation group " + group.id()
                        + " is called ForensicSecurityGroup in EC2, and its number of rules is 1.");
    }

    @Test
    void aBystanderWhoseGroupsChangedIsNotUntouched() {
        region.setGroups(interfaceOf(scene.maliciousInstance()), group.id());

        assertThat(problems(status()))
                .containsExactly("The groups of GuardDuty-Example: Malicious Instance: Scenario 1 & 2 have changed.");
    }

    @Test
    void aCallOnABystanderIsTold() {
        operatorWrites.add(new Call(
                1,
                Instant.EPOCH,
                scene.account(),
                scene.region(),
                "operator",
                "ec2",
                "CreateTags",
                Map.of("ResourceId.1", scene.compromisedInstance3()),
                Call.OK,
                true));

        assertThat(problems(status()))
                .containsExactly(
                        "The operator called CreateTags on" + " GuardDuty-Example: Compromised Instance: Scenario 3.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Ready", "Isolated", "Verified", "EvidencePreserved"})
    void aConditionThatIsNotTrueIsTold(String type) {
        String status =
                status().replace("{type: " + type + ", status: \"True\"", "{type: " + type + ", status: \"False\"");

        assertThat(problems(status)).containsExactly("The condition " + type + " is not True.");
    }

    @Test
    void connectionsThatAreSaidToBeCutAreNotBelieved() {
        assertThat(problems(status().replace("\"Unknown\"", "\"True\"")))
                .containsExactly("The condition ConnectionsCut does not say that tracked connections may persist.");
    }

    @Test
    void anInstanceThatHasAllBackIsTheEndOfARelease() {
        release();

        assertThat(releaseProblems(released())).isEmpty();
    }

    @Test
    void anInterfaceThatIsStillIsolatedWasNotGivenBack() {
        release();
        Group other = region.securityGroup(
                new Vpc(scene.vpc(), scene.account(), "10.0.0.0/8", false, false), "ForensicSecurityGroup");
        region.setGroups(isolated, other.id());

        assertThat(releaseProblems(released()))
                .containsExactly(
                        "EC2 has " + isolated + " of " + scene.compromisedInstance()
                                + " in ForensicSecurityGroup and not in TargetSecurityGroup.",
                        "The security groups in EC2 are not those of before the isolation.");
    }

    @Test
    void anInterfaceWithOneGroupTooManyWasNotGivenBackAsItWas() {
        String kept = region.groups().stream()
                .map(Group::id)
                .filter(id -> before.allGroups().contains(id) && !id.equals(scene.targetSecurityGroup()))
                .findFirst()
                .orElseThrow();
        release();
        region.setGroups(isolated, scene.targetSecurityGroup(), kept);

        assertThat(releaseProblems(released()))
                .containsExactly("EC2 has " + isolated + " of " + scene.compromisedInstance()
                        + " in TargetSecurityGroup, " + ec2.groupName(kept) + " and not in TargetSecurityGroup.");
    }

    @Test
    void anIsolationGroupThatStaysIsTold() {
        release();
        region.securityGroup(
                new Vpc(scene.vpc(), scene.account(), "10.0.0.0/8", false, false), "ForensicSecurityGroup");

        assertThat(releaseProblems(released()))
                .containsExactly("The security groups in EC2 are not those of before the isolation.");
    }

    @Test
    void aTerminationProtectionOtherThanBeforeIsTold() {
        release();
        EndState protectedBefore = new EndState(
                ec2,
                new Ec2Snapshot(
                        before.groups(),
                        before.tags(),
                        Map.of(scene.compromisedInstance(), "termination protection on, shutdown behaviour stop"),
                        before.allGroups()),
                operatorWrites);

        assertThat(protectedBefore.releaseProblems(object(released())))
                .containsExactly("EC2 has " + scene.compromisedInstance()
                        + " with termination protection off, shutdown behaviour stop.");
    }

    @Test
    void anInstanceThatDoesNotSayItWasReleasedIsTold() {
        release();
        region.untag(scene.compromisedInstance(), "ec2quarantine.io/released-time");

        assertThat(releaseProblems(released()))
                .containsExactly("The tags of " + scene.compromisedInstance()
                        + " are not those of before with the marks of a release.");
    }

    @Test
    void aMarkThatIsLeftOnAnInterfaceIsTold() {
        release();
        region.tag(isolated, "ec2quarantine.io/state", "isolated");

        assertThat(releaseProblems(released()))
                .containsExactly("The tags of " + isolated + " are not those of before.");
    }

    @Test
    void aReleaseIsNoExcuseForABystander() {
        release();
        region.setGroups(interfaceOf(scene.maliciousInstance()));

        assertThat(releaseProblems(released()))
                .containsExactly("The groups of GuardDuty-Example: Malicious Instance: Scenario 1 & 2 have changed.");
    }

    @ParameterizedTest
    @CsvSource({
        "'Ready, status: \"True\"', 'Ready, status: \"False\"', The condition Ready is not True with the reason Released.",
        "'\"True\", reason: Released', '\"True\", reason: Isolated', The condition Ready is not True with the reason Released.",
        "'Isolated, status: \"False\"', 'Isolated, status: \"True\"', The condition Isolated is True or not said.",
        "'Verified, status: \"False\"', 'Verified, status: \"True\"', The condition Verified is True or not said.",
        "type: Isolated, type: Other, The condition Isolated is True or not said.",
    })
    void aConditionOtherThanThoseOfAReleaseIsTold(String said, String instead, String problem) {
        release();

        assertThat(released()).contains(said);
        assertThat(releaseProblems(released().replace(said, instead))).containsExactly(problem);
    }

    private void release() {
        region.setGroups(isolated, scene.targetSecurityGroup());
        region.deleteGroup(group.id());
        region.tag(scene.compromisedInstance(), "ec2quarantine.io/state", "released");
        region.tag(scene.compromisedInstance(), "ec2quarantine.io/released-time", "2026-01-01T00:00:00Z");
    }

    private List<String> releaseProblems(String yaml) {
        return new EndState(ec2, before, operatorWrites).releaseProblems(object(yaml));
    }

    private static QuarantinedInstance object(String yaml) {
        return Serialization.unmarshal(yaml, QuarantinedInstance.class);
    }

    private List<String> problems(String yaml) {
        return new EndState(ec2, before, operatorWrites).problems(object(yaml));
    }

    private String interfaceOf(String instance) {
        return region.interfacesOf(instance).getFirst().id();
    }

    private String released() {
        return """
                apiVersion: ec2quarantine.io/v1alpha1
                kind: QuarantinedInstance
                metadata: {name: %s}
                status:
                  conditions:
                  - {type: Ready, status: "True", reason: Released, message: ""}
                  - {type: Isolated, status: "False", reason: Released, message: ""}
                  - {type: Verified, status: "False", reason: Released, message: ""}
                """.formatted(scene.compromisedInstance());
    }

    private String status() {
        return """
                apiVersion: ec2quarantine.io/v1alpha1
                kind: QuarantinedInstance
                metadata: {name: %s}
                status:
                  conditions:
                  - {type: Ready, status: "True", reason: Isolated, message: ""}
                  - {type: Isolated, status: "True", reason: Isolated, message: ""}
                  - {type: Verified, status: "True", reason: Verified, message: ""}
                  - {type: EvidencePreserved, status: "True", reason: TerminationProtected, message: ""}
                  - {type: ConnectionsCut, status: "Unknown", reason: TrackedConnectionsMayPersist, message: ""}
                  isolationGroups: [{vpcID: %s, groupID: %s}]
                """.formatted(scene.compromisedInstance(), scene.vpc(), group.id());
    }
}
