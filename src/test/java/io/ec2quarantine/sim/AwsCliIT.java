package io.ec2quarantine.sim;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.ec2quarantine.sim.Model.Interface;
import io.ec2quarantine.sim.Model.Rule;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The aws command line, which knows nothing of the simulator, reads out of it what is in the world. */
class AwsCliIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String LIST = "Custom-Threat-List";

    private final AwsSimulator simulator = AwsSimulator.start(new MovableClock(Instant.parse("2026-11-02T08:00:00Z")));
    private final RegionWorld region = simulator.world().account("111122223333").region("us-west-2");
    private final Model.Vpc vpc = region.vpc("vpc-0aaaaaaaaaaaaaaaa", true);
    private final Model.Group group = region.securityGroup(vpc, "TargetSecurityGroup");
    private final Model.Instance instance = region.instance("compromised & <loud>")
            .in(vpc)
            .groups(group)
            .interfaces(2)
            .launch();

    @AfterEach
    void stop() {
        simulator.close();
    }

    @Test
    void whoAmI() {
        var answer = aws("sts", "get-caller-identity");
        assertThat(answer.path("Account").asText()).isEqualTo("111122223333");
        assertThat(answer.path("Arn").asText()).isEqualTo("arn:aws:iam::111122223333:user/simulated");
    }

    @Test
    void queues() {
        var url = aws(sqs("create-queue", "--queue-name", "findings"))
                .path("QueueUrl")
                .asText();
        aws(sqs("send-message", "--queue-url", url, "--message-body", "a finding"));
        var received = aws(sqs("receive-message", "--queue-url", url)).at("/Messages/0");
        var receipt = received.path("ReceiptHandle").asText();
        assertThat(received.path("Body").asText()).isEqualTo("a finding");
        var queue = region.queue("findings");
        assertThat(queue.messages()).hasSize(1);

        var deleted = run(sqs("delete-message", "--queue-url", url, "--receipt-handle", receipt));

        assertThat(deleted.code()).as(deleted.errors()).isZero();
        assertThat(queue.messages()).isEmpty();
    }

    /** For SQS, and no other service, the command line prefers a name of its own to what the environment says. */
    private String[] sqs(String... arguments) {
        return Stream.concat(Stream.of("--endpoint-url", simulator.endpoint().toString(), "sqs"), Stream.of(arguments))
                .toArray(String[]::new);
    }

    @Test
    void instances() {
        var answer = aws("ec2", "describe-instances", "--filters", "Name=tag:Name,Values=compromised*");
        var seen = answer.at("/Reservations/0/Instances/0");
        assertThat(texts(answer.at("/Reservations"), "/Instances/0/InstanceId")).containsExactly(instance.id());
        assertThat(seen.at("/State/Name").asText()).isEqualTo("running");
        assertThat(seen.path("VpcId").asText()).isEqualTo(vpc.id());
        assertThat(seen.path("LaunchTime").asText()).isEqualTo("2026-11-02T08:00:00.000Z");
        assertThat(texts(seen.path("SecurityGroups"), "/GroupId")).containsExactly(group.id());
        assertThat(texts(seen.path("Tags"), "/Value")).containsExactly("compromised & <loud>");
        assertThat(texts(seen.path("NetworkInterfaces"), "/NetworkInterfaceId"))
                .containsExactlyElementsOf(instance.interfaces());
    }

    @Test
    void networkInterfacesOverSeveralPages() {
        for (int i = 0; i < 11; i++) {
            region.instance("n" + i).in(vpc).groups(group).launch();
        }
        simulator.world().pageSize(5);
        var answer = aws("ec2", "describe-network-interfaces", "--page-size", "5");
        assertThat(simulator.calls().of("DescribeNetworkInterfaces")).hasSize(3);
        assertThat(answer.path("NetworkInterfaces")).hasSize(13);

        var filter = "Name=attachment.instance-id,Values=" + instance.id();
        var own = aws("ec2", "describe-network-interfaces", "--filters", filter).path("NetworkInterfaces");
        var interfaces = region.interfacesOf(instance.id());
        assertThat(texts(own, "/NetworkInterfaceId"))
                .containsExactlyElementsOf(
                        interfaces.stream().map(Interface::id).toList());
        assertThat(texts(own, "/PrivateIpAddress"))
                .containsExactlyElementsOf(
                        interfaces.stream().map(Interface::privateIp).toList());
        assertThat(texts(own, "/Attachment/InstanceId")).containsExactly(instance.id(), instance.id());
        assertThat(texts(own, "/Attachment/DeviceIndex")).containsExactly("0", "1");
        assertThat(texts(own, "/Groups/0/GroupId")).containsExactly(group.id(), group.id());
    }

    @Test
    void securityGroupsAndTheirRules() {
        region.addRule(group.id(), Model.Permission.all(false, "10.0.0.0/8"));
        var seen = aws("ec2", "describe-security-groups", "--group-ids", group.id())
                .at("/SecurityGroups/0");
        assertThat(seen.path("GroupName").asText()).isEqualTo("TargetSecurityGroup");
        assertThat(seen.path("VpcId").asText()).isEqualTo(vpc.id());
        assertThat(texts(seen.path("IpPermissions"), "/IpRanges/0/CidrIp")).containsExactly("10.0.0.0/8");
        assertThat(texts(seen.path("IpPermissionsEgress"), "/Ipv6Ranges/0/CidrIpv6"))
                .containsExactly("::/0");

        var rules = aws("ec2", "describe-security-group-rules", "--filters", "Name=group-id,Values=" + group.id())
                .path("SecurityGroupRules");
        assertThat(texts(rules, "/SecurityGroupRuleId"))
                .containsExactlyElementsOf(region.groupOf(group.id()).rules().stream()
                        .map(Rule::id)
                        .toList());
        assertThat(texts(rules, "/IsEgress")).containsExactly("true", "true", "false");
    }

    @Test
    void findings() {
        region.threatList(LIST, "198.51.100.17");
        var id =
                simulator.world().detect(region, instance.id(), "198.51.100.17").orElseThrow();
        var detector = aws("guardduty", "list-detectors").at("/DetectorIds/0").asText();
        assertThat(detector).isEqualTo(region.detectorId());
        var criteria = "{\"Criterion\":{\"updatedAt\":{\"GreaterThanOrEqual\":"
                + Instant.parse("2026-11-02T08:00:00Z").toEpochMilli()
                + "},\"service.archived\":{\"Eq\":[\"false\"]}}}";
        var listed = aws("guardduty", "list-findings", "--detector-id", detector, "--finding-criteria", criteria);
        assertThat(texts(listed.path("FindingIds"), "")).containsExactly(id);
        var finding = aws("guardduty", "get-findings", "--detector-id", detector, "--finding-ids", id)
                .at("/Findings/0");
        assertThat(finding.path("Type").asText()).isEqualTo("UnauthorizedAccess:EC2/MaliciousIPCaller.Custom");
        assertThat(finding.path("Severity").asDouble()).isEqualTo(5.0);
        assertThat(finding.at("/Resource/InstanceDetails/InstanceId").asText()).isEqualTo(instance.id());
        assertThat(finding.at("/Service/Evidence/ThreatIntelligenceDetails/0/ThreatListName")
                        .asText())
                .isEqualTo(LIST);
    }

    @Test
    void autoScalingAndTargetGroups() {
        var arn = region.loadBalancing().targetGroup("web", vpc);
        var second = region.loadBalancing().targetGroup("api", vpc, "ip");
        region.scaling().group("web & <loud>", 2, List.of(instance.id()), arn);
        region.loadBalancing().register(second, "10.0.0.10", 9000);
        simulator.world().pageSize(1);

        var groups = aws("elbv2", "describe-target-groups").path("TargetGroups");
        assertThat(texts(groups, "/TargetGroupArn")).containsExactly(arn, second);
        assertThat(texts(groups, "/VpcId")).containsExactly(vpc.id(), vpc.id());
        assertThat(texts(groups, "/TargetType")).containsExactly("instance", "ip");
        var member = aws("autoscaling", "describe-auto-scaling-instances", "--instance-ids", instance.id())
                .at("/AutoScalingInstances/0");
        assertThat(member.path("AutoScalingGroupName").asText()).isEqualTo("web & <loud>");
        assertThat(member.path("LifecycleState").asText()).isEqualTo("InService");

        aws(
                "autoscaling",
                "enter-standby",
                "--instance-ids",
                instance.id(),
                "--auto-scaling-group-name",
                "web & <loud>",
                "--should-decrement-desired-capacity");
        var health = aws("elbv2", "describe-target-health", "--target-group-arn", arn);
        assertThat(texts(health.path("TargetHealthDescriptions"), "/TargetHealth/State"))
                .containsExactly("draining");
        var group = aws("autoscaling", "describe-auto-scaling-groups").at("/AutoScalingGroups/0");
        assertThat(group.path("DesiredCapacity").asInt()).isZero();
        assertThat(group.at("/Instances/0/LifecycleState").asText()).isEqualTo("Standby");
    }

    @Test
    void snapshotsAndInstanceProfiles() {
        region.addVolume(instance.id(), "/dev/xvda").giveProfile(instance.id(), "arn:aws:iam::1:instance-profile/web");

        var device = aws("ec2", "describe-instances", "--instance-ids", instance.id())
                .at("/Reservations/0/Instances/0/BlockDeviceMappings/0");
        var taken = aws(
                "ec2",
                "create-snapshots",
                "--instance-specification",
                "InstanceId=" + instance.id(),
                "--tag-specifications",
                "ResourceType=snapshot,Tags=[{Key=case,Value=1}]");
        assertThat(taken.at("/Snapshots/0/VolumeId").asText())
                .isEqualTo(device.at("/Ebs/VolumeId").asText());
        var found = aws("ec2", "describe-snapshots", "--owner-ids", "self", "--filters", "Name=tag:case,Values=1");
        assertThat(texts(found.path("Snapshots"), "/SnapshotId"))
                .containsExactly(taken.at("/Snapshots/0/SnapshotId").asText());

        var association = aws(
                        "ec2",
                        "describe-iam-instance-profile-associations",
                        "--filters",
                        "Name=instance-id,Values=" + instance.id())
                .at("/IamInstanceProfileAssociations/0");
        assertThat(association.at("/IamInstanceProfile/Arn").asText()).endsWith("/web");
        aws(
                "ec2",
                "disassociate-iam-instance-profile",
                "--association-id",
                association.path("AssociationId").asText());
        assertThat(region.profileOf(instance.id())).isEmpty();
    }

    @Test
    void aMissingIdIsAnError() {
        var ended = run("ec2", "describe-instances", "--instance-ids", "i-0123456789abcdef0");
        assertThat(ended.code()).isNotZero();
        assertThat(ended.errors())
                .contains(
                        "An error occurred (InvalidInstanceID.NotFound) when calling the DescribeInstances operation");
    }

    @Test
    void aFindingOfAStrangersDetectorIsAnError() {
        var ended = run("guardduty", "list-findings", "--detector-id", "0123456789abcdef0123456789abcdef");
        assertThat(ended.errors()).contains("(BadRequestException)", "is not owned by the current account");
    }

    private record Ended(int code, String output, String errors) {}

    private JsonNode aws(String... arguments) {
        var ended = run(arguments);
        assertThat(ended.code()).as(ended.errors()).isZero();
        try {
            return JSON.readTree(ended.output());
        } catch (IOException e) {
            throw new AssertionError("aws " + String.join(" ", arguments) + " printed no JSON: " + ended.output(), e);
        }
    }

    private Ended run(String... arguments) {
        var environment = Map.of(
                "AWS_ENDPOINT_URL", simulator.endpoint().toString(),
                "AWS_ACCESS_KEY_ID", region.account().accessKeyId(),
                "AWS_SECRET_ACCESS_KEY", region.account().secretAccessKey(),
                "AWS_DEFAULT_REGION", region.name(),
                "AWS_DEFAULT_OUTPUT", "json",
                "AWS_MAX_ATTEMPTS", "1");
        var process = PythonTools.start(PythonTools.program("aws", List.of(arguments), environment));
        try {
            var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            var errors = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Ended(process.waitFor(), output, errors);
        } catch (IOException | InterruptedException e) {
            throw new AssertionError("aws " + String.join(" ", arguments) + " could not be read", e);
        }
    }

    private static List<String> texts(JsonNode array, String path) {
        return StreamSupport.stream(array.spliterator(), false)
                .map(node -> node.at(path).asText())
                .toList();
    }
}
