package io.ec2quarantine.sim;

import io.ec2quarantine.sim.Model.Group;
import io.ec2quarantine.sim.Model.Instance;
import io.ec2quarantine.sim.Model.Interface;
import io.ec2quarantine.sim.Model.Subnet;
import io.ec2quarantine.sim.Model.Vpc;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * One EC2 call at work.
 *
 * @param live the world that writes change
 * @param seen the world that reads and existence checks see: the same, or an older one
 */
record Ec2Call(Request request, RegionWorld region, Ec2State live, Ec2State seen) {
    Params params() {
        return request.params();
    }

    Instant now() {
        return region.world().now();
    }

    String newId(String prefix) {
        return region.world().ids().next(prefix);
    }

    Instance instance(String id) {
        checkForm("i", id, "InvalidInstanceID.Malformed", "Invalid id: \"" + id + "\"");
        return seen.visible(id, now())
                .flatMap(ignored -> live.visible(id, now()))
                .orElseThrow(() ->
                        AwsError.invalid("InvalidInstanceID.NotFound", "The instance ID '" + id + "' does not exist"));
    }

    Interface networkInterface(String id) {
        checkForm("eni", id, "InvalidNetworkInterfaceId.Malformed", "Invalid id: \"" + id + "\"");
        return seen.interfaces
                .find(id)
                .flatMap(ignored -> live.interfaces.find(id))
                .orElseThrow(() -> AwsError.invalid(
                        "InvalidNetworkInterfaceID.NotFound", "The networkInterface ID '" + id + "' does not exist"));
    }

    Group group(String id) {
        checkForm("sg", id, "InvalidGroupId.Malformed", "Invalid id: \"" + id + "\"");
        return seen.groups.find(id).flatMap(ignored -> live.groups.find(id)).orElseThrow(() -> noSuchGroup(id));
    }

    static AwsError noSuchGroup(String id) {
        return AwsError.invalid("InvalidGroup.NotFound", "The security group '" + id + "' does not exist");
    }

    Vpc vpc(String id) {
        checkForm("vpc", id, "InvalidVpcId.Malformed", "Invalid id: \"" + id + "\"");
        return live.vpcs
                .find(id)
                .orElseThrow(() -> AwsError.invalid("InvalidVpcID.NotFound", "The vpc ID '" + id + "' does not exist"));
    }

    Subnet subnet(String id) {
        checkForm("subnet", id, "InvalidSubnetId.Malformed", "Invalid id: \"" + id + "\"");
        return live.subnets
                .find(id)
                .orElseThrow(() ->
                        AwsError.invalid("InvalidSubnetID.NotFound", "The subnet ID '" + id + "' does not exist"));
    }

    private static void checkForm(String prefix, String id, String code, String message) {
        if (!Ids.wellFormed(prefix, id)) {
            throw AwsError.invalid(code, message);
        }
    }

    /** The groups that an interface of this VPC may have, or AWS's refusal. */
    List<String> groupsFor(List<String> ids, String vpc) {
        var wanted = ids.stream().distinct().toList();
        for (var id : wanted) {
            if (!group(id).vpc().equals(vpc)) {
                throw noSuchGroup(id);
            }
        }
        if (wanted.size() > region.groupsPerInterface()) {
            throw AwsError.invalid(
                    "SecurityGroupsPerInterfaceLimitExceeded",
                    "The maximum number of security groups per interface has been reached.");
        }
        return wanted;
    }

    /** The tags that a creating call gives to the thing of this type. */
    Map<String, String> tagsFor(String resourceType) {
        var tags = new HashMap<String, String>();
        for (var specification : params().structures("TagSpecification")) {
            if (specification.required("ResourceType").equals(resourceType)) {
                tags.putAll(tags(specification.structures("Tag")));
            }
        }
        return tags;
    }

    static Map<String, String> tags(List<Params> given) {
        var tags = new HashMap<String, String>();
        for (var tag : given) {
            var key = tag.required("Key");
            if (key.startsWith("aws:")) {
                throw AwsError.badValue("Tag keys starting with 'aws:' are reserved for internal use");
            }
            tags.put(key, tag.optional("Value").orElse(""));
        }
        return tags;
    }

    /** The resources of one page and the token of the next. */
    record Page<T>(List<T> things, String nextToken) {
        void writeToken(Xml xml) {
            if (!nextToken.isEmpty()) {
                xml.text("nextToken", nextToken);
            }
        }
    }

    /** Cuts the page that the call asks for out of resources in the order of their creation. */
    <T> Page<T> page(List<T> candidates, Predicate<T> wanted, java.util.function.ToLongFunction<T> sequence) {
        long after = params().optional("NextToken").map(this::decode).orElse(0L);
        int size = pageSize();
        var found = candidates.stream()
                .filter(thing -> sequence.applyAsLong(thing) > after)
                .filter(wanted)
                .limit(size + 1L)
                .toList();
        if (found.size() <= size) {
            return new Page<>(found, "");
        }
        var things = found.subList(0, size);
        var last = Long.toString(sequence.applyAsLong(things.getLast()));
        return new Page<>(things, new PageToken(request.page() + 1, last).encoded());
    }

    private long decode(String token) {
        return PageToken.decoded(token)
                .map(decoded -> Long.parseLong(decoded.after()))
                .orElseThrow(() -> AwsError.badValue("Unable to parse pagination token"));
    }

    private int pageSize() {
        int most = region.world().pageSize();
        return params().integer("MaxResults")
                .map(asked -> {
                    if (asked < 5) {
                        throw AwsError.badValue(
                                "Value ( " + asked
                                        + " ) for parameter maxResults is invalid. Expecting a value greater than or equal to 5.");
                    }
                    return Math.min(asked, most);
                })
                .orElse(most);
    }
}
