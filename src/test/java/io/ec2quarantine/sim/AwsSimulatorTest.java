package io.ec2quarantine.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.ec2quarantine.sim.Model.Group;
import io.ec2quarantine.sim.Model.Instance;
import io.ec2quarantine.sim.Model.Permission;
import io.ec2quarantine.sim.Model.Vpc;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.AttributeBooleanValue;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.GroupIdentifier;
import software.amazon.awssdk.services.ec2.model.IpPermission;
import software.amazon.awssdk.services.ec2.model.IpRange;
import software.amazon.awssdk.services.ec2.model.NetworkInterface;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.SecurityGroupRule;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.TagSpecification;
import software.amazon.awssdk.services.ec2.model.UserIdGroupPair;
import software.amazon.awssdk.services.guardduty.GuardDutyClient;
import software.amazon.awssdk.services.guardduty.model.Condition;
import software.amazon.awssdk.services.guardduty.model.DetectorStatus;
import software.amazon.awssdk.services.guardduty.model.Finding;
import software.amazon.awssdk.services.guardduty.model.OrderBy;

/** The simulator as the unmodified AWS SDK sees it. */
class AwsSimulatorTest {
    private static final Instant START = Instant.parse("2026-11-02T08:00:00Z");

    private final MovableClock clock = new MovableClock(START);
    private final AwsSimulator simulator = AwsSimulator.start(clock);
    private final World world = simulator.world();
    private final RegionWorld region = world.account("111122223333").region("us-west-2");
    private final SdkClients clients = new SdkClients(simulator);
    private final Ec2Client ec2 = clients.ec2(region);
    private final GuardDutyClient guardDuty = clients.guardDuty(region);
    private final Vpc vpc = region.vpc();
    private final Group web = region.securityGroup(vpc, "web");

    @AfterEach
    void stop() {
        clients.close();
        simulator.close();
    }

    private Instance launch(String name) {
        return region.instance(name).in(vpc).groups(web).launch();
    }

    private List<NetworkInterface> interfacesOf(Instance instance) {
        return ec2.describeNetworkInterfaces(
                        request -> request.filters(filter("attachment.instance-id", instance.id())))
                .networkInterfaces();
    }

    private static Tag tag(String key, String value) {
        return Tag.builder().key(key).value(value).build();
    }

    private static Filter filter(String name, String... values) {
        return Filter.builder().name(name).values(values).build();
    }

    private static String codeOf(ThrowingCallable call) {
        return catchThrowableOfType(AwsServiceException.class, call)
                .awsErrorDetails()
                .errorCode();
    }

    @Nested
    class Groups {
        @Test
        void aNewGroupAllowsAllEgressOverIpv4AndWhereTheVpcHasItOverIpv6() {
            var dual = region.vpc("vpc-0aaaaaaaaaaaaaaaa", true);
            assertThat(egressOf(create("one", vpc.id()))).containsExactly("0.0.0.0/0");
            assertThat(egressOf(create("one", dual.id()))).containsExactlyInAnyOrder("0.0.0.0/0", "::/0");
        }

        @Test
        void namesAreUniqueInAVpcWhateverTheirCase() {
            create("Isolation", vpc.id());
            assertThat(codeOf(() -> create("isolation", vpc.id()))).isEqualTo("InvalidGroup.Duplicate");
            assertThat(create("isolation", region.vpc().id())).isNotEmpty();
        }

        @Test
        void tagsOfTheCreatingCallAreThere() {
            var id = ec2.createSecurityGroup(request -> request.groupName("tagged")
                            .description("d")
                            .vpcId(vpc.id())
                            .tagSpecifications(TagSpecification.builder()
                                    .resourceType(ResourceType.SECURITY_GROUP)
                                    .tags(tag("owner", "me"))
                                    .build()))
                    .groupId();
            var found = ec2.describeSecurityGroups(request -> request.filters(filter("tag:owner", "m*")))
                    .securityGroups();
            assertThat(found).singleElement().satisfies(group -> {
                assertThat(group.groupId()).isEqualTo(id);
                assertThat(group.tags()).extracting(Tag::value).containsExactly("me");
            });
        }

        @Test
        void rulesAreRevokedByIdOrByProperty() {
            var id =
                    create("stripped", region.vpc("vpc-0aaaaaaaaaaaaaaaa", true).id());
            var v6 = rulesOf(id).stream()
                    .filter(rule -> rule.cidrIpv6() != null)
                    .map(SecurityGroupRule::securityGroupRuleId)
                    .toList();
            ec2.revokeSecurityGroupEgress(request -> request.groupId(id).securityGroupRuleIds(v6));
            assertThat(egressOf(id)).containsExactly("0.0.0.0/0");

            ec2.revokeSecurityGroupEgress(request -> request.groupId(id).ipPermissions(allTraffic("0.0.0.0/0")));
            assertThat(rulesOf(id)).isEmpty();
            assertThat(describe(id).ipPermissionsEgress()).isEmpty();
        }

        @Test
        void revokingARuleThatIsNotThereSucceedsInADefaultVpcOnly() {
            var lenient = create("lenient", region.defaultVpc().id());
            var nothing = ec2.revokeSecurityGroupEgress(
                    request -> request.groupId(lenient).ipPermissions(allTraffic("10.0.0.0/8")));
            assertThat(nothing.returnValue()).isTrue();
            assertThat(nothing.unknownIpPermissions()).hasSize(1);
            assertThat(egressOf(lenient)).hasSize(1);
            assertThat(codeOf(() -> ec2.revokeSecurityGroupEgress(
                            request -> request.groupId(web.id()).ipPermissions(allTraffic("10.0.0.0/8")))))
                    .isEqualTo("InvalidPermission.NotFound");
        }

        @Test
        void permissionsAndRulesTellTheSame() {
            ec2.authorizeSecurityGroupIngress(request -> request.groupId(web.id())
                    .ipPermissions(IpPermission.builder()
                            .ipProtocol("tcp")
                            .fromPort(22)
                            .toPort(22)
                            .ipRanges(IpRange.builder()
                                    .cidrIp("10.0.0.0/8")
                                    .description("ssh")
                                    .build())
                            .userIdGroupPairs(
                                    UserIdGroupPair.builder().groupId(web.id()).build())
                            .build()));
            assertThat(rulesOf(web.id())).hasSize(3);
            assertThat(describe(web.id()).ipPermissions()).singleElement().satisfies(permission -> {
                assertThat(permission.fromPort()).isEqualTo(22);
                assertThat(permission.ipRanges()).singleElement().satisfies(range -> {
                    assertThat(range.cidrIp()).isEqualTo("10.0.0.0/8");
                    assertThat(range.description()).isEqualTo("ssh");
                });
                assertThat(permission.userIdGroupPairs()).extracting("groupId").containsExactly(web.id());
            });
        }

