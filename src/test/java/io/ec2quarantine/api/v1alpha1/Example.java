package io.ec2quarantine.api.v1alpha1;

import static io.ec2quarantine.api.v1alpha1.CrdSchema.POLICY;
import static io.ec2quarantine.api.v1alpha1.CrdSchema.QUARANTINE;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * An object that is written, maybe over another one, and the sentences with which the schema's rules refuse it.
 *
 * <p>The unit tests and the real API server judge the same examples.
 */
record Example(CrdSchema schema, Optional<JsonNode> before, JsonNode object, List<String> sentences) {
    private static final String VPC = "vpc-0123456789abcdef0";
    private static final String SG = "sg-0123456789abcdef0";
    private static final String ENI = "eni-0123456789abcdef0";
    private static final String GROUP_NAME_SENTENCE =
            "securityGroupName must be 1 to 200 letters, digits, inner spaces and ._-:/()#,@[]+=&;{}!$*, not start with"
                    + " sg- and not be default.";

    private static final String ROLE_ARN_SENTENCE = "roleARN of a source must be the ARN of an IAM role, such as"
            + " arn:aws:iam::111122223333:role/ec2-quarantine-reader.";
    private static final String RESPONDER_SENTENCE =
            "responderRoleName must be the name of an IAM role without its path, such as ec2-quarantine-responder.";

    private static final String TOPIC = "arn:aws:sns:us-west-2:111122223333:security";

