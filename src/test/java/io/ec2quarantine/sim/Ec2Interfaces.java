package io.ec2quarantine.sim;

import io.ec2quarantine.sim.Model.Attachment;
import io.ec2quarantine.sim.Model.Instance;
import io.ec2quarantine.sim.Model.Interface;
import io.ec2quarantine.sim.Model.State;
import io.ec2quarantine.sim.Model.Tracking;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The writes on network interfaces. */
final class Ec2Interfaces {
    private static final List<String> ATTRIBUTES = List.of(
            "Description",
            "SourceDestCheck",
            "Attachment",
            "EnaSrdSpecification",
            "ConnectionTrackingSpecification",
            "SecurityGroupId");

    private Ec2Interfaces() {}

    static void modify(Ec2Call call, Xml xml) {
        var params = call.params();
        var one = call.networkInterface(params.required("NetworkInterfaceId"));
        var asked = new ArrayList<>(ATTRIBUTES.stream().filter(params::has).toList());
        params.optional("AssociatePublicIpAddress").ifPresent(ignored -> asked.add("AssociatePublicIpAddress"));
        if (asked.isEmpty()) {
            throw AwsError.badCombination("No attributes specified.");
        }
        if (asked.size() > 1) {
            throw AwsError.badCombination("Fields for multiple attribute types specified: " + String.join(", ", asked));
        }
        refuseForeign(call, one);
        var changed = changed(call, one, asked.getFirst());
        call.live().interfaces.put(one.id(), changed);
        xml.text("return", true);
    }

    private static void refuseForeign(Ec2Call call, Interface one) {
        if (one.requester().isPresent()) {
            throw new AwsError("AuthFailure", 403, "You do not have permission to access the specified resource.");
        }
        var operator = one.attachment()
                .flatMap(at -> call.live().instances.find(at.instance()))
                .flatMap(instance -> instance.hardware().operator());
        if (operator.isPresent()) {
            throw AwsError.invalid(
                    "OperationNotPermitted",
                    "The network interface '" + one.id() + "' is managed by '" + operator.get()
                            + "' and cannot be modified.");
        }
    }

    private static Interface changed(Ec2Call call, Interface one, String attribute) {
        var params = call.params();
        return switch (attribute) {
            case "SecurityGroupId" -> {
                if (one.withoutGroups()) {
                    throw AwsError.invalid(
                            "OperationNotPermitted",
                            "Security groups cannot be modified on an interface of type '" + one.type() + "'.");
                }
                yield one.withGroups(call.groupsFor(params.list("SecurityGroupId"), one.vpc()));
            }
            case "Description" ->
                one.withAttributes(params.required("Description.Value"), one.sourceDestCheck(), one.tracking());
            case "SourceDestCheck" ->
                one.withAttributes(one.description(), params.flag("SourceDestCheck.Value"), one.tracking());
            case "ConnectionTrackingSpecification" ->
                one.withAttributes(
                        one.description(),
                        one.sourceDestCheck(),
                        tracking(params.structure("ConnectionTrackingSpecification")));
            case "AssociatePublicIpAddress" -> publicAddress(call, one);
            case "Attachment" -> attachment(params.structure("Attachment"), one);
            default -> one;
        };
    }

    private static Tracking tracking(Params asked) {
        asked.integer("TcpEstablishedTimeout").filter(seconds -> seconds < 60).ifPresent(seconds -> {
            throw AwsError.badValue("TcpEstablishedTimeout must be between 60 and 432000 seconds");
        });
        return new Tracking(
                asked.integer("TcpEstablishedTimeout"), asked.integer("UdpStreamTimeout"), asked.integer("UdpTimeout"));
    }

    private static Interface publicAddress(Ec2Call call, Interface one) {
        if (call.params().flag("AssociatePublicIpAddress")) {
            return one.withAutomaticAddress(
                    one.automaticAddress().or(() -> Optional.of(call.region().nextPublicIp())));
        }
        return one.withAutomaticAddress(Optional.empty());
    }

    private static Interface attachment(Params asked, Interface one) {
        var at = one.attachment()
                .filter(current -> current.id().equals(asked.required("AttachmentId")))
                .orElseThrow(() -> noAttachment(asked.required("AttachmentId")));
        var kept = new Attachment(
                at.id(),
                at.instance(),
                at.card(),
                at.device(),
                asked.bool("DeleteOnTermination").orElse(at.deleteOnTermination()),
                at.since());
        return one.withAttachment(Optional.of(kept), one.showsAttachment());
    }

