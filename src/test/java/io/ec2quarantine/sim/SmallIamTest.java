package io.ec2quarantine.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.ec2quarantine.sim.IamDocument.Verdict;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.http.apache.ApacheHttpClient;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.TagSpecification;

/** The small IAM judges as the real one does, as far as the documents of docs/iam go. */
class SmallIamTest {
    private static final String OWNER = "ec2quarantine.io/owner";

    private final AwsSimulator simulator = AwsSimulator.start(new MovableClock(Instant.parse("2026-11-02T08:00:00Z")));
    private final AccountWorld account = simulator.world().account("111122223333");
    private final RegionWorld region = account.region("us-west-2");
    private final Model.Vpc vpc = region.vpc("vpc-0aaaaaaaaaaaaaaaa", false);
    private final Model.Group web = region.securityGroup("sg-0aaaaaaaaaaaaaaaa", vpc, "web");
    private final Model.Group closed = region.securityGroup("sg-0bbbbbbbbbbbbbbbb", vpc, "closed");
    private final Model.Instance instance =
            region.instance("web").in(vpc).groups(web).launch();
    private final String eni = instance.interfaces().getFirst();
    private final SdkClients clients = new SdkClients(simulator);

    SmallIamTest() {
        region.tag(closed.id(), OWNER, "0123456789ab");
    }