        @Test
        void aGroupInUseCannotBeDeleted() {
            var instance = launch("user");
            assertThat(codeOf(() -> ec2.deleteSecurityGroup(request -> request.groupId(web.id()))))
                    .isEqualTo("DependencyViolation");
            region.terminate(instance.id());
            ec2.deleteSecurityGroup(request -> request.groupId(web.id()));
            assertThat(codeOf(() -> describe(web.id()))).isEqualTo("InvalidGroup.NotFound");
        }

        private String create(String name, String vpcId) {
            return ec2.createSecurityGroup(
                            request -> request.groupName(name).description("d").vpcId(vpcId))
                    .groupId();
        }

        private software.amazon.awssdk.services.ec2.model.SecurityGroup describe(String id) {
            return ec2.describeSecurityGroups(request -> request.groupIds(id))
                    .securityGroups()
                    .getFirst();
        }

        private List<SecurityGroupRule> rulesOf(String id) {
            return ec2.describeSecurityGroupRules(request -> request.filters(filter("group-id", id)))
                    .securityGroupRules();
        }

        private List<String> egressOf(String id) {
            return rulesOf(id).stream()
                    .filter(SecurityGroupRule::isEgress)
                    .map(rule -> rule.cidrIpv4() == null ? rule.cidrIpv6() : rule.cidrIpv4())
                    .toList();
        }

        private static IpPermission allTraffic(String range) {
            return IpPermission.builder()
                    .ipProtocol("-1")
                    .ipRanges(IpRange.builder().cidrIp(range).build())
                    .build();
        }
    }

    @Nested
    class Interfaces {
        private final Group isolation = region.securityGroup(vpc, "isolation");

        @Test
        void groupsLiveOnEachInterfaceAndTheInstanceShowsThoseOfItsFirst() {
            var instance =
                    region.instance("two").in(vpc).groups(web).interfaces(2).launch();
            ec2.modifyNetworkInterfaceAttribute(request ->
                    request.networkInterfaceId(instance.interfaces().get(1)).groups(isolation.id()));
            var seen = ec2.describeInstances(request -> request.instanceIds(instance.id()))
                    .reservations()
                    .getFirst()
                    .instances()
                    .getFirst();
            assertThat(seen.securityGroups())
                    .extracting(GroupIdentifier::groupId)
                    .containsExactly(web.id());
            assertThat(seen.networkInterfaces())
                    .extracting(one -> one.groups().getFirst().groupId())
                    .containsExactly(web.id(), isolation.id());
        }

        @Test
        void severalCardsMayUseTheSameDeviceIndexAndAnotherVpc() {
            var other = region.vpc();
            var there = region.securityGroup(other, "there");
            var instance = region.instance("cards")
                    .in(vpc)
                    .groups(web)
                    .withInterface(one -> one.at(1, 0).in(other).groups(there))
                    .withInterface(one -> one.at(2, 0).type("efa-only"))
                    .launch();
            assertThat(interfacesOf(instance))
                    .satisfiesExactly(
                            first -> assertThat(first.vpcId()).isEqualTo(vpc.id()),
                            second -> {
                                assertThat(second.vpcId()).isEqualTo(other.id());
                                assertThat(second.attachment().networkCardIndex())
                                        .isEqualTo(1);
                                assertThat(second.attachment().deviceIndex()).isZero();
                            },
                            third -> assertThat(third.groups()).isEmpty());
        }

        static Stream<Arguments> refusals() {
            return Stream.of(
                    arguments(
                            "another VPC's group",
                            refusal(test -> test.modify(test.region
                                    .securityGroup(test.region.vpc(), "foreign")
                                    .id())),
                            "InvalidGroup.NotFound"),
                    arguments(
                            "no such group",
                            refusal(test -> test.modify("sg-0123456789abcdef0")),
                            "InvalidGroup.NotFound"),
                    arguments("no group id at all", refusal(test -> test.modify("sg-x")), "InvalidGroupId.Malformed"),
                    arguments(
                            "six groups",
                            refusal(test -> test.modify(IntStream.range(0, 6)
                                    .mapToObj(i -> test.region
                                            .securityGroup(test.vpc, "g" + i)
                                            .id())
                                    .toArray(String[]::new))),
                            "SecurityGroupsPerInterfaceLimitExceeded"),
                    arguments(
                            "no such interface",
                            refusal(test -> test.ec2.modifyNetworkInterfaceAttribute(
                                    request -> request.networkInterfaceId("eni-0123456789abcdef0")
                                            .groups(test.web.id()))),
                            "InvalidNetworkInterfaceID.NotFound"),
                    arguments(
                            "no interface id at all",
                            refusal(test -> test.ec2.modifyNetworkInterfaceAttribute(request ->
                                    request.networkInterfaceId("eni-x").groups(test.web.id()))),
                            "InvalidNetworkInterfaceId.Malformed"),
                    arguments(
                            "two attributes",
                            refusal(test -> test.ec2.modifyNetworkInterfaceAttribute(
                                    request -> request.networkInterfaceId(test.launch("a")
                                                    .interfaces()
                                                    .getFirst())
                                            .groups(test.web.id())
                                            .description(value -> value.value("d")))),
                            "InvalidParameterCombination"),
                    arguments(
                            "no attribute",
                            refusal(test ->
                                    test.ec2.modifyNetworkInterfaceAttribute(request -> request.networkInterfaceId(
                                            test.launch("a").interfaces().getFirst()))),
                            "InvalidParameterCombination"));
        }

        @ParameterizedTest(name = "{0}: {2}")
        @MethodSource("refusals")
        void aChangeOfGroupsIsRefusedFor(String what, Consumer<AwsSimulatorTest> change, String code) {
            assertThat(codeOf(() -> change.accept(AwsSimulatorTest.this)))
                    .as(what)
                    .isEqualTo(code);
            assertThat(simulator.calls().changes()).isEmpty();
        }