    static final List<Example> REFUSED = List.of(
            created(
                    POLICY,
                    "metadata: {name: %s}".formatted("a".repeat(64)),
                    "metadata.name of an IsolationPolicy must be at most 63 characters, because it becomes a label;"
                            + " choose a shorter name."),
            created(
                    POLICY,
                    "spec: {sources: []}",
                    "spec.sources needs at least one source; name the Regions whose GuardDuty findings are to be read."),
            created(
                    POLICY,
                    "spec: {sources: [{name: Org, regions: [us-west-2]}]}",
                    "the name of a source must be lower-case letters, digits and inner hyphens, such as org."),
            created(
                    POLICY,
                    "spec: {sources: [{name: org-, regions: [us-west-2]}]}",
                    "the name of a source must be lower-case letters, digits and inner hyphens, such as org."),
            created(
                    POLICY,
                    "spec: {sources: [{name: org, regions: []}]}",
                    "regions of a source needs at least one Region, such as us-west-2."),
            created(
                    POLICY,
                    "spec: {sources: [{name: org, regions: ['*', us-west-2]}]}",
                    "\"*\" in regions of a source stands for every enabled Region and must be alone; leave the others"
                            + " out."),
            created(POLICY, source("roleARN", "arn:aws:iam::111122223333:user/alice"), ROLE_ARN_SENTENCE),
            created(POLICY, source("roleARN", "arn:aws:iam::1111:role/ec2-quarantine-reader"), ROLE_ARN_SENTENCE),
            created(POLICY, source("roleARN", "arn:aws:iam::111122223333:role/"), ROLE_ARN_SENTENCE),
            created(POLICY, source("roleARN", "ec2-quarantine-reader"), ROLE_ARN_SENTENCE),
            created(
                    POLICY,
                    source("externalID", "no spaces"),
                    "externalID of a source must be 2 to 1224 letters, digits and +=,.@:/_-, as IAM allows."),
            created(POLICY, access("responderRoleName", "team/responder"), RESPONDER_SENTENCE),
            created(POLICY, access("responderRoleName", ""), RESPONDER_SENTENCE),
            created(
                    POLICY,
                    access("releaseRoleName", "arn:aws:iam::111122223333:role/release"),
                    "releaseRoleName must be the name of an IAM role without its path, such as ec2-quarantine-release."),
            created(
                    POLICY,
                    access("externalID", "x"),
                    "access.externalID must be 2 to 1224 letters, digits and +=,.@:/_-, as IAM allows."),
            created(
                    POLICY,
                    "spec: {sources: [{name: org, regions: [us-west-2, us-west-2a]}]}",
                    "a Region of a source must be written as AWS writes it, such as us-west-2, or be \"*\" for every"
                            + " Region that is enabled."),
            created(
                    POLICY,
                    "spec: {match: {findingTypes: []}}",
                    "spec.match.findingTypes needs at least one finding type, such as \"CryptoCurrency:EC2/*\", or \"*\""
                            + " for every type."),
            created(
                    POLICY,
                    "spec: {match: {findingTypes: ['CryptoCurrency:EC2/[A-Z]+']}}",
                    "a finding type must be letters, digits and :/.!&_-, with * for any characters, such as"
                            + " \"CryptoCurrency:EC2/*\"."),
            created(
                    POLICY,
                    "spec: {match: {findingTypes: ['']}}",
                    "a finding type must be letters, digits and :/.!&_-, with * for any characters, such as"
                            + " \"CryptoCurrency:EC2/*\"."),
            created(
                    POLICY,
                    "spec: {match: {involvement: []}}",
                    "spec.match.involvement must name Compromised, Attacked or both; leave it out for Compromised."),
            created(
                    POLICY,
                    "spec: {match: {accountIDs: ['1111-2222-3333']}}",
                    "an AWS account id must be 12 digits in quotes, such as \"111122223333\"."),
            created(POLICY, groupName("sg-isolation"), GROUP_NAME_SENTENCE),
            created(POLICY, groupName("default"), GROUP_NAME_SENTENCE),
            created(POLICY, groupName(""), GROUP_NAME_SENTENCE),
            created(POLICY, groupName("isolation "), GROUP_NAME_SENTENCE),
            created(POLICY, groupName("Isolation?"), GROUP_NAME_SENTENCE),
            created(
                    QUARANTINE,
                    "metadata: {name: web-server}",
                    "metadata.name must equal spec.instanceID, because one instance has one quarantine; write the"
                            + " instance id in both."),
            created(
                    QUARANTINE,
                    "{metadata: {name: web-server}, spec: {instanceID: web-server}}",
                    "spec.instanceID must be an EC2 instance id such as i-0123456789abcdef0."),
            created(
                    QUARANTINE,
                    "{metadata: {name: i-0123456789abcdef01}, spec: {instanceID: i-0123456789abcdef01}}",
                    "spec.instanceID must be an EC2 instance id such as i-0123456789abcdef0."),
            changed(
                    QUARANTINE,
                    "{}",
                    "spec: {instanceID: i-0123456789abcdef1}",
                    "metadata.name must equal spec.instanceID, because one instance has one quarantine; write the"
                            + " instance id in both.",
                    "spec.instanceID cannot be changed; write another QuarantinedInstance for another instance."),
            created(QUARANTINE, "spec: {region: Oregon}", "spec.region must be an AWS Region such as us-west-2."),
            changed(
                    QUARANTINE,
                    "{}",
                    "spec: {region: us-west-1}",
                    "spec.region cannot be changed; an instance stays in the Region that it was started in."),
            created(
                    QUARANTINE,
                    "spec: {accountID: '11112222333'}",
                    "spec.accountID must be an AWS account id of 12 digits in quotes, such as \"111122223333\"."),
            changed(
                    QUARANTINE,
                    "spec: {accountID: '111122223333'}",
                    "spec: {accountID: '444455556666'}",
                    "spec.accountID cannot be changed or removed once it is set; keep the account that the quarantine"
                            + " was opened for."),
            changed(
                    QUARANTINE,
                    "spec: {accountID: '111122223333'}",
                    "spec: {accountID: null}",
                    "spec.accountID cannot be changed or removed once it is set; keep the account that the quarantine"
                            + " was opened for."),
            changed(
                    QUARANTINE,
                    "{}",
                    "spec: {desiredState: Observed}",
                    "spec.desiredState cannot go from Isolated back to Observed, which would be a release that nobody"
                            + " reads back; set it to Released to give the instance back."),
            created(
                    POLICY,
                    existingGroup("vpc-1", SG),
                    "existingGroups[].vpcID must be a VPC id such as vpc-0123456789abcdef0."),
            created(
                    POLICY,
                    existingGroup(VPC, "ForensicSecurityGroup"),
                    "existingGroups[].groupID must be a security group id such as sg-0123456789abcdef0."),
            created(
                    QUARANTINE,
                    releaseTo("eth0", SG),
                    "releaseTo[].interfaceID must be a network interface id such as eni-0123456789abcdef0."),
            created(
                    QUARANTINE,
                    releaseTo(ENI, "default"),
                    "releaseTo[].groupIDs must be security group ids such as sg-0123456789abcdef0."),
            created(
                    POLICY,
                    source("queueURL", "arn:aws:sqs:us-west-2:111122223333:findings"),
                    "queueURL of a source must be the URL of an SQS queue, such as"
                            + " https://sqs.us-west-2.amazonaws.com/111122223333/guardduty-findings."),
            created(
                    POLICY,
                    access("rulesRoleName", "team/ec2-quarantine-rules"),
                    "rulesRoleName must be the name of an IAM role without its path, such as ec2-quarantine-rules."),
            created(
                    POLICY,
                    forensicAccess("name: ssh, protocol: all"),
                    "each entry of forensicAccess names exactly one of cidr, prefixListID and groupID."),
            created(
                    POLICY,
                    forensicAccess("name: ssh, protocol: all, cidr: 10.0.0.0/8, groupID: " + SG),
                    "each entry of forensicAccess names exactly one of cidr, prefixListID and groupID."),
            created(
                    POLICY,
                    forensicAccess("name: ssh, protocol: tcp, fromPort: 22, cidr: 10.0.0.0/8"),
                    "each entry of forensicAccess for tcp or udp has fromPort and toPort in this order, and one for icmp,"
                            + " icmpv6 or all has neither."),
            created(
                    POLICY,
                    forensicAccess("name: ssh, protocol: udp, fromPort: 23, toPort: 22, cidr: 10.0.0.0/8"),
                    "each entry of forensicAccess for tcp or udp has fromPort and toPort in this order, and one for icmp,"
                            + " icmpv6 or all has neither."),
            created(
                    POLICY,
                    forensicAccess("name: ssh, protocol: icmp, fromPort: 8, toPort: 8, cidr: 10.0.0.0/8"),
                    "each entry of forensicAccess for tcp or udp has fromPort and toPort in this order, and one for icmp,"
                            + " icmpv6 or all has neither."),
            created(
                    POLICY,
                    forensicAccess("name: SSH, protocol: all, cidr: 10.0.0.0/8"),
                    "the name of an entry of forensicAccess must be lower-case letters, digits and inner hyphens, such as ssh."),
            created(
                    POLICY,
                    forensicAccess("name: ssh, protocol: all, cidr: 0.0.0.0/0"),
                    "cidr of forensicAccess must be a network not wider than /8, or /16 of IPv6, such as 10.1.2.0/24 or"
                            + " 2001:db8::/48."),
            created(
                    POLICY,
                    forensicAccess("name: ssh, protocol: all, cidr: '::/0'"),
                    "cidr of forensicAccess must be a network not wider than /8, or /16 of IPv6, such as 10.1.2.0/24 or"
                            + " 2001:db8::/48."),
            created(
                    POLICY,
                    forensicAccess("name: ssh, protocol: all, cidr: bastion"),
                    "cidr of forensicAccess must be a network not wider than /8, or /16 of IPv6, such as 10.1.2.0/24 or"
                            + " 2001:db8::/48."),
            created(
                    POLICY,
                    forensicAccess("name: ssh, protocol: all, prefixListID: S3"),
                    "prefixListID of forensicAccess must be the id of a prefix list, such as pl-0123456789abcdef0."),
            created(
                    POLICY,
                    forensicAccess("name: ssh, protocol: all, groupID: bastion"),
                    "groupID of forensicAccess must be a security group id such as sg-0123456789abcdef0."),
            created(
                    POLICY,
                    notification("name: oncall"),
                    "each entry of notifications names exactly one of snsTopicARN, sqsQueueURL and webhook."),
            created(
                    POLICY,
                    notification(
                            "name: oncall, snsTopicARN: " + TOPIC + ", webhook: {url: 'https://siem.example.com'}"),
                    "each entry of notifications names exactly one of snsTopicARN, sqsQueueURL and webhook."),
            created(
                    POLICY,
                    notification("name: siem, webhook: {url: 'https://siem.example.com'}, subject: Look"),
                    "subject and message of notifications are for snsTopicARN alone; the other channels carry the documented"
                            + " JSON event."),
            created(
                    POLICY,
                    notification("name: On-Call, snsTopicARN: " + TOPIC),
                    "the name of an entry of notifications must be lower-case letters, digits and inner hyphens, such as"
                            + " oncall."),
            created(
                    POLICY,
                    notification("name: oncall, snsTopicARN: security"),
                    "snsTopicARN must be the ARN of a standard SNS topic, such as"
                            + " arn:aws:sns:us-west-2:111122223333:security."),
            created(
                    POLICY,
                    notification("name: oncall, snsTopicARN: " + TOPIC + ".fifo"),
                    "snsTopicARN must be the ARN of a standard SNS topic, such as"
                            + " arn:aws:sns:us-west-2:111122223333:security."),
            created(
                    POLICY,
                    notification("name: siem, sqsQueueURL: siem"),
                    "sqsQueueURL must be the URL of a standard SQS queue, such as"
                            + " https://sqs.us-west-2.amazonaws.com/111122223333/siem."),
            created(
                    POLICY,
                    notification("name: siem, webhook: {url: 'http://siem.example.com'}"),
                    "url of a webhook must be an https URL such as https://siem.example.com/events."),
            created(
                    POLICY,
                    notification("name: siem, webhook: {url: 'https://siem.example.com/{x}'}"),
                    "url of a webhook must be an https URL such as https://siem.example.com/events."),
            created(
                    POLICY,
                    notification("name: siem, webhook: {url: 'https://siem.example.com/x#y'}"),
                    "url of a webhook must be an https URL such as https://siem.example.com/events."),
            created(
                    POLICY,
                    notification("name: siem, webhook: {url: 'https://siem.example.com/a|b'}"),
                    "url of a webhook must be an https URL such as https://siem.example.com/events."),
            created(
                    POLICY,
                    notification("name: siem, webhook: {url: 'https://user@siem.example.com'}"),
                    "url of a webhook must be an https URL such as https://siem.example.com/events."),
            created(
                    POLICY,
                    notification("name: siem, webhook: {url: 'https://siem.example.com', secretName: SIEM}"),
                    "secretName of a webhook must be the name of a Secret in the operator's namespace."));

