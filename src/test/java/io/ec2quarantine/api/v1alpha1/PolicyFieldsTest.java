package io.ec2quarantine.api.v1alpha1;

import static io.ec2quarantine.core.finding.FindingBuilder.ON_INSTANCE;
import static io.ec2quarantine.core.finding.FindingBuilder.SEEN;
import static io.ec2quarantine.core.finding.FindingBuilder.finding;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import com.fasterxml.jackson.databind.JsonNode;
import io.ec2quarantine.cluster.Responses;
import io.ec2quarantine.core.access.Access;
import io.ec2quarantine.core.access.Role;
import io.ec2quarantine.core.finding.FindingBuilder;
import io.ec2quarantine.core.isolation.ConnectionWish;
import io.ec2quarantine.core.isolation.GroupRule;
import io.ec2quarantine.core.policy.Decision;
import io.ec2quarantine.core.policy.FindingDecider;
import io.ec2quarantine.core.safeguard.Limits;
import io.ec2quarantine.core.safeguard.Limits.Candidate;
import io.ec2quarantine.core.safeguard.Limits.Members;
import io.ec2quarantine.core.safeguard.ScalingGroup;
import io.ec2quarantine.core.safeguard.Slot;
import io.ec2quarantine.core.safeguard.Usage;
import io.ec2quarantine.ingest.FindingQueue;
import io.ec2quarantine.ingest.SourceRegion;
import io.ec2quarantine.sim.FindingTemplate;
import io.ec2quarantine.sim.WorkshopScene;
import io.ec2quarantine.testing.OperatorWorld;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every field of a policy counts: two values of it lead to two outcomes, by the code that the operator itself runs. */
class PolicyFieldsTest {
    /** Made an hour before the finding, which is on a production instance, was last updated. */
    private static final JsonNode POLICY = Yaml.parse("""
            apiVersion: ec2quarantine.io/v1alpha1
            kind: IsolationPolicy
            metadata: {name: fields, creationTimestamp: "2026-11-24T08:00:00Z"}
            spec:
              mode: Enforce
              sources: [{name: org, regions: [us-west-2]}]
              match: {findingTypes: ["*"]}
            """);

    private static final String TOPIC = "arn:aws:sns:us-west-2:111122223333:ec2-quarantine-oncall";
    private static final String QUEUE = "https://sqs.us-west-2.amazonaws.com/111122223333/ec2-quarantine-siem";

    private static final Map<String, String> TAGS = Map.of("environment", "production");

    /**
     * A field, two values of it, and what each leads to.
     *
     * @param judge what a policy leads to, in a word
     */
    record Row(String path, Function<JsonNode, String> judge, Case one, Case other) {}

    /** @param spec what is set below {@code spec} */
    record Case(String spec, String outcome) {}

