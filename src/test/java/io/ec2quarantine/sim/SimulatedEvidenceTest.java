package io.ec2quarantine.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.autoscaling.AutoScalingClient;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.TagSpecification;
import software.amazon.awssdk.services.elasticloadbalancingv2.ElasticLoadBalancingV2Client;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetDescription;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetHealthDescription;

/** What serves an instance and hangs on it, as the SDK sees it in the simulator. */
class SimulatedEvidenceTest {
    private final MovableClock clock = new MovableClock(Instant.parse("2026-11-02T08:00:00Z"));
    private final AwsSimulator simulator = AwsSimulator.start(clock);
    private final SdkClients clients = new SdkClients(simulator);
    private final RegionWorld region = simulator.world().account("111122223333").region("us-west-2");
    private final AutoScalingClient scaling = clients.autoScaling(region);
    private final ElasticLoadBalancingV2Client balancing = clients.loadBalancing(region);
    private final Ec2Client ec2 = clients.ec2(region);
    private final Model.Vpc vpc = region.vpc();
    private final String one =
            region.instance("one").in(vpc).volume("/dev/xvda").launch().id();
    private final String other = region.instance("other").in(vpc).launch().id();
    private final String targets = region.loadBalancing().targetGroup("web", vpc);

    SimulatedEvidenceTest() {
        region.scaling().group("web", 3, List.of(one, other), targets);
    }

    @AfterEach
    void stop() {
        clients.close();
        simulator.close();
    }

    @Test
    void aDetachedInstanceIsReplacedAndLeavesTheGroupsTargetGroups() {
        scaling.detachInstances(
                request -> request.autoScalingGroupName("web").instanceIds(one).shouldDecrementDesiredCapacity(false));

        assertThat(scaling.describeAutoScalingInstances(request -> request.instanceIds(one))
                        .autoScalingInstances())
                .isEmpty();
        var group = scaling.describeAutoScalingGroups().autoScalingGroups().getFirst();
        assertThat(group.desiredCapacity()).isEqualTo(2);
        assertThat(group.instances()).hasSize(2);
        assertThat(region.tagsOf(one)).doesNotContainKey("aws:autoscaling:groupName");
        assertThat(states(targets)).contains("draining");
    }

    @Test
    void aGroupKeepsItsBounds() {
        var group = region.scaling().find("web").orElseThrow();
        assertThat(group.desired()).isEqualTo(2);

        assertThat(code(() -> scaling.attachInstances(
                        request -> request.autoScalingGroupName("web").instanceIds(other))))
                .as("one that it has already")
                .isEqualTo("ValidationError");
        scaling.attachInstances(request -> request.autoScalingGroupName("web")
                .instanceIds(region.instance("third").in(vpc).launch().id()));
        assertThat(code(() -> scaling.attachInstances(request -> request.autoScalingGroupName("web")
                        .instanceIds(region.instance("fourth").in(vpc).launch().id()))))
                .as("one more than its maximum")
                .isEqualTo("ValidationError");
        assertThat(code(() -> scaling.detachInstances(request ->
                        request.autoScalingGroupName("none").instanceIds(one).shouldDecrementDesiredCapacity(false))))
                .isEqualTo("ValidationError");
    }

    @Test
    void anInstanceOnStandbyStaysInItsGroupUntilItGoesBackIntoService() {
        scaling.enterStandby(
                request -> request.autoScalingGroupName("web").instanceIds(one).shouldDecrementDesiredCapacity(true));
        assertThat(region.scaling().stateOf(one)).contains("Standby");
        assertThat(region.scaling().find("web").orElseThrow().desired()).isEqualTo(1);

        scaling.exitStandby(request -> request.autoScalingGroupName("web").instanceIds(one));

        assertThat(region.scaling().stateOf(one)).contains("InService");
        assertThat(region.scaling().find("web").orElseThrow().desired()).isEqualTo(2);
    }

    @Test
    void targetGroupsComePageByPage() {
        for (int i = 0; i < 4; i++) {
            region.loadBalancing().targetGroup("more-" + i, vpc);
        }
        simulator.world().pageSize(2);

        assertThat(balancing.describeTargetGroupsPaginator().targetGroups()).hasSize(5);
        assertThat(simulator.calls().of("DescribeTargetGroups")).hasSize(3);
    }

    @Test
    void aTargetThatIsTakenOutDrainsForAWhile() {
        var target = TargetDescription.builder().id(one).port(80).build();
        balancing.deregisterTargets(request -> request.targetGroupArn(targets).targets(target));
        balancing.deregisterTargets(request -> request.targetGroupArn(targets)
                .targets(TargetDescription.builder().id("i-0123456789abcdef0").build()));

        assertThat(states(targets)).containsExactlyInAnyOrder("draining", "healthy");
        clock.advance(Duration.ofMinutes(6));
        assertThat(states(targets)).containsExactly("healthy");
        balancing.registerTargets(request -> request.targetGroupArn(targets).targets(target));
        balancing.registerTargets(request -> request.targetGroupArn(targets).targets(target));
        assertThat(region.loadBalancing().targetsOf(targets)).containsExactlyInAnyOrder(one + ":80", other + ":80");
    }

    @Test
    void whatIsNotThereIsNotFound() {
        region.loadBalancing().delete(targets);

        assertThat(code(() -> balancing.describeTargetHealth(request -> request.targetGroupArn(targets))))
                .isEqualTo("TargetGroupNotFound");
        assertThat(code(() -> ec2.disassociateIamInstanceProfile(request -> request.associationId("iip-assoc-1"))))
                .isEqualTo("InvalidAssociationID.NotFound");
    }

    @Test
    void snapshotsCarryTheTagsOfTheirCallAndAreFoundByThem() {
        ec2.createSnapshots(request -> request.instanceSpecification(of -> of.instanceId(one))
                .tagSpecifications(TagSpecification.builder()
                        .resourceType(ResourceType.SNAPSHOT)
                        .tags(Tag.builder().key("case").value("1").build())
                        .build()));

        assertThat(ec2.describeSnapshotsPaginator(
                                request -> request.ownerIds("self").filters(ofCase("1")))
                        .snapshots())
                .hasSize(1);
        assertThat(ec2.describeSnapshots(request -> request.filters(ofCase("2")))
                        .snapshots())
                .isEmpty();
    }

    @Test
    void anInstanceHasOneProfileAtMost() {
        ec2.associateIamInstanceProfile(request -> request.instanceId(one)
                .iamInstanceProfile(profile -> profile.arn("arn:aws:iam::111122223333:instance-profile/web")));

        assertThat(code(() -> ec2.associateIamInstanceProfile(request -> request.instanceId(one)
                        .iamInstanceProfile(profile -> profile.arn("arn:aws:iam::111122223333:instance-profile/x")))))
                .isEqualTo("IncorrectState");
        assertThat(ec2.describeInstances(request -> request.instanceIds(one))
                        .reservations()
                        .getFirst()
                        .instances()
                        .getFirst()
                        .iamInstanceProfile()
                        .arn())
                .endsWith("/web");
    }

    private static Filter ofCase(String value) {
        return Filter.builder().name("tag:case").values(value).build();
    }

    private List<String> states(String arn) {
        return balancing
                .describeTargetHealth(request -> request.targetGroupArn(arn))
                .targetHealthDescriptions()
                .stream()
                .map(TargetHealthDescription::targetHealth)
                .map(health -> health.stateAsString())
                .toList();
    }

    private static String code(ThrowingCallable call) {
        return catchThrowableOfType(AwsServiceException.class, call)
                .awsErrorDetails()
                .errorCode();
    }
}