        @Test
        void thoseOfOthersRefuseChanges() {
            var instance = region.instance("mixed")
                    .in(vpc)
                    .groups(web)
                    .withInterface(one -> one.requesterManaged("amazon-elb"))
                    .withInterface(one -> one.type("efa-only"))
                    .launch();
            assertThat(codeOf(() -> modifyOne(instance.interfaces().get(1)))).isEqualTo("AuthFailure");
            assertThat(codeOf(() -> modifyOne(instance.interfaces().get(2)))).isEqualTo("OperationNotPermitted");
            var managed = region.instance("auto")
                    .in(vpc)
                    .groups(web)
                    .managedBy("eks.amazonaws.com")
                    .launch();
            assertThat(codeOf(() -> modifyOne(managed.interfaces().getFirst()))).isEqualTo("OperationNotPermitted");
        }

        @Test
        void anInstanceWithSeveralInterfacesRefusesGroupsOfItsOwn() {
            var one = launch("one");
            var two = region.instance("two").in(vpc).groups(web).interfaces(2).launch();
            ec2.modifyInstanceAttribute(request -> request.instanceId(one.id()).groups(isolation.id()));
            assertThat(region.groupsOf(one.id()).values()).containsExactly(List.of(isolation.id()));
            assertThat(codeOf(() -> ec2.modifyInstanceAttribute(
                            request -> request.instanceId(two.id()).groups(isolation.id()))))
                    .isEqualTo("InvalidInstanceID");
        }

        @Test
        void oneInUseMayNotShowItsAttachment() {
            var instance = launch("hidden");
            region.hideAttachment(instance.interfaces().getFirst());
            assertThat(interfacesOf(instance)).singleElement().satisfies(one -> {
                assertThat(one.attachment()).isNull();
                assertThat(one.statusAsString()).isEqualTo("in-use");
            });
            assertThat(ec2.describeNetworkInterfaces(
                                    request -> request.filters(filter("attachment.status", "attached")))
                            .networkInterfaces())
                    .isEmpty();
        }

        @Test
        void newOnesAreAttachedAndDetachedOverTheWire() {
            var instance = launch("grows");
            var subnet = region.interfacesOf(instance.id()).getFirst().subnet();
            var id = ec2.createNetworkInterface(
                            request -> request.subnetId(subnet).groups(web.id()))
                    .networkInterface()
                    .networkInterfaceId();
            var attachment = ec2.attachNetworkInterface(request -> request.instanceId(instance.id())
                            .networkInterfaceId(id)
                            .deviceIndex(1))
                    .attachmentId();
            assertThat(interfacesOf(instance)).hasSize(2);
            ec2.detachNetworkInterface(request -> request.attachmentId(attachment));
            assertThat(interfacesOf(instance)).hasSize(1);
        }

        @Test
        void idleTimeoutsAndPublicAddressesAreAttributesOfTheirOwn() {
            var instance = region.instance("tracked")
                    .in(vpc)
                    .groups(web)
                    .firstInterface(one -> one.publicAddress("198.51.100.5"))
                    .launch();
            var id = instance.interfaces().getFirst();
            ec2.modifyNetworkInterfaceAttribute(request -> request.networkInterfaceId(id)
                    .connectionTrackingSpecification(tracking -> tracking.tcpEstablishedTimeout(60)));
            ec2.modifyNetworkInterfaceAttribute(
                    request -> request.networkInterfaceId(id).associatePublicIpAddress(false));
            var seen = interfacesOf(instance).getFirst();
            assertThat(seen.connectionTrackingConfiguration().tcpEstablishedTimeout())
                    .isEqualTo(60);
            assertThat(seen.association()).isNull();
            assertThat(codeOf(() -> ec2.modifyNetworkInterfaceAttribute(request -> request.networkInterfaceId(id)
                            .connectionTrackingSpecification(tracking -> tracking.tcpEstablishedTimeout(59)))))
                    .isEqualTo("InvalidParameterValue");
        }

        @Test
        void thoseOfHiddenInstancesShowOnlyToWhoeverKnowsTheirId() {
            var instance = region.instance("auto").in(vpc).hiddenByDefault().launch();
            assertThat(ec2.describeInstances().reservations()).isEmpty();
            assertThat(interfacesOf(instance)).isEmpty();
            assertThat(ec2.describeNetworkInterfaces(request -> request.networkInterfaceIds(instance.interfaces()))
                            .networkInterfaces())
                    .hasSize(1);
        }

        @Test
        void anInterfaceThatIsAttachedToNothingKeepsItsGroupInUse() {
            region.looseInterface(one -> one.in(vpc).groups(isolation).type("branch"));
            assertThat(codeOf(() -> ec2.deleteSecurityGroup(request -> request.groupId(isolation.id()))))
                    .isEqualTo("DependencyViolation");
        }

        private static Consumer<AwsSimulatorTest> refusal(Consumer<AwsSimulatorTest> change) {
            return change;
        }

        private void modifyOne(String id) {
            ec2.modifyNetworkInterfaceAttribute(
                    request -> request.networkInterfaceId(id).groups(isolation.id()));
        }
    }

    private void modify(String... groups) {
        ec2.modifyNetworkInterfaceAttribute(request -> request.networkInterfaceId(
                        launch("modified").interfaces().getFirst())
                .groups(groups));
    }

    @Nested
    class Instances {
        @Test
        void unknownAndMalformedIdsAreToldApart() {
            assertThat(codeOf(() -> ec2.describeInstances(request -> request.instanceIds("i-0123456789abcdef0"))))
                    .isEqualTo("InvalidInstanceID.NotFound");
            assertThat(codeOf(() -> ec2.describeInstances(request -> request.instanceIds("i-nonsense"))))
                    .isEqualTo("InvalidInstanceID.Malformed");
            assertThat(ec2.describeInstances(request -> request.filters(filter("instance-id", "i-0123456789abcdef0")))
                            .reservations())
                    .isEmpty();
        }