    private static final List<Row> ROWS = List.of(
            decides("spec.mode", of("mode: Enforce", "ENFORCE"), of("mode: DryRun", "DRY_RUN")),
            decides(
                    "spec.backlog",
                    finding().updatedAt(SEEN.minus(Duration.ofHours(2))),
                    of("backlog: RequireApproval", "REQUIRE_APPROVAL"),
                    of("backlog: Ignore", "PAUSED_OR_BACKLOG")),
            new Row(
                    "spec.sources[].name",
                    PolicyFieldsTest::opensInTheWholeOperator,
                    of("sources: [{name: one, regions: [us-west-2]}]", "opened by one"),
                    of("sources: [{name: other, regions: [us-west-2]}]", "opened by other")),
            new Row(
                    "spec.sources[].regions[]",
                    PolicyFieldsTest::opensInTheWholeOperator,
                    of("sources: [{name: org, regions: [us-west-2]}]", "opened by org"),
                    of("sources: [{name: org, regions: [eu-west-1]}]", "nothing")),
            matches(
                    "spec.match.findingTypes[]",
                    of("match: {findingTypes: ['UnauthorizedAccess:EC2/*']}", "ENFORCE"),
                    of("match: {findingTypes: ['CryptoCurrency:EC2/*']}", "NO_MATCH")),
            matches(
                    "spec.match.minSeverity",
                    of("match: {minSeverity: Medium}", "ENFORCE"),
                    of("match: {minSeverity: High}", "NO_MATCH")),
            matches(
                    "spec.match.involvement[]",
                    of("match: {involvement: [Compromised]}", "ENFORCE"),
                    of("match: {involvement: [Attacked]}", "NO_MATCH")),
            matches(
                    "spec.match.accountIDs[]",
                    of("match: {accountIDs: ['111122223333']}", "ENFORCE"),
                    of("match: {accountIDs: ['444455556666']}", "NO_MATCH")),
            decides(
                    "spec.match.threatListNames[]",
                    finding().threatLists("bad"),
                    of("match: {threatListNames: [bad]}", "ENFORCE"),
                    of("match: {threatListNames: [other]}", "NO_MATCH")),
            decides(
                    "spec.match.maxAgeSeconds",
                    finding().lastSeen(SEEN.minus(Duration.ofHours(2))),
                    of("match: {maxAgeSeconds: 7200}", "ENFORCE"),
                    of("match: {maxAgeSeconds: 3600}", "NO_MATCH")),
            matches(
                    "spec.match.instanceTags.include[].key",
                    of("match: {instanceTags: {include: [{key: environment}]}}", "ENFORCE"),
                    of("match: {instanceTags: {include: [{key: owner}]}}", "NO_MATCH")),
            matches(
                    "spec.match.instanceTags.include[].values[]",
                    of("match: {instanceTags: {include: [{key: environment, values: [production]}]}}", "ENFORCE"),
                    of("match: {instanceTags: {include: [{key: environment, values: [staging]}]}}", "NO_MATCH")),
            matches(
                    "spec.match.instanceTags.exclude[].key",
                    of("match: {instanceTags: {exclude: [{key: owner}]}}", "ENFORCE"),
                    of("match: {instanceTags: {exclude: [{key: environment}]}}", "NO_MATCH")),
            matches(
                    "spec.match.instanceTags.exclude[].values[]",
                    of("match: {instanceTags: {exclude: [{key: environment, values: [staging]}]}}", "ENFORCE"),
                    of("match: {instanceTags: {exclude: [{key: environment, values: [production]}]}}", "NO_MATCH")),
            matches(
                    "spec.match.expression",
                    of("match: {expression: finding.severity < 5.1}", "ENFORCE"),
                    of("match: {expression: finding.severity > 5.1}", "NO_MATCH")),
            responds(
                    "spec.sources[].roleARN",
                    PolicyFieldsTest::reader,
                    of(source("roleARN: arn:aws:iam::111122223333:role/one"), "arn:aws:iam::111122223333:role/one"),
                    of(source("roleARN: arn:aws:iam::111122223333:role/two"), "arn:aws:iam::111122223333:role/two")),
            responds(
                    "spec.sources[].externalID",
                    policy -> reader(policy) + " with "
                            + SourceRegion.reader(policy.getSpec().sources().getFirst())
                                    .flatMap(Role::externalId)
                                    .orElse("none"),
                    of(
                            source("roleARN: arn:aws:iam::111122223333:role/one, externalID: one"),
                            "arn:aws:iam::111122223333:role/one with one"),
                    of(
                            source("roleARN: arn:aws:iam::111122223333:role/one, externalID: two"),
                            "arn:aws:iam::111122223333:role/one with two")),
            responds(
                    "spec.sources[].queueURL",
                    policy -> FindingQueue.of(policy.getSpec().sources().getFirst())
                            .map(FindingQueue::toString)
                            .orElse("none"),
                    of(
                            source("queueURL: 'https://sqs.eu-west-1.amazonaws.com/111122223333/one'"),
                            "https://sqs.eu-west-1.amazonaws.com/111122223333/one in eu-west-1"),
                    of(
                            source("queueURL: 'http://localhost:4566/111122223333/two'"),
                            "http://localhost:4566/111122223333/two in us-west-2")),
            holds(
                    "spec.safeguards.maxActive",
                    of("safeguards: {maxActive: 1, maxAutoScalingGroupPercent: 100}", "MAX_ACTIVE"),
                    of("safeguards: {maxActive: 2, maxAutoScalingGroupPercent: 100}", "nothing")),
            holds(
                    "spec.safeguards.maxPerHour",
                    of("safeguards: {maxPerHour: 1, maxAutoScalingGroupPercent: 100}", "MAX_PER_HOUR"),
                    of("safeguards: {maxPerHour: 2, maxAutoScalingGroupPercent: 100}", "nothing")),
            holds(
                    "spec.safeguards.maxAutoScalingGroupPercent",
                    of("safeguards: {maxAutoScalingGroupPercent: 66}", "MAX_AUTO_SCALING_GROUP_PERCENT"),
                    of("safeguards: {maxAutoScalingGroupPercent: 67}", "nothing")),
            new Row(
                    "spec.safeguards.protectedTags[].key",
                    PolicyFieldsTest::protectedBy,
                    of("safeguards: {protectedTags: [{key: environment}]}", "environment"),
                    of("safeguards: {protectedTags: [{key: tier}]}", "nothing")),
            new Row(
                    "spec.safeguards.protectedTags[].values[]",
                    PolicyFieldsTest::protectedBy,
                    of("safeguards: {protectedTags: [{key: environment, values: [production]}]}", "environment"),
                    of("safeguards: {protectedTags: [{key: environment, values: [staging]}]}", "nothing")),
            new Row(
                    "spec.safeguards.kubernetesNodes",
                    policy -> PolicyFields.understood(policy).safeguards().nodesNeedApproval() ? "asks" : "isolates",
                    of("safeguards: {kubernetesNodes: RequireApproval}", "asks"),
                    of("safeguards: {kubernetesNodes: Enforce}", "isolates")),
            responds(
                    "spec.response.access.responderRoleName",
                    policy -> access(policy).toRespond().orElse("own"),
                    of("response: {access: {responderRoleName: one}}", "one"),
                    of("response: {access: {responderRoleName: two}}", "two")),
            responds(
                    "spec.response.access.releaseRoleName",
                    policy -> access(policy).toRelease().orElse("own"),
                    of("response: {access: {releaseRoleName: one}}", "one"),
                    of("response: {access: {releaseRoleName: two}}", "two")),
            responds(
                    "spec.response.access.externalID",
                    policy -> access(policy).externalId().orElse("none"),
                    of("response: {access: {externalID: one}}", "one"),
                    of("response: {access: {externalID: two}}", "two")),
            responds(
                    "spec.response.isolation.securityGroupName",
                    policy -> Responses.target("install", Responses.of(Optional.of(policy)))
                            .groupName(),
                    of("response: {isolation: {securityGroupName: cage}}", "cage"),
                    of("response: {isolation: {securityGroupName: other}}", "other")),
            responds(
                    "spec.response.isolation.existingGroups[].vpcID",
                    PolicyFieldsTest::existingGroups,
                    of(existingGroup("vpc-01234567", "sg-01234567"), "{vpc-01234567=sg-01234567}"),
                    of(existingGroup("vpc-89abcdef", "sg-01234567"), "{vpc-89abcdef=sg-01234567}")),
            responds(
                    "spec.response.isolation.existingGroups[].groupID",
                    PolicyFieldsTest::existingGroups,
                    of(existingGroup("vpc-01234567", "sg-01234567"), "{vpc-01234567=sg-01234567}"),
                    of(existingGroup("vpc-01234567", "sg-89abcdef"), "{vpc-01234567=sg-89abcdef}")),
            responds(
                    "spec.response.access.rulesRoleName",
                    policy -> access(policy).toPutRules().orElse("own"),
                    of("response: {access: {rulesRoleName: one}}", "one"),
                    of("response: {access: {rulesRoleName: two}}", "two")),
            responds(
                    "spec.response.isolation.forensicAccess[].name",
                    policy -> Responses.forensicAccess(Responses.of(Optional.of(policy)))
                            .getFirst()
                            .name(),
                    of(access("name: ssh, direction: Ingress, protocol: all, cidr: 10.1.2.0/24"), "ssh"),
                    of(access("name: rdp, direction: Ingress, protocol: all, cidr: 10.1.2.0/24"), "rdp")),
            opens(
                    "direction",
                    of(access("direction: Ingress, protocol: all, cidr: 10.1.2.0/24"), "ingress all from 10.1.2.0/24"),
                    of(access("direction: Egress, protocol: all, cidr: 10.1.2.0/24"), "egress all to 10.1.2.0/24")),
            opens(
                    "protocol",
                    of(
                            access("direction: Ingress, protocol: icmp, cidr: 10.1.2.0/24"),
                            "ingress icmp from 10.1.2.0/24"),
                    of(access("direction: Ingress, protocol: all, cidr: 10.1.2.0/24"), "ingress all from 10.1.2.0/24")),
            opens(
                    "fromPort",
                    of(
                            access("direction: Ingress, protocol: tcp, fromPort: 21, toPort: 22, cidr: 10.1.2.0/24"),
                            "ingress tcp 21-22 from 10.1.2.0/24"),
                    of(
                            access("direction: Ingress, protocol: tcp, fromPort: 22, toPort: 22, cidr: 10.1.2.0/24"),
                            "ingress tcp 22 from 10.1.2.0/24")),
            opens(
                    "toPort",
                    of(
                            access("direction: Egress, protocol: udp, fromPort: 500, toPort: 514, cidr: 10.1.2.0/24"),
                            "egress udp 500-514 to 10.1.2.0/24"),
                    of(
                            access("direction: Egress, protocol: udp, fromPort: 500, toPort: 500, cidr: 10.1.2.0/24"),
                            "egress udp 500 to 10.1.2.0/24")),
            opens(
                    "cidr",
                    of(access("direction: Ingress, protocol: all, cidr: 10.1.2.9/24"), "ingress all from 10.1.2.0/24"),
                    of(access("direction: Ingress, protocol: all, cidr: 10.1.3.9/24"), "ingress all from 10.1.3.0/24")),
            opens(
                    "prefixListID",
                    of(
                            access("direction: Egress, protocol: all, prefixListID: pl-01234567"),
                            "egress all to pl-01234567"),
                    of(
                            access("direction: Egress, protocol: all, prefixListID: pl-89abcdef"),
                            "egress all to pl-89abcdef")),
            opens(
                    "groupID",
                    of(
                            access("direction: Ingress, protocol: all, groupID: sg-01234567"),
                            "ingress all from sg-01234567"),
                    of(
                            access("direction: Ingress, protocol: all, groupID: sg-89abcdef"),
                            "ingress all from sg-89abcdef")),
            responds(
                    "spec.response.isolation.trackedConnections",
                    policy -> connections(policy).untrack() ? "opens" : "leaves",
                    of("response: {isolation: {trackedConnections: Untrack}}", "opens"),
                    of("response: {isolation: {trackedConnections: Leave}}", "leaves")),
            responds(
                    "spec.response.isolation.idleTimeouts",
                    policy -> connections(policy).shortenTimeouts() ? "shortens" : "leaves",
                    of("response: {isolation: {idleTimeouts: Shorten}}", "shortens"),
                    of("response: {isolation: {idleTimeouts: Leave}}", "leaves")),
            responds(
                    "spec.response.isolation.publicAddress",
                    policy -> connections(policy).takeAddressesOff() ? "takes off" : "leaves",
                    of("response: {isolation: {publicAddress: Disassociate}}", "takes off"),
                    of("response: {isolation: {publicAddress: Leave}}", "leaves")),
            responds(
                    "spec.response.preserve.terminationProtection",
                    policy -> Responses.terminationProtection(Responses.of(Optional.of(policy)))
                            .name(),
                    of("response: {preserve: {terminationProtection: Enable}}", "ENABLE"),
                    of("response: {preserve: {terminationProtection: Leave}}", "LEAVE")),
            responds(
                    "spec.response.preserve.autoScaling",
                    policy -> Responses.autoScaling(Responses.of(Optional.of(policy)))
                            .name(),
                    of("response: {preserve: {autoScaling: Detach}}", "DETACH"),
                    of("response: {preserve: {autoScaling: Standby}}", "STANDBY")),
            responds(
                    "spec.response.preserve.loadBalancers",
                    policy -> Responses.loadBalancers(Responses.of(Optional.of(policy)))
                            .name(),
                    of("response: {preserve: {loadBalancers: Deregister}}", "DEREGISTER"),
                    of("response: {preserve: {loadBalancers: Leave}}", "LEAVE")),
            responds(
                    "spec.response.preserve.volumeSnapshots",
                    policy -> Responses.volumeSnapshots(Responses.of(Optional.of(policy)))
                            .name(),
                    of("response: {preserve: {volumeSnapshots: Take}}", "TAKE"),
                    of("response: {preserve: {volumeSnapshots: Skip}}", "SKIP")),
            responds(
                    "spec.response.preserve.instanceProfile",
                    policy -> Responses.instanceProfile(Responses.of(Optional.of(policy)))
                            .name(),
                    of("response: {preserve: {instanceProfile: Leave}}", "LEAVE"),
                    of("response: {preserve: {instanceProfile: Disassociate}}", "DISASSOCIATE")),
            responds(
                    "spec.response.release.onDelete",
                    policy -> Responses.onDelete(Responses.of(Optional.of(policy)))
                            .name(),
                    of("response: {release: {onDelete: Leave}}", "LEAVE"),
                    of("response: {release: {onDelete: Restore}}", "RESTORE")),
            tells(
                    "name",
                    "name: one, snsTopicARN: %s, events: [Failed]".formatted(TOPIC),
                    "name: two, snsTopicARN: %s, events: [Failed]".formatted(TOPIC)),
            tells(
                    "snsTopicARN",
                    "name: one, snsTopicARN: %s, events: [Failed]".formatted(TOPIC),
                    "name: one, snsTopicARN: %s2, events: [Failed]".formatted(TOPIC)),
            tells(
                    "sqsQueueURL",
                    "name: one, sqsQueueURL: %s, events: [Failed]".formatted(QUEUE),
                    "name: one, sqsQueueURL: %s2, events: [Failed]".formatted(QUEUE)),
            tells(
                    "webhook.url",
                    "name: one, webhook: {url: 'https://a.example/x'}, events: [Failed]",
                    "name: one, webhook: {url: 'https://b.example/x'}, events: [Failed]"),
            tells(
                    "webhook.secretName",
                    "name: one, webhook: {url: 'https://a.example/x', secretName: a}, events: [Failed]",
                    "name: one, webhook: {url: 'https://a.example/x', secretName: b}, events: [Failed]"),
            tells(
                    "events[]",
                    "name: one, snsTopicARN: %s, events: [Isolated]".formatted(TOPIC),
                    "name: one, snsTopicARN: %s, events: [Released]".formatted(TOPIC)),
            tells(
                    "subject",
                    "name: one, snsTopicARN: %s, subject: '{{event}}', events: [Failed]".formatted(TOPIC),
                    "name: one, snsTopicARN: %s, subject: '{{label}}', events: [Failed]".formatted(TOPIC)),
            tells(
                    "message",
                    "name: one, snsTopicARN: %s, message: '{{event}}', events: [Failed]".formatted(TOPIC),
                    "name: one, snsTopicARN: %s, message: '{{label}}', events: [Failed]".formatted(TOPIC)));

