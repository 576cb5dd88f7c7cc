package io.ec2quarantine.notice;

import static io.ec2quarantine.core.field.FieldType.TEXT;
import static io.ec2quarantine.core.field.FieldType.TEXTS;
import static io.ec2quarantine.core.field.FieldType.TIME;
import static io.ec2quarantine.core.field.FieldType.WHOLE_NUMBER;

import io.ec2quarantine.api.v1alpha1.ConditionType;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceSpec.DesiredState;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceSpec.PolicyRef;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.Drift;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.Episode;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.EvidenceStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.FindingStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.Impact;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.InstanceStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.InterfaceStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.IsolationGroupStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.VerificationStatus;
import io.ec2quarantine.core.field.Field;
import io.ec2quarantine.core.field.Field.Presence;
import io.ec2quarantine.core.field.FieldType;
import io.ec2quarantine.core.field.Fields;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a notification may speak of: one list for the templates, the JSON event and the documentation. What expressions
 * can read as well has the name and the meaning that it has there.
 */
public final class NoticeFields {
    /** The fields of each finding. */
    public static final List<Field<FindingStatus>> FINDING = List.of(
            finding("id", FindingStatus::id),
            finding("arn", FindingStatus::arn),
            finding("type", FindingStatus::type),
            finding("title", FindingStatus::title),
            finding("severityLabel", FindingStatus::severity),
            finding("count", FindingStatus::count),
            finding("firstSeen", FindingStatus::firstSeenTime),
            finding("lastSeen", FindingStatus::lastSeenTime),
            finding("updated", FindingStatus::updateTime),
            finding("dataSource", FindingStatus::dataSource),
            finding("involvement", FindingStatus::involvement),
            finding("remoteIP", FindingStatus::remoteIP),
            finding("remoteCountry", FindingStatus::remoteCountry),
            finding("threatListNames", FindingStatus::threatListNames));

    /** The fields of each network interface. */
    public static final List<Field<InterfaceStatus>> INTERFACE = List.of(
            Field.always("id", TEXT, "The interface's id.", InterfaceStatus::id),
            maybe("vpcID", TEXT, "The VPC that it is in.", InterfaceStatus::vpcID),
            Field.always("before", TEXTS, "The security groups that it had before.", InterfaceStatus::baseline),
            Field.always("desired", TEXTS, "The isolation group that it shall have.", InterfaceStatus::desired),
            Field.always("observed", TEXTS, "The groups that it was last read with.", InterfaceStatus::observed),
            maybe("message", TEXT, "Why it could not be changed.", InterfaceStatus::message));

    /** The fields of each isolation group. */
    public static final List<Field<IsolationGroupStatus>> GROUP = List.of(
            Field.always("vpcID", TEXT, "The VPC that it is in.", IsolationGroupStatus::vpcID),
            maybe("groupID", TEXT, "The group's id.", IsolationGroupStatus::groupID),
            maybe(
                    "ruleCount",
                    WHOLE_NUMBER,
                    "How many rules it was last read with.",
                    group ->
                            group.ruleCount() == null ? null : group.ruleCount().longValue()));

    private static final List<Field<Notice>> TRANSITION = List.of(
            Field.always("event", TEXT, "What happened, such as `Isolated`.", Notice::event),
            Field.always(
                    "eventID",
                    TEXT,
                    "The id of the transition, the same at every repetition and in every channel.",
                    notice -> notice.entry().eventID()),
            maybe("time", TIME, "When it happened.", notice -> notice.entry().time()),
            text(
                    "label",
                    "What happened in a word or two, as the default subject begins with it.",
                    notice -> Wording.of(notice).map(Wording::label)),
            text(
                    "headline",
                    "What happened, in one sentence.",
                    notice -> Wording.of(notice).map(wording -> wording.headline(notice))),
            text(
                    "detail",
                    "What is known more exactly, where there is more to say.",
                    notice -> Wording.of(notice).flatMap(wording -> wording.detail(notice))),
            text(
                    "now",
                    "How the quarantine stands at the moment of sending, in one sentence.",
                    notice -> notice.message(ConditionType.READY)));

