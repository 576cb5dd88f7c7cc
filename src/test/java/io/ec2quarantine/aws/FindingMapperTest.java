package io.ec2quarantine.aws;

import static org.assertj.core.api.Assertions.assertThat;

import io.ec2quarantine.core.finding.DataSource;
import io.ec2quarantine.core.finding.Finding;
import io.ec2quarantine.core.finding.InstanceRef;
import io.ec2quarantine.core.finding.Involvement;
import io.ec2quarantine.core.finding.Severity;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.guardduty.model.Action;
import software.amazon.awssdk.services.guardduty.model.Country;
import software.amazon.awssdk.services.guardduty.model.Ec2Instance;
import software.amazon.awssdk.services.guardduty.model.FindingResourceType;
import software.amazon.awssdk.services.guardduty.model.PortProbeDetail;
import software.amazon.awssdk.services.guardduty.model.RemoteIpDetails;
import software.amazon.awssdk.services.guardduty.model.Resource;
import software.amazon.awssdk.services.guardduty.model.ResourceV2;
import software.amazon.awssdk.services.guardduty.model.Service;
import software.amazon.awssdk.services.guardduty.model.ThreatIntelligenceDetail;

/** The shapes are those of real findings: what is odd, missing or hostile in one must not lose it, nor hide the others. */
class FindingMapperTest {
    private static final Instant READ = Instant.parse("2026-11-24T09:00:00Z");
    private static final String INSTANCE = "i-0123456789abcdef0";
    private static final String OTHER = "i-0fedcba9876543210";

    @Test
    void theWorkshopsFindingIsReadWhole() {
        Finding finding = map(workshop());

        assertThat(finding)
                .isEqualTo(new Finding(
                        "f1",
                        "arn:aws:guardduty:us-west-2:111122223333:detector/d1/finding/f1",
                        "111122223333",
                        "us-west-2",
                        "UnauthorizedAccess:EC2/MaliciousIPCaller.Custom",
                        "EC2 instance communicated with an IP on a custom threat list.",
                        5.0,
                        4,
                        Instant.parse("2026-11-24T08:00:00Z"),
                        Instant.parse("2026-11-24T08:30:00Z"),
                        Instant.parse("2026-11-24T08:35:00.123Z"),
                        false,
                        false,
                        DataSource.FLOW_LOGS,
                        Involvement.COMPROMISED,
                        Optional.of("198.51.100.7"),
                        Optional.of("Nowhere"),
                        List.of("Custom-Threat-List"),
                        List.of(new InstanceRef(INSTANCE, "111122223333", "us-west-2"))));
    }

    @Test
    void anEmptyFindingIsYoungAndNamesNoInstance() {
        Finding finding = map(software.amazon.awssdk.services.guardduty.model.Finding.builder()
                .build());

        assertThat(finding)
                .isEqualTo(new Finding(
                        "",
                        "",
                        "",
                        "eu-west-1",
                        "",
                        "",
                        0,
                        1,
                        READ,
                        READ,
                        READ,
                        false,
                        false,
                        DataSource.UNKNOWN,
                        Involvement.COMPROMISED,
                        Optional.empty(),
                        Optional.empty(),
                        List.of(),
                        List.of()));
        assertThat(finding.severity()).isEqualTo(Severity.LOW);
    }