    private static AwsError noAttachment(String id) {
        return AwsError.invalid("InvalidAttachmentID.NotFound", "The attachment '" + id + "' does not exist.");
    }

    static void create(Ec2Call call, Xml xml) {
        var params = call.params();
        var subnet = call.subnet(params.required("SubnetId"));
        var asked = params.list("SecurityGroupId");
        var groups = asked.isEmpty()
                ? List.of(call.region().defaultGroupOf(subnet.vpc()))
                : call.groupsFor(asked, subnet.vpc());
        var one = new Interface(
                call.newId("eni"),
                subnet.vpc(),
                subnet.id(),
                params.optional("PrivateIpAddress")
                        .orElseGet(() -> call.region().nextPrivateIp()),
                Optional.empty(),
                groups,
                Optional.empty(),
                true,
                Optional.empty(),
                params.optional("InterfaceType").orElse("interface"),
                Optional.empty(),
                params.optional("Description").orElse(""),
                true,
                Tracking.DEFAULT);
        call.live().interfaces.put(one.id(), one);
        call.live().setTags(one.id(), call.tagsFor("network-interface"));
        xml.element("networkInterface", () -> Ec2Xml.networkInterface(xml, call, one));
    }

    static void attach(Ec2Call call, Xml xml) {
        var params = call.params();
        var one = call.networkInterface(params.required("NetworkInterfaceId"));
        var instance = call.instance(params.required("InstanceId"));
        int device = params.integer("DeviceIndex").orElse(1);
        int card = params.integer("NetworkCardIndex").orElse(0);
        if (one.attachment().isPresent() || one.requester().isPresent()) {
            throw AwsError.invalid("InvalidNetworkInterface.InUse", "Interface: [" + one.id() + "] in use.");
        }
        if (instance.state() == State.TERMINATED) {
            throw AwsError.invalid("IncorrectState", "Instance '" + instance.id() + "' is not 'running' or 'stopped'.");
        }
        var occupied = call.live().interfacesOf(instance).stream()
                .flatMap(other -> other.attachment().stream())
                .anyMatch(at -> at.card() == card && at.device() == device);
        if (occupied) {
            throw AwsError.badValue("Instance '" + instance.id()
                    + "' already has an interface attached at device index '" + device + "'.");
        }
        var at = attach(call.region(), instance, one, card, device, false);
        xml.text("attachmentId", at.id()).text("networkCardIndex", card);
    }

    static Attachment attach(
            RegionWorld region, Instance instance, Interface one, int card, int device, boolean deleteOnTermination) {
        var at = new Attachment(
                region.world().ids().next("eni-attach"),
                instance.id(),
                card,
                device,
                deleteOnTermination,
                region.world().now());
        region.ec2().interfaces.put(one.id(), one.withAttachment(Optional.of(at), one.showsAttachment()));
        var all = new ArrayList<>(instance.interfaces());
        all.add(one.id());
        region.ec2().reorderInterfaces(instance, all);
        return at;
    }

    static void detach(Ec2Call call, Xml xml) {
        var id = call.params().required("AttachmentId");
        var one = call.live()
                .interfaces
                .values()
                .filter(other ->
                        other.attachment().filter(at -> at.id().equals(id)).isPresent())
                .findFirst()
                .orElseThrow(() -> noAttachment(id));
        if (one.primary()) {
            throw AwsError.invalid(
                    "OperationNotPermitted", "The network interface at device index 0 cannot be detached.");
        }
        if (one.requester().isPresent()) {
            throw AwsError.invalid("OperationNotPermitted", "You are not allowed to manage 'ela-attach' attachments.");
        }
        detach(call.live(), one);
        xml.text("return", true);
    }

    static void detach(Ec2State state, Interface one) {
        one.attachment().flatMap(at -> state.instances.find(at.instance())).ifPresent(instance -> {
            var left = new ArrayList<>(instance.interfaces());
            left.remove(one.id());
            state.instances.put(instance.id(), instance.withInterfaces(left));
        });
        state.interfaces.put(one.id(), one.withAttachment(Optional.empty(), true));
    }

    static void delete(Ec2Call call, Xml xml) {
        var one = call.networkInterface(call.params().required("NetworkInterfaceId"));
        if (one.attachment().isPresent() || one.requester().isPresent()) {
            throw AwsError.invalid(
                    "InvalidParameterValue", "Network interface '" + one.id() + "' is currently in use.");
        }
        call.live().removeInterface(one.id());
        xml.text("return", true);
    }
}