    private static final List<Field<Notice>> QUARANTINE = List.of(
            Field.always("quarantine.name", TEXT, "The name of the QuarantinedInstance.", Notice::name),
            maybe(
                    "quarantine.policy",
                    TEXT,
                    "The policy that it belongs to; absent where a person opened it.",
                    notice -> Optional.ofNullable(notice.spec().policyRef())
                            .map(PolicyRef::name)
                            .orElse(null)),
            of(
                    "quarantine.episode",
                    WHOLE_NUMBER,
                    "The number of the episode.",
                    notice -> episode(notice).map(Episode::number).map(Integer::longValue)),
            of(
                    "quarantine.openedTime",
                    TIME,
                    "When the episode was opened.",
                    notice -> episode(notice).map(Episode::openedTime)),
            of(
                    "quarantine.isolatedTime",
                    TIME,
                    "When the isolation was first read back.",
                    notice -> episode(notice).map(Episode::isolatedTime)),
            of(
                    "quarantine.releasedTime",
                    TIME,
                    "When the release was read back.",
                    notice -> episode(notice).map(Episode::releasedTime)));

    private static final List<Field<Notice>> INSTANCE = List.of(
            known("instanceID", notice -> notice.spec().instanceID()),
            known("accountID", notice -> notice.spec().accountID()),
            known("region", notice -> notice.spec().region()),
            of(
                    "instance.name",
                    TEXT,
                    "Its Name tag.",
                    notice -> instance(notice).map(InstanceStatus::name)),
            of(
                    "instance.state",
                    TEXT,
                    "Its state in EC2, such as `running`.",
                    notice -> instance(notice).map(InstanceStatus::state)),
            of(
                    "instance.privateIP",
                    TEXT,
                    "Its private IPv4 address.",
                    notice -> instance(notice).map(InstanceStatus::privateIP)),
            of(
                    "instance.publicIP",
                    TEXT,
                    "Its public IPv4 address.",
                    notice -> instance(notice).map(InstanceStatus::publicIP)),
            of(
                    "instance.launchTime",
                    TIME,
                    "When it was launched.",
                    notice -> instance(notice).map(InstanceStatus::launchTime)),
            of(
                    "instance.iamInstanceProfileARN",
                    TEXT,
                    "Its instance profile.",
                    notice -> instance(notice).map(InstanceStatus::iamInstanceProfileARN)));

    private static final List<Field<Notice>> STATE = List.of(
            of(
                    "verification.lastVerifiedTime",
                    TIME,
                    "When the isolation was last read back, to five minutes.",
                    notice -> verification(notice).map(VerificationStatus::lastVerifiedTime)),
            of(
                    "verification.driftCount",
                    WHOLE_NUMBER,
                    "How often drift was found.",
                    notice -> verification(notice)
                            .map(VerificationStatus::driftCount)
                            .map(Integer::longValue)),
            of(
                    "verification.lastDrift",
                    TEXT,
                    "What was found changed last.",
                    notice -> verification(notice)
                            .map(VerificationStatus::lastDrift)
                            .map(Drift::detail)),
            of(
                    "verification.lastDriftTime",
                    TIME,
                    "When that was found.",
                    notice -> verification(notice)
                            .map(VerificationStatus::lastDrift)
                            .map(Drift::time)),
            text(
                    "connections",
                    "What is known of connections that were open before, in one sentence.",
                    notice -> notice.message(ConditionType.CONNECTIONS_CUT)),
            text(
                    "impact.autoScalingGroup",
                    "The Auto Scaling group that it was in.",
                    notice -> impact(notice).map(Impact::autoScalingGroup)),
            list(
                    "impact.targetGroups",
                    "The target groups that it was registered with.",
                    notice -> impact(notice).map(Impact::targetGroups)),
            list(
                    "impact.publicIPs",
                    "The public addresses that it had.",
                    notice -> impact(notice).map(Impact::publicIPs)),
            text(
                    "impact.kubernetesNode",
                    "The node of this cluster that it is.",
                    notice -> impact(notice).map(Impact::kubernetesNode)),
            text(
                    "evidence.summary",
                    "How far the steps are that preserve evidence, in one sentence.",
                    notice -> notice.message(ConditionType.EVIDENCE_PRESERVED)),
            list(
                    "evidence.snapshotIDs",
                    "The snapshots of its volumes.",
                    notice -> Optional.ofNullable(notice.status().evidence()).map(EvidenceStatus::snapshotIDs)),
            Field.always(
                    "changes",
                    TEXTS,
                    "What was changed beside the groups of the interfaces, in plain words.",
                    notice -> ChangeWords.of(notice.status().changes())),
            Field.always(
                    "commands.show",
                    TEXT,
                    "The command that shows the quarantine.",
                    notice -> "kubectl get qi " + notice.name() + " -o yaml"),
            text(
                    "commands.approve",
                    "The command that has the instance isolated; absent where that is asked for already.",
                    notice -> isDesired(notice, DesiredState.ISOLATED)
                            ? Optional.empty()
                            : Optional.of(desire(notice, "Isolated"))),
            text(
                    "commands.release",
                    "The command that gives the instance back; absent where no isolation is asked for.",
                    notice -> isDesired(notice, DesiredState.ISOLATED)
                            ? Optional.of(desire(notice, "Released"))
                            : Optional.empty()));

