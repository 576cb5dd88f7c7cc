package io.ec2quarantine.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.ec2quarantine.api.v1alpha1.Condition.Status;
import io.ec2quarantine.api.v1alpha1.ConditionType;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceSpec.DesiredState;
import io.ec2quarantine.sim.AccountWorld;
import io.ec2quarantine.sim.Call;
import io.ec2quarantine.sim.FindingTemplate;
import io.ec2quarantine.sim.IamDocument;
import io.ec2quarantine.sim.Model;
import io.ec2quarantine.sim.RegionWorld;
import io.ec2quarantine.sim.SdkClients;
import io.ec2quarantine.testing.OperatorWorld;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;
import software.amazon.awssdk.services.ec2.model.Tag;

/** The whole operator under the documents of docs/iam, each role with its own: it needs no more, and each has no more. */
class LeastPrivilegeTest {
    private static final String READER = "ec2-quarantine-reader";
    private static final String RESPONDER = "ec2-quarantine-responder";
    private static final String RELEASE = "ec2-quarantine-release";

    private final OperatorWorld world = new OperatorWorld();
    private final AccountWorld own = world.world().account(OperatorWorld.ACCOUNT);
    private final AccountWorld administrator = world.world().account("999900001111");
    private final AccountWorld member = world.world().account("444455556666").administeredBy(administrator);
    private final RegionWorld region = member.region(OperatorWorld.REGION);
    private final Model.Vpc vpc = region.vpc();
    private final Model.Group web = region.securityGroup(vpc, "web");
    private final String instance =
            region.instance("web").in(vpc).groups(web).interfaces(2).launch().id();

    LeastPrivilegeTest() {
        own.userMay("simulated", document("hub"));
        administrator.role(READER).trusts(own.id()).may(document("reader"));
        member.role(RESPONDER).trusts(own.id()).may(document("responder"));
        member.role(RELEASE).trusts(own.id()).may(document("release"));
        region.finding(FindingTemplate.commandAndControl(instance, "198.51.100.17"));
    }

    @AfterEach
    void end() {
        world.close();
    }

    @Test
    void itIsolatesRepairsAndReleasesAndIsDeniedNothing() {
        List<String> before = groups();
        world.cluster().create(policy(RELEASE));
        world.startOperator();
        world.awaitVerified(instance);
        String isolation = world.isolationGroup(instance);

        String eni = region.interfacesOf(instance).getFirst().id();
        region.setGroups(eni, web.id());
        world.await(instance, "has repaired a drift", _ -> groups().stream().allMatch(isolation::equals));
        region.addRule(isolation, Model.Permission.all(false, "0.0.0.0/0"));
        world.await(
                instance,
                "has emptied its group again",
                _ -> region.groupOf(isolation).rules().isEmpty());
        world.awaitVerified(instance);

        world.desire(instance, DesiredState.RELEASED);
        world.await(instance, ConditionType.READY, Status.TRUE, "Released");

        assertThat(groups()).isEqualTo(before);
        assertThat(region.tagsOf(eni)).isEmpty();
        assertThat(denied()).isEmpty();
    }

    /** Under the organisation's control nobody else undoes it, and what the operator does goes on as ever. */
    @Test
    void anAdministratorOfTheMemberUndoesNothingAndTheOperatorStillDoes() {
        member.controlledBy(document("scp"));
        List<String> before = groups();
        world.cluster().create(policy(RELEASE));
        world.startOperator();
        world.awaitVerified(instance);
        String isolation = world.isolationGroup(instance);
        String eni = region.interfacesOf(instance).getFirst().id();
        world.await(
                instance, "marked", _ -> "isolated".equals(region.tagsOf(eni).get("ec2quarantine.io/state")));

        try (SdkClients clients = new SdkClients(world.simulator())) {
            Ec2Client administrator = clients.ec2(region);
            List<Runnable> undoing = List.of(
                    () -> administrator.modifyNetworkInterfaceAttribute(
                            request -> request.networkInterfaceId(eni).groups(web.id())),
                    () -> administrator.deleteTags(request -> request.resources(eni)),
                    () -> administrator.deleteTags(request -> request.resources(isolation)),
                    () -> administrator.terminateInstances(request -> request.instanceIds(instance)),
                    () -> administrator.authorizeSecurityGroupIngress(request ->
                            request.groupId(isolation).ipProtocol("-1").cidrIp("0.0.0.0/0")),
                    () -> administrator.createTags(
                            request -> request.resources(web.id()).tags(ownership())));
            assertThat(undoing)
                    .allSatisfy(attempt -> assertThatExceptionOfType(Ec2Exception.class)
                            .isThrownBy(attempt::run)
                            .withMessageContaining("not authorized"));
        }
        assertThat(Set.copyOf(groups())).containsExactly(isolation);

        world.desire(instance, DesiredState.RELEASED);
        world.await(instance, ConditionType.READY, Status.TRUE, "Released");
        assertThat(groups()).isEqualTo(before);
    }

    private static Tag ownership() {
        return Tag.builder().key("ec2quarantine.io/owner").value("x").build();
    }

    @Test
    void theResponderAloneGivesNothingBack() {
        world.cluster().create(policy(RESPONDER));
        world.startOperator();
        world.awaitVerified(instance);
        String isolation = world.isolationGroup(instance);

        world.desire(instance, DesiredState.RELEASED);
        world.await(
                instance,
                "says that it is denied",
                object -> OperatorWorld.condition(object, ConditionType.READY)
                        .filter(ready -> ready.status() == Status.FALSE
                                && ready.message().contains("ec2:ModifyNetworkInterfaceAttribute"))
                        .isPresent());

        assertThat(Set.copyOf(groups())).containsExactly(isolation);
        assertThat(denied()).contains("ModifyNetworkInterfaceAttribute");
    }

    private List<String> groups() {
        return region.groupsOf(instance).values().stream().flatMap(List::stream).toList();
    }

    private List<String> denied() {
        return world
                .simulator()
                .calls()
                .matching(call -> Set.of("UnauthorizedOperation", "AccessDenied", "AccessDeniedException")
                        .contains(call.outcome()))
                .stream()
                .filter(call -> !call.params().containsKey("DryRun"))
                .map(Call::action)
                .toList();
    }

    private String policy(String release) {
        return """
                apiVersion: ec2quarantine.io/v1alpha1
                kind: IsolationPolicy
                metadata: {name: org}
                spec:
                  mode: Enforce
                  sources:
                    - {name: org, regions: [us-west-2], roleARN: "arn:aws:iam::%s:role/%s"}
                  match: {findingTypes: ["*"]}
                  response: {access: {responderRoleName: %s, releaseRoleName: %s}}
                """.formatted(administrator.id(), READER, RESPONDER, release);
    }

    private static IamDocument document(String name) {
        return IamDocument.of(Path.of("docs/iam", name + ".json"));
    }
}