    private static Stream<Arguments> rows() {
        return ROWS.stream().map(row -> argumentSet(row.path(), row));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void twoValuesOfAFieldLeadToTwoOutcomes(Row row) {
        assertThat(row.one().outcome()).isNotEqualTo(row.other().outcome());
        for (Case each : List.of(row.one(), row.other())) {
            JsonNode policy = Example.edited(POLICY, "spec: {%s}".formatted(each.spec()));
            assertThat(policy.at("/" + row.path().replace(".", "/").replace("[]", "/0"))
                            .isMissingNode())
                    .as("%s sets %s", each.spec(), row.path())
                    .isFalse();
            assertThat(row.judge().apply(policy)).as(each.spec()).isEqualTo(each.outcome());
        }
    }

    @Test
    void everyFieldOfTheSchemaIsInTheTable() {
        assertThat(ROWS.stream().map(Row::path))
                .containsExactlyInAnyOrderElementsOf(PolicyFields.leaves().toList());
    }

    // --- the judges

    /** What is decided on the plain finding. */
    private static Row matches(String path, Case one, Case other) {
        return decides(path, finding(), one, other);
    }

    private static Row decides(String path, Case one, Case other) {
        return decides(path, finding(), one, other);
    }

    /** What is decided on a finding: how far the quarantine goes, or why there is none. */
    private static Row decides(String path, FindingBuilder finding, Case one, Case other) {
        return new Row(path, policy -> decision(policy, finding), one, other);
    }

    /** What is made of the response. */
    private static Row responds(String path, Function<IsolationPolicy, String> response, Case one, Case other) {
        return new Row(path, policy -> response.apply(PolicyFields.read(policy)), one, other);
    }

    /** What is asked for is what the frozen response has; NotificationsTest plays each of it with the whole operator. */
    private static Row tells(String field, String one, String other) {
        return responds(
                "spec.response.notifications[]." + field,
                policy -> Responses.notifications(Responses.of(Optional.of(policy)))
                        .toString(),
                channel(one),
                channel(other));
    }

    private static Case channel(String fields) {
        String spec = "response: {notifications: [{%s}]}".formatted(fields);
        JsonNode policy = Example.edited(POLICY, "spec: {%s}".formatted(spec));
        return of(
                spec,
                Responses.notifications(PolicyFields.read(policy).getSpec().response())
                        .toString());
    }

    private static Case of(String spec, String outcome) {
        return new Case(spec, outcome);
    }

    private static String decision(JsonNode policy, FindingBuilder finding) {
        Decision decision = new FindingDecider(false)
                .decide(
                        finding.build(),
                        ON_INSTANCE,
                        TAGS,
                        List.of(PolicyFields.understood(policy)),
                        Optional.empty(),
                        SEEN);
        return switch (decision) {
            case Decision.Open open -> open.mode().name();
            case Decision.Ignore ignore -> ignore.why().name();
            case Decision.Raise _, Decision.Reopen _, Decision.TakeBack _, Decision.AddFinding _ ->
                throw new AssertionError(decision);
        };
    }

    private static String source(String more) {
        return "sources: [{name: org, regions: [us-west-2], " + more + "}]";
    }

    private static String reader(IsolationPolicy policy) {
        return SourceRegion.reader(policy.getSpec().sources().getFirst())
                .map(Role::arn)
                .orElse("own");
    }

    private static Access access(IsolationPolicy policy) {
        return Responses.access(Responses.of(Optional.of(policy)));
    }

    private static Row holds(String path, Case one, Case other) {
        return new Row(path, PolicyFieldsTest::heldBackBy, one, other);
    }

    /** Where the policy holds one instance isolated and isolated another half an hour ago, in a group of three. */
    private static String heldBackBy(JsonNode policy) {
        Usage usage = new Usage(
                Map.of("i-00000001", "fields"),
                Map.of(),
                List.of(new Slot("i-00000009", "fields", SEEN.minus(Duration.ofMinutes(30)))));
        Members members = new Members(
                new ScalingGroup("111122223333", "us-west-2", "web"),
                Set.of("i-00000001", "i-00000002", ON_INSTANCE.instanceId()));
        Candidate candidate = new Candidate(
                ON_INSTANCE.instanceId(),
                "fields",
                PolicyFields.understood(policy).safeguards(),
                Optional.of(members),
                Instant.EPOCH);
        return Limits.exceededBy(candidate, usage, SEEN)
                .map(hold -> hold.reason().name())
                .orElse("nothing");
    }

    private static String protectedBy(JsonNode policy) {
        return PolicyFields.understood(policy).safeguards().protectedBy(TAGS).orElse("nothing");
    }

    private static String existingGroups(IsolationPolicy policy) {
        return Responses.target("install", Responses.of(Optional.of(policy)))
                .existingGroups()
                .toString();
    }

    /** A field of the first rule of the forensic access. */
    private static Row opens(String field, Case one, Case other) {
        return responds(
                "spec.response.isolation.forensicAccess[]." + field,
                policy -> Responses.target("install", Responses.of(Optional.of(policy))).rules().stream()
                        .map(GroupRule::words)
                        .collect(Collectors.joining(", ")),
                one,
                other);
    }

    private static String access(String rule) {
        return "response: {isolation: {forensicAccess: [{" + (rule.startsWith("name: ") ? "" : "name: one, ") + rule
                + "}]}}";
    }

    private static ConnectionWish connections(IsolationPolicy policy) {
        return Responses.connections(Responses.of(Optional.of(policy)));
    }

    private static String existingGroup(String vpc, String group) {
        return "response: {isolation: {existingGroups: [{vpcID: %s, groupID: %s}]}}".formatted(vpc, group);
    }

    /** What the whole operator opens for a finding in us-west-2, once it has polled what the policy names. */
    private static String opensInTheWholeOperator(JsonNode policy) {
        try (OperatorWorld world = new OperatorWorld()) {
            WorkshopScene scene = WorkshopScene.build(world.world());
            world.cluster().create(policy.toString());
            world.startOperator();
            world.region().finding(FindingTemplate.bitcoinDns(scene.compromisedInstance(), "pool.example"));
            String name = policy.at("/metadata/name").asText();
            world.awaitPolicy(
                    name,
                    "polled again",
                    object -> object.getStatus().sources().stream().allMatch(source -> source.lastPollTime() != null)
                            && world.calls("ListDetectors", 0) > 0);
            world.elapse(Duration.ofMinutes(1));
            String opened = world.quarantine(scene.compromisedInstance()).stream()
                    .flatMap(object -> object.getSpec().findings().stream())
                    .map(finding -> "opened by " + finding.source())
                    .collect(Collectors.joining(" "));
            return opened.isEmpty() ? "nothing" : opened;
        }
    }
}