    /** Every field but those of the lists {@code findings}, {@code isolation.interfaces} and {@code isolation.groups}. */
    public static final List<Field<Notice>> ALL = Stream.of(TRANSITION, QUARANTINE, INSTANCE, mostSevere(), STATE)
            .flatMap(List::stream)
            .toList();

    private NoticeFields() {}

    private static List<Field<Notice>> mostSevere() {
        return FINDING.stream()
                .map(field -> new Field<Notice>(
                        "finding." + field.name(),
                        field.type(),
                        Presence.OPTIONAL,
                        field.meaning(),
                        notice -> notice.finding()
                                .flatMap(finding -> field.value().apply(finding))))
                .toList();
    }

    private static <T> Field<FindingStatus> finding(String name, Function<FindingStatus, @Nullable T> value) {
        Field<?> named = named(Fields.FINDING, name);
        return maybe(name, named.type(), named.meaning(), value);
    }

    private static Field<Notice> known(String name, Function<Notice, @Nullable String> value) {
        Field<?> named = named(Fields.INSTANCE, name);
        return maybe("instance." + name, named.type(), named.meaning(), value);
    }

    private static <T> Field<T> named(List<Field<T>> fields, String name) {
        return fields.stream()
                .filter(field -> field.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("expressions know no field " + name));
    }

    private static <T, V> Field<T> maybe(String name, FieldType type, String meaning, Function<T, @Nullable V> value) {
        return new Field<>(
                name, type, Presence.OPTIONAL, meaning, subject -> Optional.<Object>ofNullable(value.apply(subject)));
    }

    private static <V> Field<Notice> of(
            String name, FieldType type, String meaning, Function<Notice, Optional<V>> value) {
        return new Field<>(
                name,
                type,
                Presence.OPTIONAL,
                meaning,
                notice -> value.apply(notice).map(Object.class::cast));
    }

    private static Field<Notice> text(String name, String meaning, Function<Notice, Optional<String>> value) {
        return of(name, TEXT, meaning, value);
    }

    private static Field<Notice> list(String name, String meaning, Function<Notice, Optional<List<String>>> value) {
        return of(name, TEXTS, meaning, value);
    }

    private static Optional<Episode> episode(Notice notice) {
        return Optional.ofNullable(notice.status().episode());
    }

    private static Optional<InstanceStatus> instance(Notice notice) {
        return Optional.ofNullable(notice.status().instance());
    }

    private static Optional<VerificationStatus> verification(Notice notice) {
        return Optional.ofNullable(notice.status().verification());
    }

    private static Optional<Impact> impact(Notice notice) {
        return Optional.ofNullable(notice.status().impact());
    }

    private static boolean isDesired(Notice notice, DesiredState state) {
        return notice.spec().desiredState() == state;
    }

    /** Who decides is asked for their own name by the chart's admission policy, which nobody here knows. */
    private static String desire(Notice notice, String state) {
        return "kubectl patch qi " + notice.name() + " --type merge -p '{\"spec\":{\"desiredState\":\"" + state
                + "\",\"decision\":{\"by\":\"YOU\"}}}'";
    }
}
