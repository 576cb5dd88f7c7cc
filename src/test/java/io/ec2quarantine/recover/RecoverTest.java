package io.ec2quarantine.recover;

import static org.assertj.core.api.Assertions.assertThat;

import io.ec2quarantine.api.v1alpha1.Condition;
import io.ec2quarantine.api.v1alpha1.Condition.Status;
import io.ec2quarantine.api.v1alpha1.ConditionType;
import io.ec2quarantine.api.v1alpha1.IsolationPolicy;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceSpec.DesiredState;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.InterfaceStatus;
import io.ec2quarantine.cluster.Responses;
import io.ec2quarantine.sim.AccountWorld;
import io.ec2quarantine.sim.Call;
import io.ec2quarantine.sim.FindingTemplate;
import io.ec2quarantine.sim.Model;
import io.ec2quarantine.sim.RegionWorld;
import io.ec2quarantine.testing.EmbeddedCluster;
import io.ec2quarantine.testing.OperatorWorld;
import io.ec2quarantine.testing.Policies;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** A cluster is lost, and what it knew comes back from the tags and the groups in AWS. */
class RecoverTest {
    private final OperatorWorld world = new OperatorWorld();
    private final RegionWorld region = world.region();
    private final Model.Vpc vpc = region.vpc();
    private final Model.Group web = region.securityGroup(vpc, "web");
    private final String instance =
            region.instance("web").in(vpc).groups(web).interfaces(2).launch().id();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private List<String> before = List.of();

    @BeforeEach
    void isolate() {
        before = groups();
        region.finding(FindingTemplate.commandAndControl(instance, "198.51.100.17"));
        world.cluster().create(Policies.enforcing("all", "*"));
        world.startOperator();
        world.awaitVerified(instance);
        world.await(
                instance,
                "marked",
                _ -> region.interfacesOf(instance).stream()
                        .allMatch(each -> region.tagsOf(each.id()).containsKey("ec2quarantine.io/baseline")));
        world.stopOperator();
    }

    @AfterEach
    void end() {
        world.close();
    }

    @Test
    void withoutWriteItShowsTheObjectsAndWritesNothing() {
        long mark = world.simulator().calls().mark();

        try (EmbeddedCluster lost = EmbeddedCluster.start()) {
            assertThat(recover(lost.client())).isZero();

            assertThat(quarantines(lost.client())).isEmpty();
            assertThat(lost.client().secrets().inAnyNamespace().list().getItems())
                    .isEmpty();
        }
        assertThat(out.toString())
                .contains("kind: \"QuarantinedInstance\"")
                .contains("name: \"" + instance + "\"")
                .contains("desiredState: \"Isolated\"")
                .contains("baselineState: \"Recorded\"")
                .contains(web.id());
        assertThat(err.toString())
                .contains("RELEASE GIVES BACK")
                .contains(web.id())
                .contains("would be written");
        assertThat(world.simulator().calls().since(mark)).noneMatch(Call::isWrite);
    }

    @Test
    void whatWasWrittenDownIsWrittenDownAgainAndTheOperatorGoesOnAndGivesBackWhatWas() {
        QuarantinedInstance known = world.quarantine(instance).orElseThrow();
        String installId = installId(world.client());
        String isolation = world.isolationGroup(instance);
        loseTheCluster();

        assertThat(recover(world.client(), "--write")).isZero();

        QuarantinedInstance recovered = world.quarantine(instance).orElseThrow();
        assertThat(baselines(recovered)).isEqualTo(baselines(known));
        assertThat(recovered.getSpec().accountID()).isEqualTo(OperatorWorld.ACCOUNT);
        assertThat(installId(world.client())).isEqualTo(installId);

        long mark = world.simulator().calls().mark();
        world.startOperator();
        world.await(instance, "verified", object -> OperatorWorld.isTrue(object, ConditionType.VERIFIED));
        assertThat(world.isolationGroup(instance)).isEqualTo(isolation);
        assertThat(world.calls("ModifyNetworkInterfaceAttribute", mark)).isZero();
        assertThat(world.calls("CreateSecurityGroup", mark)).isZero();

        world.desire(instance, DesiredState.RELEASED);
        QuarantinedInstance released = world.await(instance, ConditionType.READY, Status.TRUE, "Released");
        assertThat(groups()).isEqualTo(before);
        assertThat(OperatorWorld.condition(released, ConditionType.EVIDENCE_PRESERVED)
                        .map(Condition::message))
                .hasValueSatisfying(message -> assertThat(message)
                        .contains(
                                "it is not known whether it was protected against termination before, and the protection was left on")
                        .doesNotContain("what it was before"));
        assertThat(world.simulator().calls().since(mark))
                .filteredOn(call -> call.action().equals("DeleteSecurityGroup"))
                .isNotEmpty();
    }

