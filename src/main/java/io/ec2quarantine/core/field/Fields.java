package io.ec2quarantine.core.field;

import io.ec2quarantine.core.finding.Finding;
import io.ec2quarantine.core.finding.InstanceRef;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The one list of fields: expressions are checked against it, values are filled in by it, and the documentation is made of it. */
public final class Fields {
    /** The field of an instance that must be read from EC2; the others stand in the finding. */
    public static final String TAGS = "tags";

    /** What is known of a finding. */
    public static final List<Field<Finding>> FINDING = List.of(
            Field.always("id", FieldType.TEXT, "The finding's id in GuardDuty.", Finding::id),
            Field.always("arn", FieldType.TEXT, "The finding's ARN.", Finding::arn),
            Field.always(
                    "type",
                    FieldType.TEXT,
                    "The finding's type, such as `UnauthorizedAccess:EC2/MaliciousIPCaller.Custom`.",
                    Finding::type),
            Field.always("title", FieldType.TEXT, "The finding's title.", Finding::title),
            Field.always(
                    "severity", FieldType.NUMBER, "The severity as a score from 1.0 to 10.0.", Finding::severityScore),
            Field.always(
                    "severityLabel",
                    FieldType.TEXT,
                    "The severity in a word: `Low`, `Medium` (from 4.0), `High` (from 7.0) or `Critical` (from 9.0).",
                    finding -> finding.severity().label()),
            Field.always("count", FieldType.WHOLE_NUMBER, "How often GuardDuty has seen the activity.", Finding::count),
            Field.always("firstSeen", FieldType.TIME, "When the activity was first seen.", Finding::firstSeen),
            Field.always("lastSeen", FieldType.TIME, "When the activity was last seen.", Finding::lastSeen),
            Field.always("updated", FieldType.TIME, "When GuardDuty last changed the finding.", Finding::updatedAt),
            Field.always(
                    "accountID",
                    FieldType.TEXT,
                    "The AWS account that the finding is of, 12 digits.",
                    Finding::accountId),
            Field.always("region", FieldType.TEXT, "The Region that the finding is of.", Finding::region),
            Field.always(
                    "dataSource",
                    FieldType.TEXT,
                    "Where GuardDuty saw it: `VPC Flow Logs`, `DNS Logs`, `CloudTrail`, `Runtime Monitoring`, `Malware"
                            + " Protection`, `Attack Sequence Correlation` or `Unknown`.",
                    finding -> finding.dataSource().label()),
            Field.always(
                    "involvement",
                    FieldType.TEXT,
                    "`Compromised`, or `Attacked` where the instance is merely attacked by others.",
                    finding -> finding.involvement().label()),
            Field.optional(
                    "remoteIP",
                    FieldType.TEXT,
                    "The IPv4 address at the other end; findings about DNS, malware and attack sequences have none.",
                    Finding::remoteIp),
            Field.optional(
                    "remoteCountry",
                    FieldType.TEXT,
                    "The name of the country in which that address is; absent where GuardDuty does not know it.",
                    Finding::remoteCountry),
            Field.always(
                    "threatListNames",
                    FieldType.TEXTS,
                    "The threat lists that name the other end, at most 20; empty where none does.",
                    Finding::threatListNames));

    /** What is known of the instance before it is looked at. */
    public static final List<Field<Subject>> INSTANCE = List.of(
            Field.always(
                    "instanceID",
                    FieldType.TEXT,
                    "The EC2 instance id, such as `i-0123456789abcdef0`.",
                    subject -> subject.ref().instanceId()),
            Field.always(
                    "accountID",
                    FieldType.TEXT,
                    "The AWS account that the instance is in, 12 digits.",
                    subject -> subject.ref().accountId()),
            Field.always(
                    "region",
                    FieldType.TEXT,
                    "The Region that the instance is in.",
                    subject -> subject.ref().region()),
            Field.always(
                    TAGS,
                    FieldType.TEXT_BY_KEY,
                    "The instance's tags; they are read from EC2 where an expression speaks of them.",
                    Subject::tags));

    private Fields() {}

    /** An instance with its tags. */
    public record Subject(InstanceRef ref, Map<String, String> tags) {
        public Subject {
            tags = Map.copyOf(tags);
        }
    }

    /** What a subject holds, by the names of the fields; what is absent has no entry. */
    public static <T> Map<String, Object> values(List<Field<T>> fields, T subject) {
        Map<String, Object> values = new HashMap<>();
        fields.forEach(field -> field.value().apply(subject).ifPresent(value -> values.put(field.name(), value)));
        return Map.copyOf(values);
    }
}