        @Test
        void terminatedOnesAreShownForAnHourWithoutInterfaces() {
            var instance = launch("doomed");
            ec2.terminateInstances(request -> request.instanceIds(instance.id()));
            clock.advance(Duration.ofMinutes(59));
            assertThat(stateOf(instance)).isEqualTo("terminated");
            assertThat(interfacesOf(instance)).isEmpty();
            clock.advance(Duration.ofMinutes(1));
            assertThat(codeOf(() -> stateOf(instance))).isEqualTo("InvalidInstanceID.NotFound");
        }

        @Test
        void terminationProtectionHoldsUntilItIsTakenAway() {
            var instance = region.instance("kept").in(vpc).groups(web).launch();
            protect(instance, true);
            assertThat(codeOf(() -> ec2.terminateInstances(request -> request.instanceIds(instance.id()))))
                    .isEqualTo("OperationNotPermitted");
            ec2.modifyInstanceAttribute(request -> request.instanceId(instance.id())
                    .instanceInitiatedShutdownBehavior(value -> value.value("terminate")));
            var behavior = ec2.describeInstanceAttribute(
                            request -> request.instanceId(instance.id()).attribute("instanceInitiatedShutdownBehavior"))
                    .instanceInitiatedShutdownBehavior();
            assertThat(behavior.value()).isEqualTo("terminate");
            protect(instance, false);
            ec2.terminateInstances(request -> request.instanceIds(instance.id()));
            assertThat(stateOf(instance)).isEqualTo("terminated");
        }

        @Test
        void stoppedOnesKeepTheirInterfacesChangeable() {
            var instance = launch("stopped");
            ec2.stopInstances(request -> request.instanceIds(instance.id()));
            assertThat(stateOf(instance)).isEqualTo("stopped");
            ec2.modifyNetworkInterfaceAttribute(
                    request -> request.networkInterfaceId(instance.interfaces().getFirst())
                            .groups(region.securityGroup(vpc, "isolation").id()));
            ec2.startInstances(request -> request.instanceIds(instance.id()));
            assertThat(stateOf(instance)).isEqualTo("running");
        }

        private void protect(Instance instance, boolean on) {
            ec2.modifyInstanceAttribute(request -> request.instanceId(instance.id())
                    .disableApiTermination(
                            AttributeBooleanValue.builder().value(on).build()));
        }

        private String stateOf(Instance instance) {
            return ec2.describeInstances(request -> request.instanceIds(instance.id()))
                    .reservations()
                    .getFirst()
                    .instances()
                    .getFirst()
                    .state()
                    .nameAsString();
        }
    }

    @Nested
    class Reading {
        @Test
        void pagesAreWalkedAndMissNothingThatStaysWhenThingsGoInBetween() {
            var instances =
                    IntStream.range(0, 23).mapToObj(i -> launch("n" + i)).toList();
            world.pageSize(5);
            var first = ec2.describeNetworkInterfaces(request -> request.maxResults(1000));
            assertThat(first.networkInterfaces()).hasSize(5);
            region.terminate(instances.get(0).id());
            var rest = ec2.describeNetworkInterfacesPaginator(request -> request.nextToken(first.nextToken()))
                    .networkInterfaces();
            assertThat(rest)
                    .extracting(NetworkInterface::networkInterfaceId)
                    .containsExactlyElementsOf(instances.subList(5, 23).stream()
                            .map(instance -> instance.interfaces().getFirst())
                            .toList());
            assertThat(ec2.describeInstancesPaginator().reservations().stream().count())
                    .isEqualTo(23);
        }

        @Test
        void moreThanTwoHundredFilterValuesAndUnknownFiltersAreRefused() {
            var values = IntStream.range(0, 201).mapToObj(i -> "i-" + i).toArray(String[]::new);
            assertThat(codeOf(() -> ec2.describeNetworkInterfaces(
                            request -> request.filters(filter("attachment.instance-id", values)))))
                    .isEqualTo("FilterLimitExceeded");
            assertThat(codeOf(() ->
                            ec2.describeNetworkInterfaces(request -> request.filters(filter("attachement.id", "x")))))
                    .isEqualTo("InvalidParameterValue");
            assertThat(codeOf(() -> ec2.describeNetworkInterfaces(request -> request.maxResults(4))))
                    .isEqualTo("InvalidParameterValue");
        }

        @Test
        void everyFilterMustMatch() {
            var wanted = launch("wanted");
            launch("other");
            region.stop(launch("wanted but stopped").id());
            assertThat(ec2.describeInstances(request -> request.filters(
                                    filter("tag:Name", "wanted*"),
                                    filter("instance-state-name", "running", "pending"),
                                    filter("vpc-id", vpc.id())))
                            .reservations())
                    .flatExtracting(reservation -> reservation.instances())
                    .extracting("instanceId")
                    .containsExactly(wanted.id());
        }

        @Test
        void accountsAndRegionsDoNotSeeEachOther() {
            var instance = launch("mine");
            var elsewhere = List.of(
                    world.account("111122223333").region("eu-west-1"),
                    world.account("444455556666").region("us-west-2"));
            for (var other : elsewhere) {
                assertThat(clients.ec2(other).describeInstances().reservations())
                        .isEmpty();
                assertThat(codeOf(() ->
                                clients.ec2(other).describeInstances(request -> request.instanceIds(instance.id()))))
                        .isEqualTo("InvalidInstanceID.NotFound");
            }
        }

        @Test
        void elasticAddressesShowOnTheInterface() {
            var instance = launch("public");
            region.elasticAddress(instance.id(), "198.51.100.17");
            assertThat(interfacesOf(instance).getFirst().association().publicIp())
                    .isEqualTo("198.51.100.17");
            var address = ec2.describeAddresses(request -> request.filters(filter("instance-id", instance.id())))
                    .addresses()
                    .getFirst();
            ec2.disassociateAddress(request -> request.associationId(address.associationId()));
            assertThat(interfacesOf(instance).getFirst().association()).isNull();
        }

        @Test
        void tagsAreAddedReplacedAndRemoved() {
            var id = launch("tagged").id();
            ec2.createTags(request -> request.resources(id).tags(tag("a", "1"), tag("b", "2")));
            ec2.deleteTags(request -> request.resources(id)
                    .tags(tag("a", "other"), Tag.builder().key("b").build()));
            assertThat(region.tagsOf(id)).isEqualTo(Map.of("Name", "tagged", "a", "1"));
            assertThat(ec2.describeTags(request -> request.filters(filter("resource-id", id)))
                            .tags())
                    .hasSize(2);
            ec2.deleteTags(request -> request.resources(id));
            assertThat(region.tagsOf(id)).isEmpty();
        }
    }