    static final List<Example> ACCEPTED = List.of(
            created(POLICY, "metadata: {name: %s}".formatted("a".repeat(63))),
            created(
                    POLICY,
                    "spec: {sources: [{name: org-2, regions: [us-gov-west-1, ap-southeast-5, il-central-1, mx-central-1,"
                            + " us-iso-east-1, us-isob-east-1, eusc-de-east-1]}, {name: o, regions: [us-west-2]}]}"),
            created(
                    POLICY,
                    "spec: {match: {findingTypes: ['UnauthorizedAccess:EC2/MaliciousIPCaller.Custom',"
                            + " 'CryptoCurrency:EC2/BitcoinTool.B!DNS', 'Backdoor:EC2/C&CActivity.B!DNS',"
                            + " 'AttackSequence:EC2/CompromisedInstanceGroup', 'Trojan:EC2/*', '*']}}"),
            created(POLICY, "spec: {match: {involvement: [Attacked], accountIDs: ['012345678901']}}"),
            created(POLICY, groupName("a1 ._-:/()#,@[]+=&;{}!$*")),
            created(POLICY, groupName("x")),
            created(POLICY, groupName("z".repeat(200))),
            changed(POLICY, "{}", "spec: {mode: Paused, sources: [{name: other, regions: [eu-central-1]}]}"),
            created(QUARANTINE, "{metadata: {name: i-0a1b2c3d}, spec: {instanceID: i-0a1b2c3d}}"),
            changed(QUARANTINE, "spec: {desiredState: Observed}", "spec: {desiredState: Isolated}"),
            changed(QUARANTINE, "{}", "spec: {desiredState: Released}"),
            changed(QUARANTINE, "spec: {desiredState: Observed}", "spec: {desiredState: Released}"),
            changed(QUARANTINE, "spec: {desiredState: Released}", "spec: {desiredState: Isolated}"),
            changed(QUARANTINE, "spec: {desiredState: Released}", "spec: {desiredState: Observed}"),
            created(POLICY, existingGroup(VPC, SG)),
            created(POLICY, "spec: {sources: [{name: org, regions: ['*']}]}"),
            created(
                    POLICY,
                    source("roleARN", "arn:aws-us-gov:iam::111122223333:role/security/team/ec2-quarantine-reader")),
            created(POLICY, source("roleARN", "arn:aws-iso-b:iam::111122223333:role/" + "r".repeat(64))),
            created(POLICY, source("externalID", "f7a6c1b2-0000/x:y=@,.+_")),
            created(POLICY, access("responderRoleName", "a+=,.@_-Z0")),
            created(POLICY, access("releaseRoleName", "r".repeat(64))),
            created(POLICY, access("externalID", "x".repeat(1224))),
            created(QUARANTINE, releaseTo(ENI, SG)),
            created(QUARANTINE, "spec: {releaseTo: [{interfaceID: %s}]}".formatted(ENI)),
            changed(QUARANTINE, "{}", "spec: {accountID: '111122223333'}"),
            changed(
                    QUARANTINE,
                    "spec: {accountID: '111122223333'}",
                    "spec: {policyRef: {name: other}, decision: {by: alice, reason: 'ticket 4711'}}"));