    @Test
    void aGroupWithTheRulesOfThoseWhoInvestigateIsolatesAndTheDefaultResponseTakesThemAway() {
        String other = region.instance("database").in(vpc).groups(web).launch().id();
        world.cluster()
                .create(Policies.enforcing("investigated", "*")
                        .replace("securityGroupName: ForensicSecurityGroup", """
                forensicAccess: [{name: ssh, direction: Ingress, protocol: tcp, fromPort: 22, toPort: 22, \
                cidr: 10.9.0.0/16}]"""));
        world.client().resources(IsolationPolicy.class).withName("all").delete();
        world.startOperator();
        region.finding(FindingTemplate.commandAndControl(other, "198.51.100.17"));
        world.awaitVerified(other);
        world.await(
                other,
                "marked",
                _ -> region.interfacesOf(other).stream()
                        .allMatch(each -> region.tagsOf(each.id()).containsKey("ec2quarantine.io/baseline")));
        String investigated = world.isolationGroup(other);
        assertThat(region.groupOf(investigated).rules()).hasSize(1);
        world.stopOperator();
        loseTheCluster();
        world.client().resources(QuarantinedInstance.class).withName(other).delete();
        world.client().resources(IsolationPolicy.class).withName("investigated").delete();

        assertThat(recover(world.client(), "--write")).isZero();

        assertThat(world.quarantine(other).orElseThrow().getStatus().changes())
                .as("no tag tells of them")
                .isNull();
        world.startOperator();
        world.await(other, "verified", object -> OperatorWorld.isTrue(object, ConditionType.VERIFIED));
        String now = world.isolationGroup(other);
        assertThat(now).isNotEqualTo(investigated);
        assertThat(region.groupOf(now).rules()).isEmpty();
        assertThat(region.groupsOf(other).values()).containsOnly(List.of(now));
    }

    @Test
    void whatIsThereIsNeverWrittenOver() {
        QuarantinedInstance known = world.quarantine(instance).orElseThrow();

        assertThat(recover(world.client(), "--write")).isEqualTo(3);

        QuarantinedInstance present = world.quarantine(instance).orElseThrow();
        assertThat(present.getSpec()).isEqualTo(known.getSpec());
        assertThat(present.getStatus()).isEqualTo(known.getStatus());
        assertThat(err.toString()).contains("left: there is a quarantine already");
    }

    @Test
    void whatAnAttemptBeganTheNextOneEnds() {
        loseTheCluster();
        recover(world.client(), "--write");
        QuarantinedInstance whole = world.quarantine(instance).orElseThrow();
        world.client().resource(whole).delete();
        QuarantinedInstance half = new QuarantinedInstance();
        half.setMetadata(new ObjectMetaBuilder()
                .withName(instance)
                .withLabels(whole.getMetadata().getLabels())
                .build());
        half.setSpec(whole.getSpec());
        world.client().resource(half).create();

        assertThat(recover(world.client(), "--write")).isZero();

        QuarantinedInstance ended = world.quarantine(instance).orElseThrow();
        assertThat(baselines(ended)).isEqualTo(baselines(whole));

        assertThat(recover(world.client(), "--write")).isEqualTo(3);
        assertThat(world.quarantine(instance).orElseThrow().getStatus()).isEqualTo(ended.getStatus());
    }

    @Test
    void asOftenAsItIsRunNothingMoreIsWritten() {
        loseTheCluster();
        assertThat(recover(world.client(), "--write")).isZero();
        String written = version();
        String installId = installId(world.client());

        assertThat(recover(world.client(), "--write")).isEqualTo(3);

        assertThat(version()).isEqualTo(written);
        assertThat(installId(world.client())).isEqualTo(installId);
    }

    @Test
    void withoutWriteItTellsWhatIsThereAlready() {
        assertThat(recover(world.client())).isEqualTo(3);

        assertThat(err.toString())
                .contains("left: there is a quarantine already")
                .doesNotContain("would be written");
    }

    @Test
    void withoutWriteItShowsWhatIsInAwsThoughTheClusterDoesNotAnswer() {
        EmbeddedCluster gone = EmbeddedCluster.start();
        gone.close();

        assertThat(recover(gone.client())).isZero();

        assertThat(out.toString()).contains("kind: \"QuarantinedInstance\"");
        assertThat(err.toString()).contains("The cluster was not looked at").contains("would be written");
    }

