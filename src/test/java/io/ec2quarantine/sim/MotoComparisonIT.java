package io.ec2quarantine.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache.ApacheHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.IpPermission;
import software.amazon.awssdk.services.ec2.model.IpRange;
import software.amazon.awssdk.services.ec2.model.SecurityGroup;
import software.amazon.awssdk.services.ec2.model.SecurityGroupRule;
import software.amazon.awssdk.services.ec2.model.Tag;

/**
 * The same calls on moto, which others wrote, and on the simulator have the same answers.
 *
 * <p>Left out is what moto 5.2 gets wrong: it takes group names that differ in case only, groups of other VPCs and unknown
 * filters; deletes groups in use; makes groups in VPCs that do not exist; says NotFound of malformed instance ids; tags
 * what is not there; says NotFound when a default VPC's group lacks the rule to revoke, and never what it revoked; merges
 * the groups of an instance and its interfaces; and has no findings of GuardDuty.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MotoComparisonIT {
    private final SdkHttpClient http = ApacheHttpClient.create();
    private final MotoServer server = MotoServer.start();
    private final Cloud moto = cloud(server.endpoint());
    private final AwsSimulator simulator = AwsSimulator.start(new MovableClock(Instant.parse("2026-11-02T08:00:00Z")));
    private final Cloud simulated = simulatedCloud();

    @AfterAll
    void stop() {
        server.close();
        simulator.close();
        http.close();
    }

    static Stream<Arguments> calls() {
        return Stream.of(
                row("a new group allows all egress", cloud -> cloud.rules(cloud.group("egress"))),
                row("a group's description", cloud -> {
                    var id = cloud.group("described");
                    cloud.open(id, 22);
                    return cloud.describe(id);
                }),
                row("a name that is taken", cloud -> {
                    cloud.group("twice");
                    return code(() -> cloud.group("twice"));
                }),
                row("a rule is authorised", cloud -> {
                    var id = cloud.group("authorised");
                    cloud.open(id, 22);
                    cloud.open(id, 443);
                    return cloud.rules(id);
                }),
                row("a rule that is there", cloud -> {
                    var id = cloud.group("again");
                    cloud.open(id, 22);
                    return code(() -> cloud.open(id, 22));
                }),
                row("egress is revoked by property", cloud -> {
                    var id = cloud.group("by property");
                    cloud.ec2.revokeSecurityGroupEgress(
                            request -> request.groupId(id).ipPermissions(permission("-1", -1, "0.0.0.0/0")));
                    return cloud.rules(id);
                }),
                row("one rule of two is revoked by id", cloud -> {
                    var id = cloud.group("by id");
                    cloud.open(id, 22);
                    cloud.open(id, 443);
                    var first = cloud.describeRules(id).stream()
                            .filter(rule -> rule.toPort() == 22)
                            .map(SecurityGroupRule::securityGroupRuleId)
                            .toList();
                    cloud.ec2.revokeSecurityGroupIngress(
                            request -> request.groupId(id).securityGroupRuleIds(first));
                    return cloud.rules(id);
                }),
                row("ids that do not exist", MotoComparisonIT::missing),
                row("a deleted group", cloud -> {
                    var id = cloud.group("deleted");
                    cloud.ec2.deleteSecurityGroup(request -> request.groupId(id));
                    return code(() -> cloud.describe(id));
                }),
                row("tags are found by pattern and removed by value", cloud -> {
                    var id = cloud.group("tagged");
                    cloud.ec2.createTags(request -> request.resources(id).tags(tag("owner", "me"), tag("b", "c")));
                    cloud.ec2.deleteTags(request -> request.resources(id)
                            .tags(tag("owner", "you"), Tag.builder().key("b").build()));
                    var found = cloud.ec2
                            .describeSecurityGroups(request -> request.filters(filter("tag:owner", "m*")))
                            .securityGroups();
                    return found.stream()
                            .flatMap(group -> group.tags().stream())
                            .toList();
                }),
                row("an interface and a change of its groups", cloud -> {
                    var before = cloud.group("before");
                    var one = cloud.ec2
                            .createNetworkInterface(
                                    request -> request.subnetId(cloud.subnet()).groups(before))
                            .networkInterface()
                            .networkInterfaceId();
                    cloud.ec2.modifyNetworkInterfaceAttribute(
                            request -> request.networkInterfaceId(one).groups(cloud.group("after")));
                    return cloud
                            .ec2
                            .describeNetworkInterfaces(request -> request.networkInterfaceIds(one))
                            .networkInterfaces()
                            .stream()
                            .map(seen -> seen.statusAsString()
                                    + seen.groups().getFirst().groupName())
                            .toList();
                }),
                row("a dry run", cloud -> code(() -> cloud.ec2.describeInstances(request -> request.dryRun(true)))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("calls")
    void bothSayTheSameOf(String what, Function<Cloud, Object> call) {
        assertThat(call.apply(simulated)).as(what).isEqualTo(call.apply(moto));
    }

    private static List<String> missing(Cloud cloud) {
        var ec2 = cloud.ec2;
        return List.of(
                code(() -> ec2.describeSecurityGroups(request -> request.groupIds("sg-0123456789abcdef0"))),
                code(() -> ec2.deleteSecurityGroup(request -> request.groupId("sg-0123456789abcdef0"))),
                code(() -> ec2.describeInstances(request -> request.instanceIds("i-0123456789abcdef0"))),
                code(() -> ec2.terminateInstances(request -> request.instanceIds("i-0123456789abcdef0"))),
                code(() ->
                        ec2.describeNetworkInterfaces(request -> request.networkInterfaceIds("eni-0123456789abcdef0"))),
                code(() -> ec2.modifyNetworkInterfaceAttribute(request ->
                        request.networkInterfaceId("eni-0123456789abcdef0").groups("sg-0123456789abcdef0"))),
                code(() -> ec2.describeSecurityGroupRules(
                        request -> request.securityGroupRuleIds("sgr-0123456789abcdef0"))),
                code(() -> ec2.describeVpcs(request -> request.vpcIds("vpc-0123456789abcdef0"))));
    }

    private static Arguments row(String what, Function<Cloud, Object> call) {
        return arguments(what, call);
    }

    private static String code(ThrowingCallable call) {
        return catchThrowableOfType(AwsServiceException.class, call)
                .awsErrorDetails()
                .errorCode();
    }

    private static Tag tag(String key, String value) {
        return Tag.builder().key(key).value(value).build();
    }

    private static Filter filter(String name, String value) {
        return Filter.builder().name(name).values(value).build();
    }

    private static IpPermission permission(String protocol, int port, String range) {
        return IpPermission.builder()
                .ipProtocol(protocol)
                .fromPort(port)
                .toPort(port)
                .ipRanges(IpRange.builder().cidrIp(range).description("x").build())
                .build();
    }

    private Cloud simulatedCloud() {
        simulator.world().account("111122223333").region("us-west-2").defaultVpc();
        return cloud(simulator.endpoint());
    }

    private Cloud cloud(URI endpoint) {
        var ec2 = Ec2Client.builder()
                .httpClient(http)
                .endpointOverride(endpoint)
                .region(Region.US_WEST_2)
                .credentialsProvider(
                        StaticCredentialsProvider.create(AwsBasicCredentials.create("AKIATEST111122223333", "x")))
                .overrideConfiguration(override -> override.retryStrategy(AwsRetryStrategy.doNotRetry()))
                .build();
        var vpcs = ec2.describeVpcs(request -> request.filters(filter("is-default", "true")));
        return new Cloud(ec2, vpcs.vpcs().getFirst().vpcId());
    }

    /** One of the two, with a VPC in which to work; answers without ids and in a fixed order. */
    record Cloud(Ec2Client ec2, String vpc) {
        String group(String name) {
            return ec2.createSecurityGroup(
                            request -> request.groupName(name).description("d").vpcId(vpc))
                    .groupId();
        }

        String subnet() {
            return ec2.describeSubnets(request -> request.filters(filter("vpc-id", vpc)))
                    .subnets()
                    .getFirst()
                    .subnetId();
        }

        void open(String group, int port) {
            ec2.authorizeSecurityGroupIngress(
                    request -> request.groupId(group).ipPermissions(permission("tcp", port, "10.0.0.0/8")));
        }

        List<SecurityGroupRule> describeRules(String group) {
            return ec2.describeSecurityGroupRules(request -> request.filters(filter("group-id", group)))
                    .securityGroupRules();
        }

        List<String> rules(String group) {
            return describeRules(group).stream()
                    .map(rule -> String.join(
                            " ",
                            Boolean.toString(rule.isEgress()),
                            rule.ipProtocol(),
                            rule.fromPort() + "-" + rule.toPort(),
                            rule.cidrIpv4(),
                            rule.description()))
                    .sorted()
                    .toList();
        }

        List<Object> describe(String group) {
            SecurityGroup seen = ec2.describeSecurityGroups(request -> request.groupIds(group))
                    .securityGroups()
                    .getFirst();
            return List.of(
                    seen.groupName(),
                    seen.description(),
                    seen.vpcId().equals(vpc),
                    seen.ipPermissions(),
                    seen.ipPermissionsEgress(),
                    seen.tags());
        }
    }
}