    /** An object with what is required and nothing else. */
    static JsonNode minimal(CrdSchema schema) {
        return Yaml.parse(
                switch (schema) {
                    case POLICY -> """
                        apiVersion: ec2quarantine.io/v1alpha1
                        kind: IsolationPolicy
                        metadata: {name: minimal}
                        spec:
                          mode: Enforce
                          sources: [{name: org, regions: [us-west-2]}]
                          match: {findingTypes: ["*"]}
                        """;
                    case QUARANTINE -> """
                        apiVersion: ec2quarantine.io/v1alpha1
                        kind: QuarantinedInstance
                        metadata: {name: i-0123456789abcdef0}
                        spec: {instanceID: i-0123456789abcdef0, region: us-west-2, desiredState: Isolated}
                        """;
                });
    }

    /** A file with an object of the kind in which every field of the schema is set. */
    static Path completeFile(CrdSchema schema) {
        return Path.of("src/test/resources/io/ec2quarantine/api/v1alpha1")
                .resolve(
                        switch (schema) {
                            case POLICY -> "complete-policy.yaml";
                            case QUARANTINE -> "complete-quarantine.yaml";
                        });
    }

    /** The files of the samples for people. */
    static List<Path> sampleFiles() {
        return Yaml.filesIn(Path.of("docs/samples"));
    }