    @Test
    void aDamagedSecretStandsAgainstARecoveryAndHidesNothing() {
        loseTheCluster();
        world.client()
                .resource(new SecretBuilder()
                        .withNewMetadata()
                        .withName("ec2-quarantine-operator")
                        .withNamespace(world.client().getNamespace())
                        .endMetadata()
                        .build())
                .create();

        assertThat(recover(world.client())).isEqualTo(1);

        assertThat(out.toString()).contains("kind: \"QuarantinedInstance\"");
        assertThat(err.toString()).contains("has no installID: restore it from a backup");
    }

    @Test
    void withoutWriteItTellsWhatWriteWouldLeave() {
        loseTheCluster();
        world.cluster().create("""
                apiVersion: ec2quarantine.io/v1alpha1
                kind: QuarantinedInstance
                metadata: {name: %1$s}
                spec: {instanceID: %1$s, region: us-west-2, desiredState: Isolated, policyRef: {name: all}}
                """.formatted(instance));

        assertThat(recover(world.client())).isEqualTo(3);
        assertThat(recover(world.client(), "--write")).isEqualTo(3);
    }

    private String version() {
        return world.quarantine(instance).orElseThrow().getMetadata().getResourceVersion();
    }

    @Test
    void anInstanceThatEc2DoesNotShowIsToldAndTheOthersAreRecovered() {
        String forgotten =
                region.instance("forgotten").in(vpc).groups(web).launch().id();
        world.startOperator();
        region.finding(FindingTemplate.commandAndControl(forgotten, "198.51.100.17"));
        world.awaitVerified(forgotten);
        world.await(
                forgotten,
                "marked",
                _ -> region.interfacesOf(forgotten).stream()
                        .allMatch(each -> region.tagsOf(each.id()).containsKey("ec2quarantine.io/baseline")));
        world.stopOperator();
        loseTheCluster();
        world.client().resources(QuarantinedInstance.class).withName(forgotten).delete();
        region.forget(forgotten);

        assertThat(recover(world.client(), "--write")).isEqualTo(3);

        assertThat(quarantines(world.client()))
                .extracting(each -> each.getMetadata().getName())
                .containsExactly(instance);
        assertThat(err.toString()).contains(forgotten).contains("EC2 shows no such instance");
    }

    @Test
    void whatIsOnlyTaggedIsToldAndNotRecovered() {
        loseTheCluster();
        String eni = region.interfacesOf(instance).getFirst().id();
        region.setGroups(eni, web.id());

        assertThat(recover(world.client(), "--write")).isEqualTo(3);

        assertThat(baselines(world.quarantine(instance).orElseThrow()))
                .doesNotContainKey(eni)
                .hasSize(1);
        assertThat(err.toString()).contains("not recovered: " + eni + " is only tagged as isolated");
    }

    @Test
    void anotherInstallationsClusterIsNotTakenOver() {
        world.client().resources(QuarantinedInstance.class).withName(instance).delete();
        Secret secret = secret(world.client());
        secret.setData(Map.of("installID", "YW5vdGhlcg==", "signingKey", "YW5vdGhlcg=="));
        world.client().resource(secret).update();

        assertThat(recover(world.client(), "--write")).isEqualTo(1);

        assertThat(quarantines(world.client())).isEmpty();
        assertThat(installId(world.client())).isEqualTo("YW5vdGhlcg==");
        assertThat(err.toString()).contains("The cluster is the installation another");
    }

    @Test
    void besideAnOperatorThatLeadsNothingIsWritten() {
        loseTheCluster();
        world.client()
                .resource(new LeaseBuilder()
                        .withNewMetadata()
                        .withName("ec2-quarantine-operator")
                        .withNamespace(world.client().getNamespace())
                        .endMetadata()
                        .withNewSpec()
                        .withHolderIdentity("operator-1")
                        .withLeaseDurationSeconds(15)
                        .withRenewTime(world.clock().instant().atZone(ZoneOffset.UTC))
                        .endSpec()
                        .build())
                .create();

        assertThat(recover(world.client())).isEqualTo(1);
        assertThat(recover(world.client(), "--write")).isEqualTo(1);

        assertThat(quarantines(world.client())).isEmpty();
        assertThat(err.toString()).contains("operator-1 leads").contains("scale its Deployment to 0");
    }