    @Test
    void emptyPartsAreNoneAtAll() {
        Finding finding =
                map(workshop(service -> service.action(Action.builder().build())
                                .evidence(evidence -> {})
                                .detection(detection -> {})
                                .additionalInfo(info -> {}))
                        .toBuilder()
                        .resource(resource -> resource.instanceDetails(details -> {}))
                        .build());

        assertThat(finding.instances()).isEmpty();
        assertThat(finding.dataSource()).isEqualTo(DataSource.UNKNOWN);
        assertThat(finding.remoteIp()).isEmpty();
        assertThat(finding.threatListNames()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", useHeadersInDisplayName = true, textBlock = """
            updated                       , created              , read as
            2026-11-24T08:35:00Z          , 2020-01-01T00:00:00Z , 2026-11-24T08:35:00Z
            2026-11-24T08:35:00.123Z      , 2020-01-01T00:00:00Z , 2026-11-24T08:35:00.123Z
            2026-11-24T08:35:00+0000      , 2020-01-01T00:00:00Z , 2026-11-24T08:35:00Z
            2026-11-24T08:35:00.5+0000    , 2020-01-01T00:00:00Z , 2026-11-24T08:35:00.5Z
            2026-11-24T10:35:00+0200      , 2020-01-01T00:00:00Z , 2026-11-24T08:35:00Z
            2026-11-24T10:35:00+02:00     , 2020-01-01T00:00:00Z , 2026-11-24T08:35:00Z
            ' 2026-11-24T08:35:00Z '      , 2020-01-01T00:00:00Z , 2026-11-24T08:35:00Z
            -                             , 2020-01-01T00:00:00Z , 2020-01-01T00:00:00Z
            ''                            , 2020-01-01T00:00:00Z , 2020-01-01T00:00:00Z
            yesterday                     , 2020-01-01T00:00:00Z , 2020-01-01T00:00:00Z
            2026-11-24T08:35:00           , 2020-01-01T00:00:00Z , 2020-01-01T00:00:00Z
            2026-13-45T08:35:00Z          , 2020-01-01T00:00:00Z , 2020-01-01T00:00:00Z
            yesterday                     , the day before       , 2026-11-24T09:00:00Z
            -                             , -                    , 2026-11-24T09:00:00Z
            """)
    void aTimeThatCannotBeReadNeverMakesAFindingOld(String updated, String created, Instant expected) {
        var found = workshop(service -> service.eventLastSeen(null).eventFirstSeen(null)).toBuilder()
                .updatedAt(updated)
                .createdAt(created)
                .build();

        assertThat(map(found).updatedAt()).isEqualTo(expected);
        assertThat(map(found).lastSeen()).isEqualTo(expected);
        assertThat(map(found).firstSeen()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", useHeadersInDisplayName = true, textBlock = """
            additional info                                             | sample | lists
            -                                                           | false  | ''
            ''                                                          | false  | ''
            '   '                                                       | false  | ''
            {}                                                          | false  | ''
            {"sample":true}                                             | true   | ''
            {"sample":"true"}                                           | true   | ''
            {"sample":false}                                            | false  | ''
            {"sample":1}                                                | true   | ''
            {"sample":{}}                                               | false  | ''
            {"threatName":"x","threatListName":"inline","sample":true}  | true   | inline
            {"threatListName":7}                                        | false  | 7
            {"threatListName":["a"]}                                    | false  | ''
            {"threatListName":null}                                     | false  | ''
            [true]                                                      | false  | ''
            "sample"                                                    | false  | ''
            null                                                        | false  | ''
            not JSON: "sample":true                                     | false  | ''
            {"sample":true                                              | false  | ''
            """)
    void additionalInfoIsFreeTextUntilItProvesToBeJson(String text, boolean sample, String lists) {
        Finding finding = map(workshop(service -> service.evidence(evidence -> {})
                .additionalInfo(info -> info.value(text).type("default"))));

        assertThat(finding.sample()).isEqualTo(sample);
        assertThat(String.join(",", finding.threatListNames())).isEqualTo(lists);
    }

    @Test
    void additionalInfoNestedWithoutEndSaysNothing() {
        Finding finding =
                map(workshop(service -> service.additionalInfo(info -> info.value("{\"a\":".repeat(100_000)))));

        assertThat(finding.sample()).isFalse();
    }

    @Test
    void threatListsComeFromBothPlacesEachOnce() {
        Finding finding = map(workshop(service -> service.evidence(
                        evidence -> evidence.threatIntelligenceDetails(onLists("first", "second", "", "first")))
                .additionalInfo(info -> info.value("{\"threatListName\":\"second\"}"))));

        assertThat(finding.threatListNames()).containsExactly("first", "second");
    }

    @Test
    void threatListsAreBounded() {
        String[] many =
                IntStream.range(0, 100).mapToObj(index -> "list-" + index).toArray(String[]::new);

        Finding finding = map(
                workshop(service -> service.evidence(evidence -> evidence.threatIntelligenceDetails(onLists(many)))));

        assertThat(finding.threatListNames()).hasSize(20);
    }

    @Test
    void anAttackSequenceNamesEveryInstanceWhereItIs() {
        Finding finding = map(sequence(
                instance(INSTANCE, "111122223333", "us-west-2"),
                instance(OTHER, "444455556666", "eu-central-1"),
                instance("i-01234567", null, null),
                instance(INSTANCE, "111122223333", "us-west-2")));

        assertThat(finding.instances())
                .containsExactly(
                        new InstanceRef(INSTANCE, "111122223333", "us-west-2"),
                        new InstanceRef(OTHER, "444455556666", "eu-central-1"),
                        new InstanceRef("i-01234567", "111122223333", "us-west-2"));
        assertThat(finding.dataSource()).isEqualTo(DataSource.CORRELATION);
        assertThat(finding.involvement()).isEqualTo(Involvement.COMPROMISED);
    }

    @Test
    void onlyInstancesOfASequenceCount() {
        Finding finding = map(sequence(
                ResourceV2.builder()
                        .resourceType(FindingResourceType.S3_BUCKET)
                        .uid("arn:aws:s3:::bucket-of-" + INSTANCE)
                        .build(),
                ResourceV2.builder()
                        .resourceType(FindingResourceType.EC2_INSTANCE)
                        .uid("no id in here: ami-0123456789abcdef0")
                        .build(),
                ResourceV2.builder().build(),
                ResourceV2.builder()
                        .resourceType("SOMETHING_NEW")
                        .uid(OTHER)
                        .data(data -> data.ec2Instance(Ec2Instance.builder().build()))
                        .build()));

        assertThat(finding.instances()).extracting(InstanceRef::instanceId).containsExactly(OTHER);
    }

    @Test
    void aSequenceNamesAtMostAHundredInstances() {
        ResourceV2[] many = IntStream.range(0, 300)
                .mapToObj(index -> instance(String.format("i-%017x", index), "111122223333", "us-west-2"))
                .toArray(ResourceV2[]::new);

        assertThat(map(sequence(many)).instances()).hasSize(100);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Instance", "AccessKey", "ECSCluster", "EKSCluster", "SomethingNew", ""})
    void theInstanceCountsWhateverTheResourceType(String resourceType) {
        var found = workshop().toBuilder()
                .resource(Resource.builder()
                        .resourceType(resourceType)
                        .instanceDetails(details -> details.instanceId(INSTANCE))
                        .build())
                .build();

        assertThat(map(found).instances()).containsExactly(new InstanceRef(INSTANCE, "111122223333", "us-west-2"));
    }

    @Test
    void theRemoteAddressComesFromWhicheverActionThereIs() {
        RemoteIpDetails remote =
                RemoteIpDetails.builder().ipAddressV4("203.0.113.5").build();

        assertThat(List.<Action>of(
                        Action.builder()
                                .networkConnectionAction(action -> action.remoteIpDetails(remote))
                                .build(),
                        Action.builder()
                                .awsApiCallAction(action -> action.remoteIpDetails(remote))
                                .build(),
                        Action.builder()
                                .portProbeAction(action -> action.portProbeDetails(PortProbeDetail.builder()
                                        .remoteIpDetails(remote)
                                        .build()))
                                .build()))
                .allSatisfy(action -> assertThat(
                                map(workshop(service -> service.action(action))).remoteIp())
                        .contains("203.0.113.5"));
    }

    @Test
    void aBruteForceComingInIsAnAttack() {
        var found = workshop(service -> service.resourceRole("TARGET")
                        .action(action -> action.actionType("NETWORK_CONNECTION")
                                .networkConnectionAction(connection -> connection.connectionDirection("INBOUND"))))
                .toBuilder()
                .type("UnauthorizedAccess:EC2/SSHBruteForce")
                .build();

        assertThat(map(found).involvement()).isEqualTo(Involvement.ATTACKED);
    }

    @Test
    void archivedIsToldByTheService() {
        assertThat(map(workshop(service -> service.archived(true))).archived()).isTrue();
    }

    @Test
    void hostileTextIsOneBoundedLine() {
        String hostile = "\u001b[2Ja\r\nb\u0000\u0007\u009b31m\u202egnirts\u2028c\t" + "x".repeat(10_000);
        var found = workshop(service -> service.evidence(
                                evidence -> evidence.threatIntelligenceDetails(onLists(hostile)))
                        .action(action ->
                                action.networkConnectionAction(connection -> connection.remoteIpDetails(remote ->
                                        remote.ipAddressV4(hostile).country(country -> country.countryName(hostile))))))
                .toBuilder()
                .id(hostile)
                .arn(hostile)
                .type(hostile)
                .title(hostile)
                .accountId(hostile)
                .region(hostile)
                .resource(resource -> resource.instanceDetails(details -> details.instanceId(hostile)))
                .build();

        Finding finding = map(found);

        assertThat(List.of(
                        finding.id(),
                        finding.arn(),
                        finding.type(),
                        finding.title(),
                        finding.accountId(),
                        finding.region(),
                        finding.remoteIp().orElseThrow(),
                        finding.remoteCountry().orElseThrow(),
                        finding.threatListNames().getFirst(),
                        finding.instances().getFirst().instanceId(),
                        finding.instances().getFirst().accountId(),
                        finding.instances().getFirst().region()))
                .allSatisfy(text ->
                        assertThat(text).startsWith("[2Ja b 31m gnirts c xxx").hasSize(256));
    }

    @Test
    void aTextIsNotCutThroughACharacter() {
        var found =
                workshop().toBuilder().title("x".repeat(255) + "\uD83D\uDE00").build();

        assertThat(map(found).title()).isEqualTo("x".repeat(255));
    }

    private static Finding map(software.amazon.awssdk.services.guardduty.model.Finding found) {
        return FindingMapper.finding(found, "eu-west-1", READ);
    }

    private static software.amazon.awssdk.services.guardduty.model.Finding workshop() {
        return workshop(_ -> {});
    }

    private static software.amazon.awssdk.services.guardduty.model.Finding workshop(Consumer<Service.Builder> more) {
        Service.Builder service = Service.builder()
                .archived(false)
                .count(4)
                .eventFirstSeen("2026-11-24T08:00:00Z")
                .eventLastSeen("2026-11-24T08:30:00+0000")
                .resourceRole("TARGET")
                .detectorId("d1")
                .action(action -> action.actionType("NETWORK_CONNECTION")
                        .networkConnectionAction(connection -> connection
                                .connectionDirection("UNKNOWN")
                                .blocked(true)
                                .remoteIpDetails(remote -> remote.ipAddressV4("198.51.100.7")
                                        .country(Country.builder()
                                                .countryName("Nowhere")
                                                .build()))))
                .evidence(evidence -> evidence.threatIntelligenceDetails(onLists("Custom-Threat-List")))
                .additionalInfo(info -> info.value(
                                "{\"threatName\":\"Customer Threat Intel\",\"threatListName\":\"Custom-Threat-List\"}")
                        .type("default"));
        more.accept(service);
        return software.amazon.awssdk.services.guardduty.model.Finding.builder()
                .id("f1")
                .arn("arn:aws:guardduty:us-west-2:111122223333:detector/d1/finding/f1")
                .accountId("111122223333")
                .region("us-west-2")
                .type("UnauthorizedAccess:EC2/MaliciousIPCaller.Custom")
                .title("EC2 instance communicated with an IP on a custom threat list.")
                .severity(5.0)
                .createdAt("2026-11-24T08:05:00.000Z")
                .updatedAt("2026-11-24T08:35:00.123Z")
                .resource(resource ->
                        resource.resourceType("Instance").instanceDetails(details -> details.instanceId(INSTANCE)))
                .service(service.build())
                .build();
    }

    private static software.amazon.awssdk.services.guardduty.model.Finding sequence(ResourceV2... resources) {
        return workshop(service -> service.action((Action) null)
                        .detection(detection -> detection.sequence(sequence -> sequence.resources(resources))))
                .toBuilder()
                .type("AttackSequence:EC2/CompromisedInstanceGroup")
                .resource(resource -> resource.resourceType("AttackSequence"))
                .build();
    }

    private static List<ThreatIntelligenceDetail> onLists(String... names) {
        return Stream.of(names)
                .map(name -> ThreatIntelligenceDetail.builder()
                        .threatListName(name.isEmpty() ? null : name)
                        .threatNames("Customer Threat Intel")
                        .build())
                .toList();
    }

    private static ResourceV2 instance(String id, @Nullable String account, @Nullable String region) {
        return ResourceV2.builder()
                .resourceType(FindingResourceType.EC2_INSTANCE)
                .uid("arn:aws:ec2:us-west-2:111122223333:instance/" + id)
                .accountId(account)
                .region(region)
                .build();
    }
}