    @AfterEach
    void stop() {
        clients.close();
        simulator.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', useHeadersInDisplayName = true, textBlock = """
            condition                                                        | context               | holds
            {}                                                               |                       | true
            {"StringEquals": {"k": "a"}}                                     | k=a                   | true
            {"StringEquals": {"k": "a"}}                                     | k=b                   | false
            {"StringEquals": {"k": "a"}}                                     |                       | false
            {"StringEquals": {"k": ["a", "b"]}}                              | k=b                   | true
            {"StringEquals": {"K": "a"}}                                     | k=a                   | true
            {"StringEquals": {"k": "a", "l": "b"}}                           | k=a                   | false
            {"StringEquals": {"k": "${aws:PrincipalOrgID}"}}                 | k=o aws:PrincipalOrgID=o | true
            {"StringEquals": {"k": "${aws:PrincipalOrgID}"}}                 | k=p aws:PrincipalOrgID=o | false
            {"StringNotEquals": {"k": "a"}}                                  | k=b                   | true
            {"StringNotEquals": {"k": "a"}}                                  |                       | true
            {"StringNotEquals": {"k": "a"}}                                  | k=a                   | false
            {"StringEqualsIfExists": {"k": "a"}}                             |                       | true
            {"StringEqualsIfExists": {"k": "a"}}                             | k=b                   | false
            {"StringEqualsIgnoreCaseIfExists": {"k": "A"}}                   | k=a                   | true
            {"StringLike": {"k": "q/*"}}                                     | k=q/a                 | true
            {"StringLike": {"k": "q/*"}}                                     | k=qa                  | false
            {"ArnNotLike": {"k": "arn:*:iam::*:role/q-*"}}                   | k=arn:aws:iam::1:role/q-a | false
            {"ArnNotLike": {"k": "arn:*:iam::*:role/q-*"}}                   | k=arn:aws:iam::1:role/b | true
            {"Null": {"k": "false"}}                                         | k=a                   | true
            {"Null": {"k": "false"}}                                         |                       | false
            {"Null": {"k": "true"}}                                          |                       | true
            {"ForAllValues:StringLike": {"k": "q/*"}}                        | k=q/a,q/b             | true
            {"ForAllValues:StringLike": {"k": "q/*"}}                        | k=q/a,b               | false
            {"ForAllValues:StringLike": {"k": "q/*"}}                        |                       | true
            {"ForAnyValue:StringLike": {"k": "q/*"}}                         | k=q/a,b               | true
            {"ForAnyValue:StringLike": {"k": "q/*"}}                         |                       | false
            """)
    void aConditionHoldsAsInIam(String condition, @Nullable String context, boolean holds) {
        var document =
                IamDocument.of("{\"Statement\": {\"Effect\": \"Allow\", \"Action\": \"ec2:X\", \"Resource\": \"*\","
                        + " \"Condition\": " + condition + "}}");
        assertThat(document.verdict(new IamRequest("ec2:X", "arn:aws:ec2:r:1:instance/i-1", context(context)))
                        == Verdict.ALLOWED)
                .isEqualTo(holds);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', useHeadersInDisplayName = true, textBlock = """
            statements                                                       | action       | resource | verdict
            A ec2:Create* *                                                  | ec2:CreateTags | x      | ALLOWED
            A ec2:createtags *                                               | ec2:CreateTags | x      | ALLOWED
            A ec2:Create* *                                                  | ec2:DeleteTags | x      | NOT_ALLOWED
            A ec2:CreateTags arn:*:instance/*                                | ec2:CreateTags | arn:a:instance/i-1 | ALLOWED
            A ec2:CreateTags arn:*:instance/*                                | ec2:CreateTags | arn:a:vpc/vpc-1 | NOT_ALLOWED
            A ec2:CreateTags arn:*:instance/*                                | ec2:CreateTags | *      | NOT_ALLOWED
            A ec2:* *;D ec2:CreateTags *                                     | ec2:CreateTags | x      | DENIED
            D ec2:CreateTags *;A ec2:* *                                     | ec2:CreateTags | x      | DENIED
            """)
    void aDenialWinsAndWhatNobodySpeaksOfIsNotAllowed(
            String statements, String action, String resource, Verdict verdict) {
        var json = Stream.of(statements.split(";", -1))
                .map(each -> each.split(" ", -1))
                .map(part -> "{\"Effect\": \"%s\", \"Action\": \"%s\", \"Resource\": [\"%s\"]}"
                        .formatted(part[0].equals("A") ? "Allow" : "Deny", part[1], part[2]))
                .collect(Collectors.joining(",", "{\"Statement\": [", "]}"));
        assertThat(IamDocument.of(json).verdict(new IamRequest(action, resource, Map.of())))
                .isEqualTo(verdict);
    }

    /** Both a dry run and the call itself: a dry run tells what the call would meet. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', useHeadersInDisplayName = true, textBlock = """
            role        | call                                   | answer
            responder   | describe                               | allowed
            responder   | into closed                            | allowed
            responder   | into web                               | denied
            responder   | into closed and web                    | denied
            responder   | into nowhere                           | InvalidGroup.NotFound
            responder   | another interface                      | InvalidNetworkInterfaceID.NotFound
            responder   | make a group of its own                | allowed
            responder   | make a group                           | denied
            responder   | own web                                | denied
            responder   | disown closed                          | denied
            responder   | mark                                   | allowed
            responder   | mark with another tag                  | denied
            responder   | unmark                                 | denied
            responder   | protect                                | allowed
            responder   | delete closed                          | denied
            responder   | terminate                              | denied
            release     | into web                               | denied
            release     | make a group of its own                | denied
            release     | unmark                                 | allowed
            release     | unmark everything                      | denied
            release     | delete closed                          | allowed
            reader      | describe                               | denied
            operator    | into web                               | allowed
            operator    | terminate                              | denied
            nobody      | terminate                              | allowed
            """)
    void aRoleMayDoWhatItsDocumentSaysAndNoMore(String role, String call, String answer) {
        if (!role.equals("nobody")) {
            account.userMay(role, IamDocument.of(Path.of("docs/iam", role + ".json")));
        }
        account.accessKey("AKIA" + role, role);
        try (var http = ApacheHttpClient.create();
                var ec2 = clients.pointed(
                                Ec2Client.builder().httpClient(http),
                                region,
                                AwsBasicCredentials.create("AKIA" + role, "secret"))
                        .build()) {
            var dry = codeOf(() -> carryOut(ec2, call, true));
            assertThat(simulator.calls().changes()).isEmpty();
            var real = codeOf(() -> carryOut(ec2, call, false));

            assertThat(List.of(dry, real))
                    .isEqualTo(
                            switch (answer) {
                                case "allowed" -> List.of("DryRunOperation", "");
                                case "denied" -> List.of("UnauthorizedOperation", "UnauthorizedOperation");
                                default -> List.of(answer, answer);
                            });
        }
    }

    @Test
    void theReleaseRoleGivesBackOnlyWhatIsMarkedAsIsolated() {
        account.userMay("release", IamDocument.of(Path.of("docs/iam/release.json")));
        account.accessKey("AKIARELEASE", "release");
        region.setGroups(eni, closed.id()).tag(eni, "ec2quarantine.io/state", "isolated");
        try (var http = ApacheHttpClient.create();
                var ec2 = clients.pointed(
                                Ec2Client.builder().httpClient(http),
                                region,
                                AwsBasicCredentials.create("AKIARELEASE", "secret"))
                        .build()) {
            assertThat(codeOf(() -> carryOut(ec2, "into web", false))).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "ec2-quarantine-responder, o-simulated, true",
        "somebody-else,            o-simulated, false",
        "ec2-quarantine-responder, o-another,   false"
    })
    void theHubAssumesTheRolesOfItsOrganisation(String role, String organisation, boolean allowed) {
        var member = simulator.world().account("444455556666").inOrganisation(organisation);
        account.userMay("simulated", IamDocument.of(Path.of("docs/iam/hub.json")));
        var code = codeOf(() -> clients.sts(region)
                .assumeRole(request -> request.roleArn("arn:aws:iam::" + member.id() + ":role/" + role)
                        .roleSessionName("test")));
        assertThat(code).isEqualTo(allowed ? "" : "AccessDenied");
    }

    @Test
    void aServiceControlPolicyHoldsAgainstIdentitiesThatMayDoEverything() {
        account.controlledBy(IamDocument.of("""
                {"Statement": [{"Effect": "Deny", "Action": "ec2:TerminateInstances", "Resource": "*",
                  "Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:*:iam::*:user/chosen"}}}]}"""));
        account.accessKey("AKIACHOSEN", "chosen");
        assertThat(codeOf(() -> carryOut(clients.ec2(region), "terminate", false)))
                .isEqualTo("UnauthorizedOperation");
        try (var http = ApacheHttpClient.create();
                var ec2 = clients.pointed(
                                Ec2Client.builder().httpClient(http),
                                region,
                                AwsBasicCredentials.create("AKIACHOSEN", "secret"))
                        .build()) {
            assertThat(codeOf(() -> carryOut(ec2, "terminate", false))).isEmpty();
        }
    }

    private void carryOut(Ec2Client ec2, String call, boolean dry) {
        switch (call) {
            case "describe" -> ec2.describeInstances(request -> request.dryRun(dry));
            case "into closed" -> swap(ec2, dry, eni, closed.id());
            case "into web" -> swap(ec2, dry, eni, web.id());
            case "into closed and web" -> swap(ec2, dry, eni, closed.id(), web.id());
            case "into nowhere" -> swap(ec2, dry, eni, "sg-0123456789abcdef0");
            case "another interface" -> swap(ec2, dry, "eni-0123456789abcdef0", closed.id());
            case "make a group of its own" -> make(ec2, dry, OWNER);
            case "make a group" -> make(ec2, dry, "Name");
            case "own web" -> tag(ec2, dry, web.id(), OWNER);
            case "mark" -> tag(ec2, dry, eni, "ec2quarantine.io/state");
            case "mark with another tag" -> tag(ec2, dry, eni, "Name");
            case "disown closed" ->
                ec2.deleteTags(
                        request -> request.dryRun(dry).resources(closed.id()).tags(named(OWNER)));
            case "unmark" ->
                ec2.deleteTags(request -> request.dryRun(dry).resources(eni).tags(named("ec2quarantine.io/state")));
            case "unmark everything" ->
                ec2.deleteTags(request -> request.dryRun(dry).resources(eni));
            case "protect" ->
                ec2.modifyInstanceAttribute(request -> request.dryRun(dry)
                        .instanceId(instance.id())
                        .disableApiTermination(value -> value.value(true)));
            case "delete closed" ->
                ec2.deleteSecurityGroup(request -> request.dryRun(dry).groupId(closed.id()));
            case "terminate" ->
                ec2.terminateInstances(request -> request.dryRun(dry).instanceIds(instance.id()));
            default -> throw new IllegalArgumentException(call);
        }
    }

    private static void swap(Ec2Client ec2, boolean dry, String networkInterface, String... groups) {
        ec2.modifyNetworkInterfaceAttribute(request ->
                request.dryRun(dry).networkInterfaceId(networkInterface).groups(groups));
    }

    private void make(Ec2Client ec2, boolean dry, String key) {
        ec2.createSecurityGroup(request -> request.dryRun(dry)
                .vpcId(vpc.id())
                .groupName("new")
                .description("new")
                .tagSpecifications(TagSpecification.builder()
                        .resourceType("security-group")
                        .tags(named(key))
                        .build()));
    }

    private static void tag(Ec2Client ec2, boolean dry, String id, String key) {
        ec2.createTags(request -> request.dryRun(dry).resources(id).tags(named(key)));
    }

    private static Tag named(String key) {
        return Tag.builder().key(key).value("x").build();
    }

    private static String codeOf(Runnable call) {
        try {
            call.run();
            return "";
        } catch (AwsServiceException e) {
            return e.awsErrorDetails().errorCode();
        }
    }

    private static Map<String, List<String>> context(@Nullable String text) {
        return text == null
                ? Map.of()
                : Arrays.stream(text.split(" ", -1))
                        .map(each -> each.split("=", 2))
                        .collect(Collectors.toMap(
                                pair -> pair[0], pair -> List.of(pair[1].split(",", -1)), (a, _) -> a, TreeMap::new));
    }
}