    @Test
    void anAccountThatCannotBeReadIsToldAndTheOthersGoOn() {
        loseTheCluster();
        world.simulator()
                .faults()
                .on("DescribeNetworkInterfaces")
                .inRegion("eu-central-1")
                .deny();

        assertThat(recover(world.client(), "--region", "eu-central-1,us-west-2", "--write"))
                .isEqualTo(3);

        assertThat(quarantines(world.client())).hasSize(1);
        assertThat(err.toString()).contains("111122223333/eu-central-1 could not be read");
    }

    @Test
    void theExternalIdIsWrittenAndNeverShown(@TempDir Path directory) throws IOException {
        AccountWorld account = world.world().account(OperatorWorld.ACCOUNT);
        account.role("ec2-quarantine-responder").externalId("canary-in-a-file");
        Path file = Files.writeString(directory.resolve("external-id"), "canary-in-a-file\n");
        loseTheCluster();

        assertThat(recover(
                        world.client(),
                        "--role",
                        "ec2-quarantine-responder",
                        "--external-id-file",
                        file.toString(),
                        "--write"))
                .isZero();

        assertThat(Responses.access(world.quarantine(instance)
                                .orElseThrow()
                                .getStatus()
                                .response())
                        .externalId())
                .contains("canary-in-a-file");
        assertThat(out.toString() + err).contains("(not shown)").doesNotContain("canary");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --whatever                                            | Unknown option: '--whatever'
            serve                                                 | Unmatched argument at index 0: 'serve'
            """)
    void wrongArgumentsEndWithOneSentence(String arguments, String told) {
        assertThat(execute(world.client(), arguments.split(" ", -1))).isEqualTo(2);

        assertThat(err.toString().lines())
                .singleElement()
                .asString()
                .startsWith("The arguments cannot be used (" + told)
                .endsWith("those of the AWS SDK.");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                                                                  | Missing required options
            --acount 111122223333 --region us-west-2              | Unknown option: '--acount', Missing required option: '--account=ID'
            --account 1234 --region us-west-2                     | --account must be 12 digits
            --account 111122223333 --region west                  | --region must be a Region
            --account 111122223333 --region us-west-2 --release-role r | --role must be given
            --account 111122223333 --region us-west-2 --role r --external-id-file /nowhere | --external-id-file must be a file
            """)
    void wrongOptionsOfRecoverEndWithOneSentence(@Nullable String options, String told) {
        String arguments = options == null ? "recover" : "recover " + options;

        assertThat(execute(world.client(), arguments.split(" ", -1))).isEqualTo(2);

        assertThat(err.toString().lines())
                .singleElement()
                .asString()
                .startsWith("The arguments cannot be used (" + told)
                .endsWith("recover --help lists those that there are.");
    }

    @ParameterizedTest
    @CsvSource({"--help, Without arguments this is the operator", "recover --help, Exit codes:", "--version, not built"
    })
    void itHelps(String arguments, String told) {
        assertThat(execute(world.client(), arguments.split(" ", -1))).isZero();
        assertThat(out.toString()).contains(told);
    }

    private int recover(KubernetesClient client, String... more) {
        List<String> arguments = new ArrayList<>(List.of("recover", "--account", OperatorWorld.ACCOUNT));
        if (!List.of(more).contains("--region")) {
            arguments.addAll(List.of("--region", OperatorWorld.REGION));
        }
        arguments.addAll(List.of(more));
        return execute(client, arguments.toArray(String[]::new));
    }

    private int execute(KubernetesClient client, String... arguments) {
        CommandLine command = Commands.commandLine(client::getConfiguration);
        command.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return command.execute(arguments);
    }

    private void loseTheCluster() {
        world.client().resources(QuarantinedInstance.class).withName(instance).delete();
        world.client().resource(secret(world.client())).delete();
    }

    private static Secret secret(KubernetesClient client) {
        return client.secrets().inAnyNamespace().list().getItems().stream()
                .filter(each -> each.getMetadata().getName().equals("ec2-quarantine-operator"))
                .findFirst()
                .orElseThrow();
    }

    private static String installId(KubernetesClient client) {
        return Objects.requireNonNull(secret(client).getData().get("installID"));
    }

    private static List<QuarantinedInstance> quarantines(KubernetesClient client) {
        return client.resources(QuarantinedInstance.class).list().getItems();
    }

    private List<String> groups() {
        return region.groupsOf(instance).values().stream().flatMap(List::stream).toList();
    }

    private static Map<String, List<String>> baselines(QuarantinedInstance object) {
        return object.getStatus().interfaces().stream()
                .collect(Collectors.toMap(InterfaceStatus::id, InterfaceStatus::baseline));
    }
}