    @Nested
    class Trouble {
        @Test
        void aDryRunChangesNothingAndTellsWhatIsAllowed() {
            var id = launch("dry").interfaces().getFirst();
            Runnable swap = () -> ec2.modifyNetworkInterfaceAttribute(
                    request -> request.dryRun(true).networkInterfaceId(id).groups(web.id()));
            assertThat(codeOf(swap::run)).isEqualTo("DryRunOperation");
            assertThat(codeOf(() -> ec2.describeInstances(request -> request.dryRun(true))))
                    .isEqualTo("DryRunOperation");
            simulator.faults().on("ModifyNetworkInterfaceAttribute").deny();
            assertThat(codeOf(swap::run)).isEqualTo("UnauthorizedOperation");
            assertThat(simulator.calls().writes()).isEmpty();
        }

        @Test
        void requestLimitsEmptyAndRefillByTheClock() {
            simulator.requestLimits(true);
            var group = region.securityGroup(vpc, "limited");
            Runnable write = () ->
                    ec2.createTags(request -> request.resources(group.id()).tags(tag("k", "v")));
            for (int i = 0; i < 100; i++) {
                write.run();
            }
            var refusal = catchThrowableOfType(AwsServiceException.class, write::run);
            assertThat(refusal.awsErrorDetails().errorCode()).isEqualTo("RequestLimitExceeded");
            assertThat(refusal.statusCode()).isEqualTo(503);
            assertThat(refusal.isThrottlingException()).isTrue();
            clock.advance(Duration.ofSeconds(1));
            for (int i = 0; i < 10; i++) {
                write.run();
            }
            assertThat(codeOf(write::run)).isEqualTo("RequestLimitExceeded");
            assertThat(clients.ec2(world.account("111122223333").region("eu-west-1"))
                            .describeTags()
                            .tags())
                    .isEmpty();
        }

        @Test
        void readsAreOldForAsManyCallsAsOrderedAfterAWrite() {
            var instance = launch("stale");
            var isolation = region.securityGroup(vpc, "isolation");
            world.staleReads(2);
            swap(instance, isolation);
            assertThat(Stream.generate(() -> groupsSeen(instance)).limit(3))
                    .containsExactly(List.of(web.id()), List.of(web.id()), List.of(isolation.id()));
            world.staleFor(Duration.ofSeconds(10));
            swap(instance, web);
            assertThat(groupsSeen(instance)).containsExactly(isolation.id());
            clock.advance(Duration.ofSeconds(10));
            assertThat(groupsSeen(instance)).containsExactly(web.id());
        }

        @Test
        void aGroupJustMadeMayNotBeFoundYet() {
            var instance = launch("early");
            world.staleReads("ModifyNetworkInterfaceAttribute", 1);
            var id = ec2.createSecurityGroup(
                            request -> request.groupName("new").description("d").vpcId(vpc.id()))
                    .groupId();
            assertThat(codeOf(() -> swap(instance, region.groupOf(id)))).isEqualTo("InvalidGroup.NotFound");
            swap(instance, region.groupOf(id));
            assertThat(groupsSeen(instance)).containsExactly(id);
        }

        @Test
        void aWriteMayTakeEffectAlthoughItsCallerNeverHears() {
            var instance = launch("unheard");
            var isolation = region.securityGroup(vpc, "isolation");
            simulator.faults().on("ModifyNetworkInterfaceAttribute").times(1).applyThenDrop();
            assertThatThrownBy(() -> swap(instance, isolation)).isInstanceOf(SdkClientException.class);
            assertThat(groupsSeen(instance)).containsExactly(isolation.id());
            assertThat(simulator.calls().changes()).singleElement().satisfies(call -> {
                assertThat(call.outcome()).isEqualTo(Call.APPLIED);
                assertThat(call.param("SecurityGroupId.1")).isEqualTo(isolation.id());
            });
        }

        @Test
        void aDroppedCallHasNoEffect() {
            var instance = launch("cut");
            simulator.faults().on("ModifyNetworkInterfaceAttribute").times(1).dropConnection();
            assertThatThrownBy(() -> swap(instance, region.securityGroup(vpc, "isolation")))
                    .isInstanceOf(SdkClientException.class);
            assertThat(groupsSeen(instance)).containsExactly(web.id());
        }

        @Test
        void faultsMeetTheCallsThatTheyAreMeantFor() {
            IntStream.range(0, 12).forEach(i -> launch("n" + i));
            world.pageSize(5);
            var fault = simulator
                    .faults()
                    .on("DescribeInstances")
                    .fromPage(2)
                    .times(1)
                    .internalError();
            assertThat(ec2.describeInstances().reservations()).hasSize(5);
            assertThat(codeOf(() -> ec2.describeInstancesPaginator().stream().count()))
                    .isEqualTo("InternalError");
            assertThat(ec2.describeInstancesPaginator().reservations().stream().count())
                    .isEqualTo(12);
            assertThat(fault.hits()).isEqualTo(1);
        }

        @Test
        void oneCallUsesUpOneFault() {
            simulator.faults().on("DescribeInstances").times(1).throttle();
            simulator.faults().on("*").times(1).internalError();
            assertThat(codeOf(ec2::describeInstances)).isEqualTo("RequestLimitExceeded");
            assertThat(codeOf(ec2::describeInstances)).isEqualTo("InternalError");
            assertThat(ec2.describeInstances().reservations()).isEmpty();
        }

        @Test
        void aCallIsHeldUntilItsFaultIsRemoved() throws Exception {
            var instance = launch("held");
            var isolation = region.securityGroup(vpc, "isolation");
            var hold = simulator.faults().on("ModifyNetworkInterfaceAttribute").hold();
            try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
                var swap = executor.submit(() -> swap(instance, isolation));
                assertThat(groupsSeen(instance)).containsExactly(web.id());
                assertThat(swap.isDone()).isFalse();
                hold.remove();
                swap.get();
            }
            assertThat(groupsSeen(instance)).containsExactly(isolation.id());
        }