    private static Example created(CrdSchema schema, String edit, String... sentences) {
        JsonNode object = edited(minimal(schema), edit);
        return new Example(schema, Optional.empty(), object, List.of(sentences));
    }

    private static Example changed(CrdSchema schema, String editBefore, String edit, String... sentences) {
        JsonNode before = edited(minimal(schema), editBefore);
        return new Example(schema, Optional.of(before), edited(before, edit), List.of(sentences));
    }

    private static String existingGroup(String vpc, String group) {
        return "spec: {response: {isolation: {existingGroups: [{vpcID: %s, groupID: %s}]}}}".formatted(vpc, group);
    }

    private static String source(String field, String value) {
        return "spec: {sources: [{name: org, regions: [us-west-2], %s: '%s'}]}".formatted(field, value);
    }

    private static String access(String field, String value) {
        return "spec: {response: {access: {%s: '%s'}}}".formatted(field, value);
    }

    private static String releaseTo(String networkInterface, String group) {
        return "spec: {releaseTo: [{interfaceID: %s, groupIDs: [%s]}]}".formatted(networkInterface, group);
    }

    /** An entry for ingress; what it says else is written as YAML. */
    private static String forensicAccess(String entry) {
        return "spec: {response: {isolation: {forensicAccess: [{direction: Ingress, %s}]}}}".formatted(entry);
    }

    private static String notification(String entry) {
        return "spec: {response: {notifications: [{%s}]}}".formatted(entry);
    }

    private static String groupName(String name) {
        return "spec: {response: {isolation: {securityGroupName: '%s'}}}".formatted(name);
    }

    /** The object with the fields of a JSON merge patch in it. */
    static JsonNode edited(JsonNode object, String patch) {
        ObjectNode edited = object.deepCopy();
        merge(edited, Yaml.parse(patch));
        return edited;
    }

    private static void merge(ObjectNode object, JsonNode patch) {
        patch.properties().forEach(field -> {
            if (field.getValue().isNull()) {
                object.remove(field.getKey());
            } else if (field.getValue().isObject()) {
                merge(object.withObjectProperty(field.getKey()), field.getValue());
            } else {
                object.set(field.getKey(), field.getValue());
            }
        });
    }

    @Override
    public String toString() {
        return before.map(old -> old.path("spec") + " -> ").orElse("")
                + object.path("metadata").path("name").asText() + " " + object.path("spec");
    }
}
