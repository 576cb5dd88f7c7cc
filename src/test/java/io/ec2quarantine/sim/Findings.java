package io.ec2quarantine.sim;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ec2quarantine.sim.Model.Group;
import io.ec2quarantine.sim.Model.Instance;
import io.ec2quarantine.sim.Model.Interface;
import java.time.Instant;

/** Writes findings as GuardDuty does, out of a template and the instance that it is about. */
final class Findings {
    private Findings() {}

    static String time(Instant instant) {
        return Xml.time(instant);
    }

    static ObjectNode render(FindingTemplate template, RegionWorld region, String id, String detectorId) {
        var now = region.world().now();
        var account = region.account().id();
        var json = JsonNodeFactory.instance.objectNode();
        json.put("schemaVersion", "2.0")
                .put("accountId", account)
                .put("region", region.name())
                .put("partition", "aws")
                .put("id", id)
                .put(
                        "arn",
                        "arn:aws:guardduty:" + region.name() + ":" + account + ":detector/" + detectorId + "/finding/"
                                + id)
                .put("type", template.type())
                .put("severity", template.severity())
                .put("createdAt", time(now))
                .put("updatedAt", time(now))
                .put("title", template.title())
                .put("description", template.title());
        json.putObject("service")
                .put("serviceName", "guardduty")
                .put("detectorId", detectorId)
                .put("resourceRole", "TARGET")
                .put("eventFirstSeen", time(now))
                .put("eventLastSeen", time(now))
                .put("archived", false)
                .put("count", 1);
        var resource = json.putObject("resource").put("resourceType", "Instance");
        template.instance().ifPresent(instance -> resource.set("instanceDetails", instanceDetails(region, instance)));
        template.details().forEach(detail -> detail.accept(region, json));
        return json;
    }

    static ObjectNode instanceDetails(RegionWorld region, String id) {
        var details = JsonNodeFactory.instance.objectNode().put("instanceId", id);
        region.ec2().instances.find(id).ifPresent(instance -> describe(region, instance, details));
        return details;
    }

    private static void describe(RegionWorld region, Instance instance, ObjectNode details) {
        var hardware = instance.hardware();
        details.put("instanceType", hardware.type())
                .put("launchTime", time(hardware.launched()))
                .put("imageId", hardware.image())
                .put("instanceState", instance.state().word)
                .put("availabilityZone", region.name() + "a");
        region.ec2()
                .profileOf(instance.id())
                .map(Model.ProfileAssociation::arn)
                .ifPresent(arn ->
                        details.putObject("iamInstanceProfile").put("arn", arn).put("id", "AIPASIMULATEDPROFILE0"));
        tags(region, instance.id(), details);
        var interfaces = details.putArray("networkInterfaces");
        region.ec2().interfacesOf(instance).forEach(one -> describe(region, one, interfaces.addObject()));
    }

    static void tags(RegionWorld region, String id, ObjectNode details) {
        var tags = details.putArray("tags");
        region.ec2()
                .tagsOf(id)
                .forEach((key, value) -> tags.addObject().put("key", key).put("value", value));
    }

    private static void describe(RegionWorld region, Interface one, ObjectNode details) {
        details.put("networkInterfaceId", one.id())
                .put("privateIpAddress", one.privateIp())
                .put("subnetId", one.subnet())
                .put("vpcId", one.vpc());
        region.ec2().publicIpOf(one).ifPresent(ip -> details.put("publicIp", ip));
        var ipv6 = details.putArray("ipv6Addresses");
        one.ipv6().ifPresent(ipv6::add);
        details.putArray("privateIpAddresses").addObject().put("privateIpAddress", one.privateIp());
        ArrayNode groups = details.putArray("securityGroups");
        one.groups()
                .forEach(id -> groups.addObject()
                        .put("groupId", id)
                        .put(
                                "groupName",
                                region.ec2().groups.find(id).map(Group::name).orElse(id)));
    }

    static void countUp(ObjectNode finding, Instant now) {
        var service = finding.withObject("/service");
        service.put("count", service.path("count").asInt() + 1).put("eventLastSeen", time(now));
    }

    /** GuardDuty's additionalInfo: a JSON document inside a string. */
    static void additionalInfo(ObjectNode finding, ObjectNode value) {
        finding.withObject("/service")
                .putObject("additionalInfo")
                .put("value", value.toString())
                .put("type", "default");
    }
}
