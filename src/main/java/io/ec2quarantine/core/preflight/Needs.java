package io.ec2quarantine.core.preflight;

import static io.ec2quarantine.core.preflight.Need.firstUse;
import static io.ec2quarantine.core.preflight.Need.tried;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The one table of what must be allowed for what; the documents under docs/iam are held against it. */
public final class Needs {
    private static final List<Need> OF_THE_RESPONDER = List.of(
            tried(
                    Feature.LOOK,
                    Part.RESPONDER,
                    "ec2:DescribeInstances",
                    _ -> Optional.of(new DryRun.DescribeInstances())),
            tried(
                    Feature.LOOK,
                    Part.RESPONDER,
                    "ec2:DescribeInstanceAttribute",
                    samples -> samples.instance().map(DryRun.DescribeInstanceAttribute::new)),
            tried(
                    Feature.LOOK,
                    Part.RESPONDER,
                    "ec2:DescribeNetworkInterfaces",
                    _ -> Optional.of(new DryRun.DescribeNetworkInterfaces())),
            tried(
                    Feature.LOOK,
                    Part.RESPONDER,
                    "ec2:DescribeSecurityGroups",
                    _ -> Optional.of(new DryRun.DescribeSecurityGroups())),
            tried(
                    Feature.LOOK,
                    Part.RESPONDER,
                    "ec2:DescribeSecurityGroupRules",
                    _ -> Optional.of(new DryRun.DescribeSecurityGroupRules())),
            tried(Feature.ISOLATE, Part.RESPONDER, "ec2:ModifyNetworkInterfaceAttribute", Samples::isolation),
            // The group is tagged as it is made, so this one is tried together with the next.
            tried(
                    Feature.GROUP,
                    Part.RESPONDER,
                    "ec2:CreateSecurityGroup",
                    samples -> samples.vpc().map(DryRun.MakeGroup::new)),
            tried(
                    Feature.EMPTY_GROUP,
                    Part.RESPONDER,
                    "ec2:RevokeSecurityGroupEgress",
                    samples -> samples.ownedGroup().map(group -> new DryRun.EmptyGroup(group, true))),
            tried(
                    Feature.EMPTY_GROUP,
                    Part.RESPONDER,
                    "ec2:RevokeSecurityGroupIngress",
                    samples -> samples.ownedGroup().map(group -> new DryRun.EmptyGroup(group, false))),
            tried(
                    Feature.MARK,
                    Part.RESPONDER,
                    "ec2:CreateTags",
                    samples -> samples.instance().map(DryRun.Mark::new)),
            tried(
                    Feature.TERMINATION_PROTECTION,
                    Part.RESPONDER,
                    "ec2:ModifyInstanceAttribute",
                    samples -> samples.instance().map(DryRun.Protect::new)));

    private static final List<Need> OF_THE_RELEASE = List.of(
            tried(
                    Feature.RELEASE,
                    Part.RELEASE,
                    "ec2:DescribeInstances",
                    _ -> Optional.of(new DryRun.DescribeInstances())),
            tried(
                    Feature.RELEASE,
                    Part.RELEASE,
                    "ec2:DescribeInstanceAttribute",
                    samples -> samples.instance().map(DryRun.DescribeInstanceAttribute::new)),
            tried(
                    Feature.RELEASE,
                    Part.RELEASE,
                    "ec2:DescribeNetworkInterfaces",
                    _ -> Optional.of(new DryRun.DescribeNetworkInterfaces())),
            tried(
                    Feature.RELEASE,
                    Part.RELEASE,
                    "ec2:DescribeSecurityGroups",
                    _ -> Optional.of(new DryRun.DescribeSecurityGroups())),
            tried(
                    Feature.RELEASE,
                    Part.RELEASE,
                    "ec2:DescribeSecurityGroupRules",
                    _ -> Optional.of(new DryRun.DescribeSecurityGroupRules())),
            tried(
                    Feature.RELEASE,
                    Part.RELEASE,
                    "ec2:ModifyNetworkInterfaceAttribute",
                    samples -> samples.isolated().map(each -> new DryRun.Swap(each.interfaceId(), each.groups()))),
            tried(
                    Feature.RELEASE,
                    Part.RELEASE,
                    "ec2:RevokeSecurityGroupEgress",
                    samples -> samples.ownedGroup().map(group -> new DryRun.EmptyGroup(group, true))),
            tried(
                    Feature.RELEASE,
                    Part.RELEASE,
                    "ec2:RevokeSecurityGroupIngress",
                    samples -> samples.ownedGroup().map(group -> new DryRun.EmptyGroup(group, false))),
            tried(
                    Feature.RELEASE,
                    Part.RELEASE,
                    "ec2:DeleteSecurityGroup",
                    samples -> samples.ownedGroup().map(DryRun.DeleteGroup::new)),
            tried(
                    Feature.RELEASE,
                    Part.RELEASE,
                    "ec2:CreateTags",
                    samples -> samples.instance().map(DryRun.Mark::new)),
            tried(
                    Feature.RELEASE,
                    Part.RELEASE,
                    "ec2:DeleteTags",
                    samples -> samples.instance().map(DryRun.Unmark::new)),
            tried(
                    Feature.RELEASE,
                    Part.RELEASE,
                    "ec2:ModifyInstanceAttribute",
                    samples -> samples.instance().map(DryRun.Protect::new)));

