package io.ec2quarantine.runtime;

import static io.ec2quarantine.testing.OperatorWorld.condition;
import static org.assertj.core.api.Assertions.assertThat;

import io.ec2quarantine.api.v1alpha1.Condition.Status;
import io.ec2quarantine.api.v1alpha1.ConditionType;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceSpec.DesiredState;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.VerificationStatus;
import io.ec2quarantine.sim.MotoServer;
import io.ec2quarantine.testing.OperatorWorld;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.IpPermission;
import software.amazon.awssdk.services.ec2.model.IpRange;
import software.amazon.awssdk.services.ec2.model.SecurityGroup;

/** The operator on an AWS endpoint that others wrote: isolates, keeps isolated, releases. */
class MotoIT {
    private final MotoServer moto = MotoServer.start();
    private final OperatorWorld world = new OperatorWorld().endpoint(moto.endpoint());
    private final Ec2Client ec2 = Ec2Client.builder()
            .endpointOverride(moto.endpoint())
            .region(Region.of(OperatorWorld.REGION))
            .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("any", "any")))
            .build();
    private final String target = group("TargetSecurityGroup");
    private final String instance = launch();

    @AfterEach
    void end() {
        ec2.close();
        world.close();
        moto.close();
    }

    @Test
    void anInstanceIsIsolatedKeptSoAndGivenBack() {
        quarantine();
        world.startOperator();

        QuarantinedInstance isolated = world.awaitVerified(instance);
        String group = world.isolationGroup(instance);
        assertThat(groups()).containsExactly(group);
        assertThat(rules(group)).isEmpty();
        assertThat(isTerminationDisabled()).isTrue();
        assertThat(isolated.getStatus().interfaces().getFirst().baseline()).containsExactly(target);

        ec2.modifyNetworkInterfaceAttribute(
                request -> request.networkInterfaceId(interfaceId()).groups(target));
        world.await(instance, "found drifted", object -> drifts(object) == 1);
        assertThat(groups()).containsExactly(group);

        ec2.authorizeSecurityGroupIngress(request -> request.groupId(group)
                .ipPermissions(IpPermission.builder()
                        .ipProtocol("tcp")
                        .fromPort(22)
                        .toPort(22)
                        .ipRanges(IpRange.builder().cidrIp("0.0.0.0/0").build())
                        .build()));
        world.await(instance, "found drifted again", object -> drifts(object) == 2);
        assertThat(rules(group)).isEmpty();

        world.desire(instance, DesiredState.RELEASED);
        QuarantinedInstance released = world.await(instance, ConditionType.READY, Status.TRUE, "Released");
        assertThat(condition(released, ConditionType.ISOLATED).orElseThrow().status())
                .isEqualTo(Status.FALSE);
        assertThat(groups()).containsExactly(target);
        assertThat(isTerminationDisabled()).isFalse();
        assertThat(ec2.describeSecurityGroups().securityGroups())
                .extracting(SecurityGroup::groupId)
                .doesNotContain(group);
    }

    @Test
    void everyInterfaceIsIsolatedAndGivenBack() {
        String other = group("Other");
        String second = ec2.createNetworkInterface(
                        request -> request.subnetId(subnet()).groups(other))
                .networkInterface()
                .networkInterfaceId();
        ec2.attachNetworkInterface(request ->
                request.instanceId(instance).networkInterfaceId(second).deviceIndex(1));
        List<String> before = groupsOf(second);
        quarantine();
        world.startOperator();

        world.awaitVerified(instance);
        String isolation = world.isolationGroup(instance);
        assertThat(groups()).containsExactly(isolation);
        assertThat(groupsOf(second)).containsExactly(isolation);

        world.desire(instance, DesiredState.RELEASED);
        world.await(instance, ConditionType.READY, Status.TRUE, "Released");
        assertThat(groups()).containsExactly(target);
        assertThat(groupsOf(second)).containsExactlyInAnyOrderElementsOf(before);
    }

    private static int drifts(QuarantinedInstance object) {
        return Optional.ofNullable(object.getStatus().verification())
                .map(VerificationStatus::driftCount)
                .orElse(0);
    }

    private void quarantine() {
        world.cluster().create("""
                apiVersion: ec2quarantine.io/v1alpha1
                kind: QuarantinedInstance
                metadata: {name: %1$s}
                spec: {instanceID: %1$s, region: %2$s, desiredState: Isolated}
                """.formatted(instance, OperatorWorld.REGION));
    }

    private String group(String name) {
        String vpc = ec2.describeVpcs().vpcs().getFirst().vpcId();
        return ec2.createSecurityGroup(request ->
                        request.groupName(name).description("the application's").vpcId(vpc))
                .groupId();
    }

    private String subnet() {
        return ec2.describeSubnets().subnets().getFirst().subnetId();
    }

    private String launch() {
        String image = ec2.describeImages().images().getFirst().imageId();
        return ec2.runInstances(request -> request.imageId(image)
                        .minCount(1)
                        .maxCount(1)
                        .subnetId(subnet())
                        .securityGroupIds(target))
                .instances()
                .getFirst()
                .instanceId();
    }

    private Instance describe() {
        return ec2.describeInstances(request -> request.instanceIds(instance))
                .reservations()
                .getFirst()
                .instances()
                .getFirst();
    }

    private String interfaceId() {
        return describe().networkInterfaces().getFirst().networkInterfaceId();
    }

    private List<String> groups() {
        return groupsOf(interfaceId());
    }

    private List<String> groupsOf(String interfaceId) {
        return ec2
                .describeNetworkInterfaces(request -> request.networkInterfaceIds(interfaceId))
                .networkInterfaces()
                .getFirst()
                .groups()
                .stream()
                .map(each -> each.groupId())
                .toList();
    }

    private List<?> rules(String group) {
        return ec2.describeSecurityGroupRules(request -> request.filters(
                        Filter.builder().name("group-id").values(group).build()))
                .securityGroupRules();
    }

    private boolean isTerminationDisabled() {
        return ec2.describeInstanceAttribute(
                        request -> request.instanceId(instance).attribute("disableApiTermination"))
                .disableApiTermination()
                .value();
    }
}
