package io.ec2quarantine.sim;

import io.ec2quarantine.sim.Model.ProfileAssociation;
import io.ec2quarantine.sim.Model.Snapshot;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

/** Snapshots of volumes, and the instance profiles of instances. */
final class Ec2Evidence {
    private Ec2Evidence() {}

    static void createSnapshots(Ec2Call call, Xml xml) {
        var instance = call.instance(call.params().required("InstanceSpecification.InstanceId"));
        var tags = call.tagsFor("snapshot");
        var made = call.live()
                .volumes
                .values()
                .filter(volume -> volume.instance().equals(instance.id()))
                .map(volume -> new Snapshot(
                        call.newId("snap"),
                        volume.id(),
                        call.now(),
                        call.params().optional("Description").orElse("")))
                .toList();
        if (made.isEmpty()) {
            throw AwsError.badValue("The instance '" + instance.id() + "' has no volumes to take snapshots of.");
        }
        made.forEach(snapshot -> {
            call.live().snapshots.put(snapshot.id(), snapshot);
            call.live().setTags(snapshot.id(), tags);
        });
        var fresh = new Ec2Call(call.request(), call.region(), call.live(), call.live());
        xml.list("snapshotSet", made, snapshot -> snapshot(xml, fresh, snapshot));
    }

    static void describeSnapshots(Ec2Call call, Xml xml) {
        var state = call.seen();
        Map<String, Function<Snapshot, Stream<String>>> attributes = Map.of(
                "snapshot-id", snapshot -> Stream.of(snapshot.id()),
                "volume-id", snapshot -> Stream.of(snapshot.volume()),
                "description", snapshot -> Stream.of(snapshot.description()),
                "status", snapshot -> Stream.of("completed"));
        var wanted = Filters.of(call.params()).<Snapshot>over(attributes, snapshot -> state.tagsOf(snapshot.id()));
        var page = call.page(
                state.snapshots.values().toList(), wanted, snapshot -> state.snapshots.sequenceOf(snapshot.id()));
        xml.list("snapshotSet", page.things(), snapshot -> snapshot(xml, call, snapshot));
        page.writeToken(xml);
    }

    private static void snapshot(Xml xml, Ec2Call call, Snapshot snapshot) {
        xml.text("snapshotId", snapshot.id())
                .text("volumeId", snapshot.volume())
                .text("volumeSize", 8)
                .text("startTime", Xml.time(snapshot.started()))
                .text("ownerId", call.request().account())
                .text("description", snapshot.description())
                .text("status", "completed")
                .text("progress", "100%")
                .text("encrypted", false);
        Ec2Xml.tagSet(xml, call.seen().tagsOf(snapshot.id()));
    }

    static void describeAssociations(Ec2Call call, Xml xml) {
        var state = call.seen();
        Map<String, Function<ProfileAssociation, Stream<String>>> attributes = Map.of(
                "instance-id", association -> Stream.of(association.instance()),
                "state", association -> Stream.of("associated"));
        var wanted = Filters.of(call.params()).<ProfileAssociation>over(attributes, association -> Map.of());
        var page = call.page(
                state.profiles.values().toList(), wanted, association -> state.profiles.sequenceOf(association.id()));
        xml.list(
                "iamInstanceProfileAssociationSet",
                page.things(),
                association -> content(xml, association, "associated"));
        page.writeToken(xml);
    }

    static void associate(Ec2Call call, Xml xml) {
        var instance = call.instance(call.params().required("InstanceId"));
        if (call.live().profileOf(instance.id()).isPresent()) {
            throw AwsError.invalid("IncorrectState", "There is an existing association for instance " + instance.id());
        }
        var association = new ProfileAssociation(
                call.newId("iip-assoc"), instance.id(), call.params().required("IamInstanceProfile.Arn"));
        call.live().profiles.put(association.id(), association);
        xml.element("iamInstanceProfileAssociation", () -> content(xml, association, "associating"));
    }

    static void disassociate(Ec2Call call, Xml xml) {
        var id = call.params().required("AssociationId");
        var association = call.live()
                .profiles
                .find(id)
                .orElseThrow(() -> AwsError.invalid(
                        "InvalidAssociationID.NotFound", "An invalid association-id of '" + id + "' was given"));
        call.live().profiles.remove(id);
        xml.element("iamInstanceProfileAssociation", () -> content(xml, association, "disassociating"));
    }

    private static void content(Xml xml, ProfileAssociation association, String state) {
        xml.text("associationId", association.id()).text("instanceId", association.instance());
        xml.element(
                "iamInstanceProfile", () -> xml.text("arn", association.arn()).text("id", "AIPASIMULATEDPROFILE0"));
        xml.text("state", state);
    }
}
