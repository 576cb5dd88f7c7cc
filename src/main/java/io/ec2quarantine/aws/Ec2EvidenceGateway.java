package io.ec2quarantine.aws;

import io.ec2quarantine.core.Result;
import io.ec2quarantine.core.evidence.ProfileAssociation;
import io.ec2quarantine.core.evidence.VolumeSnapshot;
import io.ec2quarantine.core.isolation.Marks;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.IamInstanceProfileSpecification;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.TagSpecification;

/** EC2 as far as evidence needs it: snapshots and instance profiles. */
public final class Ec2EvidenceGateway {
    private static final int PAGE = 1000;

    private final Ec2Client client;
    private final AwsCalls calls;
    private final AccountRegion where;

    Ec2EvidenceGateway(Ec2Client client, AwsCalls calls, AccountRegion where) {
        this.client = client;
        this.calls = calls;
        this.where = where;
    }

    /** The account's snapshots that carry the mark of an episode, which anybody may have put on who may tag them. */
    public Result<List<VolumeSnapshot>> snapshotsMarked(String mark) {
        return calls.read(
                new Call("ec2:DescribeSnapshots", "snapshots of " + mark + " in " + where, RateBucket.EC2_DESCRIBE),
                () -> client
                        .describeSnapshotsPaginator(request -> request.ownerIds("self")
                                .filters(filter("tag:" + Marks.QUARANTINE, mark))
                                .maxResults(PAGE))
                        .snapshots()
                        .stream()
                        .map(snapshot ->
                                new VolumeSnapshot(snapshot.snapshotId(), snapshot.volumeId(), snapshot.startTime()))
                        .toList());
    }

    /** Begins the snapshots of all volumes of an instance, which show one moment, with the mark of an episode. */
    public Result<List<String>> takeSnapshots(String instanceId, String mark) {
        return calls.write(
                new Call("ec2:CreateSnapshots", instanceId + " in " + where, RateBucket.EC2_SNAPSHOT),
                () -> client
                        .createSnapshots(request -> request.instanceSpecification(of -> of.instanceId(instanceId))
                                .description("Evidence of the quarantine of " + instanceId)
                                .tagSpecifications(TagSpecification.builder()
                                        .resourceType(ResourceType.SNAPSHOT)
                                        .tags(Tags.toSdk(Map.of(Marks.QUARANTINE, mark)))
                                        .build()))
                        .snapshots()
                        .stream()
                        .map(snapshot -> snapshot.snapshotId())
                        .sorted()
                        .toList());
    }

    /** The instance profiles that an instance has, or is about to have. */
    public Result<List<ProfileAssociation>> profiles(String instanceId) {
        return calls.read(
                new Call(
                        "ec2:DescribeIamInstanceProfileAssociations",
                        instanceId + " in " + where,
                        RateBucket.EC2_DESCRIBE),
                () -> client
                        .describeIamInstanceProfileAssociationsPaginator(request -> request.filters(
                                filter("instance-id", instanceId), filter("state", "associating", "associated")))
                        .iamInstanceProfileAssociations()
                        .stream()
                        .map(found -> new ProfileAssociation(
                                found.associationId(),
                                found.iamInstanceProfile().arn()))
                        .toList());
    }

    /** Takes an instance profile away; answers the instance's id. */
    public Result<String> disassociate(String instanceId, ProfileAssociation association) {
        return calls.write(profileOf("ec2:DisassociateIamInstanceProfile", instanceId), () -> {
            client.disassociateIamInstanceProfile(request -> request.associationId(association.id()));
            return instanceId;
        });
    }

    /** Gives an instance an instance profile; answers the instance's id. */
    public Result<String> associate(String instanceId, String profileArn) {
        return calls.write(profileOf("ec2:AssociateIamInstanceProfile", instanceId), () -> {
            client.associateIamInstanceProfile(request -> request.instanceId(instanceId)
                    .iamInstanceProfile(IamInstanceProfileSpecification.builder()
                            .arn(profileArn)
                            .build()));
            return instanceId;
        });
    }

    private Call profileOf(String action, String instanceId) {
        return new Call(action, instanceId + " in " + where, RateBucket.EC2_PROFILE);
    }

    private static Filter filter(String name, String... values) {
        return Filter.builder().name(name).values(values).build();
    }
}