        @Test
        void everyServiceWordsItsOwnRefusals() {
            simulator.faults().on("ListDetectors").times(1).throttle();
            simulator.faults().on("ListDetectors").times(1).deny();
            simulator.faults().on("GetCallerIdentity").times(1).throttle();
            assertThat(codeOf(guardDuty::listDetectors)).isEqualTo("TooManyRequestsException");
            assertThat(codeOf(guardDuty::listDetectors)).isEqualTo("AccessDeniedException");
            assertThat(codeOf(clients.sts(region)::getCallerIdentity)).isEqualTo("Throttling");
        }

        @Test
        void unknownCredentialsAreRefused() {
            var stranger = clients.pointed(
                            Ec2Client.builder(),
                            region,
                            software.amazon.awssdk.auth.credentials.AwsBasicCredentials.create("AKIANOBODY", "x"))
                    .build();
            assertThat(codeOf(stranger::describeInstances)).isEqualTo("AuthFailure");
        }

        private void swap(Instance instance, Group group) {
            ec2.modifyNetworkInterfaceAttribute(request ->
                    request.networkInterfaceId(instance.interfaces().getFirst()).groups(group.id()));
        }

        private List<String> groupsSeen(Instance instance) {
            return interfacesOf(instance).getFirst().groups().stream()
                    .map(GroupIdentifier::groupId)
                    .toList();
        }
    }

    @Nested
    class GuardDuty {
        private final Instance instance = launch("compromised");

        @Test
        void theWorkshopsFindingHasAllThatTheOperatorReads() {
            var scene = WorkshopScene.build(world);
            var finding = get(scene.compromise(world));
            assertThat(finding.type()).isEqualTo("UnauthorizedAccess:EC2/MaliciousIPCaller.Custom");
            assertThat(finding.severity()).isEqualTo(5.0);
            assertThat(finding.accountId()).isEqualTo("111122223333");
            assertThat(finding.region()).isEqualTo("us-west-2");
            assertThat(finding.updatedAt()).isEqualTo("2026-11-02T08:00:00.000Z");
            var details = finding.resource().instanceDetails();
            assertThat(details.instanceId()).isEqualTo(scene.compromisedInstance());
            assertThat(details.networkInterfaces()
                            .getFirst()
                            .securityGroups()
                            .getFirst()
                            .groupName())
                    .isEqualTo("TargetSecurityGroup");
            var connection = finding.service().action().networkConnectionAction();
            assertThat(connection.connectionDirection()).isEqualTo("OUTBOUND");
            assertThat(connection.remoteIpDetails().ipAddressV4()).isEqualTo(scene.maliciousIp());
            assertThat(finding.service()
                            .evidence()
                            .threatIntelligenceDetails()
                            .getFirst()
                            .threatListName())
                    .isEqualTo(scene.threatList());
        }

        @Test
        void anAddressOnNoListMakesNoFinding() {
            assertThat(world.detect(region, instance.id(), "192.0.2.1")).isEmpty();
        }

        @Test
        void aFindingChangesUnderOneId() {
            var id = region.finding(FindingTemplate.bitcoinDns(instance.id(), "pool.example.com"));
            clock.advance(Duration.ofMinutes(15));
            world.seenAgain(id);
            world.updateFinding(id, json -> json.put("severity", 8.5));
            assertThat(get(id)).satisfies(finding -> {
                assertThat(finding.service().count()).isEqualTo(2);
                assertThat(finding.severity()).isEqualTo(8.5);
                assertThat(finding.updatedAt()).isEqualTo("2026-11-02T08:15:00.000Z");
                assertThat(finding.createdAt()).isEqualTo("2026-11-02T08:00:00.000Z");
                assertThat(finding.service().eventLastSeen()).isEqualTo("2026-11-02T08:15:00.000Z");
            });
        }

        static Stream<Arguments> criteria() {
            return Stream.of(
                    arguments("updatedAt", condition(c -> c.greaterThanOrEqual(START.toEpochMilli() + 60_000)), "b c"),
                    arguments("updatedAt", condition(c -> c.greaterThan(START.toEpochMilli() + 60_000)), "c"),
                    arguments("updatedAt", condition(c -> c.lessThanOrEqual(START.toEpochMilli() + 60_000)), "a b"),
                    arguments("severity", condition(c -> c.greaterThanOrEqual(5L)), "a c"),
                    arguments("severity", condition(c -> c.lessThan(5L)), "b"),
                    arguments("type", condition(c -> c.equalsValue("UnauthorizedAccess:EC2/SSHBruteForce")), "b"),
                    arguments("type", condition(c -> c.notEquals("UnauthorizedAccess:EC2/SSHBruteForce")), "a c"),
                    arguments("type", condition(c -> c.matches("*BruteForce")), "b"),
                    arguments("service.archived", condition(c -> c.equalsValue("false")), "a b"),
                    arguments("id", condition(c -> c.equalsValue("a", "c")), "a c"),
                    arguments("accountId", condition(c -> c.equalsValue("111122223333")), "a b c"),
                    arguments("accountId", condition(c -> c.equalsValue("444455556666")), ""),
                    arguments("region", condition(c -> c.notEquals("us-west-2")), ""),
                    arguments(
                            "resource.instanceDetails.tags.value",
                            condition(c -> c.equalsValue("compromised")),
                            "a b c"));
        }

        @ParameterizedTest(name = "{0} {1}: {2}")
        @MethodSource("criteria")
        void criteriaSelect(String attribute, Condition condition, String ids) {
            region.finding(FindingTemplate.maliciousIpCallerCustom(instance.id(), "192.0.2.1", "list")
                    .id("a"));
            region.finding(FindingTemplate.sshBruteForceInbound(instance.id(), "192.0.2.1")
                    .id("b")
                    .at(START.plusSeconds(60)));
            region.finding(FindingTemplate.commandAndControl(instance.id(), "192.0.2.1")
                    .id("c")
                    .archived()
                    .at(START.plusSeconds(120)));
            var found = guardDuty
                    .listFindings(request -> request.detectorId(region.detectorId())
                            .findingCriteria(criteria -> criteria.criterion(Map.of(attribute, condition))))
                    .findingIds();
            assertThat(String.join(" ", found)).isEqualTo(ids);
        }

        @Test
        void pagesComeInTheOrderedOrderAndSkipNothingThatMovesToTheEnd() {
            for (int i = 0; i < 7; i++) {
                region.finding(FindingTemplate.bitcoinDns(instance.id(), "x").id("f" + i));
                clock.advance(Duration.ofSeconds(1));
            }
            var first = page("", OrderBy.ASC);
            assertThat(first.findingIds()).containsExactly("f0", "f1", "f2");
            world.seenAgain("f0");
            var second = page(first.nextToken(), OrderBy.ASC);
            assertThat(second.findingIds()).containsExactly("f3", "f4", "f5");
            assertThat(page(second.nextToken(), OrderBy.ASC).findingIds()).containsExactly("f6", "f0");
            assertThat(page("", OrderBy.DESC).findingIds()).containsExactly("f0", "f6", "f5");
        }

        private software.amazon.awssdk.services.guardduty.model.ListFindingsResponse page(String token, OrderBy order) {
            return guardDuty.listFindings(request -> request.detectorId(region.detectorId())
                    .maxResults(3)
                    .nextToken(token.isEmpty() ? null : token)
                    .sortCriteria(sort -> sort.attributeName("updatedAt").orderBy(order)));
        }

        @Test
        void attackSequencesNameTheirInstancesAmongTheResources() {
            var other = launch("other");
            var finding = get(region.finding(FindingTemplate.attackSequence(instance.id(), other.id())));
            assertThat(finding.resource().instanceDetails()).isNull();
            assertThat(finding.service().detection().sequence().resources())
                    .extracting(resource -> resource.name())
                    .containsExactly(instance.id(), other.id());
        }

        @Test
        void samplesAreMarked() {
            guardDuty.createSampleFindings(request ->
                    request.detectorId(region.detectorId()).findingTypes("CryptoCurrency:EC2/BitcoinTool.B!DNS"));
            var ids = guardDuty
                    .listFindings(request -> request.detectorId(region.detectorId()))
                    .findingIds();
            assertThat(get(ids.getFirst()).service().additionalInfo().value()).isEqualTo("{\"sample\":true}");
        }

        @Test
        void detectorsMayBeMissingOrSuspended() {
            var empty = world.account("111122223333").region("eu-west-1").withoutDetector();
            assertThat(clients.guardDuty(empty).listDetectors().detectorIds()).isEmpty();
            region.suspendDetector();
            var id = guardDuty.listDetectors().detectorIds().getFirst();
            assertThat(guardDuty.getDetector(request -> request.detectorId(id)).status())
                    .isEqualTo(DetectorStatus.DISABLED);
            assertThatThrownBy(() -> region.finding(FindingTemplate.withoutInstance()))
                    .isInstanceOf(IllegalStateException.class);
            assertThat(codeOf(() -> guardDuty.getDetector(request -> request.detectorId("0123456789abcdef"))))
                    .isEqualTo("BadRequestException");
        }

        @Test
        void theAdministratorSeesItsMembersFindingsAndOnlyItArchives() {
            var hub = world.account("999900001111");
            world.account("111122223333").administeredBy(hub);
            var id = region.finding(FindingTemplate.bitcoinDns(instance.id(), "x"));
            var theirs = clients.guardDuty(hub.region("us-west-2"));
            var detector = hub.region("us-west-2").detectorId();
            assertThat(theirs.listFindings(request -> request.detectorId(detector))
                            .findingIds())
                    .containsExactly(id);
            assertThat(codeOf(() -> guardDuty.archiveFindings(
                            request -> request.detectorId(region.detectorId()).findingIds(id))))
                    .isEqualTo("BadRequestException");
            theirs.archiveFindings(request -> request.detectorId(detector).findingIds(id));
            assertThat(get(id).service().archived()).isTrue();
        }

        @Test
        void fiftyOneFindingsAreTooManyForOneCall() {
            var ids = IntStream.range(0, 51).mapToObj(i -> "f" + i).toList();
            assertThat(codeOf(() -> guardDuty.getFindings(
                            request -> request.detectorId(region.detectorId()).findingIds(ids))))
                    .isEqualTo("BadRequestException");
        }

        @Test
        void threatListsAreNamed() {
            region.threatList("Custom-Threat-List", "192.0.2.9");
            var id = guardDuty
                    .listThreatIntelSets(request -> request.detectorId(region.detectorId()))
                    .threatIntelSetIds()
                    .getFirst();
            var list = guardDuty.getThreatIntelSet(
                    request -> request.detectorId(region.detectorId()).threatIntelSetId(id));
            assertThat(list.name()).isEqualTo("Custom-Threat-List");
        }

        private Finding get(String id) {
            return guardDuty
                    .getFindings(
                            request -> request.detectorId(region.detectorId()).findingIds(id))
                    .findings()
                    .getFirst();
        }

        private static Condition condition(Consumer<Condition.Builder> change) {
            return Condition.builder().applyMutation(change).build();
        }
    }

    @Nested
    class Identities {
        @Test
        void aWebIdentityGetsARoleWithoutAnySignature() {
            var answer = clients.sts(region)
                    .assumeRoleWithWebIdentity(request -> request.roleSessionName("s")
                            .roleArn("arn:aws:iam::111122223333:role/hub")
                            .webIdentityToken("token"));
            assertThat(answer.assumedRoleUser().arn()).isEqualTo("arn:aws:sts::111122223333:assumed-role/hub/s");
            assertThat(simulator.calls().of("AssumeRoleWithWebIdentity"))
                    .singleElement()
                    .extracting(Call::principal)
                    .isEqualTo("anonymous");
        }

        @Test
        void rolesOfOtherAccountsAreAssumedWithTheRightExternalId() {
            var member = world.account("444455556666");
            member.role("responder").externalId("secret");
            var sts = clients.sts(region);
            assertThat(sts.getCallerIdentity().account()).isEqualTo("111122223333");
            assertThat(codeOf(() -> sts.assumeRole(request ->
                            request.roleSessionName("s").roleArn("arn:aws:iam::444455556666:role/responder"))))
                    .isEqualTo("AccessDenied");
            var credentials = sts.assumeRole(request -> request.roleSessionName("s")
                            .roleArn("arn:aws:iam::444455556666:role/responder")
                            .externalId("secret"))
                    .credentials();
            var there = member.region("us-west-2");
            var instance = there.instance("theirs").in(there.vpc()).launch();
            var responder = clients.pointed(
                            Ec2Client.builder(),
                            there,
                            software.amazon.awssdk.auth.credentials.AwsBasicCredentials.create(
                                    credentials.accessKeyId(), credentials.secretAccessKey()))
                    .build();
            assertThat(responder
                            .describeInstances(request -> request.instanceIds(instance.id()))
                            .reservations())
                    .hasSize(1);
            assertThat(simulator.calls().of("DescribeInstances"))
                    .singleElement()
                    .satisfies(call -> assertThat(call.account()).isEqualTo("444455556666"))
                    .satisfies(call -> assertThat(call.role()).isEqualTo("responder"));
            simulator.faults().on("DescribeInstances").as("/responder/").deny();
            assertThat(codeOf(responder::describeInstances)).isEqualTo("UnauthorizedOperation");
        }

        @Test
        void onceRolesAreKnownOnlyTheyAreAssumedAndByThoseTheyTrust() {
            var member = world.account("444455556666");
            assertThat(assume("anything")).isEqualTo(Call.OK);
            member.role("responder").trusts("999900001111");
            assertThat(assume("anything")).isEqualTo("AccessDenied");
            assertThat(assume("responder")).isEqualTo("AccessDenied");
            member.role("responder").trusts("999900001111", "111122223333");
            assertThat(assume("responder")).isEqualTo(Call.OK);
            member.role("responder").deny();
            assertThat(assume("responder")).isEqualTo("AccessDenied");
            member.role("responder").allow();
            assertThat(assume("responder")).isEqualTo(Call.OK);
        }

        private String assume(String role) {
            try {
                clients.sts(region)
                        .assumeRole(request ->
                                request.roleSessionName("s").roleArn("arn:aws:iam::444455556666:role/path/" + role));
                return Call.OK;
            } catch (software.amazon.awssdk.awscore.exception.AwsServiceException e) {
                return e.awsErrorDetails().errorCode();
            }
        }

        @Test
        void aSessionEndsWithItsTime() {
            var member = world.account("444455556666");
            var there = member.region("us-west-2");
            var role = member.role("responder").lasting(Duration.ofMinutes(15));
            var session = clients.sts(region)
                    .assumeRole(request -> request.roleSessionName("s").roleArn(role.arn()))
                    .credentials();
            var credentials = software.amazon.awssdk.auth.credentials.AwsBasicCredentials.create(
                    session.accessKeyId(), session.secretAccessKey());
            var responder =
                    clients.pointed(Ec2Client.builder(), there, credentials).build();
            var reader = clients.pointed(
                            software.amazon.awssdk.services.guardduty.GuardDutyClient.builder(), there, credentials)
                    .build();
            clock.advance(Duration.between(world.now(), session.expiration()).minusSeconds(1));
            assertThat(responder.describeInstances().reservations()).isEmpty();
            clock.advance(Duration.ofSeconds(1));
            assertThat(codeOf(responder::describeInstances)).isEqualTo("RequestExpired");
            assertThat(codeOf(reader::listDetectors)).isEqualTo("ExpiredTokenException");
        }

        @Test
        void aRegionIsNamedAndServedWhileTheAccountHasOptedInToIt() {
            assertThat(regions()).contains("us-west-2").doesNotContain("eu-south-2");
            region.account().enable("eu-south-2");
            assertThat(regions()).contains("eu-south-2");
            region.account().disable("eu-south-2");
            assertThat(regions()).doesNotContain("eu-south-2");
            assertThat(ec2.describeRegions(request -> request.allRegions(true)).regions())
                    .filteredOn(each -> each.regionName().equals("eu-south-2"))
                    .singleElement()
                    .satisfies(each -> assertThat(each.optInStatus()).isEqualTo("not-opted-in"));
            var there = clients.ec2(region.account().region("eu-south-2"));
            assertThat(codeOf(there::describeInstances)).isEqualTo("AuthFailure");
        }

        private List<String> regions() {
            return ec2.describeRegions().regions().stream()
                    .map(each -> each.regionName())
                    .toList();
        }
    }

    @Nested
    class Log {
        @Test
        void listenersHearOfACallBeforeItsCallerDoes() {
            var heard = new CopyOnWriteArrayList<String>();
            simulator.calls().onCall(call -> heard.add(call.action()));
            ec2.describeVpcs();
            assertThat(heard).containsExactly("DescribeVpcs");
        }

        @Test
        void everyCallIsKnownWithItsOutcome() {
            var id = launch("logged").interfaces().getFirst();
            long mark = simulator.calls().mark();
            ec2.modifyNetworkInterfaceAttribute(
                    request -> request.networkInterfaceId(id).groups(web.id()));
            assertThat(codeOf(() -> ec2.describeInstances(request -> request.instanceIds("i-x"))))
                    .isEqualTo("InvalidInstanceID.Malformed");
            assertThat(simulator.calls().since(mark))
                    .satisfiesExactly(
                            write -> {
                                assertThat(write.action()).isEqualTo("ModifyNetworkInterfaceAttribute");
                                assertThat(write.account()).isEqualTo("111122223333");
                                assertThat(write.region()).isEqualTo("us-west-2");
                                assertThat(write.at()).isEqualTo(START);
                                assertThat(write.isWrite()).isTrue();
                                assertThat(write.outcome()).isEqualTo(Call.OK);
                                assertThat(write.params()).containsEntry("NetworkInterfaceId", id);
                            },
                            read -> {
                                assertThat(read.isWrite()).isFalse();
                                assertThat(read.outcome()).isEqualTo("InvalidInstanceID.Malformed");
                            });
        }

        @Test
        void fiveThousandInstancesAreReadInPages() {
            for (int i = 0; i < 5000; i++) {
                region.instance("").in(vpc).groups(web).launch();
            }
            assertThat(ec2.describeInstancesPaginator(request -> request.maxResults(1000)).stream()
                            .flatMap(page -> page.reservations().stream())
                            .count())
                    .isEqualTo(5000);
            assertThat(simulator.calls().of("DescribeInstances")).hasSize(5);
            region.addRule(web.id(), Permission.all(false, "10.0.0.0/8"));
            assertThat(region.groupOf(web.id()).rules(false)).hasSize(1);
        }
    }
}