    private static final List<Need> OF_FEATURES = List.of(
            firstUse(Feature.IMPACT, Part.RESPONDER, "autoscaling:DescribeAutoScalingInstances"),
            firstUse(Feature.IMPACT, Part.RESPONDER, "elasticloadbalancing:DescribeTargetGroups"),
            firstUse(Feature.IMPACT, Part.RESPONDER, "elasticloadbalancing:DescribeTargetHealth"),
            firstUse(Feature.AUTO_SCALING, Part.RESPONDER, "autoscaling:DetachInstances"),
            firstUse(Feature.AUTO_SCALING, Part.RESPONDER, "autoscaling:EnterStandby"),
            firstUse(Feature.AUTO_SCALING, Part.RELEASE, "autoscaling:DescribeAutoScalingInstances"),
            firstUse(Feature.AUTO_SCALING, Part.RELEASE, "autoscaling:DescribeAutoScalingGroups"),
            firstUse(Feature.AUTO_SCALING, Part.RELEASE, "autoscaling:AttachInstances"),
            firstUse(Feature.AUTO_SCALING, Part.RELEASE, "autoscaling:ExitStandby"),
            firstUse(Feature.LOAD_BALANCERS, Part.RESPONDER, "elasticloadbalancing:DeregisterTargets"),
            firstUse(Feature.LOAD_BALANCERS, Part.RELEASE, "elasticloadbalancing:RegisterTargets"),
            firstUse(Feature.VOLUME_SNAPSHOTS, Part.RESPONDER, "ec2:DescribeSnapshots"),
            // The snapshots are tagged as they are taken, so that is tried together with this one.
            tried(
                    Feature.VOLUME_SNAPSHOTS,
                    Part.RESPONDER,
                    "ec2:CreateSnapshots",
                    samples -> samples.instance().map(DryRun.CopyVolumes::new)),
            firstUse(Feature.INSTANCE_PROFILE, Part.RESPONDER, "ec2:DescribeIamInstanceProfileAssociations"),
            firstUse(Feature.INSTANCE_PROFILE, Part.RESPONDER, "ec2:DisassociateIamInstanceProfile"),
            firstUse(Feature.INSTANCE_PROFILE, Part.RELEASE, "ec2:DescribeIamInstanceProfileAssociations"),
            firstUse(Feature.INSTANCE_PROFILE, Part.RELEASE, "ec2:AssociateIamInstanceProfile"),
            firstUse(Feature.INSTANCE_PROFILE, Part.RELEASE, "iam:PassRole"),
            firstUse(Feature.PUBLIC_ADDRESS, Part.RESPONDER, "ec2:DisassociateAddress"),
            firstUse(Feature.PUBLIC_ADDRESS, Part.RESPONDER, "ec2:ModifyNetworkInterfaceAttribute"),
            firstUse(Feature.PUBLIC_ADDRESS, Part.RELEASE, "ec2:AssociateAddress"),
            firstUse(Feature.PUBLIC_ADDRESS, Part.RELEASE, "ec2:ModifyNetworkInterfaceAttribute"),
            firstUse(Feature.IDLE_TIMEOUTS, Part.RESPONDER, "ec2:ModifyNetworkInterfaceAttribute"),
            firstUse(Feature.IDLE_TIMEOUTS, Part.RELEASE, "ec2:ModifyNetworkInterfaceAttribute"),
            tried(Feature.FORENSIC_ACCESS, Part.RULES, "ec2:AuthorizeSecurityGroupEgress", Needs::egressRule),
            tried(Feature.FORENSIC_ACCESS, Part.RULES, "ec2:AuthorizeSecurityGroupIngress", Needs::ingressRule),
            tried(Feature.TRACKED_CONNECTIONS, Part.RULES, "ec2:AuthorizeSecurityGroupEgress", Needs::egressRule),
            tried(Feature.TRACKED_CONNECTIONS, Part.RULES, "ec2:AuthorizeSecurityGroupIngress", Needs::ingressRule),
            tried(
                    Feature.TRACKED_CONNECTIONS,
                    Part.RULES,
                    "ec2:CreateSecurityGroup",
                    samples -> samples.vpc().map(DryRun.MakeGroup::new)),
            // The same dry run: who may not tag the group as it is made may not make it.
            tried(
                    Feature.TRACKED_CONNECTIONS,
                    Part.RULES,
                    "ec2:CreateTags",
                    samples -> samples.vpc().map(DryRun.MakeGroup::new)),
            tried(
                    Feature.TRACKED_CONNECTIONS,
                    Part.RULES,
                    "ec2:DeleteSecurityGroup",
                    samples -> samples.ownedGroup().map(DryRun.DeleteGroup::new)),
            firstUse(Feature.NOTIFY_SNS, Part.OPERATOR, "sns:Publish"),
            firstUse(Feature.NOTIFY_SQS, Part.OPERATOR, "sqs:SendMessage"));

    private Needs() {}

    /** Everything that any response needs. */
    public static List<Need> all() {
        return Stream.of(OF_THE_RESPONDER, OF_THE_RELEASE, OF_FEATURES)
                .flatMap(List::stream)
                .toList();
    }

    /** What these features need. */
    public static List<Need> of(Collection<Feature> features) {
        Set<Feature> asked = Set.copyOf(features);
        return all().stream().filter(need -> asked.contains(need.feature())).toList();
    }

    private static Optional<DryRun> egressRule(Samples samples) {
        return samples.ownedGroup().map(group -> new DryRun.PutRule(group, true));
    }

    private static Optional<DryRun> ingressRule(Samples samples) {
        return samples.ownedGroup().map(group -> new DryRun.PutRule(group, false));
    }

    /** What a responder that is kept apart from releases must not be allowed: moving an interface into any group. */
    public static Optional<DryRun> opening(Samples samples) {
        return samples.opening();
    }
}
